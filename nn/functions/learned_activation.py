"""Bends with parameters: a slope that is learned, and the greatest of several weighted sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import OPS, ShapeError, matmul, reshape, transpose, where
from nn.checks.numbers import numbers_of

__all__ = ["maxout", "prelu"]


def prelu(x: Any, weight: Any) -> Any:
    """Compute x above 0 and weight * x below.

    Args:
        x: Any shape; with a slope per channel (batch, channels, *size).
        weight: The slope below 0: one number, or one per channel.

    Returns:
        The same shape as x.

    Raises:
        ShapeError: If there are neither one nor as many slopes as channels.

    Example:
        >>> from autograd import Tensor
        >>> slope = Tensor([0.25], requires_grad=True)
        >>> y = prelu(Tensor([-2.0, 3.0]), slope)
        >>> y.sum().backward()
        >>> y.tolist(), slope.grad
        ([-0.5, 3.0], array([-2.]))

    Source:
        K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (2015).
    """
    x, weight = numbers_of("prelu", x), numbers_of("prelu: weight", weight)
    count, shape = int(np.size(weight)), x.shape
    if count != 1:
        if len(shape) < 2 or shape[1] != count:
            raise ShapeError(
                f"prelu: x of shape {shape} came with {count} slopes; needs one slope, or one per "
                "channel of (batch, channels, *size)"
            )
        weight = reshape(weight, (count, *(1,) * (len(shape) - 2)))
    return where(x > 0, x, weight * x)


def maxout(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute max over k of x W_kᵀ + b_k: a bend made of straight pieces that are learned.

    Args:
        x: Shape (..., in).
        weight: Shape (pieces, out, in).
        bias: Shape (pieces, out), or None.

    Returns:
        Shape (..., out).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> from autograd import Tensor
        >>> w = Tensor([[[1.0]], [[-1.0]]], requires_grad=True)  # together: |x|
        >>> y = maxout(Tensor([[-3.0]]), w)
        >>> y.backward()
        >>> y.tolist(), w.grad.tolist()
        ([[3.0]], [[[0.0]], [[-3.0]]])

    Source:
        I. Goodfellow et al., "Maxout Networks" (2013).
    """
    x = numbers_of("maxout", x)
    came, sizes = x.shape, np.shape(weight)
    if not came or len(sizes) != 3 or came[-1] != sizes[2]:
        raise ShapeError(
            f"maxout: x of shape {came} and weight of shape {sizes} came; (..., in) and "
            "(pieces, out, in) are needed"
        )
    pieces, out, _ = sizes
    sums = matmul(x, transpose(reshape(weight, (pieces * out, sizes[2]))))
    sums = reshape(sums, (*came[:-1], pieces, out))
    return OPS["max"](sums if bias is None else sums + bias, axis=-2)
