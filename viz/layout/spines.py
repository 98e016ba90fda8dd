"""Which lines should be level: those along the longest way, so that a chain looks like one."""

from __future__ import annotations

from collections.abc import Sequence

SPINE, PLAIN = 1000.0, 1.0


def pulls_of(count: int, edges: Sequence[tuple[int, int]]) -> list[float]:
    """Say how strongly each edge is to be level.

    Of a box's inputs the one that took most operations to make is its spine, if there is just one.

    Args:
        count: number of boxes.
        edges: (source, target) pairs, in any order, without a cycle.

    Returns:
        One number per edge.

    Example:
        >>> pulls_of(4, [(0, 1), (1, 3), (2, 3)])
        [1000.0, 1000.0, 1.0]
    """
    inputs: list[set[int]] = [set() for _ in range(count)]
    readers: list[set[int]] = [set() for _ in range(count)]
    for source, target in edges:
        inputs[target].add(source)
        readers[source].add(target)
    depth = _depths(inputs, readers)
    spine = [-1] * count
    for box, sources in enumerate(inputs):
        deepest = sorted(sources, key=depth.__getitem__)
        if len(deepest) == 1 or (deepest and depth[deepest[-1]] > depth[deepest[-2]]):
            spine[box] = deepest[-1]
    # where a box is the spine of several, none of them is meant more than the others
    followers = [0] * count
    for source in spine:
        followers[source] += source >= 0
    return [
        SPINE if spine[target] == source and followers[source] == 1 else PLAIN
        for source, target in edges
    ]


def _depths(inputs: Sequence[set[int]], readers: Sequence[set[int]]) -> list[int]:
    """Count the edges on the longest way that leads to each box."""
    depth, waiting = [0] * len(inputs), [len(sources) for sources in inputs]
    ready = [box for box, count in enumerate(waiting) if count == 0]
    for box in ready:
        for reader in readers[box]:
            depth[reader] = max(depth[reader], depth[box] + 1)
            waiting[reader] -= 1
            if waiting[reader] == 0:
                ready.append(reader)
    return depth
