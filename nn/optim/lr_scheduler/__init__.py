"""Schedules: how the learning rate changes while a model learns."""

from nn.optim.lr_scheduler.plateau import ReduceLROnPlateau
from nn.optim.lr_scheduler.schedule import LambdaLR, LRScheduler, SequentialLR
from nn.optim.lr_scheduler.steps import ConstantLR, ExponentialLR, LinearLR, MultiStepLR, StepLR
from nn.optim.lr_scheduler.waves import CosineAnnealingLR, CosineAnnealingWarmRestarts, OneCycleLR

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
