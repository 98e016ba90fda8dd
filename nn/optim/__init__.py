"""Optimizers: how a step downhill is made of a gradient. They work on Values and on Tensors."""

from nn.optim.adam import Adam
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
