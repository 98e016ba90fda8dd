"""How far numbers lie apart and how long a vector is."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.arithmetic import abs, sign, where
from autograd.ops.reduce import REDUCTIONS, count, mean, narrowed, plain, restored

__all__ = [
    "norm",
    "std",
    "var",
]


def _from_mean(x, axis):
    return x - mean(x, axis=axis, keepdims=True)


def _exact(x):
    """Squares of small differences need the mean exactly, so they are made in float64."""
    return np.float64 if x.dtype == np.float32 else None


def _freedom(x, axis, ddof):
    """What the squares are divided by; nan for one element, which has no spread around itself."""
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
    """Variance, divided by n - ddof; ddof is 1 as in PyTorch.

    Elements far from the mean are felt most.
    """
    return narrowed(np.var(x, axis=axis, dtype=_exact(x), ddof=ddof, keepdims=keepdims), x)


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
    """Standard deviation, divided by n - ddof; ddof is 1 as in PyTorch.

    Elements far from the mean are felt most; where all are equal the gradient is 0.
    """
    return narrowed(np.std(x, axis=axis, dtype=_exact(x), ddof=ddof, keepdims=keepdims), x)


def _norm_gradient(g, out, x, ord, axis):
    size = restored(out, x, axis)
    if ord == math.inf:
        hit = abs(x) == size
        ties = np.sum(plain(hit), axis=axis, keepdims=True)
        return where(hit, sign(x) * restored(g, x, axis) / ties, 0.0)
    flat = size == 0
    share = x / where(flat, 1.0, size)
    if ord != 2:
        zero = x == 0
        share = sign(x) * where(zero, 0.0, abs(where(zero, 1.0, share)) ** (ord - 1))
    return where(flat, 0.0, restored(g, x, axis) * share)


@operation(
    vjp=(lambda g, out, x, *, ord, axis, keepdims: _norm_gradient(g, out, x, ord, axis),),
    latex=r"\left\lVert {x} \right\rVert",
    samples=(
        *REDUCTIONS,
        Sample(((3, 4),), {"ord": 1, "axis": 1}),
        Sample(((3, 4),), {"ord": 3}),
        Sample(((3, 4),), {"ord": math.inf, "axis": 0}),
    ),
)
def norm(x, *, ord=2, axis=None, keepdims=False):
    """Length of a vector: the p-norm of the elements, Euclid's by default.

    The gradient points along the vector; at 0 it is 0.
    """
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
