"""Many numbers to one: sums, means, extremes, and running totals."""

from __future__ import annotations

import math

import numpy as np

from autograd.aliases import takes_synonyms
from autograd.op import Sample, operation
from autograd.ops.arithmetic import abs, sign, where
from autograd.ops.functions import exp
from autograd.ops.shape import broadcast_to, concatenate, flip, moveaxis, reshape, stack

__all__ = [
    "all",
    "any",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logsumexp",
    "max",
    "mean",
    "min",
    "norm",
    "prod",
    "softmax",
    "std",
    "sum",
    "var",
]

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
    axes = _axes(axis, len(x.shape))
    return reshape(g, tuple(1 if i in axes else n for i, n in enumerate(x.shape)))


def count(x, axis):
    """How many elements each result is made of."""
    return math.prod(x.shape[i] for i in _axes(axis, len(x.shape)))


def _wide(x, axis):
    """The dtype to add up in: NumPy adds pairwise, but one by one along an axis that is not the last."""
    if axis is not None and x.dtype == np.float32 and count(x, axis) > 1000:
        return np.float64
    return None


def _narrowed(out, x):
    return out.astype(np.float32) if out.dtype == np.float64 and x.dtype == np.float32 else out


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: broadcast_to(restored(g, x, axis), x.shape),),
    linear="x",
    symbol="Σ",
    latex=r"\sum {x}",
    samples=REDUCTIONS,
)
def sum(x, *, axis=None, keepdims=False):
    """Sum of elements. Each element counts once, so each receives the whole gradient."""
    return _narrowed(np.sum(x, axis=axis, dtype=_wide(x, axis), keepdims=keepdims), x)


@operation(
    vjp=(
        lambda g, out, x, *, axis, keepdims: broadcast_to(
            restored(g, x, axis) / count(x, axis), x.shape
        ),
    ),
    linear="x",
    latex=r"\overline{{{x}}}",
    samples=REDUCTIONS,
)
def mean(x, *, axis=None, keepdims=False):
    """Average of elements. Each of the n elements receives one n-th of the gradient."""
    return _narrowed(np.mean(x, axis=axis, dtype=_wide(x, axis), keepdims=keepdims), x)


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
    samples=REDUCTIONS,
)
def prod(x, *, axis=None, keepdims=False):
    """Product of elements. Each element's gradient is scaled by the product of all the others."""
    return np.prod(x, axis=axis, keepdims=keepdims)


def _shared_among_ties(g, out, x, axis):
    hit = x == restored(out, x, axis)
    return where(hit, restored(g, x, axis) / np.sum(_plain(hit), axis=axis, keepdims=True), 0.0)


def _plain(flags):
    return getattr(flags, "_data", flags)


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: _shared_among_ties(g, out, x, axis),),
    latex=r"\max {x}",
    samples=REDUCTIONS,
)
def max(x, *, axis=None, keepdims=False):
    """Greatest element. Only the winner is felt, so it receives the gradient; ties share it equally."""
    return np.max(x, axis=axis, keepdims=keepdims)


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: _shared_among_ties(g, out, x, axis),),
    latex=r"\min {x}",
    samples=REDUCTIONS,
)
def min(x, *, axis=None, keepdims=False):
    """Smallest element. Only the winner is felt, so it receives the gradient; ties share it equally."""
    return np.min(x, axis=axis, keepdims=keepdims)


def _from_mean(x, axis):
    return x - mean(x, axis=axis, keepdims=True)


def _exact(x):
    """Squares of small differences need the mean exactly, so they are made in float64."""
    return np.float64 if x.dtype == np.float32 else None


def _freedom(x, axis, ddof):
    """What the squares are divided by; one element has no spread around itself, so there it is nan."""
    left = count(x, axis) - ddof
    return left if left > 0 else math.nan


SPREADS = (*REDUCTIONS, Sample(((3, 4),), {"axis": 0, "ddof": 0}))


