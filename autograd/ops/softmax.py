"""Sums of exponentials that never overflow, and the shares in them."""

from __future__ import annotations

import math
from contextlib import nullcontext

import numpy as np

from autograd.aliases import takes_synonyms
from autograd.definition import operation
from autograd.ops.arithmetic import where
from autograd.ops.functions import exp
from autograd.ops.reduce import REDUCTIONS, count, restored

__all__ = [
    "log_softmax",
    "logsumexp",
    "softmax",
]


def _share(out, x, axis):
    """Each element's share of the sum of exponentials: the softmax."""
    total = restored(out, x, axis)
    if type(x) is np.ndarray and np.isfinite(total).all():  # as nearly always
        return np.exp(x - total)
    nothing = total == -math.inf
    return where(nothing, 0.0, exp(x - where(nothing, 0.0, total)))


@operation(
    vjp=(lambda g, out, x, *, axis, keepdims: restored(g, x, axis) * _share(out, x, axis),),
    latex=r"\ln \sum e^{{{x}}}",
    samples=REDUCTIONS,
)
def logsumexp(x, *, axis=None, keepdims=False):
    """Logarithm of a sum of exponentials, without overflow.

    Each element is felt by its share of that sum: the softmax.
    """
    if not count(x, axis):
        return np.sum(x, axis=axis, keepdims=keepdims) - math.inf  # the logarithm of nothing
    top = np.max(x, axis=axis, keepdims=True)
    usual = type(x) is np.ndarray and np.isfinite(top).all()
    if not usual:
        top = np.where(np.isfinite(top), top, 0)
    with nullcontext() if usual else np.errstate(divide="ignore"):  # all elements may be -inf
        out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    if keepdims:
        return out
    return np.reshape(out, np.sum(np.zeros(x.shape, bool), axis=axis).shape)


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
