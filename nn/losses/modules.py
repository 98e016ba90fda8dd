"""Losses as modules, for those who like to set them up once and call them later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from nn.checks.choices import check_name
from nn.losses.classification import binary_cross_entropy, binary_cross_entropy_with_logits
from nn.losses.cross_entropy import IGNORED, cross_entropy, nll_loss
from nn.losses.distance import cosine_embedding_loss, kl_div
from nn.losses.margin import hinge_loss, multi_margin_loss
from nn.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from nn.modules.module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MultiMarginLoss",
    "NLLLoss",
    "SmoothL1Loss",
]


class Loss(Module):
    """A loss that is set up once.

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Raises:
        ValueError: If the reduction is unknown.
    """

    function: ClassVar[Callable[..., Any]]
    reductions: ClassVar[tuple[str, ...]] = ("mean", "sum", "none")

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = check_name(type(self).__name__, "reduction", reduction, self.reductions)
        self.settings: dict[str, Any] = {}

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return type(self).function(predictions, targets, reduction=self.reduction, **self.settings)

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


class HuberLoss(Loss):
    """Squared error that becomes a line: ``nn.functional.huber_loss``.

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.
        delta: Where the parabola becomes a line.

    Example:
        >>> from autograd import Tensor
        >>> HuberLoss()(Tensor([4.0]), [0.0]).item()
        3.5
    """

    function = huber_loss

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.settings = {"delta": delta}


class SmoothL1Loss(Loss):
    """Absolute error with its corner rounded off: ``nn.functional.smooth_l1_loss``.

    Args:
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.
        beta: Where the parabola becomes a line.

    Example:
        >>> from autograd import Tensor
        >>> SmoothL1Loss()(Tensor([4.0]), [0.0]).item()
        3.5
    """

    function = smooth_l1_loss

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.settings = {"beta": beta}


class BCELoss(Loss):
    """Binary cross entropy of probabilities: ``nn.functional.binary_cross_entropy``.

    Args:
        weight: How much each example counts, or None.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Example:
        >>> from autograd import Tensor
        >>> round(BCELoss()(Tensor([0.5]), [1.0]).item(), 6)
        0.693147
    """

    function = binary_cross_entropy

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.settings = {"weight": weight}


class BCEWithLogitsLoss(Loss):
    """Binary cross entropy of scores: ``nn.functional.binary_cross_entropy_with_logits``.

    Args:
        weight: How much each example counts, or None.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.
        pos_weight: How much more a "yes" counts.

    Example:
        >>> from autograd import Tensor
        >>> round(BCEWithLogitsLoss()(Tensor([0.0]), [1.0]).item(), 6)
        0.693147
    """

    function = binary_cross_entropy_with_logits

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.settings = {"weight": weight, "pos_weight": pos_weight}


class CrossEntropyLoss(Loss):
    """Cross entropy of scores and class numbers: ``nn.functional.cross_entropy``.

    Args:
        weight: How much each class counts, or None.
        ignore_index: A label that does not count.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.
        label_smoothing: Share of the truth that is spread evenly over all classes, 0 to 1.

    Example:
        >>> from autograd import Tensor
        >>> round(CrossEntropyLoss()(Tensor([[0.0, 0.0]]), [1]).item(), 6)
        0.693147
    """

    function = cross_entropy

    def __init__(
        self,
        weight: Any = None,
        ignore_index: int = IGNORED,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.settings = {
            "weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing
        }  # fmt: skip


class NLLLoss(Loss):
    """Minus the logarithm at the true class: ``nn.functional.nll_loss``.

    Args:
        weight: How much each class counts, or None.
        ignore_index: A label that does not count.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor
        >>> NLLLoss()(Tensor([[-0.5, -1.0]]), [1]).item()
        1.0
    """

    function = nll_loss

    def __init__(
        self, weight: Any = None, ignore_index: int = IGNORED, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.settings = {"weight": weight, "ignore_index": ignore_index}


class KLDivLoss(Loss):
    """Distance of distributions: ``nn.functional.kl_div``.

    Args:
        reduction: ``"batchmean"``, ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.
        log_target: Whether the targets are logarithms, too.

    Example:
        >>> from autograd import Tensor
        >>> KLDivLoss("sum", log_target=True)(Tensor([-1.0]), [-1.0]).item()
        0.0
    """

    function = kl_div
    reductions = ("batchmean", "mean", "sum", "none")

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction)
        self.settings = {"log_target": log_target}


class CosineEmbeddingLoss(Loss):
    """Distance of directions: ``nn.functional.cosine_embedding_loss``.

    Args:
        margin: The cosine that pairs may have that do not belong together.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Example:
        >>> from autograd import Tensor
        >>> CosineEmbeddingLoss()(Tensor([[1.0, 0.0]]), Tensor([[0.0, 2.0]]), [1]).item()
        1.0
    """

    function = cosine_embedding_loss

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.settings = {"margin": margin}

    def forward(self, x1: Any, x2: Any, targets: Any) -> Any:  # type: ignore[override]
        """Compute the loss."""
        return cosine_embedding_loss(x1, x2, targets, reduction=self.reduction, **self.settings)


class _MarginLoss(Loss):
    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.settings = {"margin": margin}


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
