"""Picking elements out, putting them back, sorting them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.aliases import takes_synonyms
from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.arithmetic import where
from autograd.ops.shape import moveaxis, sum_to

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "diag",
    "diagonal",
    "getitem",
    "index_add",
    "index_set",
    "place",
    "sort",
    "take",
    "take_along_axis",
]


def is_basic(index: Any) -> bool:
    """Whether an index has only slices, whole numbers, newaxis, Ellipsis: it repeats no place."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None
        or part is Ellipsis
        or isinstance(part, slice)
        or (isinstance(part, (int, np.integer)) and not isinstance(part, (bool, np.bool_)))
        for part in parts
    )


@operation(
    vjp=(lambda g, out, values, *, index, shape: g[index],),
    linear="values",
    samples=(
        Sample(((2, 3),), {"index": (slice(0, 2), slice(1, 4)), "shape": (3, 4)}),
        Sample(((3,),), {"index": ([0, 0, 1],), "shape": (3,)}),
        Sample(((2,),), {"index": (np.array([True, False, True]),), "shape": (3,)}),
    ),
)
def place(values, *, index, shape):
    """Zeros with values added at given places. Each value's gradient is read at its place."""
    out = np.zeros_like(values, shape=shape)  # stays on the GPU or the cluster if values are there
    if is_basic(index):
        out[index] = values
    else:
        np.add.at(out, index, values)
    return out


@operation(
    vjp=(lambda g, out, x, *, index: place(g, index=index, shape=x.shape),),
    linear="x",
    symbol="[ ]",
    samples=(
        Sample(((3, 4),), {"index": 1}),
        Sample(((3, 4),), {"index": (slice(None, None, -2), 2)}),
        Sample(((3, 4),), {"index": (Ellipsis, None, slice(1, 3))}),
        Sample(((3,),), {"index": ([0, 0, 1],)}),
        Sample(((3, 4),), {"index": (np.array([[0, 2], [0, 1]]), [1, 1])}),
        Sample(((3,),), {"index": np.array([True, False, True])}),
    ),
)
def getitem(x, *, index):
    """Elements picked by an index.

    The gradient goes back to the places picked; one picked twice adds up.
    """
    return x[index]


def _winners(index, shape, values_shape):
    """True for the values that stay: of several written to one place only the last one does."""
    if is_basic(index):
        return True
    marker = np.zeros(shape, dtype=np.intp)
    places = marker[index]
    numbers = np.arange(places.size).reshape(places.shape)
    marker[index] = numbers
    return np.broadcast_to(
        marker[index] == numbers, np.broadcast_shapes(places.shape, values_shape)
    )


@operation(
    vjp=(
        lambda g, out, x, values, *, index: index_set(g, 0.0, index=index),
        lambda g, out, x, values, *, index: sum_to(
            where(_winners(index, x.shape, np.shape(values)), g[index], 0.0), np.shape(values)
        ),
    ),
    linear="*",
    symbol="[ ]=",
    samples=(
        Sample(((3, 4), (4,)), {"index": 1}),
        Sample(((5,), (3,)), {"index": ([0, 3, 3],)}),
        Sample(((3, 4), ()), {"index": (slice(None), 2)}),
    ),
)
def index_set(x, values, *, index):
    """Copy with some places overwritten.

    Overwritten places no longer feel x; the gradient there goes to the new values.
    """
    out = np.array(x, dtype=np.result_type(x, values))
    out[index] = values
    return out


@operation(
    vjp=(
        lambda g, out, x, values, *, index: g,
        lambda g, out, x, values, *, index: sum_to(g[index], np.shape(values)),
    ),
    samples=(
        Sample(((3, 4), (4,)), {"index": 1}),
        Sample(((5,), (3,)), {"index": ([0, 3, 3],)}),
    ),
    linear="*",
    symbol="[ ]+=",
)
def index_add(x, values, *, index):
    """Copy with values added at some places.

    The gradient passes to x, and is read at the places for the values.
    """
    out = np.array(x, dtype=np.result_type(x, values))
    np.add.at(out, index, values)
    return out


def along(indices: Any, axis: int, shape: Any = None) -> Any:
    """The index that means "these along this axis", one per place of ``shape`` or their own."""
    rank = indices.ndim
    axis %= rank
    return tuple(
        indices if i == axis else np.arange(n).reshape(*[1] * i, n, *[1] * (rank - i - 1))
        for i, n in enumerate(shape or indices.shape)
    )


def _raw(indices):
    return np.array(getattr(indices, "_data", indices))  # a copy: the caller may write to it


def _take_index(indices, axis, ndim):
    return (slice(None),) * (axis % ndim) + (indices,)


