"""Moving elements about without changing them: each op's gradient moves them back."""

from __future__ import annotations

import math

import numpy as np

from autograd.aliases import takes_synonyms
from autograd.op import Sample, operation

__all__ = [
    "astype",
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "flip",
    "moveaxis",
    "pad",
    "ravel",
    "repeat",
    "reshape",
    "roll",
    "split",
    "squeeze",
    "stack",
    "sum_to",
    "swapaxes",
    "tile",
    "transpose",
    "tril",
    "triu",
]


def sum_axes(shape, target):
    """The leading axes to drop, and the axes of size 1 to sum over, that lead from shape to target."""
    extra = len(shape) - len(target)
    kept = tuple(
        i + extra for i, size in enumerate(target) if size == 1 and shape[i + extra] != 1
    )
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
    """Sum over the axes that broadcasting had added. Each element counts once, so each receives the whole gradient."""
    lead, kept = sum_axes(x.shape, shape)
    if lead:
        x = x.sum(axis=lead)
        kept = tuple(i - len(lead) for i in kept)
    return x.sum(axis=kept, keepdims=True) if kept else x


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


@operation(
    vjp=(lambda g, out, x: reshape(g, x.shape),), linear="x", samples=(((3, 4),),)
)
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


def _pieces(g, sizes, axis):
    pieces, start = [], 0
    for size in sizes:
        index = (slice(None),) * (axis % g.ndim) + (slice(start, start + size),)
        pieces.append(g[index])
        start += size
    return pieces


@operation(
    vjp=lambda g, out, *xs, axis: _pieces(g, [x.shape[axis] for x in xs], axis),
    linear="*",
    call=lambda arrays, axis=0: (tuple(arrays), {"axis": axis}),
    samples=(
        Sample(((3, 2), (3, 4), (3, 1)), {"axis": 1}),
        Sample(((2, 3), (4, 3)), {"axis": 0}),
        Sample(((2, 3), (2, 3)), {"axis": -1}),
    ),
    check=lambda *xs, axis: (
        "all sizes but those along the axis must be equal"
        if xs
        else "an empty list came; give at least one array"
    ),
)
def concatenate(*xs, axis=0):
    """Arrays joined along an axis. The gradient is cut into the pieces it came from."""
    return np.concatenate(xs, axis)


@operation(
    vjp=lambda g, out, *xs, axis: [
        g[(slice(None),) * (axis % g.ndim) + (i,)] for i in range(len(xs))
    ],
    linear="*",
    call=lambda arrays, axis=0: (tuple(arrays), {"axis": axis}),
    samples=(
        Sample(((3, 2), (3, 2)), {"axis": 1}),
        Sample(((3,), (3,), (3,)), {"axis": 0}),
        Sample(((3,), (3,)), {"axis": -1}),
    ),
    check=lambda *xs, axis: (
        "all shapes must be equal" if xs else "an empty list came; give at least one array"
    ),
)
def stack(*xs, axis=0):
    """Arrays stacked along a new axis. Each layer of the gradient goes back to its array."""
    return np.stack(xs, axis)


@takes_synonyms
def split(x, indices_or_sections, axis=0):
    """Cut an array into parts along an axis, as ``numpy.split`` does.

    Args:
        x: The array, of any shape.
        indices_or_sections: How many equal parts, or the places to cut at.
        axis: The axis to cut.

    Returns:
        A list of the parts; each is a slice of x, so its gradient goes back to that place.

    Raises:
        ShapeError: If the axis does not divide into that many equal parts.

    Example:
        >>> from autograd import Tensor, split
        >>> x = Tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        >>> left, right = split(x, 2)
        >>> right.sum().backward()
        >>> left.data, x.grad
        (array([1., 2.]), array([0., 0., 1., 1.]))
    """
    from autograd.errors import ShapeError

    size = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or size % indices_or_sections:
            raise ShapeError(
                f"split: axis {axis} of size {size} does not divide into {indices_or_sections} equal "
                "parts; give the places to cut at instead"
            )
        step = size // indices_or_sections
        cuts = list(range(step, size, step)) if step else []
    else:
        cuts = list(indices_or_sections)
    edges = [0, *cuts, size]
    lead = (slice(None),) * (axis % len(x.shape))
    return [x[(*lead, slice(a, b))] for a, b in zip(edges, edges[1:], strict=False)]


def _widths(pad_width, ndim):
    return [tuple(int(n) for n in pair) for pair in np.broadcast_to(pad_width, (ndim, 2))]


