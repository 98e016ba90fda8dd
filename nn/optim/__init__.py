"""Optimizers: how a step downhill is made of a gradient. They work on Values and on Tensors."""

from nn.optim import lr_scheduler
from nn.optim.adam import Adam, AdamW, NAdam
from nn.optim.clip import clip_grad_norm_, clip_grad_value_
from nn.optim.lbfgs import LBFGS
from nn.optim.optimizer import Optimizer
from nn.optim.scaled import Adadelta, Adagrad, Lion, RMSprop
from nn.optim.sgd import SGD

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
