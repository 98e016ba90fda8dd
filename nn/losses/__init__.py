"""Losses: how wrong a prediction is, as one number to go downhill on."""

from nn.losses.classification import binary_cross_entropy, binary_cross_entropy_with_logits
from nn.losses.cross_entropy import cross_entropy, nll_loss
from nn.losses.distance import cosine_embedding_loss, cosine_similarity, kl_div
from nn.losses.margin import hinge_loss, multi_margin_loss
from nn.losses.modules import *  # noqa: F403
from nn.losses.modules import __all__ as _modules
from nn.losses.ranking import margin_ranking_loss, triplet_margin_loss
from nn.losses.ranking_modules import *  # noqa: F403
from nn.losses.ranking_modules import __all__ as _ranking
from nn.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss

__all__ = [
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
    *_modules,
    *_ranking,
]
