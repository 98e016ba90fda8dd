"""Convolution and pooling on grids of Values, where every pixel is a node that can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import ShapeError, Value, dot

__all__ = ["convolve", "holds_values", "pool", "shape_of"]

Grid: TypeAlias = list[list[Any]]
Pairs: TypeAlias = Sequence[tuple[int, int]]


def holds_values(thing: Any) -> bool:
    """Tell whether nested lists have Values in them.

    Example:
        >>> holds_values([[1.0, Value(2.0)]]), holds_values([[1.0]])
        (True, False)
    """
    if isinstance(thing, (list, tuple)):
        return any(holds_values(item) for item in thing)
    return isinstance(thing, Value)


def shape_of(thing: Any) -> tuple[int, ...]:
    """Measure nested lists or an array.

    Example:
        >>> shape_of([[Value(1.0), 2.0, 3.0]])
        (1, 3)

    Raises:
        ShapeError: If the lists are of unequal length.
    """
    if not isinstance(thing, (list, tuple)):
        return np.shape(thing) if not isinstance(thing, Value) else ()
    shapes = {shape_of(item) for item in thing}
    if len(shapes) > 1:
        raise ShapeError(f"a grid has rows of unequal length: shapes {sorted(shapes)} came")
    return (len(thing), *(shapes.pop() if shapes else ()))


def convolve(
    x: Any, weight: Any, bias: Any, stride: Sequence[int], padding: Pairs, dilation: Sequence[int],
    fused: bool = True,
) -> list[Grid]:  # fmt: skip
    """Slide kernels over grids.

    Args:
        x: Grids of Values or numbers, one per channel; or one grid, which is one channel.
        weight: Kernels of Values or numbers, shape (out, channels, height, width).
        bias: One number or Value per kernel, or None.
        stride: Steps down and to the right.
        padding: Zeros (before, after) each axis.
        dilation: Steps inside the window.
        fused: Whether a window is one node; False makes each product and sum its own.

    Returns:
        One grid per kernel.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> a, b = Value(1.0), Value(4.0)
        >>> ((y,),), = convolve([[a, b]], [[[[1.0, -1.0]]]], None, (1, 1), ((0, 0),) * 2, (1, 1))
        >>> y.backward()
        >>> y.data, a.grad, b.grad
        (-3.0, 1.0, -1.0)
    """
    channels = _channels("conv2d", x)
    out, inputs, height, width = shape_of(weight)
    if inputs != len(channels):
        raise ShapeError(f"conv2d: {len(channels)} channels came; the kernels have {inputs}")
    if bias is not None and len(bias) != out:
        raise ShapeError(f"conv2d: {len(bias)} biases came for {out} kernels")
    padded = [_pad(grid, padding, 0.0) for grid in channels]
    windows = list(_windows("conv2d", padded, (height, width), stride, dilation))
    grids = []
    for kernel in range(out):
        weights = tuple(
            weight[kernel][c][i][j]
            for c in range(inputs) for i in range(height) for j in range(width)
        )  # fmt: skip
        start = bias[kernel] if bias is not None else 0.0
        grids.append([[_weighted(weights, seen, start, fused) for seen in row] for row in windows])
    return grids


def _weighted(weights: Sequence[Any], seen: Sequence[Any], start: Any, fused: bool) -> Any:
    if fused:
        return dot(weights, seen, start)
    products = [w * x for w, x in zip(weights, seen, strict=True)]
    total = products[0]
    for product in products[1:]:
        total = total + product
    return total + start if isinstance(start, Value) or start != 0.0 else total


def pool(
    asked_by: str, x: Any, window: Sequence[int], stride: Sequence[int], padding: Pairs,
    dilation: Sequence[int], summary: Callable[[list[Any]], Any], edge: float | None = None,
) -> Any:  # fmt: skip
    """Sum up every window of every grid by a function of a list.

    Args:
        asked_by: The function, for the error.
        x: One grid, or one per channel.
        window: The window's height and width.
        stride: Steps down and to the right.
        padding: How much is put (before, after) each axis.
        dilation: Steps inside the window.
        summary: For example ``autograd.max``.
        edge: What the padding holds; None leaves it out of the lists.

    Returns:
        A grid, or one per channel, as x was.
    """
    channels = _channels(asked_by, x)
    results = []
    for grid in channels:
        rows = _windows(asked_by, [_pad(grid, padding, edge)], window, stride, dilation)
        results.append(
            [[summary([v for v in seen if v is not None]) for seen in row] for row in rows]
        )
    return results[0] if len(shape_of(x)) == 2 else results


def _channels(asked_by: str, x: Any) -> Sequence[Any]:
    shape = shape_of(x)
    if len(shape) == 2:
        return [x]
    if len(shape) != 3:
        raise ShapeError(
            f"{asked_by}: Values in lists of shape {shape} came; needs a grid (height, width), or "
            "one for each channel"
        )
    return list(x)


def _pad(grid: Any, padding: Pairs, edge: Any) -> Grid:
    (above, below), (left, right) = padding
    rows = [[edge] * left + list(row) + [edge] * right for row in grid]
    wide = len(rows[0]) if rows else 0
    return [[edge] * wide for _ in range(above)] + rows + [[edge] * wide for _ in range(below)]


def _windows(
    asked_by: str, channels: Sequence[Grid], window: Sequence[int], stride: Sequence[int],
    dilation: Sequence[int],
) -> Iterator[list[tuple[Any, ...]]]:  # fmt: skip
    """Row by row, what every window sees, channel after channel."""
    size = len(channels[0]), len(channels[0][0])
    spans = [d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)]
    if any(n < span for n, span in zip(size, spans, strict=True)):
        raise ShapeError(f"{asked_by}: a window of {tuple(spans)} does not fit into {size}")
    down, right = ([step * i for i in range(k)] for k, step in zip(window, dilation, strict=True))
    for top in range(0, size[0] - spans[0] + 1, stride[0]):
        yield [
            tuple(grid[top + i][left + j] for grid in channels for i in down for j in right)
            for left in range(0, size[1] - spans[1] + 1, stride[1])
        ]
