"""Many leaves that are read by the very same boxes become one group: all weights of a neuron."""

from __future__ import annotations

import re

from viz.grouping.groups import Group, Item, Level
from viz.grouping.scopes import Kind
from viz.words.labels import clean

FEWEST = 8  # fewer leaves are drawn one by one


def bundles(level: Level) -> list[Group]:
    """Find leaves that belong together.

    Args:
        level: where to look.

    Returns:
        Groups of leaves that have the same readers and names that differ in numbers only.
    """
    readers: dict[Item, set[Item]] = {}
    for source, target in level.edges:
        first, second = level.item_of[source], level.item_of[target]
        if not level.is_operation(first):
            readers.setdefault(first, set()).add(second)
    alike: dict[tuple[frozenset[Item], str], list[int]] = {}
    for leaf, found in readers.items():
        if isinstance(leaf, int):
            stem = re.sub("[0-9]+", "*", level.trace.nodes[leaf].label)
            alike.setdefault((frozenset(found), stem), []).append(leaf)
    groups = []
    for (_, stem), leaves in alike.items():
        if len(leaves) < FEWEST:
            continue
        first, last = (clean(level.trace.nodes[leaf].label, 14) for leaf in (leaves[0], leaves[-1]))
        title = f"{first} … {last} ({len(leaves)})"
        groups.append(Group(clean(stem, 20).replace("*", "n"), Kind("leaves", title), [*leaves]))
    return groups
