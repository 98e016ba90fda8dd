"""PyTorch's functions whose calling form is their own, said in our ops."""

from __future__ import annotations

import math
from typing import Any

from autograd.errors import ShapeError
from autograd.op import OPS
from autograd.ops.products import matmul
from autograd.ops.shape import broadcast_to, reshape, swapaxes

__all__ = [
    "addmm",
    "expand",
    "flatten",
    "permute",
    "t",
    "view",
]


def view(x: Any, *shape: Any) -> Any:
    """Give x another shape: PyTorch's name for reshape.

    Args:
        x: Any shape.
        shape: The new sizes, as one tuple or as numbers; one may be -1.

    Returns:
        The same elements in that shape.

    Example:
        >>> from autograd import arange
        >>> arange(6).view(2, -1).shape
        (2, 3)
    """
    return reshape(
        x, shape=shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    )


def permute(x: Any, *dims: Any) -> Any:
    """Put the axes into another order.

    Args:
        x: Any shape.
        dims: The new order, as one tuple or as numbers.

    Returns:
        The transposed tensor.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3, 4).permute(2, 0, 1).shape
        (4, 2, 3)
    """
    return OPS["transpose"](
        x, axes=tuple(dims[0]) if len(dims) == 1 and not isinstance(dims[0], int) else dims
    )


def expand(x: Any, *sizes: Any) -> Any:
    """Repeat along axes of size 1; -1 keeps an axis as it is.

    Args:
        x: Any shape.
        sizes: The new sizes, as one tuple or as numbers.

    Returns:
        The broadcast tensor.

    Example:
        >>> from autograd import ones
        >>> ones(3, 1).expand(-1, 4).shape
        (3, 4)
    """
    wanted = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    extra = len(wanted) - len(x.shape)
    shape = tuple(x.shape[i - extra] if n == -1 else n for i, n in enumerate(wanted))
    return broadcast_to(x, shape=shape)


def flatten(x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Join a range of axes into one.

    Args:
        x: Any shape.
        start_dim: The first axis to join.
        end_dim: The last axis to join.

    Returns:
        The same elements with those axes as one.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3, 4).flatten(1).shape
        (2, 12)
    """
    shape = x.shape
    if not shape:
        return reshape(x, shape=(1,))
    first, last = start_dim % len(shape), end_dim % len(shape)
    if first > last:
        raise ShapeError(
            f"flatten: start_dim {start_dim} comes after end_dim {end_dim} for the shape {shape}"
        )
    return reshape(
        x, shape=(*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])
    )


def t(x: Any) -> Any:
    """Transpose a matrix; a vector or a number stays as it is.

    Args:
        x: At most two axes.

    Returns:
        The transpose.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3).t().shape
        (3, 2)
    """
    if len(x.shape) > 2:
        raise ShapeError(
            f"t: a tensor of shape {x.shape} came; at most two axes are needed (use .swapaxes)"
        )
    return swapaxes(x, axis1=0, axis2=1) if len(x.shape) == 2 else x


def addmm(x: Any, first: Any, second: Any) -> Any:
    """Add a matrix product to a tensor.

    Args:
        x: A tensor that broadcasts against the product.
        first: Shape (n, k).
        second: Shape (k, m).

    Returns:
        x + first @ second.

    Example:
        >>> from autograd import eye
        >>> addmm(1.0, eye(2), eye(2)).tolist()
        [[2.0, 1.0], [1.0, 2.0]]
    """
    return x + matmul(first, second)
