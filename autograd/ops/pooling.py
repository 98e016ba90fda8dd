"""Pooling: one number for every window, and how a window's gradient finds its elements."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.window_plan import fitting, meetings, plan_of
from autograd.ops.windows import batch_first, batch_last, columns_of, padded, room

__all__ = ["max_pool", "sum_pool", "window_pick", "window_place", "window_spread"]

_PLAIN = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}
_PAIRS = {"window": (3,), "stride": (2,), "padding": ((1, 0),), "dilation": (2,)}
_WORDS = {2: np.int16, 4: np.int32, 8: np.int64}


def _least(dtype):
    """What is greater than nothing: the edge of padding in which no maximum stands."""
    return np.iinfo(dtype).min if dtype.kind in "iu" else False if dtype.kind == "b" else -np.inf


def _slices(x, window, count, stride, dilation):
    """For every place inside a window, that element of every window of what is padded already."""
    nothing = ((0, 0),) * len(window)
    for _, _, image in meetings(x.shape[1:-1], window, count, stride, nothing, dilation):
        place = (slice(None), *image)
        yield x[place]


def _winners(x, out, window, stride, padding, dilation):
    """Which place inside is the greatest of every window, the first of equals; the batch last."""
    x, out = batch_last(getattr(x, "_data", x)), batch_last(getattr(out, "_data", out))
    whole, count = padded(x, padding, _least(x.dtype)), out.shape[1:-1]
    known = out > -np.inf  # neither nan, which equals nothing, nor what stands in the padding, too
    if type(x) is np.ndarray and not known.all():
        return _searched(x, whole, window, stride, padding, dilation)
    kind = np.uint8 if math.prod(window) < 256 else np.intp
    missing = number = None
    for part in list(_slices(whole, window, count, stride, dilation))[:-1]:
        # count those in front of the first that equals the greatest
        missing = part != out if missing is None else missing & (part != out)
        number = missing.astype(kind) if number is None else number + missing
    return np.zeros_like(out, dtype=kind) if number is None else number


def _searched(x, whole, window, stride, padding, dilation):
    """The number inside of the greatest element of every window, which may be nan or -inf."""

    def flat(whole):
        shape = (whole.shape[-1], *whole.shape[:-1])
        nothing = ((0, 0),) * len(window)
        plan = plan_of("max_pool", shape, whole.itemsize, window, stride, nothing, dilation)
        columns = columns_of(whole, plan, stride, dilation)
        return columns.reshape(len(whole), math.prod(window), *plan.count, whole.shape[-1])

    best = np.argmax(flat(whole), axis=1)
    lost = np.take_along_axis(flat(whole), best[:, None], 1)[:, 0] == -np.inf
    if lost.any() and any(map(any, padding)):  # -inf, which is not to be found in the padding
        real = flat(padded(np.ones((1, *x.shape[1:-1], 1)), padding))
        best = np.where(lost, np.argmax(real, axis=1), best)
    return best


def _apart(window, stride, dilation):
    """Whether no element stands in two windows."""
    return all(s > d * (k - 1) for k, s, d in zip(window, stride, dilation, strict=True))


def _number(at, window):
    """Which place inside a window this is, counted row by row."""
    number = 0
    for i, n in zip(at, window, strict=True):
        number = number * n + i
    return number


def _sent_back(sent, size, window, stride, padding, dilation, number=None):
    """Give what was sent to every window to its elements, or to the one with its number only."""
    alone, count = _apart(window, stride, dilation), sent.shape[2:]
    # each element stands in one window: all are written, none need be 0 before
    tiled = tuple([n * k for n, k in zip(count, window, strict=True)]) == size
    exact = alone and tiled and stride == window and not any(map(any, padding))
    done, total = room(sent, (*sent.shape[:2], *size), zeros=not exact)
    sent = batch_last(sent)
    word = _WORDS.get(sent.dtype.itemsize) if type(sent) is np.ndarray else None
    bits, words = (total, sent) if word is None else (total.view(word), sent.view(word))
    for at, windows, image in meetings(size, window, count, stride, padding, dilation):
        place, windows = (slice(None), *image), (slice(None), *windows)
        if number is None:
            total[place] = sent[windows] if alone else total[place] + sent[windows]
            continue
        # of the numbers' bits: all are kept, or all cleared, also those of inf and nan
        flags = number[windows] == _number(at, window)
        if alone and word is not None:
            np.multiply(words[windows], flags, out=bits[place])
        elif word is not None:
            total[place] += np.multiply(words[windows], flags).view(sent.dtype)
        else:
            part = np.where(flags, sent[windows], sent.dtype.type(0))
            total[place] = part if alone else total[place] + part
    return done(total)


@operation(
    vjp=(
        lambda g, out, x, *, window, stride, padding, dilation: window_place(
            g,
            number=_winners(x, out, window, stride, padding, dilation),
            size=x.shape[2:],
            window=window,
            stride=stride,
            padding=padding,
            dilation=dilation,
        ),
    ),
    symbol="max",
    latex=r"\max {x}",
    reads=lambda shapes, **_: [
        ("<g> at each window's maximum", r"<g> \text{ at each window's maximum}")
    ],
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
    count = fitting("max_pool", x.shape[2:], window, stride, padding, dilation)
    whole = padded(batch_last(x), padding, _least(x.dtype))
    done, out = room(x, (*x.shape[:2], *count))
    return done(_folded(np.maximum, whole, out, window, stride, dilation))


def _folded(ufunc, whole, out, window, stride, dilation):
    """One element of every window after another, put together in ``out``."""
    own = type(whole) is np.ndarray
    found = None
    for part in _slices(whole, window, out.shape[1:-1], stride, dilation):
        if found is None:
            found = part
        else:
            found = ufunc(found, part, out=out) if own else ufunc(found, part)
    if found is not out and own:  # windows of one element
        out[...] = found
        return out
    return found


_NUMBERS = np.array([[[[1], [3]], [[2], [0]]]], np.uint8)  # 1 channel, 2 by 2 windows, 1 image
_HALVES = {**_PLAIN, "window": (2, 2), "stride": (2, 2)}


@operation(
    vjp=(
        lambda g, out, sent, *, number, size, window, stride, padding, dilation: window_pick(
            g, number, window, stride, padding, dilation
        ),
    ),
    linear="sent",
    samples=(
        Sample(((1, 1, 2, 2),), {"number": _NUMBERS, "size": (4, 5), **_HALVES}),
        Sample(((1, 1, 2, 2),), {"number": _NUMBERS, "size": (3, 3), **_PLAIN, "window": (2, 2)}),
    ),
)
def window_place(sent, *, number, size, window, stride, padding, dilation):
    """Zeros, with what was sent to every window at one place inside it, given by its number.

    Each element's gradient is read at the place it was put to.
    """
    return _sent_back(sent, size, window, stride, padding, dilation, number)


@operation(
    vjp=(
        lambda g, out, x, *, number, window, stride, padding, dilation: window_place(
            g, number, x.shape[2:], window, stride, padding, dilation
        ),
    ),
    linear="x",
    samples=(Sample(((1, 1, 4, 5),), {"number": _NUMBERS, **_HALVES}),),
)
def window_pick(x, *, number, window, stride, padding, dilation):
    """One element of every window, given by its number. The gradient goes back to its place."""
    whole, out = padded(batch_last(x), padding), None
    for k, part in enumerate(_slices(whole, window, number.shape[1:-1], stride, dilation)):
        out = np.where(number == k, part, x.dtype.type(0) if out is None else out)
    return batch_first(out)


@operation(
    vjp=(
        lambda g, out, x, *, window, stride, padding, dilation: window_spread(
            g, x.shape[2:], window, stride, padding, dilation
        ),
    ),
    linear="x",
    symbol="Σ",
    samples=(
        Sample(((2, 3, 4, 5),), _HALVES),
        Sample(((1, 2, 5, 4),), {**_PLAIN, "window": (3, 2), "padding": ((1, 1), (0, 1))}),
        Sample(((2, 2, 7),), _PAIRS),
    ),
)
def sum_pool(x, *, window, stride, padding, dilation):
    """Sum of every window. Each element of a window counts once in it."""
    count = fitting("sum_pool", x.shape[2:], window, stride, padding, dilation)
    done, out = room(x, (*x.shape[:2], *count))
    return done(_folded(np.add, padded(batch_last(x), padding), out, window, stride, dilation))


@operation(
    vjp=(
        lambda g, out, sent, *, size, window, stride, padding, dilation: sum_pool(
            g, window, stride, padding, dilation
        ),
    ),
    linear="sent",
    samples=(
        Sample(((2, 3, 2, 2),), {"size": (4, 5), **_HALVES}),
        Sample(((2, 2, 2),), {"size": (7,), **_PAIRS}),
    ),
)
def window_spread(sent, *, size, window, stride, padding, dilation):
    """What was sent to every window, added to each of its elements.

    Every element's gradient is the sum over the windows it stands in.
    """
    return _sent_back(sent, size, window, stride, padding, dilation)
