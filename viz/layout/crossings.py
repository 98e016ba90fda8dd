"""The order inside each column: barycentre sweeps and swaps; the fewest crossings win."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import itemgetter

SWEEPS = 12
PATIENCE = 3  # sweeps without an improvement
SWAP_ROUNDS = 4
SWAP_LIMIT = 40  # swapping is quadratic in the number of edges, so only columns of boxes this few

Layers = list[list[int]]
# A node's links to one side: where on its own side each leaves, from 0 on top to 1, which node it
# leads to, and where on that node's side it arrives.
Links = Sequence[Sequence[tuple[float, int, float]]]


def order_layers(layers: Layers, before: Links, after: Links) -> Layers:
    """Reorder each layer so that few edges cross.

    Args:
        layers: nodes of each column, from left to right.
        before: for each node its links to the column on its left.
        after: for each node its links to the column on its right.

    Returns:
        New layers; the given ones are not changed.

    Example:
        >>> before = [[], [], [(0.5, 1, 0.5)], [(0.5, 0, 0.5)]]
        >>> after = [[(0.5, 3, 0.5)], [(0.5, 2, 0.5)], [], []]
        >>> order_layers([[0, 1], [2, 3]], before, after)
        [[1, 0], [2, 3]]
    """
    layers = _reading_order(layers, before)
    position = [0] * len(before)
    for layer in layers:
        _number(layer, position)
    best, fewest = [list(layer) for layer in layers], count_crossings(layers, after, position)
    since_better = 0
    for sweep in range(SWEEPS):
        if fewest == 0 or since_better == PATIENCE:
            break
        forward = sweep % 2 == 1
        beside = before if forward else after
        for layer in layers if forward else layers[::-1]:
            _sort_by_barycentre(layer, beside, position)
        _swap_neighbours(layers, before, after, position)
        crossings = count_crossings(layers, after, position)
        since_better += 1
        if crossings < fewest:
            best, fewest, since_better = [list(layer) for layer in layers], crossings, 0
    return best


def _reading_order(layers: Layers, before: Links) -> Layers:
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
                stack.extend(other for _, other, _ in reversed(before[node]))
    return ordered


def _number(layer: Sequence[int], position: list[int]) -> None:
    for index, node in enumerate(layer):
        position[node] = index


def _sort_by_barycentre(layer: list[int], beside: Links, position: list[int]) -> None:
    def barycentre(node: int) -> float:
        links = beside[node]
        if not links:
            return position[node] + 0.5
        return sum(position[other] + there for _, other, there in links) / len(links)

    layer.sort(key=barycentre)  # stable: ties keep their order
    _number(layer, position)


def _swap_neighbours(layers: Layers, before: Links, after: Links, position: list[int]) -> None:
    """Swap boxes that stand side by side while that removes crossings."""
    looked_at = list(range(len(layers)))
    for _ in range(SWAP_ROUNDS):
        changed = [
            rank
            for rank in looked_at
            if 1 < len(layers[rank]) <= SWAP_LIMIT
            and _swap_in_layer(layers[rank], before, after, position)
        ]
        if not changed:
            return
        # only beside what has changed can a swap that did not pay before pay now
        beside = {near for rank in changed for near in (rank - 1, rank, rank + 1)}
        looked_at = sorted(beside & set(range(len(layers))))


def _swap_in_layer(layer: list[int], before: Links, after: Links, position: list[int]) -> bool:
    """Go down one layer and swap neighbours where that pays."""
    sides = [
        [[position[other] + there for _, other, there in beside[node]] for node in layer]
        for beside in (before, after)
    ]
    improved = False
    for index in range(len(layer) - 1):
        gain = 0
        for ends in sides:
            for a in ends[index]:
                for b in ends[index + 1]:
                    gain += (a > b) - (a < b)
        if gain > 0:
            layer[index], layer[index + 1] = layer[index + 1], layer[index]
            for ends in sides:
                ends[index], ends[index + 1] = ends[index + 1], ends[index]
            improved = True
    if improved:
        _number(layer, position)
    return improved


def count_crossings(layers: Layers, after: Links, position: Sequence[int]) -> int:
    """Count the crossings between neighbouring columns.

    Example:
        >>> after = [[(0.5, 3, 0.5)], [(0.5, 2, 0.5)], [], []]
        >>> count_crossings([[0, 1], [2, 3]], after, [0, 1, 0, 1])
        1
    """
    total = 0
    for left, _ in pairwise(layers):
        above: list[float] = []  # where the edges that start higher up arrive, sorted
        for node in left:
            for _, links in groupby(sorted(after[node]), key=itemgetter(0)):
                # Edges that leave from one place never cross: their ends are put in order later.
                ends = [position[other] + there for _, other, there in links]
                total += sum(len(above) - bisect_right(above, end) for end in ends)
                for end in ends:
                    insort(above, end)
    return total
