"""What cannot be grouped by meaning is cut into parts of bearable size, one after the other."""

from __future__ import annotations

import math

from viz.grouping.groups import Group, Item, Level
from viz.grouping.scopes import Kind
from viz.layout.sequence import in_sequence

FULL = 0.75  # share of the budget that a part may fill


def parts(level: Level, budget: int) -> list[Group]:
    """Cut a level into parts.

    Each part is a stretch of an order in which everything comes after what it is made of, so no
    way leads out of a part and back into it. A leaf belongs to the first part that reads it.

    Args:
        level: what to cut.
        budget: how many boxes the level may show.

    Returns:
        The parts; empty if there is too little to cut.
    """
    row = in_sequence(level)
    count = min(budget // 2, math.ceil(level.size() / (FULL * budget)))
    size = math.ceil(len(row) / max(1, count))
    if count < 2 or size < 2:
        return []
    part_of = {item: place // size for place, item in enumerate(row)}
    items: list[list[Item]] = [[] for _ in range(math.ceil(len(row) / size))]
    for item, part in part_of.items():
        items[part].append(item)
    first: dict[Item, int] = {}
    for source, target in level.edges:
        leaf, reader = level.item_of[source], level.item_of[target]
        if leaf not in part_of:
            first[leaf] = min(first.get(leaf, len(items)), part_of[reader])
    for leaf, part in first.items():
        items[part].append(leaf)
    return [
        Group(f"part{number}", Kind("part", f"part {number} of {len(items)}"), held)
        for number, held in enumerate(items, start=1)
    ]
