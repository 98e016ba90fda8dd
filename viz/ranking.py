"""Which column a box stands in."""

from __future__ import annotations

from collections.abc import Sequence


def late_ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Give each node its column: longest path first, then as late as its readers allow.

    Args:
        count: number of nodes, numbered from 0.
        edges: (source, target) pairs.

    Returns:
        One column number per node, from 0; every edge leads to a higher column.

    Raises:
        ValueError: if the edges form a cycle.

    Example:
        >>> late_ranks(4, [(0, 1), (1, 2), (3, 2)])  # node 3 moves next to its reader
        [0, 1, 2, 1]
    """
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for source, target in edges:
        after[source].append(target)
        waiting[target] += 1
    order = [node for node in range(count) if waiting[node] == 0]
    ranks = [0] * count
    for node in order:
        for target in after[node]:
            ranks[target] = max(ranks[target], ranks[node] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                order.append(target)
    if len(order) < count:
        raise ValueError("layout: the edges form a cycle; a computation graph has none")
    for node in reversed(order):
        if after[node]:
            ranks[node] = min(ranks[target] for target in after[node]) - 1
    return ranks
