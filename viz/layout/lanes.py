"""Edges that pass over columns get a lane in each of them: a place that nothing else may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viz.layout.crossings import Links


@dataclass(frozen=True)
class Lanes:
    """The columns of a plan with the lanes in them; lanes are numbered after the items.

    Attributes:
        layers: items and lanes of each column.
        chains: per edge its source, its lanes, its target.
        edge_of: per lane, which edge it belongs to.
    """

    layers: list[list[int]]
    chains: list[list[int]]
    edge_of: list[int]


def lanes_of(ranks: Sequence[int], edges: Sequence[tuple[int, int]], columns: int) -> Lanes:
    """Give every edge that passes over a column a lane of its own there.

    Args:
        ranks: column of each item.
        edges: (source, target) pairs; each leads to a higher column.
        columns: how many columns there are.

    Returns:
        Columns in the items' order, lanes last.

    Example:
        >>> lanes_of([0, 1, 2], [(0, 1), (1, 2), (0, 2)], 3).layers
        [[0], [1, 3], [2]]
    """
    layers: list[list[int]] = [[] for _ in range(columns)]
    for item, rank in enumerate(ranks):
        layers[rank].append(item)
    chains: list[list[int]] = []
    edge_of: list[int] = []
    for edge, (source, target) in enumerate(edges):
        chain = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            lane = len(ranks) + len(edge_of)
            edge_of.append(edge)
            chain.append(lane)
            layers[rank].append(lane)
        chains.append([*chain, target])
    return Lanes(layers, chains, edge_of)


def links_of(
    count: int,
    chains: Sequence[Sequence[int]],
    starts_at: Sequence[float],
    ends_at: Sequence[float],
) -> tuple[Links, Links]:
    """Cut the edges at every column, for the ordering of the columns.

    Args:
        count: number of items and lanes.
        chains: see `Lanes`.
        starts_at: per edge, where on its source's side it leaves, from 0 on top to 1.
        ends_at: per edge, where on its target's side it arrives.

    Returns:
        For each item and lane its links to the left, and those to the right.
    """
    before: list[list[tuple[float, int, float]]] = [[] for _ in range(count)]
    after: list[list[tuple[float, int, float]]] = [[] for _ in range(count)]
    for chain, start, end in zip(chains, starts_at, ends_at, strict=True):
        last = len(chain) - 2
        for place, (left, right) in enumerate(pairwise(chain)):
            leaves = start if place == 0 else 0.5
            arrives = end if place == last else 0.5
            after[left].append((leaves, right, arrives))
            before[right].append((arrives, left, leaves))
    return before, after