@operation(
    vjp=(
        lambda g, out, x, *, axis, ddof, keepdims: (
            restored(g, x, axis) * (2 / _freedom(x, axis, ddof)) * _from_mean(x, axis)
        ),
    ),
    latex=r"\operatorname{{Var}}\left({x}\right)",
    samples=SPREADS,
)
def var(x, *, axis=None, ddof=1, keepdims=False):
    """Variance, divided by n - ddof; ddof is 1 as in PyTorch. Elements far from the mean are felt most."""
    return _narrowed(np.var(x, axis=axis, dtype=_exact(x), ddof=ddof, keepdims=keepdims), x)


@operation(
    vjp=(
        lambda g, out, x, *, axis, ddof, keepdims: (
            where(
                restored(out, x, axis) == 0,
                0.0,
                restored(g, x, axis)
                / where(restored(out, x, axis) == 0, 1.0, restored(out, x, axis)),
            )
            * (1 / _freedom(x, axis, ddof))
            * _from_mean(x, axis)
        ),
    ),
    samples=SPREADS,
)
def std(x, *, axis=None, ddof=1, keepdims=False):
    """Standard deviation, divided by n - ddof; ddof is 1 as in PyTorch. Elements far from the mean are felt most; where all are equal the gradient is 0."""
    return _narrowed(np.std(x, axis=axis, dtype=_exact(x), ddof=ddof, keepdims=keepdims), x)


def _norm_gradient(g, out, x, ord, axis):
    size = restored(out, x, axis)
    if ord == math.inf:
        hit = abs(x) == size
        ties = np.sum(_plain(hit), axis=axis, keepdims=True)
        return where(hit, sign(x) * restored(g, x, axis) / ties, 0.0)
    flat = size == 0
    share = x / where(flat, 1.0, size)
    if ord != 2:
        zero = x == 0
        share = sign(x) * where(zero, 0.0, abs(where(zero, 1.0, share)) ** (ord - 1))
    return where(flat, 0.0, restored(g, x, axis) * share)


@operation(
    vjp=(
        lambda g, out, x, *, ord, axis, keepdims: _norm_gradient(g, out, x, ord, axis),
    ),
    latex=r"\left\lVert {x} \right\rVert",
    samples=(
        *REDUCTIONS,
        Sample(((3, 4),), {"ord": 1, "axis": 1}),
        Sample(((3, 4),), {"ord": 3}),
        Sample(((3, 4),), {"ord": math.inf, "axis": 0}),
    ),
)
def norm(x, *, ord=2, axis=None, keepdims=False):
    """Length of a vector: the p-norm of the elements, Euclid's by default. The gradient points along the vector; at 0 it is 0."""
    if not ord > 0:
        raise ValueError(f"ord={ord} came; give a number > 0, or inf")
    size = np.abs(x)
    if ord == math.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    top = np.max(size, axis=axis, keepdims=True, initial=0)
    scale = np.where((top == 0) | ~np.isfinite(top), 1, top)  # squares neither overflow nor vanish
    total = np.sum((size / scale) ** ord, axis=axis, keepdims=keepdims) ** (1 / ord)
    if not keepdims:
        scale = np.reshape(scale, np.shape(total))
    return (total * scale).astype(np.result_type(x, np.float16), copy=False)


def _share(out, x, axis):
    """Each element's share of the sum of exponentials: the softmax."""
    total = restored(out, x, axis)
    nothing = total == -math.inf
    return where(nothing, 0.0, exp(x - where(nothing, 0.0, total)))


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: restored(g, x, axis) * _share(out, x, axis),),
    latex=r"\ln \sum e^{{{x}}}",
    samples=REDUCTIONS,
)
def logsumexp(x, *, axis=None, keepdims=False):
    """Logarithm of a sum of exponentials, without overflow. Each element is felt by its share of that sum: the softmax."""
    if not count(x, axis):
        return np.sum(x, axis=axis, keepdims=keepdims) - math.inf  # the logarithm of nothing
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):  # all elements -inf
        out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    if keepdims:
        return out
    return np.reshape(out, np.sum(np.zeros(x.shape, bool), axis=axis).shape)


