"""Convolution with fewer products: 3 by 3 windows, two by two outputs at a time.

Four outputs of a 3 by 3 kernel take 36 products.  Sums and differences of the inputs and of the
weights take 16 instead, and are cheap beside a product over many channels.  The sums are of a few
numbers and the weights' factors are halves, so next to nothing is lost in rounding.  A number that
is not finite would spoil its neighbours, which is noticed: then the plain way is gone.

Source:
    A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), F(2x2, 3x3);
    S. Winograd, "Arithmetic Complexity of Computations" (1980).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.buffers import take
from autograd.ops.window_plan import row_blocks

__all__ = ["correlate", "kernel_gradient", "suits"]

# the paper's G, which makes 4 numbers of 3 weights, for both axes at once: (3 * 3, 4 * 4)
_HALVES = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
_BOTH = np.einsum("ai,bj->ijba", _HALVES, _HALVES).reshape(9, 16)
# nanoseconds a position: for a product and a sum, for copying a number out of its window, for the
# sums and differences of a channel's inputs and of a kernel's outputs; and to begin with
_MULTIPLY, _COPY, _INWARDS, _OUTWARDS, _BEGIN = 0.018, 0.1, 2.2, 1.5, 60_000


def suits(x, kernel, stride, dilation, groups, inner, outer, positions):
    """Whether this way is open, and faster than copying the windows out.

    Args:
        x: The input.
        kernel: The window's size.
        stride: Steps between windows.
        dilation: Steps inside a window.
        groups: Into how many parts the channels are dealt.
        inner: How many channels come.
        outer: How many kernels there are.
        positions: How many windows there are in all images.
    """
    if (
        kernel != (3, 3)
        or stride != (1, 1)
        or dilation != (1, 1)
        or groups != 1
        or type(x) is not np.ndarray
        or x.dtype not in (np.float32, np.float64)
    ):
        return False
    plain = 9 * inner * (outer * _MULTIPLY + _COPY)
    sums = 4 * inner * outer * _MULTIPLY + inner * _INWARDS + outer * _OUTWARDS
    return positions * (plain - sums) > _BEGIN


def correlate(x, weight, out):
    """Every window of x times the kernels.

    Args:
        x: The padded images, shape (channels, rows, columns, batch), in C order.
        weight: Shape (out, channels, 3, 3).
        out: What is written into, shape (out, rows - 2, columns - 2, batch).

    Returns:
        Whether all went well; False if something was not finite.
    """
    outer, inner = weight.shape[:2]
    spread = (weight.reshape(-1, 9) @ _BOTH.astype(x.dtype)).reshape(outer, inner, 16)
    spread = np.ascontiguousarray(spread.transpose(2, 0, 1))
    sound = 0.0
    for start, stop, tiles in _tile_blocks(x, outer):
        products = np.matmul(spread, tiles, out=take((16, outer, tiles.shape[2]), x.dtype))
        sound += float(np.einsum("ijk->", products))
        _write(products.reshape(4, 4, outer, stop - start, -1, x.shape[-1]), out, start)
    return math.isfinite(sound)


def kernel_gradient(x, sent):
    """Every window of x weighted by what was sent to it and added up.

    Args:
        x: The padded images, shape (channels, rows, columns, batch), in C order.
        sent: Shape (out, rows - 2, columns - 2, batch).

    Returns:
        Shape (out, channels, 3, 3); not finite if something was not.
    """
    outer, inner = len(sent), len(x)
    total: Any = None
    for start, stop, tiles in _tile_blocks(x, outer):
        part = np.matmul(_spread_out(sent, start, stop), tiles.swapaxes(1, 2))
        total = part if total is None else np.add(total, part, out=total)
    gathered = _BOTH.astype(x.dtype) @ total.reshape(16, outer * inner)
    return np.ascontiguousarray(gathered.T).reshape(outer, inner, 3, 3)


def _tile_blocks(x, outer):
    """Sums and differences of the 4 by 4 inputs that two by two outputs see, some rows at a time.

    Yields:
        The first row of outputs' pairs, the last but one, and 16 matrices, a row for each channel.
    """
    inner, rows, columns, batch = x.shape
    down, across = (rows - 1) // 2, (columns - 1) // 2
    planes = take((inner, 2 * down + 2, 2, across + 1, batch), x.dtype)
    if rows % 2 or columns % 2:
        planes.fill(0)
    for side in (0, 1):  # even and odd columns apart, so that each is one run in memory
        part = x[:, :, side::2]
        planes[:, :rows, side, : part.shape[2]] = part
    size = 16 * (inner + outer) * across * batch * x.itemsize
    for start, stop in row_blocks(size, down, x.nbytes):
        lines, count = planes[:, 2 * start : 2 * stop + 2], stop - start
        high = take((4, inner, count, 2, across + 1, batch), x.dtype)
        _differences([lines[:, i : i + 2 * count - 1 : 2] for i in range(4)], high)
        even, odd = high[:, :, :, 0], high[:, :, :, 1]
        left, right = slice(0, across), slice(1, across + 1)
        tiles = take((4, 4, inner, count, across, batch), x.dtype)
        sides = [even[..., left, :], odd[..., left, :], even[..., right, :], odd[..., right, :]]
        _differences(sides, tiles)
        yield start, stop, tiles.reshape(16, inner, count * across * batch)


def _differences(given, out):
    """The paper's matrix B, transposed, times four lines."""
    np.subtract(given[0], given[2], out=out[0])
    np.add(given[1], given[2], out=out[1])
    np.subtract(given[2], given[1], out=out[2])
    np.subtract(given[1], given[3], out=out[3])


def _write(products, out, start):
    """The paper's matrix A, transposed, on both sides of the products: the outputs themselves."""
    lines = take((2, *products.shape[:1], *products.shape[2:]), products.dtype)
    _sums([products[:, i] for i in range(4)], lines)
    pairs = take((2, 2, *products.shape[2:]), products.dtype)
    _sums([lines[:, i] for i in range(4)], pairs)
    rows = out[:, 2 * start : 2 * (start + products.shape[3])]
    for i in (0, 1):
        for j in (0, 1):
            place = rows[:, j::2, i::2]
            place[...] = pairs[i, j][:, : place.shape[1], : place.shape[2]]


def _sums(given, out):
    np.add(given[1], given[2], out=out[0])
    np.subtract(given[1], given[2], out=out[1])
    out[0] += given[0]
    out[1] -= given[3]


def _spread_out(sent, start, stop):
    """The paper's matrix A on both sides of two by two gradients: 16 matrices."""
    outer, rows, columns, batch = sent.shape
    across, count = (columns + 1) // 2, stop - start
    part = sent[:, 2 * start : 2 * stop]
    pairs = take((2, 2, outer, count, across, batch), sent.dtype)
    if rows % 2 or columns % 2:
        pairs.fill(0)
    for i in (0, 1):
        for j in (0, 1):
            some = part[:, j::2, i::2]
            pairs[i, j, :, : some.shape[1], : some.shape[2]] = some
    lines = take((2, 4, *pairs.shape[2:]), sent.dtype)
    _outwards(pairs[:, 0], pairs[:, 1], lines.swapaxes(0, 1))
    out = take((4, 4, *pairs.shape[2:]), sent.dtype)
    _outwards(lines[0], lines[1], out)
    return out.reshape(16, outer, count * across * batch)


def _outwards(first, second, out):
    out[0] = first
    np.add(first, second, out=out[1])
    np.subtract(first, second, out=out[2])
    np.negative(second, out=out[3])
