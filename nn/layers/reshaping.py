"""Layers that only rearrange, or do nothing."""

from __future__ import annotations

from typing import Any

from autograd import flatten
from nn.module import Module

__all__ = ["Flatten", "Identity"]


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
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, x: Any) -> Any:
        """Join the axes."""
        return flatten(x, self.start_dim, self.end_dim)


class Identity(Module):
    """Give back what came; it stands where a layer may stand.

    Example:
        >>> Identity()(3.0)
        3.0
    """

    def forward(self, x: Any) -> Any:
        """Give x back."""
        return x