@operation(
    vjp=(
        lambda g, out, x, *, indices, axis: (
            place(g, index=_take_index(indices, axis, len(x.shape)), shape=x.shape)
            if axis is not None
            else place(g, index=np.unravel_index(indices, x.shape), shape=x.shape)
        ),
    ),
    linear="x",
    samples=(
        Sample(((4, 3),), {"indices": np.array([0, 2, 2]), "axis": 0}),
        Sample(((3, 4),), {"indices": np.array([[1, 0], [3, 3]]), "axis": -1}),
        Sample(((3, 4),), {"indices": np.array([1, 5, 5])}),
    ),
    call=lambda x, indices, axis=None: ((x,), {"indices": _raw(indices), "axis": axis}),
)
def take(x, *, indices, axis=None):
    """Slices picked along an axis.

    The gradient goes back to the slices picked; one picked twice adds up.
    """
    return np.take(x, indices, axis)


@operation(
    vjp=(
        lambda g, out, x, *, indices, axis: place(
            g, index=along(indices, axis, x.shape), shape=x.shape
        ),
    ),
    linear="x",
    samples=(
        Sample(((3, 4),), {"indices": np.array([[0, 0], [1, 3], [2, 2]]), "axis": 1}),
        Sample(((3, 2),), {"indices": np.array([[2, 0]]), "axis": 0}),
        Sample(((3, 2),), {"indices": np.array([[1]]), "axis": 1}),
    ),
    call=lambda x, indices, axis=-1: ((x,), {"indices": _raw(indices), "axis": axis}),
)
def take_along_axis(x, *, indices, axis):
    """One element per place, its index along an axis given.

    The gradient goes back to the elements picked.
    """
    return np.take_along_axis(x, indices, axis)


def diagonal_index(shape, offset):
    rows, columns = shape[-2:]
    count = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    steps = np.arange(count)
    return (Ellipsis, steps + max(-offset, 0), steps + max(offset, 0))


@operation(
    vjp=(
        lambda g, out, x, *, offset, axis1, axis2: moveaxis(
            place(
                g,
                index=diagonal_index(
                    np.moveaxis(np.empty(x.shape, bool), (axis1, axis2), (-2, -1)).shape, offset
                ),
                shape=np.moveaxis(np.empty(x.shape, bool), (axis1, axis2), (-2, -1)).shape,
            ),
            (-2, -1),
            (axis1, axis2),
        ),
    ),
    linear="x",
    samples=(
        Sample(((3, 4),)),
        Sample(((3, 4),), {"offset": 1}),
        Sample(((2, 3, 3),), {"offset": -1, "axis1": 1, "axis2": 2}),
    ),
)
def diagonal(x, *, offset=0, axis1=0, axis2=1):
    """Diagonal of a matrix. The gradient goes back onto the diagonal, zeros beside it."""
    return np.diagonal(x, offset, axis1, axis2)


@takes_synonyms
def diag(x, offset=0):
    """Make a matrix with a given diagonal, or read a matrix's diagonal, as ``numpy.diag`` does.

    Args:
        x: Shape (n,) to make a matrix, or (n, m) to read its diagonal.
        offset: Which diagonal: above the main one if positive, below if negative.

    Returns:
        Shape (n + |offset|, n + |offset|), or the diagonal.

    Example:
        >>> from autograd import Tensor, diag
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> m = diag(x)
        >>> (m * m).sum().backward()
        >>> m.tolist(), x.grad
        ([[1.0, 0.0], [0.0, 2.0]], array([2., 4.]))
    """
    if len(x.shape) == 2:
        return diagonal(x, offset)
    size = x.shape[0] + abs(offset)
    return place(x, index=diagonal_index((size, size), offset), shape=(size, size))


@operation(
    vjp=(
        lambda g, out, x, *, axis: take_along_axis(
            g, np.argsort(np.argsort(_raw(x), axis=axis, kind="stable"), axis=axis), axis
        ),
    ),
    samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 0})),
)
def sort(x, *, axis=-1):
    """Elements in rising order. Each gradient goes back to where its element came from."""
    return np.sort(x, axis=axis, kind="stable")


@operation(differentiable=False, samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1})))
def argsort(x, *, axis=-1):
    """Order that would sort. Places are whole numbers, so no gradient passes."""
    return np.argsort(x, axis=axis, kind="stable")


@operation(
    differentiable=False,
    samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1, "keepdims": True})),
)
def argmax(x, *, axis=None, keepdims=False):
    """Place of the greatest element. Places are whole numbers, so no gradient passes."""
    return np.argmax(x, axis=axis, keepdims=keepdims)


@operation(
    differentiable=False,
    samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1, "keepdims": True})),
)
def argmin(x, *, axis=None, keepdims=False):
    """Place of the smallest element. Places are whole numbers, so no gradient passes."""
    return np.argmin(x, axis=axis, keepdims=keepdims)
