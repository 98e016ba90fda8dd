"""Keras' name for batch normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import transpose
from autograd.restoring import putting_back
from nn.keras.weights import Weights
from nn.layers.lazy import LazyBatchNorm2d

__all__ = ["BatchNormalization"]


class BatchNormalization(Weights, LazyBatchNorm2d):
    """Normalise every channel over the batch: Keras' name for ``BatchNorm1d`` and ``BatchNorm2d``.

    A batch with one number per channel, such as a last one of a single example, has no spread: it
    is normalised by the running figures, and these stay as they are.

    Args:
        axis: Where the channels are: 1, or -1 for the last axis, as is Keras' default.
        momentum: How much of the running figures stays at each batch (PyTorch's is 1 minus this).
        epsilon: Keeps the division finite.

    Raises:
        ValueError: If the axis is another.

    Example:
        >>> from autograd import ones
        >>> layer = BatchNormalization()
        >>> layer(ones(4, 3)).shape, layer
        ((4, 3), BatchNormalization(3, eps=0.001, momentum=0.01))
    """

    ranks = (2, 3, 4)  # type: ignore[assignment, unused-ignore]
    needs = "(batch, channels, ...)"

    def __init__(
        self, axis: int = 1, momentum: float = 0.99, epsilon: float = 1e-3, *, dtype: Any = None
    ) -> None:
        if axis not in (1, -1):
            raise ValueError(f"BatchNormalization: axis={axis} came; needs 1, or -1 for the last")
        super().__init__(epsilon, round(1.0 - momentum, 12), dtype=dtype)
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """Normalise."""
        shape = np.shape(x)
        count = len(shape)
        if self.training and count > 1 and np.size(x) == shape[self.axis]:
            with putting_back(self.train):
                self.eval()
                return self.forward(x)
        if self.axis == 1 or count < 3:
            return super().forward(x)
        there = (0, count - 1, *range(1, count - 1))
        back = (0, *range(2, count), 1)
        return transpose(super().forward(transpose(x, there)), back)
