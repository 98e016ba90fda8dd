"""PyTorch's functions whose calling form is their own, said in our ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.op import OPS
from autograd.ops.arithmetic import where
from autograd.ops.index import along, index_add, index_set, take, take_along_axis
from autograd.ops.linalg import matmul
from autograd.ops.shape import broadcast_to, reshape, swapaxes

__all__ = [
    "addmm",
    "chunk",
    "expand",
    "flatten",
    "gather",
    "index_select",
    "masked_fill",
    "narrow",
    "permute",
    "scatter",
    "scatter_add",
    "t",
    "unbind",
    "view",
]


def _places(index: Any) -> Any:
    return np.asarray(getattr(index, "_data", index))


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
    return reshape(x, shape=shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape)


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
    return OPS["transpose"](x, axes=tuple(dims[0]) if len(dims) == 1 and not isinstance(dims[0], int) else dims)


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
        raise ShapeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim} in a tensor of shape {shape}")
    return reshape(x, shape=(*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def gather(x: Any, dim: int, index: Any) -> Any:
    """Pick one element per place along an axis: PyTorch's name for take_along_axis.

    Args:
        x: Any shape.
        dim: The axis.
        index: Whole numbers, of as many axes as x.

    Returns:
        A tensor of the index's shape.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, [[1], [0]]).tolist()
        [[2.0], [3.0]]
    """
    places = _places(index)
    shape = list(x.shape)
    shape[dim] = places.shape[dim]
    if places.shape != tuple(shape):  # PyTorch lets the index be smaller on the other axes, too
        return x[along(places, dim)]
    return take_along_axis(x, places, dim)


def index_select(x: Any, dim: int, index: Any) -> Any:
    """Pick slices along an axis.

    Args:
        x: Any shape.
        dim: The axis.
        index: Whole numbers, of one axis.

    Returns:
        x with the axis replaced by the slices picked.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([1.0, 2.0, 3.0]).index_select(0, [2, 0]).tolist()
        [3.0, 1.0]
    """
    return take(x, index, dim)


def masked_fill(x: Any, mask: Any, value: float) -> Any:
    """Put a number wherever a mask is true.

    Args:
        x: Any shape.
        mask: Bools that broadcast against x.
        value: The number.

    Returns:
        A new tensor; no gradient passes where the mask is true.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([1.0, 2.0]).masked_fill([True, False], 0.0).tolist()
        [0.0, 2.0]
    """
    return where(mask, value, x)


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
        raise ShapeError(f"t: a tensor of shape {x.shape} came; at most two axes are needed (use .swapaxes)")
    return swapaxes(x, axis1=0, axis2=1) if len(x.shape) == 2 else x


def chunk(x: Any, chunks: int, dim: int = 0) -> list[Any]:
    """Cut into (at most) so many parts of equal size along an axis, the last perhaps smaller.

    Args:
        x: Any shape.
        chunks: How many parts.
        dim: The axis.

    Returns:
        A list of slices of x.

    Example:
        >>> from autograd import arange
        >>> [part.tolist() for part in arange(5).chunk(2)]
        [[0, 1, 2], [3, 4]]
    """
    size = -(-x.shape[dim] // chunks)
    lead = (slice(None),) * (dim % len(x.shape))
    return [x[(*lead, slice(i, i + size))] for i in range(0, x.shape[dim], max(size, 1))]


def narrow(x: Any, dim: int, start: int, length: int) -> Any:
    """Cut a piece out along an axis.

    Args:
        x: Any shape.
        dim: The axis.
        start: Where it begins.
        length: How long it is.

    Returns:
        The slice.

    Example:
        >>> from autograd import arange
        >>> arange(5).narrow(0, 1, 2).tolist()
        [1, 2]
    """
    return x[(*(slice(None),) * (dim % len(x.shape)), slice(start, start + length))]


def unbind(x: Any, dim: int = 0) -> list[Any]:
    """Cut into slices along an axis, which goes.

    Args:
        x: Any shape.
        dim: The axis.

    Returns:
        A list of slices.

    Example:
        >>> from autograd import eye
        >>> [row.tolist() for row in eye(2).unbind()]
        [[1.0, 0.0], [0.0, 1.0]]
    """
    lead = (slice(None),) * (dim % len(x.shape))
    return [x[(*lead, i)] for i in range(x.shape[dim])]


def scatter(x: Any, dim: int, index: Any, src: Any) -> Any:
    """Copy with numbers written along an axis at given places.

    Args:
        x: Any shape.
        dim: The axis.
        index: Whole numbers, of as many axes as x: where along the axis to write.
        src: What to write, broadcastable to the index's shape.

    Returns:
        A new tensor; overwritten places receive no gradient.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
        >>> y = x.scatter(0, [1], 10.0)
        >>> y.sum().backward()
        >>> y.data, x.grad
        (array([ 1., 10.,  3.]), array([1., 0., 1.]))
    """
    return index_set(x, src, index=along(_places(index), dim))


def scatter_add(x: Any, dim: int, index: Any, src: Any) -> Any:
    """Copy with numbers added along an axis at given places; places named twice add up.

    Args:
        x: Any shape.
        dim: The axis.
        index: Whole numbers, of as many axes as x: where along the axis to add.
        src: What to add, broadcastable to the index's shape.

    Returns:
        A new tensor.

    Example:
        >>> from autograd import zeros
        >>> scatter_add(zeros(3), 0, [0, 0, 2], [1.0, 2.0, 5.0]).tolist()
        [3.0, 0.0, 5.0]
    """
    return index_add(x, src, index=along(_places(index), dim))


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
