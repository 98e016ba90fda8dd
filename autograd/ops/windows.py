"""Windows that slide over the last axes: the windows themselves, and pooling."""

from __future__ import annotations

import math
from itertools import product

import numpy as np

from autograd.definition import operation
from autograd.errors import ShapeError
from autograd.op import Sample
from autograd.ops.index import place
from autograd.ops.shape import reshape

__all__ = ["added_up", "col2im", "columns_of", "im2col", "max_pool", "window_places"]


def window_places(size, kernel, stride, dilation):
    """How many windows fit on each axis.

    Args:
        size: Sizes of the axes, padding included.
        kernel: Sizes of the window.
        stride: Steps between windows.
        dilation: Steps inside a window.

    Returns:
        One count per axis; 0 or less where the window does not fit.
    """
    return tuple(
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)
    )


def _slices(kernel, count, stride, dilation):
    """For every place inside a window: where it is, and the slices of the axes that it meets."""
    for at in product(*map(range, kernel)):
        yield (
            at,
            (
                ...,
                *(
                    slice(i * d, i * d + s * (n - 1) + 1, s)
                    for i, n, s, d in zip(at, count, stride, dilation, strict=True)
                ),
            ),
        )


def _inside(at):
    """The elements of all windows that are at one place inside."""
    return (slice(None), slice(None), *at)


def _padded(x, padding, edge=0.0):
    if not any(map(any, padding)):
        return x
    around = [(0, 0)] * (x.ndim - len(padding)) + [tuple(pair) for pair in padding]
    if type(x) is not np.ndarray:
        return np.pad(x, around, constant_values=edge)
    whole = [n + before + after for n, (before, after) in zip(x.shape, around, strict=True)]
    out = np.full(whole, edge, x.dtype)  # what np.pad does, without its 20 us of questions
    out[tuple(slice(b, b + n) for n, (b, _) in zip(x.shape, around, strict=True))] = x
    return out


def _cropped(x, padding, size):
    inner = tuple(slice(p, p + n) for (p, _), n in zip(padding, size, strict=True))
    index = (..., *inner)
    return x[index]


def columns_of(x, kernel, stride, dilation, padding):
    """Copy every window out: shape (N, C, *kernel, *count)."""
    x = _padded(x, padding)
    count = window_places(x.shape[2:], kernel, stride, dilation)
    if min(count, default=1) < 1:
        raise ShapeError(
            f"a window of {kernel} with dilation {dilation} does not fit into {x.shape[2:]} "
            "(padding included): use a smaller kernel or more padding"
        )
    if math.prod(kernel) == 1 and set(stride) == {1}:
        return x.reshape(*x.shape[:2], *kernel, *count)
    columns = np.empty_like(x, shape=(*x.shape[:2], *kernel, *count), order="C")
    for at, slices in _slices(kernel, count, stride, dilation):
        columns[_inside(at)] = x[slices]
    return columns


def added_up(columns, size, stride, dilation, padding):
    """The transpose of `columns_of`: every window is added back to where it was copied from."""
    axes = len(size)
    kernel, count = columns.shape[2 : 2 + axes], columns.shape[2 + axes :]
    whole = tuple(n + before + after for n, (before, after) in zip(size, padding, strict=True))
    total = np.zeros_like(columns, shape=(*columns.shape[:2], *whole), order="C")
    for at, slices in _slices(kernel, count, stride, dilation):
        total[slices] += columns[_inside(at)]
    return _cropped(total, padding, size)


_PLAIN = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}
_PAIRS = {"window": (3,), "stride": (2,), "padding": ((1, 0),), "dilation": (2,)}


@operation(
    vjp=(
        lambda g, out, x, *, window, stride, padding, dilation: col2im(
            g, x.shape[2:], stride, padding, dilation
        ),
    ),
    linear="x",
    samples=(
        Sample(
            ((2, 3, 5, 4),),
            {"window": (3, 2), **_PLAIN},
        ),
        Sample(((1, 2, 7),), _PAIRS),
    ),
)
def im2col(x, *, window, stride, padding, dilation):
    """All windows side by side: (N, C, *size) -> (N, C, *window, *count).

    An element stands in several windows, so their gradients add up.
    """
    return columns_of(x, window, stride, dilation, padding)


