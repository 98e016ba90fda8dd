"""Which column a box stands in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

FEW_INPUTS = 16  # from so many inputs of their own on, the leaves of a box stand in several columns


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


def spread_leaves(ranks: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[int]:
    """Set many leaves that feed one box into several columns, so that no column grows too tall.

    Args:
        ranks: one column number per node, as `late_ranks` gives them.
        edges: (source, target) pairs.

    Returns:
        New column numbers, from 0.

    Example:
        >>> spread_leaves([0] * 16 + [1], [(leaf, 16) for leaf in range(16)])[:4]
        [1, 0, 1, 0]
    """
    readers: list[set[int]] = [set() for _ in ranks]
    read: list[list[int]] = [[] for _ in ranks]
    for source, target in edges:
        if target not in readers[source]:
            readers[source].add(target)
            read[target].append(source)
    spread = list(ranks)
    for target, sources in enumerate(read):
        if len(sources) < FEW_INPUTS:
            continue
        leaves = [node for node in sources if not read[node] and len(readers[node]) == 1]
        _spread(leaves, ranks[target] - 1, spread)
    first = min(spread, default=0)
    return [rank - first for rank in spread]


def _spread(leaves: Sequence[int], last: int, ranks: list[int]) -> None:
    """Deal leaves out to columns, so that together they are about as wide as high."""
    columns = max(1, math.isqrt(len(leaves) // 4))
    for place, leaf in enumerate(leaves):
        ranks[leaf] = last - place % columns


def ranks_between(
    count: int,
    edges: Sequence[tuple[int, int]],
    entries: Collection[int] = (),
    exits: Collection[int] = (),
) -> list[int]:
    """Give each item of a frame its column, with the ports in a first and a last one of their own.

    Args:
        count: number of items, ports included.
        edges: (source, target) pairs.
        entries: the ports on the left side.
        exits: the ports on the right side.

    Returns:
        One column number per item; column 0 is for entries, the last one for exits.

    Example:
        >>> ranks_between(4, [(2, 0), (0, 1), (1, 3)], entries=[2], exits=[3])
        [1, 2, 0, 3]
    """
    ports = {*entries, *exits}
    inner = [edge for edge in edges if edge[0] not in ports and edge[1] not in ports]
    ranks = spread_leaves(late_ranks(count, inner), inner)
    tied = {item for edge in inner for item in edge} | {b for a, b in edges if a in ports}
    leaving = [a for a, b in edges if b in ports]
    tied |= {item for item, count in Counter(leaving).items() if count > 1}
    alone = [item for item in range(count) if item not in ports and item not in tied]
    if len(alone) >= FEW_INPUTS:
        _spread(alone, max(ranks, default=0), ranks)
    items = [rank for item, rank in enumerate(ranks) if item not in ports]
    first, last = min(items, default=0), max(items, default=-1)
    for item in range(count):
        ranks[item] += 1 - first
    for port in entries:
        ranks[port] = 0
    for port in exits:
        ranks[port] = last - first + 2
    return ranks
