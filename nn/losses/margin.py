"""Losses with a margin: right is not enough, it must be right by a distance."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, relu, take_along_axis, where
from autograd import sum as total
from nn.checks.numbers import numbers_of
from nn.checks.sizes import real
from nn.losses.pairs import holds_values, labels_for, pairwise, plain, reduced

__all__ = ["hinge_loss", "multi_margin_loss"]


def hinge_loss(scores: Any, targets: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """Take max(0, margin - t s): the loss of the support vector machine, and of micrograd's demo.

    Args:
        scores: A Tensor of any shape; or a Value, or a list of Values.
        targets: -1 or 1 for each.
        margin: How far on the right side of 0 a score has to be to cost nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.
        ValueError: If a target is neither -1 nor 1.

    Example:
        >>> from autograd import Tensor
        >>> s = Tensor([2.0, 0.5, 0.5], requires_grad=True)
        >>> loss = hinge_loss(s, [1, 1, -1], reduction="sum")
        >>> loss.backward()
        >>> loss.item(), s.grad
        (2.0, array([-0., -1.,  1.]))

    Source:
        C. Cortes and V. Vapnik, "Support-vector networks", Machine Learning 20 (1995).
    """
    real("hinge_loss", "margin", margin)
    signs = np.asarray(plain(numbers_of("hinge_loss: targets", targets)))
    if not np.all(np.abs(signs) == 1):
        strange = signs[np.abs(signs) != 1].reshape(-1)[0]
        raise ValueError(
            f"hinge_loss: target {strange} came; targets are -1 and 1 "
            "(2 * y - 1 makes them of labels 0 and 1)"
        )
    return pairwise("hinge_loss", lambda s, t: relu(margin - t * s), scores, targets, reduction)


def multi_margin_loss(
    scores: Any, labels: Any, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """Take max(0, margin - s_right + s_wrong), summed over the wrong classes.

    The sum is divided by the number of all classes, as in PyTorch.

    Args:
        scores: Shape (n, classes).
        labels: Class numbers, shape (n,).
        margin: By how much the right score has to beat each wrong one.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If a label is out of range.

    Example:
        >>> from autograd import Tensor
        >>> s = Tensor([[3.0, 2.5]], requires_grad=True)
        >>> loss = multi_margin_loss(s, [0])
        >>> loss.backward()
        >>> loss.item(), s.grad
        (0.25, array([[-0.5,  0.5]]))

    Source:
        J. Weston and C. Watkins, "Support vector machines for multi-class pattern
        recognition" (1999).
    """
    if holds_values(scores):
        raise TypeError(
            "multi_margin_loss: Values came; join them with tensor_from_values(...) first"
        )
    real("multi_margin_loss", "margin", margin)
    scores = numbers_of("multi_margin_loss", scores)
    shape = scores.shape
    if len(shape) != 2:
        raise ShapeError(f"multi_margin_loss: scores of shape {shape} came; (n, classes) is needed")
    places = labels_for("multi_margin_loss", labels, shape[:1], shape[1])[:, None]
    short = relu(margin - take_along_axis(scores, places, 1) + scores)
    wrong = np.arange(shape[1]) != places
    return reduced("multi_margin_loss", total(where(wrong, short, 0.0), 1) / shape[1], reduction)
