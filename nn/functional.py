"""The mathematics of layers and losses without any state: functions of Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import (
    OPS,
    ShapeError,
    einsum,
    gelu,
    log_sigmoid,
    sigmoid,
    softplus,
    softsign,
    tanh,
)
from nn.checks.numbers import numbers_of
from nn.checks.sizes import fitting_bias
from nn.functions.activation import (
    elu,
    glu,
    gumbel_softmax,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    silu,
    softmax,
)
from nn.functions.attention import multi_head_attention, scaled_dot_product_attention
from nn.functions.convolution import conv1d, conv2d, conv_transpose1d, conv_transpose2d
from nn.functions.dropping import dropout, dropout1d, dropout2d
from nn.functions.embedding import embedding, one_hot
from nn.functions.learned_activation import maxout, prelu
from nn.functions.lengths import normalize, pairwise_distance
from nn.functions.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.functions.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from nn.functions.recurrent import gru_cell, lstm_cell, rnn_cell
from nn.functions.resizing import interpolate, pad
from nn.losses.classification import binary_cross_entropy, binary_cross_entropy_with_logits
from nn.losses.cross_entropy import cross_entropy, nll_loss
from nn.losses.distance import cosine_embedding_loss, cosine_similarity, kl_div
from nn.losses.margin import hinge_loss, multi_margin_loss
from nn.losses.ranking import margin_ranking_loss, triplet_margin_loss
from nn.losses.regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss

logsigmoid = log_sigmoid  # PyTorch's spelling

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "dropout1d",
    "dropout2d",
    "elu",
    "embedding",
    "gelu",
    "glu",
    "group_norm",
    "gru_cell",
    "gumbel_softmax",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_loss",
    "huber_loss",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "logsigmoid",
    "lstm_cell",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "maxout",
    "mish",
    "mse_loss",
    "multi_head_attention",
    "multi_margin_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "prelu",
    "relu",
    "relu6",
    "rms_norm",
    "rnn_cell",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
    "triplet_margin_loss",
]


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x Wᵀ + b.

    Args:
        x: Shape (..., in).
        weight: Shape (out, in).
        bias: Shape (out,), or None.

    Returns:
        Shape (..., out).

    Raises:
        ShapeError: If the last axis of x is not as long as the weight's.

    Example:
        >>> from autograd import Tensor
        >>> w = Tensor([[1.0, 2.0]], requires_grad=True)
        >>> y = linear(Tensor([[3.0, 4.0]]), w, 0.5)
        >>> y.backward()
        >>> y.tolist(), w.grad
        ([[11.5]], array([[3., 4.]]))
    """
    x, weight = numbers_of("linear", x), numbers_of("linear: weight", weight)
    came, needed = x.shape, np.shape(weight)
    if not came or len(needed) != 2 or came[-1] != needed[-1]:
        raise ShapeError(
            f"linear: x of shape {came} and weight of shape {needed} came; "
            "(..., in) and (out, in) are needed"
        )
    return OPS["linear"](
        x, weight, 0.0 if bias is None else fitting_bias("linear", bias, needed[0])
    )


def bilinear(x1: Any, x2: Any, weight: Any, bias: Any = None) -> Any:
    """Compute x1ᵀ W_k x2 + b_k for every output k.

    Args:
        x1: Shape (..., in1).
        x2: Shape (..., in2).
        weight: Shape (out, in1, in2).
        bias: Shape (out,), or None.

    Returns:
        Shape (..., out).

    Raises:
        ShapeError: If the shapes do not fit.
    """
    x1, x2 = numbers_of("bilinear", x1), numbers_of("bilinear", x2)
    first, second, needed = x1.shape, x2.shape, np.shape(weight)
    if len(needed) != 3 or first[-1:] != needed[1:2] or second[-1:] != needed[2:]:
        raise ShapeError(
            f"bilinear: inputs of the shapes {first} and {second} and weight of shape {needed} "
            "came; (..., in1), (..., in2) and (out, in1, in2) are needed"
        )
    y = einsum("...i,kij,...j->...k", x1, weight, x2)
    return y if bias is None else y + fitting_bias("bilinear", bias, needed[0])
