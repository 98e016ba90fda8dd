"""The order inside each column: barycentre sweeps and swaps; the fewest crossings win."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

SWEEPS = 12
SWAP_ROUNDS = 4
SWAP_LIMIT = 40  # swapping is quadratic in the number of edges, so only columns of boxes this few

Layers = list[list[int]]
Neighbours = Sequence[Sequence[int]]


def order_layers(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """Reorder each layer so that few edges cross.

    Args:
        layers: nodes of each column, from left to right.
        before: for each node its neighbours one column to the left.
        after: for each node its neighbours one column to the right.

    Returns:
        New layers; the given ones are not changed.

    Example:
        >>> order_layers([[0, 1], [2, 3]], [[], [], [1], [0]], [[3], [2], [], []])
        [[1, 0], [2, 3]]
    """
    layers = _reading_order(layers, before)
    position = [0] * len(before)
    for layer in layers:
        _number(layer, position)
    best, fewest = [list(layer) for layer in layers], count_crossings(layers, after, position)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        forward = sweep % 2 == 1
        beside = before if forward else after
        for layer in layers if forward else layers[::-1]:
            _sort_by_barycentre(layer, beside, position)
        _swap_neighbours(layers, before, after, position)
        crossings = count_crossings(layers, after, position)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _reading_order(layers: Layers, before: Neighbours) -> Layers:
    """Start from a depth-first walk from the outputs: a tree comes out without any crossing."""
    rank = {node: index for index, layer in enumerate(layers) for node in layer}
    ordered: Layers = [[] for _ in layers]
    seen: set[int] = set()
    for layer in reversed(layers):
        for output in layer:
            stack = [output]
            while stack:
                node = stack.pop()
                if node in seen:
                    continue
                seen.add(node)
                ordered[rank[node]].append(node)
                stack.extend(reversed(before[node]))
    return ordered


def _number(layer: Sequence[int], position: list[int]) -> None:
    for index, node in enumerate(layer):
        position[node] = index


def _sort_by_barycentre(layer: list[int], beside: Neighbours, position: list[int]) -> None:
    def barycentre(node: int) -> float:
        neighbours = beside[node]
        if not neighbours:
            return position[node]
        return sum(position[other] for other in neighbours) / len(neighbours)

    layer.sort(key=barycentre)  # stable: ties keep their order
    _number(layer, position)


def _swap_neighbours(
    layers: Layers, before: Neighbours, after: Neighbours, position: list[int]
) -> None:
    """Swap boxes that stand side by side while that removes crossings."""
    for _ in range(SWAP_ROUNDS):
        improved = False
        for layer in layers:
            if len(layer) > SWAP_LIMIT:
                continue
            for index in range(len(layer) - 1):
                upper, lower = layer[index], layer[index + 1]
                gain = 0
                for beside in (before, after):
                    first = [position[other] for other in beside[upper]]
                    second = [position[other] for other in beside[lower]]
                    gain += sum((a > b) - (a < b) for a in first for b in second)
                if gain > 0:
                    layer[index], layer[index + 1] = lower, upper
                    position[lower], position[upper] = index, index + 1
                    improved = True
        if not improved:
            return


def count_crossings(layers: Layers, after: Neighbours, position: Sequence[int]) -> int:
    """Count the crossings between neighbouring columns with a Fenwick tree.

    Example:
        >>> count_crossings([[0, 1], [2, 3]], [[3], [2], [], []], [0, 1, 0, 1])
        1
    """
    total = 0
    for left, right in pairwise(layers):
        tree = [0] * (len(right) + 1)
        inserted = 0
        for node in left:
            ends = [position[other] for other in after[node]]
            for end in ends:
                below, index = 0, end + 1
                while index:
                    below += tree[index]
                    index &= index - 1
                total += inserted - below
            for end in ends:
                index = end + 1
                while index <= len(right):
                    tree[index] += 1
                    index += index & -index
            inserted += len(ends)
    return total
