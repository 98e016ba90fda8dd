"""How high each box stands: near the mean of its neighbours, in order, never overlapping."""

from __future__ import annotations

from collections.abc import Sequence

ROUNDS = 20


def place_heights(
    layers: Sequence[Sequence[int]],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    heights: Sequence[float],
    margins: Sequence[float],
) -> list[float]:
    """Choose the vertical centre of every node.

    Args:
        layers: nodes of each column, from top to bottom.
        before: neighbours one column to the left, per node.
        after: neighbours one column to the right, per node.
        heights: height of each node in pixels.
        margins: room each node wants around itself, in pixels.

    Returns:
        One y per node, the topmost edge at 0.

    Example:
        >>> place_heights([[0, 1], [2]], [[], [], [0, 1]], [[2], [2], []], [10.0] * 3, [10.0] * 3)
        [5.0, 25.0, 15.0]
    """
    offsets: list[list[float]] = []
    y = [0.0] * len(heights)
    for layer in layers:
        below, column = 0.0, []
        for position, node in enumerate(layer):
            if position:
                previous = layer[position - 1]
                below += (heights[previous] + heights[node]) / 2
                below += (margins[previous] + margins[node]) / 2
            column.append(below)
        offsets.append(column)
        middle = column[-1] / 2 if column else 0.0
        for node, offset in zip(layer, column, strict=True):
            y[node] = offset - middle
    for step in range(ROUNDS):
        forward = step % 2 == 1
        settled = step >= ROUNDS - 6  # at the end both sides pull, before that one side at a time
        columns = list(zip(layers, offsets, strict=True))
        for layer, column in columns if forward else columns[::-1]:
            wishes = []
            for node, offset in zip(layer, column, strict=True):
                side = before[node] if forward else after[node]
                pulled = [*before[node], *after[node]] if settled else side
                goal = sum(y[other] for other in pulled) / len(pulled) if pulled else y[node]
                wishes.append(goal - offset)
            for node, offset, base in zip(layer, column, nondecreasing(wishes), strict=True):
                y[node] = base + offset
    top = min((y[node] - heights[node] / 2 for layer in layers for node in layer), default=0.0)
    return [value - top for value in y]


def nondecreasing(wishes: Sequence[float]) -> list[float]:
    """Find the nondecreasing numbers nearest to the wishes, by pooling adjacent violators.

    Example:
        >>> nondecreasing([1.0, 5.0, 3.0])
        [1.0, 4.0, 4.0]
    """
    pools: list[tuple[float, int]] = []
    for wish in wishes:
        mean, count = wish, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]
