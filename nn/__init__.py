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

from nn import data, functional, init, losses, metrics, optim
from nn.layers import *  # noqa: F403
from nn.layers import __all__ as _layers
from nn.losses.modules import *  # noqa: F403
from nn.losses.modules import __all__ as _losses
from nn.module import Module
from nn.naming import name_parameters, scopes
from nn.neuron import Neuron
from nn.optim import *  # noqa: F403
from nn.optim import __all__ as _optimizers
from nn.parameter import Parameter
from nn.perceptron import MLP, Layer
from nn.rehearsal import rehearsal as _rehearsal  # it tells autograd of itself
from nn.training import History, evaluate, fit, predict

del _Value, _rehearsal

__all__ = [
    "MLP",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Parameter",
    "data",
    "evaluate",
    "fit",
    "functional",
    "init",
    "losses",
    "metrics",
    "name_parameters",
    "optim",
    "predict",
    "scopes",
    *_layers,
    *_losses,
    *_optimizers,
]
