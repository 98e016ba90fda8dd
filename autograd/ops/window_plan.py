"""Where the windows that slide over images stand, worked out once for images of one shape."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from autograd.buffers import LARGE, take
from autograd.errors import ShapeError

__all__ = [
    "Plan",
    "fitting",
    "meetings",
    "places_in",
    "plan_of",
    "row_blocks",
    "scratch",
]

# bytes of windows that are copied out at a time: what stays in a cache, and no more than the images
# themselves have, unless that is little; of small images what the C library keeps by itself
_SMALL, _LEAST, _MOST = 96 << 10, 1 << 19, 1 << 21


def places_in(size, kernel, stride, padding, dilation):
    """How many windows fit on each axis of what is padded.

    Args:
        size: Sizes of the axes, without padding.
        kernel: Sizes of the window.
        stride: Steps between windows.
        padding: Per axis, how much comes before and after.
        dilation: Steps inside a window.

    Returns:
        One count per axis; 0 or less where the window does not fit.
    """
    axes = zip(_whole(size, padding), kernel, stride, dilation, strict=True)
    return tuple([(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in axes])


def _whole(size, padding):
    return tuple([n + before + after for n, (before, after) in zip(size, padding, strict=True)])


def fitting(name, size, kernel, stride, padding, dilation):
    """How many windows fit on each axis of what is padded; an error if none does."""
    count = places_in(size, kernel, stride, padding, dilation)
    if min(count, default=1) < 1:
        whole = _whole(size, padding)
        raise ShapeError(
            f"{name}: a window of {kernel} with dilation {dilation} does not fit into {whole} "
            "(padding included): use a smaller window or more padding"
        )
    return count


class Plan(NamedTuple):
    """Where the windows of images of one shape stand in memory, worked out once.

    Attributes:
        whole: The shape of the padded images, (channels, *size, batch).
        count: How many windows there are on each axis.
        shape: That of all windows, (channels, *kernel, *count, batch).
        steps: Bytes from one of their elements to the next, in the padded images.
        held: How many numbers one window holds.
        row: How many numbers the windows of one row hold.
        blocks: Rows whose windows fit into a core's own cache, (first, last but one) each.
    """

    whole: Any
    count: Any
    shape: Any
    steps: Any
    held: Any
    row: Any
    blocks: Any


@lru_cache(maxsize=1024)
def plan_of(name, shape, itemsize, kernel, stride, padding, dilation):
    """Work out where the windows stand.

    Args:
        name: Who asks, for the error if no window fits.
        shape: That of the images, (batch, channels, *size).
        itemsize: Bytes in a number.
        kernel: The size of the window.
        stride: Steps from one window to the next.
        padding: What is put around.
        dilation: Steps inside a window.
    """
    batch, channels, *size = shape
    count = fitting(name, tuple(size), kernel, stride, padding, dilation)
    around = [n + before + after for n, (before, after) in zip(size, padding, strict=True)]
    whole = (channels, *around, batch)
    places = [itemsize * math.prod(whole[i + 1 :]) for i in range(len(whole))]
    inside = [n * d for n, d in zip(places[1:-1], dilation, strict=True)]
    across = [n * s for n, s in zip(places[1:-1], stride, strict=True)]
    held = channels * math.prod(kernel)
    row = held * math.prod(count[1:]) * batch
    return Plan(
        whole,
        count,
        shape=(channels, *kernel, *count, batch),
        steps=(places[0], *inside, *across, itemsize),
        held=held,
        row=row,
        blocks=row_blocks(row * itemsize, count[0], itemsize * math.prod(whole)),
    )


@lru_cache(maxsize=1024)
def meetings(size, kernel, count, stride, padding, dilation):
    """For every place inside a window: which windows have it inside the image, and what they meet.

    Args:
        size: The image's size, without its padding.
        kernel: The window's.
        count: How many windows there are on each axis, or the first and last but one of them.
        stride: Steps between windows.
        padding: What is around the image, which belongs to no window.
        dilation: Steps inside a window.

    Returns:
        Triples: the place inside, slices of the windows, slices of the image.
    """
    found = []
    for at in product(*map(range, kernel)):
        windows, image = [], []
        for i, n, c, s, (before, _), d in zip(
            at, size, count, stride, padding, dilation, strict=True
        ):
            start, stop = c if isinstance(c, tuple) else (0, c)
            first = max(start, -((i * d - before) // s))
            last = min(stop - 1, (n - 1 + before - i * d) // s)
            windows.append(slice(first - start, max(first, last + 1) - start))
            begin = first * s + i * d - before
            image.append(slice(begin, max(begin, last * s + i * d - before + 1), s))
        if all(part.stop > part.start for part in windows):
            found.append((at, tuple(windows), tuple(image)))
    return tuple(found)


def row_blocks(row, rows, images):
    """Cut rows of windows into blocks that stay in the cache, (first, last but one) each.

    Args:
        row: How many bytes the windows of one row hold.
        rows: How many rows there are.
        images: How many bytes the images have.
    """
    most = LARGE - 1 if images < _SMALL else min(max(images, _LEAST), _MOST)
    parts = -(-rows // max(1, most // max(1, row)))
    each = -(-rows // max(1, parts))  # of equal size, so that no small one is left over
    return tuple([(start, min(start + each, rows)) for start in range(0, rows, max(1, each))])


def scratch(count, dtype):
    """Memory for some windows, of one size for nearly all that are many, to be used again."""
    least = _LEAST // dtype.itemsize
    return take((max(count, least) if 3 * count > 2 * least else count,), dtype)
