"""Losses: how wrong a prediction is, as one number to go downhill on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.late import by_module, late_names

if TYPE_CHECKING:
    from nn.losses.classification import binary_cross_entropy, binary_cross_entropy_with_logits
    from nn.losses.cross_entropy import cross_entropy, nll_loss
    from nn.losses.distance import cosine_embedding_loss, cosine_similarity, kl_div
    from nn.losses.margin import hinge_loss, multi_margin_loss
    from nn.losses.modules import (
        BCELoss,
        BCEWithLogitsLoss,
        CosineEmbeddingLoss,
        CrossEntropyLoss,
        HingeLoss,
        HuberLoss,
        KLDivLoss,
        L1Loss,
        MSELoss,
        MultiMarginLoss,
        NLLLoss,
        SmoothL1Loss,
    )
    from nn.losses.ranking import margin_ranking_loss, triplet_margin_loss
    from nn.losses.ranking_modules import (
        CosineSimilarity,
        MarginRankingLoss,
        PairwiseDistance,
        TripletMarginLoss,
    )
    from nn.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
else:  # a family is imported when it is first asked for
    _places = by_module(
        {
            "nn.losses.classification": "binary_cross_entropy binary_cross_entropy_with_logits",
            "nn.losses.cross_entropy": "cross_entropy nll_loss",
            "nn.losses.distance": "cosine_embedding_loss cosine_similarity kl_div",
            "nn.losses.margin": "hinge_loss multi_margin_loss",
            "nn.losses.modules": (
                "BCELoss BCEWithLogitsLoss CosineEmbeddingLoss CrossEntropyLoss HingeLoss "
                "HuberLoss KLDivLoss L1Loss MSELoss MultiMarginLoss NLLLoss SmoothL1Loss"
            ),
            "nn.losses.ranking": "margin_ranking_loss triplet_margin_loss",
            "nn.losses.ranking_modules": (
                "CosineSimilarity MarginRankingLoss PairwiseDistance TripletMarginLoss"
            ),
            "nn.losses.regression": "huber_loss l1_loss mse_loss smooth_l1_loss",
        }
    )
    __getattr__, __dir__ = late_names(__name__, _places)

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CosineSimilarity",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PairwiseDistance",
    "SmoothL1Loss",
    "TripletMarginLoss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "smooth_l1_loss",
    "triplet_margin_loss",
]
