"""Putting arrays together, cutting them up, laying their elements out anew."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from autograd.aliases import takes_synonyms
from autograd.definition import operation
from autograd.errors import ShapeError
from autograd.op import Sample
from autograd.ops.index import place
from autograd.ops.shape import reshape

__all__ = [
    "concatenate",
    "flip",
    "in_rows",
    "pad",
    "repeat",
    "roll",
    "split",
    "stack",
    "tile",
    "tril",
    "triu",
]


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
    size = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or size % indices_or_sections:
            raise ShapeError(
                f"split: axis {axis} of size {size} does not divide into {indices_or_sections} "
                "equal parts; give the places to cut at instead"
            )
        step = size // indices_or_sections
        cuts = list(range(step, size, step)) if step else []
    else:
        cuts = list(indices_or_sections)
    edges = [0, *cuts, size]
    lead = (slice(None),) * (axis % len(x.shape))
    return [x[index] for index in [(*lead, slice(a, b)) for a, b in pairwise(edges)]]


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
    """Border of a constant around an array.

    The border is no input, so its part of the gradient is dropped.
    """
    return np.pad(x, pad_width, constant_values=constant_values)


@operation(
    vjp=(lambda g, out, x, *, axis: flip(g, axis),),
    linear="x",
    samples=(
        Sample(((3, 4),)),
        Sample(((3, 4),), {"axis": 1}),
        Sample(((3, 4),), {"axis": (0, 1)}),
    ),
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
    reads=lambda shapes, **_: [("sum of <g> over the copies", r"\sum_{\text{copies}} <g>")],
    samples=(Sample(((3,),), {"reps": (2, 2)}), Sample(((2, 3),), {"reps": 3})),
)
def tile(x, *, reps):
    """Whole array laid side by side. Every copy is felt, so the copies' gradients add up."""
    return np.tile(x, reps)


def _repeat_gradient(g, x, repeats, axis):
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


@operation(vjp=(lambda g, out, x: g,), linear="x", samples=(((3, 4),), ((2, 3, 4),)))
def in_rows(x):
    """The same numbers, laid out row by row in memory. The gradient passes unchanged."""
    return np.array(x, order="C") if type(x) is np.ndarray else x
