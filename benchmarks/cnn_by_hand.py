"""A training step of a small CNN written by hand in NumPy, as well as one would write it.

The batch is the last axis in memory, so that each convolution is one matrix product over all
positions of all images; the windows are copied out once, for the way there and back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Array = np.ndarray
CORNERS = [(i, j) for i in (0, 1) for j in (0, 1)]
PLACES = [(i, j) for i in range(3) for j in range(3)]


def step_of(
    p: dict[str, Array], x: Array, labels: Array, rate: float, padding: int,
    pooled: Sequence[bool], averaged: bool,
) -> Callable[[], float]:  # fmt: skip
    """Make a step.

    Args:
        p: The parameters, changed by each step: "first" and "second" are convolutions with 3x3
            kernels, followed by a ReLU, "last" is linear.
        x: Shape (batch, channels, side, side).
        labels: Shape (batch,).
        rate: The learning rate.
        padding: That of the convolutions.
        pooled: Whether each convolution is followed by a max-pooling of 2x2.
        averaged: Whether "last" sees the mean of each channel instead of all of it.
    """
    rows, pace = np.arange(len(x)), np.float32(rate)
    images = np.ascontiguousarray(x.transpose(1, 2, 3, 0))

    def step() -> float:
        found: dict[str, Array] = {}
        kept = []
        flowing = images
        for name, pool in zip(("first", "second"), pooled, strict=True):
            columns = columns_of(flowing, padding)
            weight = p[f"{name}.weight"]
            out = np.matmul(weight.reshape(len(weight), -1), columns.reshape(weight[0].size, -1))
            out += p[f"{name}.bias"][:, None]
            np.maximum(out, np.zeros_like(out), out=out)
            out = out.reshape(len(weight), *columns.shape[3:])
            kept.append((columns, out, flowing.shape))
            flowing = pooled_from(out) if pool else out
        shape = flowing.shape
        positions = shape[1] * shape[2]
        features = flowing.mean(axis=(1, 2)) if averaged else flowing.reshape(-1, shape[3])
        scores = p["last.weight"] @ features
        scores += p["last.bias"][:, None]
        scores -= scores.max(axis=0)
        g = np.exp(scores)
        totals = g.sum(axis=0)
        loss = float((np.log(totals) - scores[labels, rows]).mean())
        g /= totals
        g[labels, rows] -= 1
        g /= len(rows)
        found["last.weight"], found["last.bias"] = g @ features.T, g.sum(axis=1)
        g = p["last.weight"].T @ g
        if averaged:
            g = np.repeat((g / positions)[:, None], positions, axis=1)
        g = g.reshape(shape)
        for name, pool in zip(("second", "first"), reversed(pooled), strict=True):
            columns, out, before = kept.pop()
            if pool:
                g = unpooled(g, flowing, out)
            g *= out > 0
            flowing = None
            flat, weight = g.reshape(len(g), -1), p[f"{name}.weight"]
            matrix = weight.reshape(len(weight), -1)
            back = flat @ columns.reshape(matrix.shape[1], -1).T
            found[f"{name}.weight"], found[f"{name}.bias"] = back.reshape(weight.shape), flat.sum(1)
            if name == "second":
                g = added_up((matrix.T @ flat).reshape(columns.shape), before, padding)
                flowing = pooled_from(kept[0][1]) if pooled[0] else kept[0][1]
        for name, back in found.items():
            p[name] -= pace * back
        return loss

    return step


def columns_of(x: Array, padding: int) -> Array:
    """Every 3x3 window: (channels, rows, columns, batch) -> (channels, 3, 3, ..., batch)."""
    if padding:
        inner = (slice(None), *(slice(padding, padding + n) for n in x.shape[1:3]))
        whole = np.zeros((len(x), *(n + 2 * padding for n in x.shape[1:3]), x.shape[3]), x.dtype)
        whole[inner] = x
        x = whole
    height, width = x.shape[1] - 2, x.shape[2] - 2
    columns = np.empty((len(x), 3, 3, height, width, x.shape[3]), x.dtype)
    for i, j in PLACES:
        columns[:, i, j] = x[:, i : i + height, j : j + width]
    return columns


def added_up(stamps: Array, shape: tuple[int, ...], padding: int) -> Array:
    """What the windows of ``columns_of`` send back to the images of that shape."""
    height, width = stamps.shape[3:5]
    total = np.zeros((len(stamps), height + 2, width + 2, shape[3]), stamps.dtype)
    for i, j in PLACES:
        total[:, i : i + height, j : j + width] += stamps[:, i, j]
    return total[:, padding : padding + shape[1], padding : padding + shape[2]]


def _corners(x: Array) -> list[Array]:
    height, width = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    return [x[:, i:height:2, j:width:2] for i, j in CORNERS]


def pooled_from(x: Array) -> Array:
    """The greatest of each 2x2."""
    a, b, c, d = _corners(x)
    out = np.maximum(a, b)
    np.maximum(out, c, out=out)
    return np.maximum(out, d, out=out)


def unpooled(g: Array, greatest: Array, x: Array) -> Array:
    """Give each window's gradient to the first of its greatest elements."""
    back = np.zeros_like(x)
    free = np.ones(greatest.shape, bool)
    for part, place in zip(_corners(x), _corners(back), strict=True):
        wins = part == greatest
        wins &= free
        free ^= wins
        np.multiply(g, wins, out=place)
    return back
