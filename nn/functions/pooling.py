"""Pooling: one number for every window of an image, on Tensors and on grids of Values."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, concatenate
from autograd import mean as mean_of
from nn.checks.sizes import Sizes, batched, looked_up, sizes_of
from nn.functions import value_grids, value_windows

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "max_pool1d",
    "max_pool2d",
]


def max_pool1d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> Any:
    """Keep the greatest element of every window on a line; see ``max_pool2d``."""
    return _max_pool("max_pool1d", 1, x, kernel_size, stride, padding, dilation)


def max_pool2d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> Any:
    """Keep the greatest element of every window.

    Args:
        x: Shape (batch, channels, height, width) or (channels, height, width), or grids of Values.
        kernel_size: The size of a window.
        stride: Steps from one window to the next; by default its size.
        padding: How much is put around, of what can never be the greatest.
        dilation: Steps between the elements of a window.

    Returns:
        The same axes, the last ones smaller.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 4.0], [3.0, 2.0]]]], requires_grad=True)
        >>> y = max_pool2d(x, 2)
        >>> y.backward()
        >>> y.tolist(), x.grad.tolist()
        ([[[[4.0]]]], [[[[0.0, 1.0], [0.0, 0.0]]]])
    """
    return _max_pool("max_pool2d", 2, x, kernel_size, stride, padding, dilation)


def _max_pool(
    name: str, axes: int, x: Any, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
    dilation: Sizes,
) -> Any:  # fmt: skip
    laid = looked_up(_max_settings, name, axes, kernel_size, stride, padding, dilation)
    if value_grids.holds_values(x):
        window, steps, around, holes = laid.values()
        return value_windows.pool(name, x, window, steps, around, holes, OPS["max"])
    x, alone = batched(name, x, axes)
    if any(map(any, laid["padding"])):
        _see_something(name, x.shape, **laid)
    out = OPS["max_pool"](x, **laid)
    return out[0] if alone else out


@lru_cache(maxsize=256, typed=True)
def _max_settings(
    name: str, axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any
) -> dict[str, Any]:
    """What the operation is told, from what people write; worked out once for a layer."""
    window, steps, around = looked_up(_pooling, name, axes, kernel_size, stride, padding)
    holes = sizes_of(name, "dilation", dilation, axes)
    return {"window": window, "stride": steps, "padding": around, "dilation": holes}


def _see_something(
    name: str, shape: Any, window: Any, stride: Any, padding: Any, dilation: Any
) -> None:
    """Refuse windows in which nothing stands but padding."""
    for size, k, s, (p, _), d in zip(shape[2:], window, stride, padding, dilation, strict=True):
        starts = range(-p, min(0, size + p - d * (k - 1)), s)  # of windows that begin before x
        if any(all(not 0 <= at + j * d < size for j in range(k)) for at in starts):
            raise ShapeError(
                f"{name}: x of shape {shape} came; a window of {window} with "
                f"dilation={dilation} and padding={tuple(p for p, _ in padding)} would see "
                "nothing but padding"
            )


def avg_pool1d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    count_include_pad: bool = True,
) -> Any:  # fmt: skip
    """Take the mean of every window on a line; see ``avg_pool2d``."""
    return _avg_pool("avg_pool1d", 1, x, kernel_size, stride, padding, count_include_pad)


def avg_pool2d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    count_include_pad: bool = True,
) -> Any:  # fmt: skip
    """Take the mean of every window.

    Args:
        x: Shape (batch, channels, height, width) or (channels, height, width), or grids of Values.
        kernel_size: The size of a window.
        stride: Steps from one window to the next; by default its size.
        padding: Zeros put around.
        count_include_pad: Whether those zeros count as elements of the mean.

    Returns:
        The same axes, the last ones smaller.

    Raises:
        ShapeError: If no window fits.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 4.0], [3.0, 2.0]]]], requires_grad=True)
        >>> y = avg_pool2d(x, 2)
        >>> y.backward()
        >>> y.tolist(), x.grad.tolist()
        ([[[[2.5]]]], [[[[0.25, 0.25], [0.25, 0.25]]]])
    """
    return _avg_pool("avg_pool2d", 2, x, kernel_size, stride, padding, count_include_pad)


def _avg_pool(
    name: str, axes: int, x: Any, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
    count_include_pad: bool,
) -> Any:  # fmt: skip
    window, steps, around = looked_up(_pooling, name, axes, kernel_size, stride, padding)
    ones = (1,) * axes
    if value_grids.holds_values(x):
        edge = 0.0 if count_include_pad else None
        return value_windows.pool(name, x, window, steps, around, ones, mean_of, edge)
    x, alone = batched(name, x, axes)
    options = {"window": window, "stride": steps, "padding": around, "dilation": ones}
    counted: Any = math.prod(window)
    if any(map(any, around)) and not count_include_pad:
        counted = OPS["sum_pool"](np.ones((1, 1, *x.shape[2:]), x.dtype), **options)
    out = OPS["sum_pool"](x, **options) / counted
    return out[0] if alone else out


@lru_cache(maxsize=256, typed=True)
def _pooling(
    name: str, axes: int, kernel_size: Any, stride: Any, padding: Any
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]:
    window = sizes_of(name, "kernel_size", kernel_size, axes)
    steps = window if stride is None else sizes_of(name, "stride", stride, axes)
    around = sizes_of(name, "padding", padding, axes, least=0)
    if any(2 * p > k for p, k in zip(around, window, strict=True)):
        raise ValueError(
            f"{name}: padding={padding} came; it may be at most half of kernel_size={kernel_size}, "
            "or a window would see nothing but padding"
        )
    return window, steps, tuple((p, p) for p in around)


def adaptive_avg_pool1d(x: Any, output_size: Sizes) -> Any:
    """Take means so that a given number of them comes out; see ``adaptive_avg_pool2d``."""
    return _adaptive("adaptive_avg_pool1d", 1, x, output_size)


def adaptive_avg_pool2d(x: Any, output_size: Sizes) -> Any:
    """Take means over windows chosen so that a given size comes out.

    Args:
        x: Shape (batch, channels, height, width) or (channels, height, width).
        output_size: Rows and columns of the result; one number for both.

    Returns:
        The same axes, the last ones of the given size.

    Raises:
        ShapeError: If x has another number of axes.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 4.0], [3.0, 2.0]]]], requires_grad=True)
        >>> y = adaptive_avg_pool2d(x, 1)
        >>> y.backward()
        >>> y.tolist(), x.grad.tolist()
        ([[[[2.5]]]], [[[[0.25, 0.25], [0.25, 0.25]]]])
    """
    return _adaptive("adaptive_avg_pool2d", 2, x, output_size)


def _adaptive(name: str, axes: int, x: Any, output_size: Sizes) -> Any:
    wanted = sizes_of(name, "output_size", output_size, axes)
    x, alone = batched(name, x, axes)
    for axis, count in enumerate(wanted, start=2):
        size = x.shape[axis]
        if size < 1:
            raise ShapeError(
                f"{name}: x of shape {x.shape} came; at least one element per axis is needed"
            )
        # window i reaches from floor(i n / count) to ceil((i + 1) n / count), as in PyTorch
        pieces = []
        for i in range(count):
            part = slice(i * size // count, -(-(i + 1) * size // count))
            pieces.append(mean_of(x[(slice(None),) * axis + (part,)], axis=axis, keepdims=True))
        x = concatenate(pieces, axis=axis)
    return x[0] if alone else x
