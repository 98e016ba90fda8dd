"""The same elements in another shape: each op's gradient takes the old shape again."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.sums_by_product import sum_of_rows

__all__ = [
    "astype",
    "broadcast_to",
    "expand_dims",
    "moveaxis",
    "ravel",
    "reshape",
    "squeeze",
    "sum_to",
    "swapaxes",
    "transpose",
]


def sum_axes(shape, target):
    """The leading axes to drop and the axes to sum over that lead from shape to target."""
    extra = len(shape) - len(target)
    kept = tuple(i + extra for i, size in enumerate(target) if size == 1 and shape[i + extra] != 1)
    return tuple(range(extra)), kept


@operation(
    vjp=(lambda g, out, x, *, shape: broadcast_to(g, x.shape),),
    linear="x",
    samples=(
        Sample(((3, 4),), {"shape": (4,)}),
        Sample(((2, 3, 4),), {"shape": (3, 1)}),
        Sample(((3, 4),), {"shape": ()}),
    ),
)
def sum_to(x, *, shape):
    """Sum over the axes that broadcasting had added.

    Each element counts once, so each receives the whole gradient.
    """
    lead, kept = sum_axes(x.shape, shape)
    if lead and not kept and shape and type(x) is np.ndarray and x.size and x.flags.c_contiguous:
        return sum_of_rows(x.reshape(-1, math.prod(shape))).reshape(shape)
    total = np.add.reduce if type(x) is np.ndarray and x.dtype.kind == "f" else np.sum
    if lead:
        x = total(x, axis=lead)
        kept = tuple(i - len(lead) for i in kept)
    return total(x, axis=kept, keepdims=True) if kept else x


@operation(
    vjp=(lambda g, out, x, *, shape: sum_to(g, x.shape),),
    linear="x",
    samples=(Sample(((4,),), {"shape": (3, 4)}), Sample(((3, 1),), {"shape": (2, 3, 4)})),
)
def broadcast_to(x, *, shape):
    """Repeat along new or single axes. Every copy is felt, so the copies' gradients add up."""
    return np.broadcast_to(x, shape)


@operation(
    vjp=(lambda g, out, x, *, shape: reshape(g, x.shape),),
    linear="x",
    samples=(Sample(((3, 4),), {"shape": (2, 6)}), Sample(((3, 4),), {"shape": (-1,)})),
)
def reshape(x, *, shape):
    """Same elements in another shape. The gradient takes the old shape again."""
    return np.reshape(x, shape)


@operation(vjp=(lambda g, out, x: reshape(g, x.shape),), linear="x", samples=(((3, 4),),))
def ravel(x):
    """All elements in one row. The gradient takes the old shape again."""
    return np.reshape(x, -1)


def _inverse_axes(axes):
    return None if axes is None else tuple(int(i) for i in np.argsort(np.mod(axes, len(axes))))


@operation(
    vjp=(lambda g, out, x, *, axes: transpose(g, _inverse_axes(axes)),),
    linear="x",
    symbol="ᵀ",
    latex=r"{x}^\top",
    samples=(
        Sample(((3, 4),)),
        Sample(((2, 3, 4),), {"axes": (2, 0, 1)}),
        Sample(((2, 3, 4),), {"axes": (-1, 0, 1)}),
    ),
)
def transpose(x, *, axes=None):
    """Axes in another order. The gradient's axes go back to their old order."""
    return np.transpose(x, axes)


@operation(
    vjp=(lambda g, out, x, *, axis1, axis2: swapaxes(g, axis1, axis2),),
    linear="x",
    symbol="ᵀ",
    latex=r"{x}^\top",
    samples=(Sample(((2, 3, 4),), {"axis1": 0, "axis2": -1}),),
)
def swapaxes(x, *, axis1, axis2):
    """Two axes exchanged. The gradient exchanges them back."""
    return np.swapaxes(x, axis1, axis2)


@operation(
    vjp=(lambda g, out, x, *, source, destination: moveaxis(g, destination, source),),
    linear="x",
    samples=(
        Sample(((2, 3, 4),), {"source": 0, "destination": -1}),
        Sample(((2, 3, 4),), {"source": (0, 1), "destination": (2, 0)}),
    ),
)
def moveaxis(x, *, source, destination):
    """Axes moved to other places. The gradient moves them back."""
    return np.moveaxis(x, source, destination)


@operation(
    vjp=(lambda g, out, x, *, axis: reshape(g, x.shape),),
    linear="x",
    samples=(Sample(((3, 4),), {"axis": 1}), Sample(((3, 4),), {"axis": (0, -1)})),
)
def expand_dims(x, *, axis):
    """A new axis of size 1. The gradient takes the old shape again."""
    return np.expand_dims(x, axis)


@operation(
    vjp=(lambda g, out, x, *, axis: reshape(g, x.shape),),
    linear="x",
    samples=(Sample(((3, 1, 4),), {"axis": 1}), Sample(((1, 3, 1),))),
)
def squeeze(x, *, axis=None):
    """Axes of size 1 removed. The gradient takes the old shape again."""
    return np.squeeze(x, axis)


@operation(
    vjp=(lambda g, out, x, *, dtype: astype(g, x.dtype),),
    linear="x",
    reads=lambda shapes, **_: [("<g>", "<g>")],
    samples=(Sample(((3, 4),), {"dtype": np.float64}),),
)
def astype(x, *, dtype):
    """Same numbers in another dtype. The gradient comes back in the old dtype."""
    return x.astype(dtype)
