"""Convolution and pooling on grids of Values, where every pixel is a node that can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import ShapeError, Value, dot
from nn.functions.value_grids import lists_of, shape_of

__all__ = ["convolve", "pool"]

Pairs: TypeAlias = Sequence[tuple[int, int]]
_AXES = {1: "(length)", 2: "(height, width)"}


def convolve(
    x: Any, weight: Any, bias: Any, stride: Sequence[int], padding: Pairs, dilation: Sequence[int],
    groups: int = 1, fused: bool = True,
) -> Any:  # fmt: skip
    """Slide kernels over grids.

    Args:
        x: Grids of Values or numbers, one per channel; or one grid, which is one channel; or a list
            of images of several channels each.
        weight: Kernels of Values or numbers, shape (out, channels / groups, height, width).
        bias: One number or Value per kernel, or None.
        stride: Steps along each axis.
        padding: Zeros (before, after) each axis.
        dilation: Steps inside the window.
        groups: Into how many parts channels and kernels are dealt.
        fused: Whether a window is one node; False makes each product and sum its own.

    Returns:
        One grid per kernel; a list of such for a list of images.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> a, b = Value(1.0), Value(4.0)
        >>> ((y,),), = convolve([[a, b]], [[[[1.0, -1.0]]]], None, (1, 1), ((0, 0),) * 2, (1, 1))
        >>> y.backward()
        >>> y.data, a.grad, b.grad
        (-3.0, 1.0, -1.0)
    """
    name = f"conv{len(stride)}d"
    kernels, starts = _cells(lists_of(weight)), lists_of(bias)
    out, inputs, *window = kernels.shape
    if starts is not None and len(starts) != out:
        raise ShapeError(f"{name}: {len(starts)} biases came for {out} kernels; give one for each")

    def one_image(image: Any) -> list[Any]:
        if inputs * groups != len(image) or out % groups:
            dealt = f" in {groups} groups" if groups > 1 else ""
            raise ShapeError(
                f"{name}: {len(image)} channels came; the {out} kernels have {inputs}{dealt}"
            )
        grids = []
        for k in range(out):
            first = k // (out // groups) * inputs  # the channels of the kernel's own group
            padded = _padded(image[first : first + inputs], padding, 0.0)
            weights, start = tuple(kernels[k].flat), 0.0 if starts is None else starts[k]
            grid = _places(name, padded.shape[1:], window, stride, dilation)
            for place, inside in np.ndenumerate(grid):
                seen = (slice(None), *inside)  # in every channel
                grid[place] = _weighted(weights, tuple(padded[seen].flat), start, fused)
            grids.append(grid.tolist())
        return grids

    return _by_image(name, lists_of(x), len(stride), one_image)


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
        x: One grid, or one per channel, or a list of such images.
        window: The window's size along each axis.
        stride: Steps along each axis.
        padding: How much is put (before, after) each axis.
        dilation: Steps inside the window.
        summary: For example ``autograd.max``.
        edge: What the padding holds; None leaves it out of the lists.

    Returns:
        A grid, or one per channel, or a list of such images, as x was.
    """

    def one_image(image: Any) -> list[Any]:
        grids = []
        for channel in _padded(image, padding, edge):
            grid = _places(asked_by, channel.shape, window, stride, dilation)
            for place, inside in np.ndenumerate(grid):
                grid[place] = summary([v for v in channel[inside].flat if v is not None])
            grids.append(grid.tolist())
        return grids

    made = _by_image(asked_by, x, len(window), one_image)
    return made[0] if len(shape_of(x)) == len(window) else made


def _by_image(name: str, x: Any, axes: int, one_image: Callable[[Any], list[Any]]) -> Any:
    shape = shape_of(x)
    if len(shape) == axes + 2:
        return [one_image(_cells(image)) for image in x]
    if len(shape) not in (axes, axes + 1):
        raise ShapeError(
            f"{name}: Values in lists of shape {shape} came; needs a grid {_AXES[axes]}, or one "
            "for each channel, or a list of such images"
        )
    return one_image(_cells(x if len(shape) == axes + 1 else [x]))


def _cells(lists: Any) -> Any:
    """The same as an array of objects, which can be cut along its axes."""
    cells = np.empty(shape_of(lists), object)
    for place in np.ndindex(cells.shape):
        item = lists
        for i in place:
            item = item[i]
        cells[place] = item
    return cells


def _padded(image: Any, padding: Pairs, edge: Any) -> Any:
    sizes = [n + sum(pair) for n, pair in zip(image.shape[1:], padding, strict=True)]
    whole = np.full((len(image), *sizes), edge, object)
    middle = [slice(a, a + n) for n, (a, _) in zip(image.shape[1:], padding, strict=True)]
    everywhere = (slice(None), *middle)
    whole[everywhere] = image
    return whole


def _places(
    asked_by: str, size: Sequence[int], window: Sequence[int], stride: Sequence[int],
    dilation: Sequence[int],
) -> Any:  # fmt: skip
    """For every window where it lies, as slices."""
    spans = [d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)]
    if any(n < span for n, span in zip(size, spans, strict=True)):
        raise ShapeError(
            f"{asked_by}: a window of {tuple(spans)} does not fit into {tuple(size)}; use a "
            "smaller one"
        )
    counts = [(n - w) // step + 1 for n, w, step in zip(size, spans, stride, strict=True)]
    places = np.empty(counts, object)
    for place in np.ndindex(*counts):
        starts = [i * step for i, step in zip(place, stride, strict=True)]
        places[place] = tuple(
            slice(first, first + span, step)
            for first, span, step in zip(starts, spans, dilation, strict=True)
        )
    return places
