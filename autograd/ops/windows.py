"""What stands in windows that slide over images, and how it is added back.

Images come as (batch, channels, *size).  Inside, the batch is the last axis in memory: what a place
inside all windows meets is then one long run instead of many short ones, and a convolution is one
matrix product over all positions of all images.  Results keep that order in memory and have the
shape that everybody expects; NumPy's elementwise functions pass the order on.
"""

from __future__ import annotations

from functools import lru_cache
from operator import index

import numpy as np

from autograd.buffers import take
from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.window_plan import meetings, plan_of

__all__ = [
    "add_up",
    "batch_first",
    "batch_last",
    "col2im",
    "columns_of",
    "im2col",
    "padded",
    "room",
]


def batch_last(x):
    """The first axis moved to the end, without a copy."""
    return x.transpose(*range(1, x.ndim), 0)


def batch_first(x):
    """The last axis moved to the front, without a copy."""
    return x.transpose(x.ndim - 1, *range(x.ndim - 1))


def room(like, shape, zeros=False):
    """Make an array to write a result into.

    Args:
        like: An array of the kind of number, from where the result shall stay.
        shape: (batch, channels, ...).
        zeros: Whether it starts with zeros.

    Returns:
        A function that gives the result once it is written, and where to write it, the batch last.
    """
    last = (*shape[1:], shape[0])
    if type(like) is not np.ndarray:
        there = np.zeros_like(like, shape=last) if zeros else np.empty_like(like, shape=last)
        return lambda written: batch_first(written), there
    steps = [like.itemsize]
    for n in reversed(last[1:]):
        steps.append(steps[-1] * n)
    out = take(shape, like.dtype, (steps[0], *reversed(steps[1:])))  # its own, no view of another
    if zeros:
        out.fill(0)
    return lambda written: out, batch_last(out)


def padded(x, padding, edge=0.0):
    """Images with an edge around.

    Args:
        x: Shape (channels, *size, batch), in whatever order in memory.
        padding: Per axis of the image, how much comes before and after.
        edge: What it is made of.

    Returns:
        An array in C order, to be read only; x itself where nothing is to be done.
    """
    if type(x) is not np.ndarray:
        pads = ((0, 0), *padding, (0, 0))
        return np.pad(x, pads, constant_values=edge) if any(map(any, padding)) else x
    framed = _framed(x.shape, padding)
    if framed is None:
        return np.ascontiguousarray(x)
    shape, inside = framed
    out = take(shape, x.dtype)
    out.fill(edge)
    out[inside] = x
    return out


@lru_cache(maxsize=256)
def _framed(shape, padding):
    """The shape of what is padded, and where the image lies in it; None without an edge."""
    if not any(map(any, padding)):
        return None
    # 1.0 is the same key as 1: what is kept must be of whole numbers
    edges = [(index(before), index(after)) for before, after in padding]
    pairs = list(zip(shape[1:-1], edges, strict=True))
    whole = (shape[0], *(n + b + a for n, (b, a) in pairs), shape[-1])
    return whole, (slice(None), *(slice(b, b + n) for n, (b, _) in pairs))


def columns_of(x, plan, stride, dilation, block=None, buffer=None):
    """Copy windows out.

    Args:
        x: What is padded already, shape (channels, *size, batch), in C order.
        plan: Where the windows stand.
        stride: Steps between windows.
        dilation: Steps inside a window.
        block: The first and the last but one of the rows that are wanted; all by default.
        buffer: A flat array to copy into.

    Returns:
        Shape (channels, *kernel, *count, batch).
    """
    axes = x.ndim - 2
    start, stop = block or (0, plan.count[0])
    shape = (*plan.shape[: axes + 1], stop - start, *plan.shape[axes + 2 :])
    if type(x) is np.ndarray:
        offset = start * plan.steps[axes + 1]
        windows = np.ndarray(shape, x.dtype, x, offset, plan.steps)  # overlapping: read only
        columns = take(shape, x.dtype) if buffer is None else buffer[: windows.size].reshape(shape)
        columns[...] = windows
        return columns
    columns, nothing = np.empty_like(x, shape=shape), ((0, 0),) * axes
    kernel = shape[1 : axes + 1]
    for at, _, image in meetings(x.shape[1:-1], kernel, plan.count, stride, nothing, dilation):
        place, element = (slice(None), *at), (slice(None), *image)
        columns[place] = x[element]
    return columns


def add_up(total, columns, kernel, count, stride, padding, dilation):
    """Add every window back to where it was copied from, the transpose of ``columns_of``.

    Args:
        total: Shape (channels, *size, batch), without padding; added to.
        columns: Shape (channels, *kernel, *count, batch).
        kernel: The window's size.
        count: How many windows there are, or the first and last but one of them, on each axis.
        stride: Steps between windows.
        padding: What was around the image.
        dilation: Steps inside a window.
    """
    for at, windows, image in meetings(total.shape[1:-1], kernel, count, stride, padding, dilation):
        place, stamp = (slice(None), *image), (slice(None), *at, *windows)
        total[place] += columns[stamp]


_PLAIN = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}
_PAIRS = {"window": (3,), "stride": (2,), "padding": ((1, 0),), "dilation": (2,)}


@operation(
    vjp=(
        lambda g, out, x, *, window, stride, padding, dilation: col2im(
            g, x.shape[2:], stride, padding, dilation
        ),
    ),
    linear="x",
    samples=(Sample(((2, 3, 5, 4),), {"window": (3, 2), **_PLAIN}), Sample(((1, 2, 7),), _PAIRS)),
)
def im2col(x, *, window, stride, padding, dilation):
    """All windows side by side. An element stands in several, so their gradients add up."""
    plan = plan_of("im2col", x.shape, x.itemsize, window, stride, padding, dilation)
    return batch_first(columns_of(padded(batch_last(x), padding), plan, stride, dilation))


@operation(
    vjp=(
        lambda g, out, x, *, size, stride, padding, dilation: im2col(
            g, x.shape[2 : 2 + len(size)], stride, padding, dilation
        ),
    ),
    linear="x",
    samples=(Sample(((2, 3, 3, 2, 3, 3),), {"size": (5, 4), **_PLAIN}),),
)
def col2im(x, *, size, stride, padding, dilation):
    """Windows added back. Each element receives the gradient of the place it was added to."""
    kernel, count = x.shape[2 : 2 + len(size)], x.shape[2 + len(size) :]
    done, total = room(x, (*x.shape[:2], *size), zeros=True)
    add_up(total, batch_last(x), kernel, count, stride, padding, dilation)
    return done(total)
