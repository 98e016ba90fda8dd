"""Optimizers: how a step downhill is made of a gradient. They work on Values and on Tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.late import by_module, late_names

if TYPE_CHECKING:
    from nn.optim import lr_scheduler
    from nn.optim.adam import Adam, AdamW, NAdam
    from nn.optim.clip import clip_grad_norm_, clip_grad_value_
    from nn.optim.lbfgs import LBFGS
    from nn.optim.optimizer import Optimizer
    from nn.optim.scaled import Adadelta, Adagrad, Lion, RMSprop
    from nn.optim.sgd import SGD
else:  # each is imported when it is first asked for
    _places = by_module(
        {
            "nn.optim.adam": "Adam AdamW NAdam",
            "nn.optim.clip": "clip_grad_norm_ clip_grad_value_",
            "nn.optim.lbfgs": "LBFGS",
            "nn.optim.lr_scheduler": "lr_scheduler",
            "nn.optim.optimizer": "Optimizer",
            "nn.optim.scaled": "Adadelta Adagrad Lion RMSprop",
            "nn.optim.sgd": "SGD",
        }
    )
    __getattr__, __dir__ = late_names(__name__, _places)

__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Lion",
    "NAdam",
    "Optimizer",
    "RMSprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_scheduler",
]
