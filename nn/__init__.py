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
        raise  # something else is wrong, such as a lesson named contextvars.py: it says what
    _file = getattr(_other, "__file__", None)
    raise ImportError(
        f"glassgrad: another package named 'autograd' is installed at {dirname(_file or '?')}; "
        "use a fresh virtual environment (python -m venv .venv) and install glassgrad there"
    ) from _error

from autograd.late import late_names as _late_names
from autograd.watching import lint_rules as _lint_rules
from nn import keras, layers, losses, optim
from nn.keras import __all__ as _keras
from nn.layers import __all__ as _layers
from nn.losses import __all__ as _losses
from nn.modules.module import Module
from nn.modules.naming import name_parameters, scopes
from nn.modules.parameter import Parameter
from nn.modules.rehearsal import rehearsal as _rehearsal  # it tells autograd of itself
from nn.modules.uninitialized import UninitializedBuffer, UninitializedParameter
from nn.optim import __all__ as _optimizers
from nn.torch_places import settle as _settle

_modules = [name for name in _losses if name[0].isupper()]  # the functions are nn.functional's

if TYPE_CHECKING:
    from nn import callbacks, data, functional, init, metrics, saving, utils
    from nn import overview as overview
    from nn import training as training
    from nn.granularity import to_tensor, to_values
    from nn.keras import *  # noqa: F403
    from nn.layers import *  # noqa: F403
    from nn.losses.modules import *  # noqa: F403
    from nn.losses.ranking_modules import *  # noqa: F403
    from nn.neuron import Neuron
    from nn.optim import *  # noqa: F403
    from nn.overview.summary import Summary, summary
    from nn.perceptron import MLP, Layer
    from nn.saving import load, save
    from nn.training import History, evaluate, fit, predict
else:  # imported when first asked for; of layers, losses and optimizers only the places are known
    _places = {
        "History": "nn.training",
        "Layer": "nn.perceptron",
        "MLP": "nn.perceptron",
        "Neuron": "nn.neuron",
        "Summary": "nn.overview.summary",
        "callbacks": "nn.callbacks",
        "data": "nn.data",
        "evaluate": "nn.training",
        "fit": "nn.training",
        "functional": "nn.functional",
        "init": "nn.init",
        "load": "nn.saving",
        "metrics": "nn.metrics",
        "overview": "nn.overview",
        "predict": "nn.training",
        "save": "nn.saving",
        "saving": "nn.saving",
        "summary": "nn.overview.summary",
        "to_tensor": "nn.granularity",
        "to_values": "nn.granularity",
        "training": "nn.training",
        "utils": "nn.utils",
    }
    for _room, _names in (
        (keras, _keras),
        (layers, _layers),
        (losses, _modules),
        (optim, _optimizers),
    ):
        _places |= {name: _room.__late__[name] for name in _names}
    del _room, _names
    __getattr__, __dir__ = _late_names(__name__, _places)

_settle()
_lint_rules.append("nn.linting")  # imported when the linter is first asked for
del _Value, _lint_rules, _rehearsal, _settle

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
    *_modules,
    *_optimizers,
]
