"""Lengths of vectors: scaling them to 1, and how far two of them are apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, norm
from nn.checks.numbers import node_of
from nn.checks.sizes import at_least_zero
from nn.checks.whole_numbers import whole_number

__all__ = ["normalize", "pairwise_distance"]


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Scale vectors to length 1: x / max(|x|, eps).

    Args:
        input: Vectors along one axis.
        p: Which length: the sum of |x|ᵖ, and its root.
        dim: That axis.
        eps: The least length a vector counts as having.

    Returns:
        The same shape.

    Raises:
        ShapeError: If there is no such axis.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[3.0, 4.0]], requires_grad=True)
        >>> y = normalize(x)
        >>> y[0, 0].backward()
        >>> y.tolist(), x.grad.round(3).tolist()
        ([[0.6, 0.8]], [[0.128, -0.096]])
    """
    x = node_of("normalize", input)
    axes = len(x.shape)
    if not -axes <= whole_number("normalize", "dim", dim) < axes:
        raise ShapeError(
            f"normalize: shape {x.shape} came with dim={dim}; needs one of its axes: give dim=0 "
            "for a single vector"
        )
    length = norm(x, ord=p, axis=dim, keepdims=True)
    return x / length.clip(min=at_least_zero("normalize", "eps", eps))


def pairwise_distance(
    x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    """Take the distance of vectors: |x1 - x2 + eps|.

    Args:
        x1: Vectors along the last axis.
        x2: Vectors in a shape that broadcasts.
        p: Which length: the sum of |x|ᵖ, and its root.
        eps: Keeps the slope finite where the vectors are equal.
        keepdim: Whether the last axis stays, with size 1.

    Returns:
        The same shape without the last axis.

    Raises:
        ShapeError: If the shapes do not broadcast.

    Example:
        >>> from autograd import Tensor
        >>> pairwise_distance(Tensor([[3.0, 4.0]]), Tensor([[0.0, 0.0]])).data.round(3)
        array([5.])
    """
    first, second = node_of("pairwise_distance", x1), node_of("pairwise_distance", x2)
    try:
        together = np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        together = ()
    if not together:
        raise ShapeError(
            f"pairwise_distance: shapes {first.shape} and {second.shape} came; needs vectors along "
            "the last axis, in shapes that broadcast"
        )
    return norm(first - second + eps, ord=p, axis=-1, keepdims=keepdim)
