"""Losses for numbers: how far off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from nn.checks.sizes import above_zero, at_least_zero
from nn.losses.pairs import pairwise

__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


def mse_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Any:
    """Take the squared error (p - t)².

    Args:
        predictions: A Tensor of any shape; or a Value, or lists of Values.
        targets: Numbers in the same shape.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ; (n, 1) against (n,) would silently become (n, n).

    Example:
        >>> from autograd import Tensor
        >>> p = Tensor([1.0, 4.0], requires_grad=True)
        >>> loss = mse_loss(p, [1.0, 2.0])
        >>> loss.backward()
        >>> loss.item(), p.grad
        (2.0, array([0., 2.]))
    """
    return pairwise(
        "mse_loss", lambda p, t: autograd.square(p - t), predictions, targets, reduction
    )


def l1_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Any:
    """Take the absolute error |p - t|; where the two are equal the gradient is 0.

    Args:
        predictions: A Tensor of any shape; or a Value, or lists of Values.
        targets: Numbers in the same shape.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> from autograd import Value
        >>> p = [Value(1.0), Value(4.0)]
        >>> loss = l1_loss(p, [3.0, 2.0])
        >>> loss.backward()
        >>> loss.data, [value.grad for value in p]
        (2.0, [-0.5, 0.5])
    """
    return pairwise("l1_loss", lambda p, t: autograd.abs(p - t), predictions, targets, reduction)


def huber_loss(predictions: Any, targets: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Take half the squared error where it is small, and delta (|p - t| - delta / 2) beyond.

    Args:
        predictions: A Tensor of any shape; or a Value, or lists of Values.
        targets: Numbers in the same shape.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"`` for each by itself.
        delta: Where the parabola becomes a line; above 0.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.
        ValueError: If delta is not above 0.

    Example:
        >>> from autograd import Tensor
        >>> p = Tensor([0.5, 4.0], requires_grad=True)
        >>> loss = huber_loss(p, [0.0, 0.0], reduction="sum")
        >>> loss.backward()
        >>> loss.item(), p.grad  # outliers pull no harder than delta
        (3.625, array([0.5, 1. ]))

    Source:
        P. J. Huber, "Robust Estimation of a Location Parameter" (1964).
    """
    above_zero("huber_loss", "delta", delta)
    return pairwise("huber_loss", _huber(delta), predictions, targets, reduction)


def smooth_l1_loss(
    predictions: Any, targets: Any, reduction: str = "mean", beta: float = 1.0
) -> Any:
    """Take the absolute error with its corner rounded off: the Huber loss divided by its delta.

    Args:
        predictions: A Tensor of any shape; or a Value, or lists of Values.
        targets: Numbers in the same shape.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"`` for each by itself.
        beta: Where the parabola becomes a line; 0 for no parabola.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.
        ValueError: If beta is negative.

    Example:
        >>> from autograd import Value
        >>> p = Value(4.0)
        >>> loss = smooth_l1_loss(p, 0.0, beta=2.0)
        >>> loss.backward()
        >>> loss.data, p.grad
        (3.0, 1.0)
    """
    at_least_zero("smooth_l1_loss", "beta", beta)
    if beta == 0:
        return pairwise(
            "smooth_l1_loss", lambda p, t: autograd.abs(p - t), predictions, targets, reduction
        )
    return pairwise("smooth_l1_loss", _huber(beta), predictions, targets, reduction) / beta


def _huber(delta: float) -> Callable[[Any, Any], Any]:
    def formula(p: Any, t: Any) -> Any:
        distance = autograd.abs(p - t)
        near = autograd.minimum(distance, delta)
        # inside: near = distance, so d²/2; outside: near = delta, so delta d - delta²/2
        return near * (distance - 0.5 * near)

    return formula