@operation(
    vjp=(
        lambda g, out, x, *, size, stride, padding, dilation: im2col(
            g, x.shape[2 : 2 + len(size)], stride, padding, dilation
        ),
    ),
    linear="x",
    samples=(
        Sample(
            ((2, 3, 3, 2, 3, 3),),
            {"size": (5, 4), **_PLAIN},
        ),
    ),
)
def col2im(x, *, size, stride, padding, dilation):
    """Windows added back to where they came from: (N, C, *window, *count) -> (N, C, *size).

    Every window's element receives the gradient of the place it was added to.
    """
    return added_up(x, size, stride, dilation, padding)


def _least(dtype):
    """What is greater than nothing: the edge of padding in which no maximum stands."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else -np.inf


def _winners(x, out, window, stride, padding, dilation):
    """Where the greatest element of every window stands in x laid out flat, the first of equals."""
    x, out = getattr(x, "_data", x), getattr(out, "_data", out)
    size, count = x.shape[2:], out.shape[2:]
    whole = _padded(x, padding, _least(x.dtype))
    places = list(_slices(window, count, stride, dilation))
    steps = [math.prod(size[i + 1 :]) for i in range(len(size))]
    offsets = [
        sum(a * d * n for a, d, n in zip(at, dilation, steps, strict=True)) for at, _ in places
    ]
    known = out > -np.inf  # neither nan, which equals nothing, nor what stands in the padding, too
    if known.all():
        missing = np.ones(out.shape, bool)
        number = np.zeros(out.shape, np.uint8 if len(places) < 256 else np.intp)
        for _, slices in places[:-1]:  # count those in front of the first that equals the greatest
            missing &= whole[slices] != out
            number += missing
    else:
        number = _searched(x, whole, window, stride, padding, dilation)
    offset = np.take(offsets, number)
    starts = sum(
        (at * s - before) * n
        for at, s, (before, _), n in zip(
            np.ogrid[tuple(map(slice, count))], stride, padding, steps, strict=True
        )
    )
    pictures = np.arange(math.prod(x.shape[:2])) * math.prod(size)
    offset += pictures.reshape(*x.shape[:2], *(1,) * len(size)) + starts
    return offset.reshape(-1)


def _searched(x, whole, window, stride, padding, dilation):
    """The number inside of the greatest element of every window, which may be nan or -inf."""
    size = x.shape[2:]
    columns = columns_of(whole, window, stride, dilation, ((0, 0),) * len(size))
    count = columns.shape[2 + len(size) :]
    flat = columns.reshape(*x.shape[:2], math.prod(window), math.prod(count))
    best = np.argmax(flat, axis=2)
    lost = np.take_along_axis(flat, best[:, :, None], 2)[:, :, 0] == -np.inf
    if lost.any() and any(map(any, padding)):  # -inf, which is not to be found in the padding
        real = columns_of(np.ones((1, 1, *size)), window, stride, dilation, padding)
        best = np.where(lost, np.argmax(real.reshape(1, 1, *flat.shape[2:]), axis=2), best)
    return best.reshape(*x.shape[:2], *count)


@operation(
    vjp=(
        lambda g, out, x, *, window, stride, padding, dilation: reshape(
            place(
                reshape(g, (math.prod(g.shape),)),
                index=_winners(x, out, window, stride, padding, dilation),
                shape=(math.prod(x.shape),),
            ),
            x.shape,
        ),
    ),
    symbol="max",
    latex=r"\max {x}",
    samples=(
        Sample(((2, 3, 4, 4),), {**_PLAIN, "window": (2, 2), "stride": (2, 2)}),
        Sample(((1, 2, 5, 4),), {**_PLAIN, "window": (3, 2), "padding": ((1, 1), (0, 1))}),
        Sample(((2, 2, 7),), _PAIRS),
    ),
)
def max_pool(x, *, window, stride, padding, dilation):
    """Greatest element of every window.

    Only the winner is felt, so it receives the gradient; of equals it is the first, as in PyTorch.
    """
    x = _padded(x, padding, _least(x.dtype))
    count = window_places(x.shape[2:], window, stride, dilation)
    if min(count) < 1:
        raise ShapeError(
            f"max_pool: a window of {window} with dilation {dilation} does not fit into "
            f"{x.shape[2:]} (padding included): use a smaller window or more padding"
        )
    out = None
    for _, slices in _slices(window, count, stride, dilation):
        part = x[slices]
        out = part.copy() if out is None else np.maximum(out, part, out=out)
    return out
