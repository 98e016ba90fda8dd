"""Activations the way PyTorch's programs call them, and those that are put together from others.

``inplace`` is PyTorch's switch to save memory. Here it changes nothing: a recorded graph keeps its
numbers, so the input stays as it is and the result is a new tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import OPS, ShapeError, chunk, sigmoid, softplus, tanh
from nn.checks.numbers import node_of
from nn.checks.sizes import above_zero
from nn.checks.whole_numbers import whole_number
from nn.init import Generator, generator_of

__all__ = [
    "elu",
    "glu",
    "gumbel_softmax",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "silu",
    "softmax",
]


def relu(x: Any, inplace: bool = False) -> Any:
    """Compute max(0, x); the slope at 0 is 0.

    Args:
        x: Any shape; a Value or a number, too.
        inplace: PyTorch's switch, which changes nothing here.

    Returns:
        The same shape.

    Example:
        >>> from autograd import Tensor
        >>> relu(Tensor([-1.0, 2.0]), inplace=True).tolist()
        [0.0, 2.0]
    """
    return OPS["relu"](x)


def relu6(x: Any, inplace: bool = False) -> Any:
    """Compute min(max(0, x), 6); ``inplace`` changes nothing."""
    return OPS["relu6"](x)


def selu(x: Any, inplace: bool = False) -> Any:
    """Compute the scaled ELU (Klambauer et al., 2017); ``inplace`` changes nothing."""
    return OPS["selu"](x)


def silu(x: Any, inplace: bool = False) -> Any:
    """Compute x sigmoid(x), also called swish; ``inplace`` changes nothing."""
    return OPS["silu"](x)


def elu(x: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Compute x above 0 and alpha (eˣ - 1) below; ``inplace`` changes nothing."""
    return OPS["elu"](x, alpha=alpha)


def leaky_relu(
    x: Any, negative_slope: float = 0.01, inplace: bool = False, *, slope: float | None = None
) -> Any:
    """Compute x above 0 and negative_slope x below.

    Args:
        x: Any shape; a Value or a number, too.
        negative_slope: The slope below 0.
        inplace: PyTorch's switch, which changes nothing here.
        slope: ``autograd.leaky_relu``'s word for ``negative_slope``.

    Returns:
        The same shape.
    """
    return OPS["leaky_relu"](x, slope=negative_slope if slope is None else slope)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """Cut x off at two ends; ``inplace`` changes nothing."""
    return OPS["hardtanh"](x, min_val=min_val, max_val=max_val)


def mish(x: Any, inplace: bool = False) -> Any:
    """Compute x tanh(softplus(x)): a smooth ramp.

    Args:
        x: Any shape; a Value or a number, too.
        inplace: PyTorch's switch, which changes nothing here.

    Returns:
        The same shape.

    Example:
        >>> from autograd import Tensor
        >>> mish(Tensor([0.0])).tolist()
        [0.0]

    Source:
        D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).
    """
    return x * tanh(softplus(x))


def hardsigmoid(x: Any, inplace: bool = False) -> Any:
    """Compute x / 6 + 1 / 2, cut off at 0 and 1; ``inplace`` changes nothing.

    Example:
        >>> from autograd import Tensor
        >>> hardsigmoid(Tensor([-4.0, 0.0, 4.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    return OPS["relu6"](x + 3.0) / 6.0


def hardswish(x: Any, inplace: bool = False) -> Any:
    """Compute x hardsigmoid(x); ``inplace`` changes nothing.

    Source:
        A. Howard et al., "Searching for MobileNetV3" (2019).
    """
    return x * hardsigmoid(x)


def softmax(x: Any, dim: int | None = None, *, dtype: Any = None, axis: int | None = None) -> Any:
    """Turn scores into shares that are positive and sum to 1 along an axis.

    Args:
        x: Any shape.
        dim: The axis; the last by default.
        dtype: The kind of number to compute in; that of x by default.
        axis: NumPy's word for ``dim``.

    Returns:
        The same shape.

    Example:
        >>> from autograd import Tensor
        >>> softmax(Tensor([[0.0, 0.0]]), dim=1).tolist()
        [[0.5, 0.5]]
    """
    return autograd.softmax(_of_kind(x, dtype), axis=_first(dim, axis))


def log_softmax(
    x: Any, dim: int | None = None, *, dtype: Any = None, axis: int | None = None
) -> Any:
    """Take the logarithm of ``softmax``, without overflow."""
    return autograd.log_softmax(_of_kind(x, dtype), axis=_first(dim, axis))


def _of_kind(x: Any, dtype: Any) -> Any:
    return x if dtype is None else OPS["astype"](x, dtype=dtype)


def _first(*axes: int | None) -> int:
    return next((axis for axis in axes if axis is not None), -1)


def glu(input: Any, dim: int = -1) -> Any:
    """Compute a sigmoid(b), where a and b are the two halves of an axis: b is the gate of a.

    Args:
        input: Any shape.
        dim: The axis, of an even size.

    Returns:
        The same shape with half of that axis.

    Raises:
        ShapeError: If there is no such axis, or it has no halves.

    Example:
        >>> from autograd import Tensor
        >>> glu(Tensor([[4.0, 0.0]])).tolist()
        [[2.0]]

    Source:
        Y. Dauphin, A. Fan, M. Auli and D. Grangier, "Language Modeling with Gated Convolutional
        Networks" (2016).
    """
    x = node_of("glu", input)
    axes = len(x.shape)
    if not -axes <= whole_number("glu", "dim", dim) < axes or x.shape[dim] % 2:
        raise ShapeError(f"glu: shape {x.shape} and dim={dim} came; an axis of even size is needed")
    first, gate = chunk(x, 2, dim=dim)
    return first * sigmoid(gate)


def gumbel_softmax(
    logits: Any,
    tau: float = 1.0,
    hard: bool = False,
    eps: float = 1e-10,
    dim: int = -1,
    generator: Generator = None,
) -> Any:
    """Draw shares by softmax((logits + g) / tau), where g comes from the Gumbel curve.

    Args:
        logits: Scores; any shape.
        tau: The temperature: the lower, the nearer the shares are to a single 1.
        hard: Whether to give a single 1 and zeros, with the gradient of the shares.
        eps: PyTorch's setting that is not used any more.
        dim: The axis.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The same shape.

    Raises:
        ValueError: If tau is not above 0.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[0.0, 1.0, 2.0]], requires_grad=True)
        >>> y = gumbel_softmax(x, hard=True, generator=0)
        >>> sorted(y.tolist()[0])
        [0.0, 0.0, 1.0]

    Source:
        E. Jang, S. Gu and B. Poole, "Categorical Reparameterization with Gumbel-Softmax" (2016).
    """
    x = node_of("gumbel_softmax", logits)
    noise = generator_of(generator).gumbel(size=x.shape).astype(x.dtype)
    shares = softmax((x + noise) / above_zero("gumbel_softmax", "tau", tau), dim)
    if not hard:
        return shares
    numbers = shares.numpy()
    single = np.zeros_like(numbers)
    np.put_along_axis(single, np.expand_dims(numbers.argmax(dim), dim), 1, dim)
    return single - shares.detach() + shares
