"""Losses as modules, for those who like to set them up once and call them later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nn.choices import check_name
from nn.losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
)
from nn.losses.margin import hinge_loss, multi_margin_loss
from nn.losses.regression import l1_loss, mse_loss
from nn.module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "L1Loss",
    "MSELoss",
    "MultiMarginLoss",
]


class Loss(Module):
    """A loss that is set up once.

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Raises:
        ValueError: If the reduction is unknown.
    """

    function: ClassVar[Callable[..., Any]]

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = check_name(
            type(self).__name__, "reduction", reduction, ("mean", "sum", "none")
        )

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return type(self).function(predictions, targets, reduction=self.reduction)

    def extra_repr(self) -> str:
        """The reduction, unless it is the usual one."""
        return "" if self.reduction == "mean" else repr(self.reduction)


class MSELoss(Loss):
    """Squared error: ``nn.functional.mse_loss``.

    Example:
        >>> from autograd import Tensor
        >>> MSELoss()(Tensor([1.0, 3.0]), [1.0, 1.0]).item()
        2.0
    """

    function = mse_loss


class L1Loss(Loss):
    """Absolute error: ``nn.functional.l1_loss``.

    Example:
        >>> from autograd import Tensor
        >>> L1Loss()(Tensor([1.0, 3.0]), [1.0, 1.0]).item()
        1.0
    """

    function = l1_loss


class BCELoss(Loss):
    """Binary cross entropy of probabilities: ``nn.functional.binary_cross_entropy``.

    Example:
        >>> from autograd import Tensor
        >>> round(BCELoss()(Tensor([0.5]), [1.0]).item(), 6)
        0.693147
    """

    function = binary_cross_entropy


class BCEWithLogitsLoss(Loss):
    """Binary cross entropy of scores: ``nn.functional.binary_cross_entropy_with_logits``.

    Example:
        >>> from autograd import Tensor
        >>> round(BCEWithLogitsLoss()(Tensor([0.0]), [1.0]).item(), 6)
        0.693147
    """

    function = binary_cross_entropy_with_logits


class CrossEntropyLoss(Loss):
    """Cross entropy of scores and class numbers: ``nn.functional.cross_entropy``.

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.
        label_smoothing: Share of the truth that is spread evenly over all classes, 0 to 1.

    Example:
        >>> from autograd import Tensor
        >>> round(CrossEntropyLoss()(Tensor([[0.0, 0.0]]), [1]).item(), 6)
        0.693147
    """

    function = cross_entropy

    def __init__(self, reduction: str = "mean", label_smoothing: float = 0.0) -> None:
        super().__init__(reduction)
        self.label_smoothing = label_smoothing

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return cross_entropy(predictions, targets, self.reduction, self.label_smoothing)


class _MarginLoss(Loss):
    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return type(self).function(predictions, targets, self.margin, self.reduction)


class HingeLoss(_MarginLoss):
    """Hinge loss of scores and targets -1, 1: ``nn.functional.hinge_loss``.

    Args:
        margin: How far on the right side of 0 a score has to be to cost nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor
        >>> HingeLoss()(Tensor([0.5]), [1]).item()
        0.5
    """

    function = hinge_loss


class MultiMarginLoss(_MarginLoss):
    """Hinge loss of several classes: ``nn.functional.multi_margin_loss``.

    Args:
        margin: By how much the right score has to beat each wrong one.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor
        >>> MultiMarginLoss()(Tensor([[3.0, 2.5]]), [0]).item()
        0.25
    """

    function = multi_margin_loss
