"""Losses that put things in order: what belongs together nearer than what does not."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, minimum, relu
from nn.checks.numbers import node_of
from nn.checks.sizes import real
from nn.functions.lengths import pairwise_distance
from nn.losses.pairs import as_targets, reduced

__all__ = ["margin_ranking_loss", "triplet_margin_loss"]


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """Take max(0, -t (x1 - x2) + margin): x1 shall be above x2 where t = 1, below it where t = -1.

    Args:
        input1: Scores; any shape.
        input2: Other scores, in a shape that broadcasts.
        target: 1 or -1 for each pair.
        margin: By how much the one shall be above the other to cost nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If the reduction is unknown.

    Example:
        >>> from autograd import Tensor
        >>> margin_ranking_loss(Tensor([1.0, 1.0]), Tensor([3.0, 0.0]), [1, 1]).item()
        1.0
    """
    name = "margin_ranking_loss"
    first, second = node_of(name, input1), node_of(name, input2)
    wanted = as_targets(target, first, f"{name}: target")
    _together(name, first.shape, second.shape, wanted.shape)
    real(name, "margin", margin)
    return reduced(name, relu(margin - wanted * (first - second)), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Take max(0, |a - p| - |a - n| + margin): p shall be nearer to a than n is.

    Args:
        anchor: Vectors a along the last axis.
        positive: Vectors p that belong to them, in the same shape.
        negative: Vectors n that do not, in the same shape.
        margin: By how much p shall be nearer to cost nothing.
        p: Which length the distances are.
        eps: Keeps the slope finite where vectors are equal.
        swap: Whether |p - n| counts instead of |a - n| where it is less.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If the reduction is unknown.

    Example:
        >>> from autograd import Tensor
        >>> a, p, n = Tensor([[0.0]]), Tensor([[1.0]]), Tensor([[1.5]])
        >>> round(triplet_margin_loss(a, p, n).item(), 6)
        0.5

    Source:
        F. Schroff, D. Kalenichenko and J. Philbin, "FaceNet: A Unified Embedding for Face
        Recognition and Clustering" (2015); V. Balntas et al., "Learning local feature descriptors
        with triplets and shallow convolutional neural networks" (2016), on the swap.
    """
    name = "triplet_margin_loss"
    a, near, far = node_of(name, anchor), node_of(name, positive), node_of(name, negative)
    _together(name, a.shape, near.shape, far.shape)
    real(name, "margin", margin)
    apart = pairwise_distance(a, far, p, eps)
    if swap:
        apart = minimum(apart, pairwise_distance(near, far, p, eps))
    return reduced(name, relu(pairwise_distance(a, near, p, eps) - apart + margin), reduction)


def _together(name: str, *shapes: tuple[int, ...]) -> None:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        came = ", ".join(str(shape) for shape in shapes)
        raise ShapeError(f"{name}: shapes {came} came; needs shapes that broadcast") from None
