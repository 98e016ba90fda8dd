"""The mathematics of layers and losses without any state: functions of Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import (
    ShapeError,
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    matmul,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
    transpose,
)
from nn.convolution import conv1d, conv2d, conv_transpose1d, conv_transpose2d
from nn.dropping import dropout, dropout1d, dropout2d
from nn.losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
)
from nn.losses.margin import hinge_loss, multi_margin_loss
from nn.losses.regression import l1_loss, mse_loss
from nn.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)

logsigmoid = log_sigmoid  # PyTorch's spelling

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cross_entropy",
    "dropout",
    "dropout1d",
    "dropout2d",
    "elu",
    "gelu",
    "group_norm",
    "hardtanh",
    "hinge_loss",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "logsigmoid",
    "max_pool1d",
    "max_pool2d",
    "mse_loss",
    "multi_margin_loss",
    "relu",
    "relu6",
    "rms_norm",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
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
    came, needed = np.shape(x), np.shape(weight)
    if not came or len(needed) != 2 or came[-1] != needed[-1]:
        raise ShapeError(
            f"linear: x of shape {came} and weight of shape {needed} came; "
            "(..., in) and (out, in) are needed"
        )
    y = matmul(x, transpose(weight))
    return y if bias is None else y + bias
