"""Larger and smaller arrays: borders put around, images made finer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, matmul, swapaxes, take
from nn.checks.choices import check_name
from nn.checks.numbers import node_of
from nn.checks.sizes import real, sizes_of

__all__ = ["interpolate", "pad"]

# PyTorch's name of a border -> NumPy's
_BORDERS = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
# how numbers between the old places are found -> for how many axes after batch and channels
_MODES = {"nearest": (1, 2, 3), "linear": (1,), "bilinear": (2,)}


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Put a border around the last axes, as PyTorch's ``pad`` does.

    Args:
        input: Any shape.
        pad: How much before and after the last axis, then before and after the one in front of it,
            and so on; negative numbers cut off.
        mode: "constant", "reflect" (the border mirrors, without the edge itself), "replicate" (it
            repeats the edge) or "circular" (it goes on from the other end).
        value: The constant; 0 by default.

    Returns:
        The larger array.

    Raises:
        ShapeError: If there are too many numbers, or less than nothing would be left.
        TypeError: If the numbers are not whole.
        ValueError: If the mode is unknown.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[1.0, 2.0]], requires_grad=True)
        >>> y = pad(x, (1, 2), "replicate")
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([[1.0, 1.0, 2.0, 2.0, 2.0]], array([[2., 3.]]))
    """
    check_name("pad", "mode", mode, _BORDERS)
    x = node_of("pad", input)
    numbers = tuple(pad) if isinstance(pad, (list, tuple, np.ndarray)) else (pad,)
    if value is not None:
        real("pad", "value", value)
    if any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) for n in numbers):
        raise TypeError(f"pad: {pad!r} came; needs whole numbers")
    pairs = [(0, 0)] * x.ndim
    if len(numbers) % 2 or len(numbers) > 2 * x.ndim:
        raise ShapeError(
            f"pad: {pad!r} came for x of shape {x.shape}; needs a number before and one after, "
            f"for at most {x.ndim} axes, the last axis first"
        )
    for i in range(len(numbers) // 2):
        pairs[-1 - i] = (int(numbers[2 * i]), int(numbers[2 * i + 1]))
    if any(n + before + after < 0 for n, (before, after) in zip(x.shape, pairs, strict=True)):
        raise ShapeError(
            f"pad: {pad!r} came for x of shape {x.shape}; it cuts off more than all: give less"
        )
    if mode == "constant":
        inner = tuple(
            slice(max(-before, 0), n - max(-after, 0))
            for n, (before, after) in zip(x.shape, pairs, strict=True)
        )
        if min(numbers, default=0) < 0:
            x = x[inner]
        around = tuple((max(before, 0), max(after, 0)) for before, after in pairs)
        return OPS["pad"](x, pad_width=around, constant_values=0.0 if value is None else value)
    for axis, (before, after) in enumerate(pairs):
        if before or after:
            x = take(x, _bordered(x.shape, axis, before, after, mode), axis)
    return x


def _bordered(shape: tuple[int, ...], axis: int, before: int, after: int, mode: str) -> Any:
    """Which element stands at each place of an axis with a border."""
    size = shape[axis]
    most = {"reflect": size - 1, "circular": size, "replicate": math.inf if size else 0}[mode]
    if max(before, after) > most:
        raise ShapeError(
            f"pad: a border of {max(before, after)} came for axis {axis} of shape {shape}; "
            f"mode={mode!r} has at most {most} to put there"
        )
    kinds: Any = _BORDERS[mode]
    places = np.pad(np.arange(size), (max(before, 0), max(after, 0)), mode=kinds)
    return places[max(-before, 0) : len(places) - max(-after, 0)]


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Any:
    """Make images finer (or coarser): more places, with numbers in between.

    Args:
        input: Shape (batch, channels, *size).
        size: The new size; one number, or one for each axis.
        scale_factor: Or by how much to multiply it.
        mode: "nearest", "linear" (one axis) or "bilinear" (two axes).
        align_corners: Whether the corner elements stand at the corners, and not half a step inside;
            not for "nearest".

    Returns:
        Shape (batch, channels, *new size).

    Raises:
        ShapeError: If the input has other axes.
        ValueError: If both or neither of ``size`` and ``scale_factor`` came, or the mode is
            unknown.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[1.0, 2.0]]], requires_grad=True)
        >>> y = interpolate(x, scale_factor=2)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([[[1.0, 1.0, 2.0, 2.0]]], array([[[2., 2.]]]))
        >>> interpolate(x, 3, mode="linear", align_corners=True).tolist()
        [[[1.0, 1.5, 2.0]]]
    """
    check_name("interpolate", "mode", mode, _MODES)
    x = node_of("interpolate", input)
    axes = x.ndim - 2
    if axes not in _MODES[mode] or 0 in x.shape[2:]:
        raise ShapeError(
            f"interpolate: x of shape {x.shape} came; mode={mode!r} needs (batch, channels) and "
            f"{' or '.join(map(str, _MODES[mode]))} more axes, none of them empty"
        )
    if mode == "nearest" and align_corners is not None:
        raise ValueError("interpolate: align_corners came; it has no meaning for mode='nearest'")
    wanted, factors = _wanted(x.shape[2:], size, scale_factor)
    for axis, (count, factor) in enumerate(zip(wanted, factors, strict=True), start=2):
        n = x.shape[axis]
        if mode == "nearest":
            x = take(x, _nearest(n, count, factor), axis)
            continue
        between = _between(n, count, factor, bool(align_corners)).astype(x.dtype)
        if axis == x.ndim - 1:
            x = matmul(x, between.T)
        else:
            x = swapaxes(matmul(swapaxes(x, axis, -1), between.T), axis, -1)
    return x


def _wanted(
    old: tuple[int, ...], size: Any, scale_factor: Any
) -> tuple[tuple[int, ...], Sequence[float | None]]:
    """The new sizes, and the factors if such came."""
    axes = len(old)
    if (size is None) == (scale_factor is None):
        raise ValueError(
            f"interpolate: size={size} and scale_factor={scale_factor} came: give one of them"
        )
    if size is not None:
        return sizes_of("interpolate", "size", size, axes), (None,) * axes
    alone = not isinstance(scale_factor, (tuple, list))
    factors = [
        real("interpolate", "scale_factor", factor)
        for factor in ([scale_factor] * axes if alone else scale_factor)
    ]
    if len(factors) != axes or any(not 0 < factor < math.inf for factor in factors):
        raise ValueError(
            f"interpolate: scale_factor={scale_factor} came; needs a number above 0, or {axes}"
        )
    wanted = tuple(int(n * factor) for n, factor in zip(old, factors, strict=True))
    if min(wanted) < 1:
        raise ValueError(
            f"interpolate: scale_factor={scale_factor} leaves nothing of {old}; give a larger one"
        )
    return wanted, factors


def _nearest(size: int, count: int, factor: float | None) -> Any:
    """Which old element each new one copies; without a rounding error where a size was asked."""
    if factor is None:
        return np.arange(count) * size // count
    places = (np.arange(count) * (1.0 / factor)).astype(np.float32)  # as PyTorch: 0.99999999 is 1
    return np.minimum(np.floor(places).astype(np.int64), size - 1)


def _between(size: int, count: int, factor: float | None, align_corners: bool) -> Any:
    """Each new element as shares of the two old ones around it: shape (count, size)."""
    if align_corners:
        at = np.arange(count) * ((size - 1) / (count - 1) if count > 1 else 0.0)
    else:
        step = size / count if factor is None else 1.0 / factor
        at = np.maximum((np.arange(count) + 0.5) * step - 0.5, 0.0)
    left = np.minimum(np.floor(at).astype(np.int64), size - 1)
    right, share = np.minimum(left + 1, size - 1), np.minimum(at - left, 1.0)
    shares = np.zeros((count, size))
    rows = np.arange(count)
    shares[rows, left] += 1.0 - share
    shares[rows, right] += share
    return shares
