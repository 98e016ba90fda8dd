"""Layers that only rearrange, or do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError, flatten, reshape
from nn.checks.numbers import numbers_of
from nn.checks.whole_numbers import whole_number
from nn.functions.value_grids import flattened, holds_values
from nn.modules.module import Module

__all__ = ["Flatten", "Identity", "Unflatten"]


class Flatten(Module):
    """Join axes into one: (n, height, width) becomes (n, height * width).

    Args:
        start_dim: The first axis to join; 1 leaves the batch as it is.
        end_dim: The last axis to join.

    Example:
        >>> from autograd import zeros
        >>> Flatten()(zeros(5, 8, 8)).shape
        (5, 64)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = whole_number("Flatten", "start_dim", start_dim)
        self.end_dim = whole_number("Flatten", "end_dim", end_dim)

    def forward(self, x: Any) -> Any:
        """Join the axes; of lists of Values, too."""
        if isinstance(x, (list, tuple)) and holds_values(x):
            return flattened(x, self.start_dim, self.end_dim)
        return flatten(numbers_of(self, x), self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The axes, if they are not the usual ones."""
        usual = (self.start_dim, self.end_dim) == (1, -1)
        return "" if usual else f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Cut one axis into several: (n, height * width) becomes (n, height, width).

    Args:
        dim: The axis.
        unflattened_size: The new sizes; one may be -1.

    Example:
        >>> from autograd import zeros
        >>> Unflatten(1, (8, 8))(zeros(5, 64)).shape
        (5, 8, 8)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        self.dim = whole_number("Unflatten", "dim", dim)
        if not isinstance(unflattened_size, (list, tuple)):
            raise TypeError(
                f"Unflatten: unflattened_size={unflattened_size!r} came; a list of sizes is needed"
            )
        self.unflattened_size = tuple(
            whole_number("Unflatten", "unflattened_size", size) for size in unflattened_size
        )
        if min(self.unflattened_size, default=-2) < -1 or self.unflattened_size.count(-1) > 1:
            raise ValueError(
                f"Unflatten: unflattened_size={self.unflattened_size} came; needs sizes of 0 or "
                "more, one of which may be -1"
            )

    def forward(self, x: Any) -> Any:
        """Cut the axis.

        Raises:
            ShapeError: If there is no such axis, or its size is another.
        """
        x = numbers_of(self, x)
        shape, sizes = x.shape, self.unflattened_size
        dim = self.dim + len(shape) if self.dim < 0 else self.dim
        known = abs(int(np.prod(sizes)))
        fits = (
            0 <= dim < len(shape)
            and sizes.count(-1) <= 1
            and (shape[dim] % max(known, 1) == 0 if -1 in sizes else shape[dim] == known)
        )
        if not fits:
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; needs an axis {self.dim} that is as "
                f"long as the sizes {sizes} make it"
            )
        return reshape(x, (*shape[:dim], *sizes, *shape[dim + 1 :]))

    def extra_repr(self) -> str:
        """The axis and the sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Identity(Module):
    """Give back what came; it stands where a layer may stand.

    Example:
        >>> Identity()(3.0)
        3.0
    """

    def forward(self, x: Any) -> Any:
        """Give x back."""
        return x
