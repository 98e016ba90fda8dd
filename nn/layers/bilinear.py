"""Bilinear: every output is a weighted sum of all products of two inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError
from nn import functional
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.whole_numbers import at_least_one
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["Bilinear"]


class Bilinear(Module):
    """y_k = x1ᵀ W_k x2 + b_k, with W of shape (out, in1, in2) and b of shape (out,).

    Weights and bias start evenly spread over ±1/√in1, as in PyTorch.

    Args:
        in1_features: How many inputs come first.
        in2_features: How many come second.
        out_features: How many outputs.
        bias: Whether there is a bias.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from autograd import Tensor
        >>> layer = Bilinear(2, 1, 1, bias=False)
        >>> layer.weight.data = [[[1.0], [2.0]]]
        >>> y = layer(Tensor([3.0, 4.0]), Tensor([10.0]))
        >>> y.backward()
        >>> y.tolist(), layer.weight.grad.tolist()
        ([110.0], [[[30.0], [40.0]]])
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.in1_features = at_least_one("Bilinear", "in1_features", in1_features)
        self.in2_features = at_least_one("Bilinear", "in2_features", in2_features)
        self.out_features = at_least_one("Bilinear", "out_features", out_features)
        kind, source = float_kind(type(self).__name__, dtype), generator_of(generator)
        bound = 1.0 / math.sqrt(in1_features)
        shape = (out_features, in1_features, in2_features)
        self.weight = uniform_(Parameter(np.zeros(shape, kind)), -bound, bound, source)
        self.bias = None
        if bias:
            self.bias = uniform_(Parameter(np.zeros(out_features, kind)), -bound, bound, source)

    def forward(self, x1: Any, x2: Any) -> Any:
        """Compute the sums.

        Args:
            x1: Shape (..., in1).
            x2: Shape (..., in2), the other axes as x1's.

        Returns:
            Shape (..., out).

        Raises:
            ShapeError: If the shapes do not fit.
        """
        x1, x2 = numbers_of(self, x1), numbers_of(self, x2)
        first, second = x1.shape, x2.shape
        if (
            not first or first[:-1] != second[:-1] or first[-1] != self.in1_features
            or second[-1:] != (self.in2_features,)
        ):  # fmt: skip
            raise ShapeError(
                f"{self!r}: inputs of the shapes {first} and {second} came; "
                f"(..., {self.in1_features}) and (..., {self.in2_features}) are needed, the other "
                "axes equal"
            )
        return functional.bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The sizes."""
        extra = "" if self.bias is not None else ", bias=False"
        return f"{self.in1_features}, {self.in2_features} -> {self.out_features}{extra}"
