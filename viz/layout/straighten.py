"""How high each box stands: where its lines run straight, in order, never overlapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence

ROUNDS = 18
SETTLING = 8  # in the last rounds both sides pull, before that one side at a time
INPUTS = 3.0  # a box rather stands in the middle of what it reads than of what reads it
LAZINESS = 0.05  # how strongly a box that nothing pulls on stays where it is

# What pulls on a node from one side: the other node, how much higher this one should stand than
# that one so that the line between them is level, and how strongly.
Pulls = Sequence[Sequence[tuple[int, float, float]]]


def place_heights(
    layers: Sequence[Sequence[int]],
    before: Pulls,
    after: Pulls,
    apart: Callable[[int, int], float],
) -> list[float]:
    """Choose the vertical centre of every node.

    Args:
        layers: nodes of each column, from top to bottom.
        before: pulls from the column on the left, per node.
        after: pulls from the column on the right, per node.
        apart: how far the centres of two nodes that stand one below the other must be apart.

    Returns:
        One y per node.

    Example:
        >>> before = [[], [], [(0, 0.0, 1.0), (1, 0.0, 1.0)]]
        >>> after = [[(2, 0.0, 1.0)], [(2, 0.0, 1.0)], []]
        >>> y = place_heights([[0, 1], [2]], before, after, lambda upper, lower: 20.0)
        >>> [round(height) for height in y]
        [-10, 10, 0]
    """
    offsets: list[list[float]] = []
    y = [0.0] * len(before)
    for layer in layers:
        below, column = 0.0, []
        for position, node in enumerate(layer):
            if position:
                below += apart(layer[position - 1], node)
            column.append(below)
        offsets.append(column)
        middle = column[-1] / 2 if column else 0.0
        for node, offset in zip(layer, column, strict=True):
            y[node] = offset - middle
    columns = [(layer, column) for layer, column in zip(layers, offsets, strict=True) if layer]
    both = [
        [*((node, higher, INPUTS * pull) for node, higher, pull in first), *second]
        for first, second in zip(before, after, strict=True)
    ]
    for step in range(ROUNDS):
        forward = step % 2 == 1
        side: Pulls = both if step >= ROUNDS - SETTLING else before if forward else after
        for layer, column in columns if forward else columns[::-1]:
            _level_column(layer, column, side, y)
    return y


def _level_column(
    layer: Sequence[int], offsets: Sequence[float], pulls: Pulls, y: list[float]
) -> None:
    """Move each node of a column to where it is pulled, as far as the order lets it."""
    wishes, weights = [], []
    for node, offset in zip(layer, offsets, strict=True):
        total, weight = LAZINESS * y[node], LAZINESS
        for other, higher, strength in pulls[node]:
            total += (y[other] + higher) * strength
            weight += strength
        wishes.append(total / weight - offset)
        weights.append(weight)
    for node, offset, base in zip(layer, offsets, nondecreasing(wishes, weights), strict=True):
        y[node] = base + offset


def nondecreasing(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Find the nondecreasing numbers nearest to the wishes, by pooling adjacent violators.

    Example:
        >>> nondecreasing([1.0, 5.0, 3.0], [1.0, 1.0, 3.0])
        [1.0, 3.5, 3.5]
    """
    pools: list[tuple[float, float, int]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        mean, heavy, count = wish, weight, 1
        while pools and pools[-1][0] > mean:
            other, load, size = pools.pop()
            mean = (mean * heavy + other * load) / (heavy + load)
            heavy, count = heavy + load, count + size
        pools.append((mean, heavy, count))
    return [mean for mean, _, count in pools for _ in range(count)]
