"""A layer's weighted sums as one op."""

from __future__ import annotations

import math

import numpy as np

from autograd.buffers import LARGE
from autograd.definition import operation
from autograd.ops.products import flipped, product, product_like
from autograd.ops.shape import reshape, sum_to
from autograd.ops.sums_by_product import sum_of_rows

__all__ = ["linear"]


def _to_inputs(g, out, x, weight, bias):
    """What the inputs are sent."""
    if type(g) is type(weight) is np.ndarray and g.ndim == 2 and x.nbytes < LARGE:
        return g.dot(weight)
    return product(g, weight)


def _to_weights(g, out, x, weight, bias):
    """What the weights are sent: one flat product over all examples."""
    if (
        type(g) is type(x) is type(weight) is np.ndarray
        and g.ndim == x.ndim == 2
        and g.dtype is x.dtype is weight.dtype
    ):  # as nearly always
        return product_like(weight, g.T, x)
    if len(x.shape) != 2:
        rows = math.prod(x.shape[:-1])
        x, g = reshape(x, (rows, x.shape[-1])), reshape(g, (rows, g.shape[-1]))
    return product(flipped(g), x, weight)


def _to_biases(g, out, x, weight, bias):
    """What the biases are sent: all that reaches their sums."""
    if type(g) is np.ndarray and len(g.shape) == 2 and len(bias.shape) == 1:
        return sum_of_rows(g)
    return sum_to(g, bias.shape)


@operation(
    vjp=(_to_inputs, _to_weights, _to_biases),
    symbol="Wx+b",
    latex=r"{x} {weight}^\top + {bias}",
    check=lambda x, weight, bias: (
        "x of shape (..., in), weight of shape (out, in) and bias of shape (out,) are needed"
    ),
    samples=(
        ((3, 4), (2, 4), (2,)),
        ((4,), (2, 4), (2,)),
        ((2, 3, 4), (5, 4), (5,)),
        ((3, 4), (2, 4), ()),
    ),
)
def linear(x, weight, bias):
    """A layer's weighted sums x Wᵀ + b, as one node.

    Each weight's gradient is scaled by its input and summed over the batch, each input's by its
    weights; a bias gathers what reaches its sums.
    """
    if (
        type(x) is type(weight) is type(bias) is np.ndarray
        and x.dtype is weight.dtype is bias.dtype
        and x.ndim == weight.ndim == 2
        and bias.shape == (len(weight),)
    ):  # as nearly always; the product tells if x does not fit
        few = len(x) * len(weight) * x.itemsize < LARGE
        out = x.dot(weight.T) if few else product(x, weight.T)
        return np.add(out, bias, out)
    came, needed = getattr(x, "shape", ()), getattr(weight, "shape", ())
    given = getattr(bias, "shape", ())
    if len(needed) != 2 or came[-1:] != needed[1:] or given not in ((), needed[:1]):
        raise ValueError
    out = product(x, weight.T)
    if type(bias) is float and not bias:
        return out
    fits = getattr(bias, "dtype", None) is out.dtype
    return np.add(out, bias, out=out) if fits else out + bias
