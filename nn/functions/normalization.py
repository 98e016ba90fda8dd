"""Normalising functions: mean 0 and variance 1, over one set of axes or another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, Tensor, mean, reshape, sqrt, square
from nn.checks.numbers import numbers_of
from nn.checks.whole_numbers import at_least_one

__all__ = ["batch_norm", "group_norm", "layer_norm", "rms_norm", "shape_of"]


def _standardized(x: Any, axes: tuple[int, ...], eps: float) -> Any:
    centred = x - mean(x, axis=axes, keepdims=True)
    return centred / sqrt(mean(square(centred), axis=axes, keepdims=True) + eps)


def _example_by_example(x: Any) -> Any:
    """Images that a convolution left with the batch last in memory, laid out one after another.

    What is measured of each example by itself is found faster then.
    """
    array = getattr(x, "_data", None)
    if (
        type(array) is np.ndarray
        and array.ndim > 2
        and not array.flags.c_contiguous
        and array.transpose(*range(1, array.ndim), 0).flags.c_contiguous
    ):
        return OPS["in_rows"](x)
    return x


def _per_channel(name: str, what: str, vector: Any, x: Any) -> Any:
    """A vector so that each number meets its own channel, the axis after the batch."""
    if vector is None:
        return None
    _check_shape(name, what, vector, x.shape[1:2])
    return reshape(vector, (1, -1, *(1,) * (len(x.shape) - 2)))


def _check_shape(name: str, what: str, given: Any, wanted: tuple[int, ...]) -> None:
    if given is not None and (came := numbers_of(f"{name}: {what}", given).shape) != wanted:
        raise ShapeError(f"{name}: {what} of shape {came} came; {wanted} is needed")


def _scaled(x: Any, weight: Any, bias: Any) -> Any:
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def batch_norm(
    x: Any,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise every channel over the batch; in use, by the running figures of training.

    Args:
        x: Shape (batch, channels), or (batch, channels, *size).
        running_mean: Shape (channels,); in training it is moved towards this batch's mean.
        running_var: Shape (channels,); moved towards this batch's variance (with n - 1).
        weight: Shape (channels,), a factor; or None.
        bias: Shape (channels,), added; or None.
        training: Whether to use the batch's own figures; so it is without running ones, too.
        momentum: How far the running figures move.
        eps: Keeps the division finite.

    Returns:
        The same shape as x.

    Raises:
        ShapeError: If x has fewer than two axes, or one number per channel in training.

    Example:
        >>> x = Tensor([[1.0], [3.0]], requires_grad=True)
        >>> y = batch_norm(x, None, None, eps=0.0)
        >>> (y * np.array([[0.0], [1.0]])).sum().backward()
        >>> y.tolist(), x.grad.tolist()  # two numbers become -1 and 1, wherever they are
        ([[-1.0], [1.0]], [[0.0], [0.0]])

    Source:
        S. Ioffe and C. Szegedy, "Batch Normalization" (2015).
    """
    x = numbers_of("batch_norm", x)
    shape = x.shape
    if len(shape) < 2:
        raise ShapeError(f"batch_norm: x of shape {shape} came; needs (batch, channels, *size)")
    axes = (0, *range(2, len(shape)))
    scale, shift = (
        _per_channel("batch_norm", what, vector, x)
        for what, vector in (("weight", weight), ("bias", bias))
    )
    if not training and running_mean is not None and running_var is not None:
        centre = _per_channel("batch_norm", "running_mean", running_mean, x)
        spread = _per_channel("batch_norm", "running_var", running_var, x)
        y = (x - centre) / sqrt(spread + eps)
    else:
        count = math.prod(shape[axis] for axis in axes)
        if count < 2:
            raise ShapeError(
                f"batch_norm: x of shape {shape} came: one number per channel has no variance; "
                "give a larger batch, or call model.eval()"
            )
        if running_mean is not None and running_var is not None:
            _move(running_mean, running_var, getattr(x, "_data", x), axes, momentum)
        y = _standardized(x, axes, eps)
    return _scaled(y, scale, shift)