@operation(
    vjp=(
        lambda g, out, x, *, pad_width, constant_values: g[
            tuple(
                slice(before, before + size)
                for (before, _), size in zip(_widths(pad_width, len(x.shape)), x.shape, strict=True)
            )
        ],
    ),
    samples=(
        Sample(((3, 4),), {"pad_width": 1}),
        Sample(((3, 4),), {"pad_width": ((1, 0), (2, 3))}),
        Sample(((3,),), {"pad_width": ((1, 2),), "constant_values": 5.0}),
    ),
)
def pad(x, *, pad_width, constant_values=0.0):
    """Border of a constant around an array. The border is no input, so its part of the gradient is dropped."""
    return np.pad(x, pad_width, constant_values=constant_values)


@operation(
    vjp=(lambda g, out, x, *, axis: flip(g, axis),),
    linear="x",
    samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1}), Sample(((3, 4),), {"axis": (0, 1)})),
)
def flip(x, *, axis=None):
    """Order reversed along axes. The gradient is reversed back."""
    return np.flip(x, axis)


def _back(shift):
    return tuple(-s for s in shift) if isinstance(shift, (tuple, list)) else -shift


@operation(
    vjp=(lambda g, out, x, *, shift, axis: roll(g, _back(shift), axis),),
    linear="x",
    samples=(
        Sample(((3, 4),), {"shift": 2}),
        Sample(((3, 4),), {"shift": (1, -2), "axis": (0, 1)}),
    ),
)
def roll(x, *, shift, axis=None):
    """Elements shifted around in a circle. The gradient is shifted back."""
    return np.roll(x, shift, axis)


def _tiles(x_shape, reps):
    """Reps and sizes interleaved: (r0, n0, r1, n1, ...)."""
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    ndim = max(len(reps), len(x_shape))
    reps = (1,) * (ndim - len(reps)) + reps
    sizes = (1,) * (ndim - len(x_shape)) + tuple(x_shape)
    return tuple(n for pair in zip(reps, sizes, strict=True) for n in pair)


@operation(
    vjp=(
        lambda g, out, x, *, reps: reshape(
            reshape(g, _tiles(x.shape, reps)).sum(
                axis=tuple(range(0, len(_tiles(x.shape, reps)), 2))
            ),
            x.shape,
        ),
    ),
    linear="x",
    samples=(Sample(((3,),), {"reps": (2, 2)}), Sample(((2, 3),), {"reps": 3})),
)
def tile(x, *, reps):
    """Whole array laid side by side. Every copy is felt, so the copies' gradients add up."""
    return np.tile(x, reps)


def _repeat_gradient(g, x, repeats, axis):
    from autograd.ops.index import place

    shape = x.shape if axis is not None else (math.prod(x.shape),)
    along = 0 if axis is None else axis % len(shape)
    index = (slice(None),) * along + (np.repeat(np.arange(shape[along]), repeats),)
    return reshape(place(g, index=index, shape=shape), x.shape)


@operation(
    vjp=(lambda g, out, x, *, repeats, axis: _repeat_gradient(g, x, repeats, axis),),
    linear="x",
    samples=(
        Sample(((3, 2),), {"repeats": 2, "axis": 1}),
        Sample(((3,),), {"repeats": (1, 0, 3), "axis": 0}),
        Sample(((2, 2),), {"repeats": 2}),
    ),
)
def repeat(x, *, repeats, axis=None):
    """Each element several times in a row. Every copy is felt, so the copies' gradients add up."""
    return np.repeat(x, repeats, axis)


@operation(
    vjp=(lambda g, out, x, *, offset: tril(g, offset),),
    linear="x",
    samples=(Sample(((4, 4),)), Sample(((2, 3, 4),), {"offset": 1})),
)
def tril(x, *, offset=0):
    """Lower triangle, zeros above. What was set to zero receives no gradient."""
    return np.tril(x, offset)


@operation(
    vjp=(lambda g, out, x, *, offset: triu(g, offset),),
    linear="x",
    samples=(Sample(((4, 4),)), Sample(((2, 3, 4),), {"offset": -1})),
)
def triu(x, *, offset=0):
    """Upper triangle, zeros below. What was set to zero receives no gradient."""
    return np.triu(x, offset)


@operation(
    vjp=(lambda g, out, x, *, dtype: astype(g, x.dtype),),
    linear="x",
    samples=(Sample(((3, 4),), {"dtype": np.float64}),),
)
def astype(x, *, dtype):
    """Same numbers in another dtype. The gradient comes back in the old dtype."""
    return x.astype(dtype)
