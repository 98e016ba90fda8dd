"""The losses that put things in order as modules, and the measures of distance that they use."""

from __future__ import annotations

from typing import Any

from nn.functions.lengths import pairwise_distance
from nn.losses.distance import cosine_similarity
from nn.losses.modules import Loss
from nn.losses.ranking import margin_ranking_loss, triplet_margin_loss
from nn.modules.module import Module

__all__ = ["CosineSimilarity", "MarginRankingLoss", "PairwiseDistance", "TripletMarginLoss"]


class CosineSimilarity(Module):
    """Cosine of the angle between vectors: ``nn.functional.cosine_similarity``.

    Args:
        dim: The axis along which they lie.
        eps: The least length a vector counts as having.

    Example:
        >>> from autograd import Tensor
        >>> CosineSimilarity()(Tensor([[2.0, 0.0]]), Tensor([[0.0, 1.0]])).tolist()
        [0.0]
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        self.dim, self.eps = dim, eps

    def forward(self, x1: Any, x2: Any) -> Any:
        """Compare."""
        return cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """Distance of vectors: ``nn.functional.pairwise_distance``.

    Args:
        p: Which length.
        eps: Keeps the slope finite where the vectors are equal.
        keepdim: Whether the last axis stays, with size 1.

    Example:
        >>> from autograd import Tensor
        >>> PairwiseDistance()(Tensor([[3.0, 4.0]]), Tensor([[0.0, 0.0]])).data.round(3)
        array([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        self.p, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        """Measure."""
        return pairwise_distance(x1, x2, self.p, self.eps, self.keepdim)


class MarginRankingLoss(Loss):
    """Scores in the right order: ``nn.functional.margin_ranking_loss``.

    Args:
        margin: By how much the one score shall be above the other to cost nothing.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Example:
        >>> from autograd import Tensor
        >>> MarginRankingLoss()(Tensor([1.0]), Tensor([3.0]), [1]).item()
        2.0
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.settings = {"margin": margin}

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:  # type: ignore[override]
        """Compute the loss."""
        return margin_ranking_loss(
            input1, input2, target, reduction=self.reduction, **self.settings
        )


class TripletMarginLoss(Loss):
    """What belongs together nearer: ``nn.functional.triplet_margin_loss``.

    Args:
        margin: By how much nearer, to cost nothing.
        p: Which length the distances are.
        eps: Keeps the slope finite where vectors are equal.
        swap: Whether the distance of the other two counts where it is less.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Example:
        >>> from autograd import Tensor
        >>> loss = TripletMarginLoss()(Tensor([[0.0]]), Tensor([[1.0]]), Tensor([[1.5]]))
        >>> round(loss.item(), 6)
        0.5
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction)
        self.settings = {"margin": margin, "p": p, "eps": eps, "swap": swap}

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:  # type: ignore[override]
        """Compute the loss."""
        return triplet_margin_loss(
            anchor, positive, negative, reduction=self.reduction, **self.settings
        )
