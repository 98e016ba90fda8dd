"""A module that is called several times in a row: which of its nodes belong to which call."""

from __future__ import annotations

from viz.grouping.groups import Level


def calls_of(level: Level, path: str) -> dict[int, int]:
    """Number the calls of a module.

    A call begins where a way comes back into the module after having left it.

    Args:
        level: where the module stands.
        path: the module's scope.

    Returns:
        For every node in the module the number of its call, from 1; 0 for a parameter that several
        calls read.
    """
    nodes, item_of = level.trace.nodes, level.item_of
    passed: dict[int, int] = {}  # how many calls a way to here can have gone through
    for node in sorted(item_of):
        inside = item_of[node] == path
        before = [source for source in set(nodes[node].inputs) if source in item_of]
        counts = [
            passed[source]
            + (inside and not (item_of[source] == path and nodes[source].op is not None))
            for source in before
        ]
        computed = nodes[node].op is not None
        passed[node] = max(counts, default=1 if inside and computed else 0)
    calls = {node: passed[node] for node in level.nodes_of(path) if nodes[node].op is not None}
    readers: dict[int, set[int]] = {}
    for source, target in level.edges:
        if item_of[source] == path and nodes[source].op is None:
            readers.setdefault(source, set()).add(calls.get(target, 0))
    for leaf, numbers in readers.items():
        calls[leaf] = next(iter(numbers)) if len(numbers) == 1 else 0
    return calls
