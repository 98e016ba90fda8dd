"""Keras' way: layers, losses and `compile` and `fit` under the names that Keras gave them.

``nn`` has all of these, too. Images have their channels first, unless ``data_format`` says
otherwise.
"""

from typing import Any

from nn.keras.dense import Activation, Dense, Input
from nn.keras.global_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from nn.keras.images import (
    AveragePooling2D,
    Conv2D,
    Convolution2D,
    Convolution2d,
    MaxPooling2D,
)
from nn.keras.model import Model
from nn.keras.normalization import BatchNormalization
from nn.keras.rearranging import Dropout as Dropout  # not in __all__: nn has PyTorch's of the name
from nn.keras.rearranging import Flatten as Flatten
from nn.keras.rearranging import Reshape
from nn.losses.keras import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    KLDivergence,
    LogLoss,
    SparseCategoricalCrossentropy,
)

__all__ = [
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "Conv2D",
    "Convolution2D",
    "Convolution2d",
    "Dense",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "Input",
    "KLDivergence",
    "LogLoss",
    "MaxPooling2D",
    "Model",
    "Reshape",
    "SparseCategoricalCrossentropy",
]

_ALSO_PYTORCHS = ("Embedding", "Sequential", "callbacks")


def __getattr__(name: str) -> Any:
    """Give what Keras has under the same name as PyTorch: ``from nn.keras import Sequential``."""
    if name not in _ALSO_PYTORCHS:
        raise AttributeError(f"nn.keras has no {name}")
    import nn  # here, because Sequential is made of what this package holds

    return getattr(nn, name)
