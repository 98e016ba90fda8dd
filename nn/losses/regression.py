"""Losses for numbers: how far off."""

from __future__ import annotations

from typing import Any

import autograd
from nn.losses.pairs import pairwise

__all__ = ["l1_loss", "mse_loss"]


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
