"""Many numbers to one: sums, products, extremes."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.arithmetic import where
from autograd.ops.arrange import concatenate, flip
from autograd.ops.running import cumprod
from autograd.ops.shape import broadcast_to, moveaxis, reshape

__all__ = [
    "all",
    "any",
    "max",
    "mean",
    "min",
    "prod",
    "sum",
]


_FEW = 1024
_AS_THEY_ARE = (np.dtype(np.float32), np.dtype(np.float64))  # others NumPy averages in another one

REDUCTIONS = (
    Sample(((3, 4),)),
    Sample(((3, 4),), {"axis": 1}),
    Sample(((2, 3, 4),), {"axis": -2, "keepdims": True}),
    Sample(((2, 3, 4),), {"axis": (0, 2)}),
)


def _axes(axis, ndim):
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim for i in (axis if isinstance(axis, (tuple, list)) else (axis,)))


def restored(g, x, axis):
    """The reduced axes put back as axes of size 1, so that g broadcasts against x."""
    if axis is None and type(g) is np.ndarray and not g.shape:
        return g  # one number broadcasts as it is
    axes = _axes(axis, len(x.shape))
    shape = tuple([1 if i in axes else n for i, n in enumerate(x.shape)])
    return g.reshape(shape) if type(g) is np.ndarray else reshape(g, shape)


def repeated(g, shape):
    """Repeated to a shape: small arrays written out, which is quicker than a view of them."""
    if type(g) is not np.ndarray or math.prod(shape) > _FEW:
        return broadcast_to(g, shape)
    out = np.empty(shape, g.dtype)
    out[...] = g
    return out


def count(x, axis):
    """How many elements each result is made of."""
    return math.prod(x.shape[i] for i in _axes(axis, len(x.shape)))


def _wide(x, axis):
    """The dtype to add up in: along an axis that is not the last NumPy adds one by one."""
    if axis is not None and x.dtype == np.float32 and count(x, axis) > 1000:
        return np.float64
    return None


def _total(x, axis, keepdims):
    """The sum, without the Python that ``np.sum`` has around it."""
    if type(x) is not np.ndarray:
        return np.sum(x, axis=axis, dtype=_wide(x, axis), keepdims=keepdims)
    return np.add.reduce(x, axis=axis, dtype=_wide(x, axis), keepdims=keepdims)


def narrowed(out, x):
    return out.astype(np.float32) if out.dtype == np.float64 and x.dtype == np.float32 else out


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: repeated(restored(g, x, axis), x.shape),),
    linear="x",
    symbol="Σ",
    latex=r"\sum {x}",
    samples=REDUCTIONS,
)
def sum(x, *, axis=None, keepdims=False):
    """Sum of elements. Each element counts once, so each receives the whole gradient."""
    return narrowed(_total(x, axis, keepdims), x)


@operation(
    vjp=(
        lambda g, out, x, *, axis, keepdims: repeated(
            restored(g, x, axis) / count(x, axis), x.shape
        ),
    ),
    linear="x",
    latex=r"\overline{{{x}}}",
    samples=REDUCTIONS,
)
def mean(x, *, axis=None, keepdims=False):
    """Average of elements. Each of the n elements receives one n-th of the gradient."""
    if type(x) is np.ndarray and x.size and x.dtype in _AS_THEY_ARE:
        return narrowed(_total(x, axis, keepdims) / count(x, axis), x)
    return narrowed(np.mean(x, axis=axis, dtype=_wide(x, axis), keepdims=keepdims), x)


def _in_a_row(x, axis):
    """The reduced axes moved to the end and joined into one; and the way back."""
    axes = _axes(axis, len(x.shape))
    last = tuple(range(-len(axes), 0))
    moved = moveaxis(x, axes, last)
    row = reshape(moved, (*moved.shape[: len(x.shape) - len(axes)], count(x, axis)))
    return row, lambda y: moveaxis(reshape(y, moved.shape), last, axes)


def _others(x, axis):
    """For each element the product of all the others, exact where elements are 0."""
    row, back = _in_a_row(x, axis)
    ones = np.ones((*row.shape[:-1], 1))
    before = concatenate([ones, cumprod(row, -1)], -1)[..., :-1]
    after = flip(concatenate([ones, cumprod(flip(row, -1), -1)], -1)[..., :-1], -1)
    return back(before * after)


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: restored(g, x, axis) * _others(x, axis),),
    symbol="Π",
    latex=r"\prod {x}",
    reads=lambda shapes, **_: [("<g>·(product of the others)", r"<g> \prod_{\text{others}} <0>")],
    samples=REDUCTIONS,
)
def prod(x, *, axis=None, keepdims=False):
    """Product of elements. Each element's gradient is scaled by the product of all the others."""
    return np.prod(x, axis=axis, keepdims=keepdims)


def _shared_among_ties(g, out, x, axis):
    hit = x == restored(out, x, axis)
    return where(hit, restored(g, x, axis) / np.sum(plain(hit), axis=axis, keepdims=True), 0.0)


_TO_THE_WINNER = r"<g> \left[<0> = <out>\right] / \text{ties}"


def _read_winner(shapes, **_):
    return [("<g>·[<0> = <out>] / ties", _TO_THE_WINNER)]


def plain(flags):
    return getattr(flags, "_data", flags)


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: _shared_among_ties(g, out, x, axis),),
    latex=r"\max {x}",
    reads=_read_winner,
    samples=REDUCTIONS,
)
def max(x, *, axis=None, keepdims=False):
    """Greatest element.

    Only the winner is felt, so it receives the gradient; ties share it equally.
    """
    return np.max(x, axis=axis, keepdims=keepdims)


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: _shared_among_ties(g, out, x, axis),),
    latex=r"\min {x}",
    reads=_read_winner,
    samples=REDUCTIONS,
)
def min(x, *, axis=None, keepdims=False):
    """Smallest element.

    Only the winner is felt, so it receives the gradient; ties share it equally.
    """
    return np.min(x, axis=axis, keepdims=keepdims)


@operation(differentiable=False, samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1})))
def any(x, *, axis=None, keepdims=False):
    """Whether any element is true. A yes or no has no slope, so no gradient passes."""
    return np.any(x, axis=axis, keepdims=keepdims)


@operation(differentiable=False, samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1})))
def all(x, *, axis=None, keepdims=False):
    """Whether all elements are true. A yes or no has no slope, so no gradient passes."""
    return np.all(x, axis=axis, keepdims=keepdims)
