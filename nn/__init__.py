"""Layers, losses, optimizers and training, made of `autograd` operations."""

from __future__ import annotations

import sys
from pathlib import Path

try:
    from autograd import Value as _Value
except ImportError as _error:
    _other = sys.modules.get("autograd")
    if _error.name != "autograd" or _other is None or "partially initialized" in str(_error):
        raise  # something else is wrong, such as a script named html.py: that error says what
    _file = getattr(_other, "__file__", None)
    raise ImportError(
        f"another package named 'autograd' is installed at {Path(_file or '?').parent}; "
        "glassgrad needs its own: use a fresh virtual environment (python -m venv .venv) and "
        "install glassgrad there."
    ) from _error

from nn import callbacks, data, functional, init, keras, losses, metrics, optim, saving, utils
from nn.granularity import to_tensor, to_values
from nn.keras import *  # noqa: F403
from nn.keras import __all__ as _keras
from nn.layers import *  # noqa: F403
from nn.layers import __all__ as _layers
from nn.losses.modules import *  # noqa: F403
from nn.losses.modules import __all__ as _losses
from nn.losses.ranking_modules import *  # noqa: F403
from nn.losses.ranking_modules import __all__ as _ranking
from nn.modules.module import Module
from nn.modules.naming import name_parameters, scopes
from nn.modules.parameter import Parameter
from nn.modules.rehearsal import rehearsal as _rehearsal  # it tells autograd of itself
from nn.modules.uninitialized import UninitializedBuffer, UninitializedParameter
from nn.neuron import Neuron
from nn.optim import *  # noqa: F403
from nn.optim import __all__ as _optimizers
from nn.overview.summary import Summary, summary
from nn.perceptron import MLP, Layer
from nn.saving import load, save
from nn.torch_places import settle as _settle
from nn.training import History, evaluate, fit, predict

_settle()
del _Value, _rehearsal, _settle

__all__ = [
    "MLP",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Parameter",
    "Summary",
    "UninitializedBuffer",
    "UninitializedParameter",
    "callbacks",
    "data",
    "evaluate",
    "fit",
    "functional",
    "init",
    "keras",
    "load",
    "losses",
    "metrics",
    "name_parameters",
    "optim",
    "predict",
    "save",
    "saving",
    "scopes",
    "summary",
    "to_tensor",
    "to_values",
    "utils",
    *_keras,
    *_layers,
    *_losses,
    *_optimizers,
    *_ranking,
]
