"""Activations that learn: PReLU and Maxout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError
from nn import functional
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.sizes import real
from nn.checks.whole_numbers import at_least_one
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["Maxout", "PReLU"]


class PReLU(Module):
    """x above 0 and a x below, where the slope a is learned.

    Args:
        num_parameters: 1, or one slope for each channel of (batch, channels, *size).
        init: Where the slopes start.
        dtype: The kind of number; float64 by default.

    Raises:
        ValueError: If there is not at least one slope.

    Example:
        >>> from autograd import Tensor
        >>> layer = PReLU()
        >>> y = layer(Tensor([-2.0, 3.0]))
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad
        ([-0.5, 3.0], array([-2.]))

    Source:
        K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = None) -> None:
        self.num_parameters = at_least_one("PReLU", "num_parameters", num_parameters)
        real("PReLU", "init", init)
        self.weight = Parameter(np.full(num_parameters, init, float_kind("PReLU", dtype)))

    def forward(self, x: Any) -> Any:
        """Bend.

        Args:
            x: Any shape; (batch, channels, *size) with a slope per channel.

        Returns:
            The same shape.

        Raises:
            ShapeError: If there are neither one nor as many slopes as channels.
        """
        return functional.prelu(x, self.weight)

    def extra_repr(self) -> str:
        """The number of slopes."""
        return f"num_parameters={self.num_parameters}"


class Maxout(Module):
    """y = max(x W_1ᵀ + b_1, x W_2ᵀ + b_2, ...): the greatest of several weighted sums.

    The weight has the shape (pieces, out, in) and the bias (pieces, out). Both start evenly spread
    over ±1/√in, as a ``Linear``'s.

    Args:
        in_features: How many inputs.
        out_features: How many outputs.
        pieces: Of how many sums the greatest is taken.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from autograd import Tensor
        >>> layer = Maxout(1, 1, bias=False)
        >>> layer.weight.data = [[[1.0]], [[-1.0]]]  # together: |x|
        >>> y = layer(Tensor([[-3.0], [2.0]]))
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad.tolist()
        ([[3.0], [2.0]], [[[2.0]], [[-3.0]]])

    Source:
        I. Goodfellow et al., "Maxout Networks" (2013).
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int = 2,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.in_features = at_least_one("Maxout", "in_features", in_features)
        self.out_features = at_least_one("Maxout", "out_features", out_features)
        self.pieces = at_least_one("Maxout", "pieces", pieces)
        kind, source = float_kind(type(self).__name__, dtype), generator_of(generator)
        bound = 1.0 / math.sqrt(in_features)
        shape = (pieces, out_features, in_features)
        self.weight = uniform_(Parameter(np.zeros(shape, kind)), -bound, bound, source)
        self.bias = None
        if bias:
            self.bias = uniform_(Parameter(np.zeros(shape[:2], kind)), -bound, bound, source)

    def forward(self, x: Any) -> Any:
        """Take the greatest sums.

        Args:
            x: Shape (..., in).

        Returns:
            Shape (..., out).

        Raises:
            ShapeError: If the last axis has another length.
        """
        x = numbers_of(self, x)
        shape = x.shape
        if not shape or shape[-1] != self.in_features:
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; its last axis must have "
                f"{self.in_features} elements"
            )
        return functional.maxout(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        extra = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features} -> {self.out_features}, pieces={self.pieces}{extra}"
