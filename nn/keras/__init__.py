"""Keras' way: layers, losses and `compile` and `fit` under the names that Keras gave them.

``nn`` has all of these, too. Images have their channels first, unless ``data_format`` says
otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.late import by_module, late_names

if TYPE_CHECKING:
    from nn import callbacks as callbacks
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

    # not in __all__: nn has PyTorch's of the name
    from nn.keras.rearranging import Dropout as Dropout
    from nn.keras.rearranging import Flatten as Flatten
    from nn.keras.rearranging import Reshape
    from nn.layers.container import Sequential as Sequential
    from nn.layers.embedding import Embedding as Embedding
    from nn.losses.keras import (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        CategoricalHinge,
        KLDivergence,
        LogLoss,
        SparseCategoricalCrossentropy,
    )
else:  # a family is imported when it is first asked for
    _places = by_module(
        {
            "nn.callbacks": "callbacks",
            "nn.keras.dense": "Activation Dense Input",
            "nn.keras.global_pooling": "GlobalAveragePooling2D GlobalMaxPooling2D",
            "nn.keras.images": "AveragePooling2D Conv2D Convolution2D Convolution2d MaxPooling2D",
            "nn.keras.model": "Model",
            "nn.keras.normalization": "BatchNormalization",
            "nn.keras.rearranging": "Dropout Flatten Reshape",
            "nn.layers.container": "Sequential",
            "nn.layers.embedding": "Embedding",
            "nn.losses.keras": (
                "BinaryCrossentropy CategoricalCrossentropy CategoricalHinge KLDivergence LogLoss "
                "SparseCategoricalCrossentropy"
            ),
        }
    )
    __getattr__, __dir__ = late_names(__name__, _places)

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