def _move(
    running_mean: Tensor, running_var: Tensor, x: Any, axes: tuple[int, ...], momentum: float
) -> None:
    for running, batch in (
        (running_mean, x.mean(axis=axes)),
        (running_var, x.var(axis=axes, ddof=1)),
    ):
        kept = (1.0 - momentum) * running.data
        running.data = (kept + momentum * batch).astype(running.dtype)


def layer_norm(
    x: Any,
    normalized_shape: int | Sequence[int],
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Any:
    """Normalise every example over its last axes.

    Args:
        x: Shape (..., *normalized_shape).
        normalized_shape: The sizes of the last axes, over which is normalised.
        weight: A factor of that shape, or None.
        bias: Added; of that shape, or None.
        eps: Keeps the division finite.

    Returns:
        The same shape as x.

    Raises:
        ShapeError: If x does not end in that shape.

    Source:
        J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016).
    """
    x = _example_by_example(numbers_of("layer_norm", x))
    axes = _last_axes("layer_norm", x, normalized_shape)
    _check_shape("layer_norm", "weight", weight, x.shape[axes[0] :])
    _check_shape("layer_norm", "bias", bias, x.shape[axes[0] :])
    return _scaled(_standardized(x, axes, eps), weight, bias)


def rms_norm(
    x: Any, normalized_shape: int | Sequence[int], weight: Any = None, eps: float | None = None
) -> Any:
    """Divide every example by its root mean square over the last axes.

    Args:
        x: Shape (..., *normalized_shape).
        normalized_shape: The sizes of the last axes.
        weight: A factor of that shape, or None.
        eps: Keeps the division finite; by default the smallest step from 1 in x's dtype.

    Returns:
        The same shape as x.

    Raises:
        ShapeError: If x does not end in that shape.

    Source:
        B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization" (2019).
    """
    x = _example_by_example(numbers_of("rms_norm", x))
    axes = _last_axes("rms_norm", x, normalized_shape)
    _check_shape("rms_norm", "weight", weight, x.shape[axes[0] :])
    if eps is None:
        eps = float(np.finfo(x.dtype if x.dtype.kind == "f" else float).eps)
    return _scaled(x / sqrt(mean(square(x), axis=axes, keepdims=True) + eps), weight, None)


def shape_of(asked_by: str, normalized_shape: Any) -> tuple[int, ...]:
    """Read the sizes of the last axes: one number, or several."""
    several = isinstance(normalized_shape, (list, tuple))
    sizes = tuple(normalized_shape) if several else (normalized_shape,)
    if not sizes:
        raise ValueError(f"{asked_by}: normalized_shape=() came; at least one size is needed")
    return tuple(at_least_one(asked_by, "normalized_shape", size) for size in sizes)


def _last_axes(asked_by: str, x: Any, normalized_shape: Any) -> tuple[int, ...]:
    wanted = shape_of(asked_by, normalized_shape)
    shape = x.shape
    if shape[len(shape) - len(wanted) :] != wanted:
        raise ShapeError(f"{asked_by}: x of shape {shape} came; its last axes must be {wanted}")
    return tuple(range(-len(wanted), 0))


def group_norm(
    x: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Normalise every example over groups of its channels.

    Args:
        x: Shape (batch, channels, *size).
        num_groups: Into how many groups the channels are dealt.
        weight: Shape (channels,), a factor; or None.
        bias: Shape (channels,), added; or None.
        eps: Keeps the division finite.

    Returns:
        The same shape as x.

    Raises:
        ShapeError: If the groups do not divide the channels.

    Source:
        Y. Wu and K. He, "Group Normalization" (2018).
    """
    x = _example_by_example(numbers_of("group_norm", x))
    shape, num_groups = x.shape, at_least_one("group_norm", "num_groups", num_groups)
    if len(shape) < 2 or shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: x of shape {shape} came; needs (batch, channels, *size) with channels "
            f"divisible by num_groups={num_groups}"
        )
    scale, shift = (
        _per_channel("group_norm", what, vector, x)
        for what, vector in (("weight", weight), ("bias", bias))
    )
    size = math.prod(shape[1:]) // num_groups
    grouped = reshape(x, (shape[0], num_groups, size))
    y = reshape(_standardized(grouped, (2,), eps), shape)
    return _scaled(y, scale, shift)
