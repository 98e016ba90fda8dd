"""Linear: every output is a weighted sum of all inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, Tensor
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.whole_numbers import at_least_one
from nn.functions.value_grids import holds_values, weigh
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["Linear"]

_weighted = OPS["linear"]
_NO_SETTINGS: dict[str, Any] = {}


class Linear(Module):
    """y = x Wᵀ + b, with W of shape (out, in) and b of shape (out,).

    Weights and bias start evenly spread over ±1/√in, as in PyTorch.

    Args:
        in_features: How many inputs.
        out_features: How many outputs.
        bias: Whether there is a bias.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed; by default what ``manual_seed``
            set.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from autograd import Tensor
        >>> layer = Linear(2, 1)
        >>> layer.weight.data, layer.bias.data = [[1.0, -1.0]], [0.5]
        >>> y = layer(Tensor([[3.0, 1.0], [0.0, 2.0]]))
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad, layer.bias.grad
        ([[2.5], [-1.5]], array([[3., 3.]]), array([2.]))

    Source:
        Y. LeCun, L. Bottou, G. Orr and K. Müller, "Efficient BackProp" (1998),
        section 4.6, on the range.
    """

    _weighs_by = OPS["linear"]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.in_features = at_least_one("Linear", "in_features", in_features)
        self.out_features = at_least_one("Linear", "out_features", out_features)
        source = generator_of(generator)
        bound = 1.0 / math.sqrt(in_features)
        kind = float_kind(type(self).__name__, dtype)
        # in memory as (in, out): the product with a batch reads it as it lies, a third faster
        self.weight = Parameter(np.zeros((in_features, out_features), kind).T)
        self.bias = Parameter(np.zeros(out_features, kind)) if bias else None
        uniform_(self.weight, -bound, bound, source)
        if self.bias is not None:
            uniform_(self.bias, -bound, bound, source)

    def forward(self, x: Any) -> Any:
        """Compute x Wᵀ + b.

        Args:
            x: Shape (..., in); or such lists of Values.

        Returns:
            Shape (..., out); lists of Values where such came.

        Raises:
            ShapeError: If the last axis has another length.
        """
        if type(x) is not Tensor:
            if isinstance(x, (list, tuple)) and holds_values(x):
                return weigh(x, self.weight, self.bias)
            x = numbers_of(self, x)
        shape = x._data.shape if type(x) is Tensor else x.shape
        if not shape or shape[-1] != self.in_features:
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; its last axis must have "
                f"{self.in_features} elements"
            )
        given = (x, self.weight, 0.0 if self.bias is None else self.bias)
        # nothing has to be sorted out for a Tensor
        return (
            Tensor.apply_op(_weighted, given, _NO_SETTINGS)
            if type(x) is Tensor
            else _weighted(*given)
        )

    def extra_repr(self) -> str:
        """The sizes."""
        extra = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features} -> {self.out_features}{extra}"
