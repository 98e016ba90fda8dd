"""Between the two worlds: one number out of a Tensor, and a Tensor made of numbers."""

from __future__ import annotations

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.index import place

__all__ = ["assemble", "pick"]


@operation(
    vjp=(lambda g, out, x, *, index: place(g, index=index, shape=x.shape),),
    linear="x",
    samples=(Sample(((3, 4),), {"index": (1, 2)}),),
)
def pick(x, *, index):
    """One element of a Tensor as a Value. The gradient goes back to that one place."""
    return x[index]


@operation(
    vjp=lambda g, out, *xs, shape: list(g.reshape(-1)),
    linear="*",
    samples=(Sample(((), (), (), ()), {"shape": (2, 2)}),),
)
def assemble(*xs, shape):
    """Tensor made of Values. Each Value receives the gradient of its place."""
    return np.reshape(np.asarray(xs, dtype=float), shape)
