"""Running totals: every element of the result is made of the elements before it."""

from __future__ import annotations

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.arrange import concatenate, flip, stack
from autograd.ops.shape import moveaxis, reshape

__all__ = [
    "cumprod",
    "cumsum",
]


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
    """Running sum.

    An element counts in every later total, so the gradients from there on add up.
    """
    return np.cumsum(x, axis=axis)


def _cumprod_gradient(g, x, axis):
    """L_j R_j: L_j the product before j, R_j = g_j + x_(j+1) R_(j+1); exact through zeros."""
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
