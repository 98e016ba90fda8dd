"""PyTorch's functions that pick, write and cut along an axis, said in our ops."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.arithmetic import where
from autograd.ops.index import along, index_add, index_set, take, take_along_axis

__all__ = [
    "chunk",
    "gather",
    "index_select",
    "masked_fill",
    "masked_select",
    "narrow",
    "scatter",
    "scatter_add",
    "unbind",
]


def _places(index: Any) -> Any:
    return np.array(getattr(index, "_data", index))  # a copy: the caller may write to it


def _part(x: Any, dim: int, part: Any) -> Any:
    return x[(slice(None),) * (dim % len(x.shape)) + (part,)]


def _reached(src: Any, places: Any) -> Any:
    """The part of src that an index of this shape reaches: PyTorch lets src be larger."""
    shape = getattr(src, "shape", ())
    if len(shape) == len(places.shape) and any(map(operator.gt, shape, places.shape)):
        return src[tuple(slice(n) for n in places.shape)]
    return src


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


def masked_select(x: Any, mask: Any) -> Any:
    """Pick the elements where a mask is true, in one row.

    Args:
        x: Any shape.
        mask: Bools that broadcast against x.

    Returns:
        A tensor of one axis; gradients go back to the places picked.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([1.0, -2.0, 3.0], requires_grad=True)
        >>> y = x.masked_select(x > 0)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([1.0, 3.0], array([1., 0., 1.]))
    """
    flags = np.asarray(getattr(mask, "_data", mask), bool)
    shape = np.broadcast_shapes(x.shape, flags.shape)
    wide = x if x.shape == shape else x.expand(*shape)
    return wide[np.broadcast_to(flags, shape).copy()]


def chunk(x: Any, chunks: int, dim: int = 0) -> list[Any]:
    """Cut into (at most) so many parts of equal size along an axis, the last perhaps smaller.

    Args:
        x: Any shape.
        chunks: How many parts.
        dim: The axis.

    Returns:
        A list of slices of x.

    Raises:
        ShapeError: If no part is asked for.

    Example:
        >>> from autograd import arange
        >>> [part.tolist() for part in arange(5).chunk(2)]
        [[0, 1, 2], [3, 4]]
    """
    if chunks < 1:
        raise ShapeError(f"chunk: chunks={chunks} came; at least 1 is needed")
    size = -(-x.shape[dim] // chunks)
    return [_part(x, dim, slice(i, i + size)) for i in range(0, x.shape[dim], max(size, 1))]


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
    return _part(x, dim, slice(start, start + length))


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
    return [_part(x, dim, i) for i in range(x.shape[dim])]


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
    places = _places(index)
    return index_set(x, _reached(src, places), index=along(places, dim))


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
    places = _places(index)
    return index_add(x, _reached(src, places), index=along(places, dim))
