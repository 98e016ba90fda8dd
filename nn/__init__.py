"""Layers, losses, optimizers and training, made of `autograd` operations."""

from __future__ import annotations

import sys
from os.path import dirname
from typing import TYPE_CHECKING

try:
    from autograd import Value as _Value
except ImportError as _error:
    _other = sys.modules.get("autograd")
    if _error.name != "autograd" or _other is None or "partially initialized" in str(_error):
        raise  # something else is wrong, such as a lesson named dataclasses.py: it says what
    _file = getattr(_other, "__file__", None)
    raise ImportError(
        f"another package named 'autograd' is installed at {dirname(_file or '?')}; "
        "glassgrad needs its own: use a fresh virtual environment (python -m venv .venv) and "
        "install glassgrad there."
    ) from _error

from autograd.late import late_names as _late_names
from nn import functional, init, keras, losses, metrics, optim, utils
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
from nn.perceptron import MLP, Layer
from nn.torch_places import settle as _settle

if TYPE_CHECKING:
    from nn import callbacks, data, saving
    from nn import training as training
    from nn.granularity import to_tensor, to_values
    from nn.overview.summary import Summary, summary
    from nn.saving import load, save
    from nn.training import History, evaluate, fit, predict
else:  # what reads and writes files, and what trains, is imported when it is first asked for
    __getattr__, __dir__ = _late_names(
        __name__,
        {
            "History": "nn.training",
            "Summary": "nn.overview.summary",
            "callbacks": "nn.callbacks",
            "data": "nn.data",
            "evaluate": "nn.training",
            "fit": "nn.training",
            "load": "nn.saving",
            "predict": "nn.training",
            "save": "nn.saving",
            "saving": "nn.saving",
            "summary": "nn.overview.summary",
            "to_tensor": "nn.granularity",
            "to_values": "nn.granularity",
            "training": "nn.training",
        },
    )

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