@operation(
    vjp=(
        lambda g, out, x, *, axis: (
            flip(cumsum(flip(g, axis), axis), axis)
            if axis is not None
            else reshape(flip(cumsum(flip(g, 0), 0), 0), x.shape)
        ),
    ),
    linear="x",
    samples=(Sample(((3, 4),), {"axis": 1}), Sample(((3, 4),), {"axis": -2}), Sample(((2, 3),))),
)
def cumsum(x, *, axis=None):
    """Running sum. An element counts in every later total, so the gradients from there on add up."""
    return np.cumsum(x, axis=axis)


def _cumprod_gradient(g, x, axis):
    """L_j R_j with L_j the product before j and R_j = g_j + x_(j+1) R_(j+1): exact through zeros."""
    row = reshape(x, (-1,)) if axis is None else moveaxis(x, axis, -1)
    arriving = g if axis is None else moveaxis(g, axis, -1)
    last = row.shape[-1] - 1
    if last < 0:
        return reshape(g, x.shape)
    after = [arriving[..., last]]
    for j in range(last - 1, -1, -1):
        after.append(arriving[..., j] + row[..., j + 1] * after[-1])
    before = concatenate([np.ones((*row.shape[:-1], 1)), cumprod(row, -1)[..., :-1]], -1)
    sent = before * stack(after[::-1], -1)
    return reshape(sent, x.shape) if axis is None else moveaxis(sent, -1, axis)


@operation(
    vjp=(lambda g, out, x, *, axis: _cumprod_gradient(g, x, axis),),
    samples=(Sample(((3, 4),), {"axis": 1}), Sample(((3, 2),), {"axis": 0}), Sample(((4,),))),
)
def cumprod(x, *, axis=None):
    """Running product. An element scales every later product, so all of those send it gradient."""
    return np.cumprod(x, axis=axis)


@operation(differentiable=False, samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1})))
def any(x, *, axis=None, keepdims=False):
    """Whether any element is true. A yes or no has no slope, so no gradient passes."""
    return np.any(x, axis=axis, keepdims=keepdims)


@operation(differentiable=False, samples=(Sample(((3, 4),)), Sample(((3, 4),), {"axis": 1})))
def all(x, *, axis=None, keepdims=False):
    """Whether all elements are true. A yes or no has no slope, so no gradient passes."""
    return np.all(x, axis=axis, keepdims=keepdims)


@takes_synonyms
def softmax(x, axis=-1):
    """Turn scores into shares that are positive and sum to 1, without overflow.

    Args:
        x: Scores of any shape.
        axis: The axis along which the shares sum to 1.

    Returns:
        Shares of the same shape.

    Example:
        >>> from autograd import Tensor, softmax
        >>> x = Tensor([1000.0, 1000.0], requires_grad=True)
        >>> p = softmax(x)
        >>> p[0].backward()
        >>> p.data, x.grad
        (array([0.5, 0.5]), array([ 0.25, -0.25]))
    """
    return exp(log_softmax(x, axis))


@takes_synonyms
def log_softmax(x, axis=-1):
    """Take the logarithm of the softmax, without overflow.

    Args:
        x: Scores of any shape.
        axis: The axis along which the shares sum to 1.

    Returns:
        Logarithms of the shares, of the same shape.

    Example:
        >>> from autograd import Tensor, log_softmax
        >>> x = Tensor([0.0, 0.0], requires_grad=True)
        >>> log_softmax(x)[0].backward()
        >>> x.grad
        array([ 0.5, -0.5])
    """
    return x - logsumexp(x, axis=axis, keepdims=True)
