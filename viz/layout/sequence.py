"""A level's operations one after the other, so that a loop's turns stand behind one another."""

from __future__ import annotations

from viz.grouping.groups import Item, Level


def in_sequence(level: Level) -> list[Item]:
    """Put the operations (and scopes) of a level in an order in which loops can be seen.

    The order is one in which everything comes after what it is made of. It is found from the end
    backwards; of several things that could come next the one that takes the fewest operations of
    its own is taken first, so that side branches stay with the step that they belong to.

    Args:
        level: what to put in order.

    Returns:
        All items but leaves and constants.
    """
    before: dict[Item, list[Item]] = {}
    readers: dict[Item, set[Item]] = {}
    for source, target in level.edges:
        first, second = level.item_of[source], level.item_of[target]
        if first != second and level.is_operation(first):
            before.setdefault(second, []).append(first)
            readers.setdefault(first, set()).add(second)
    items = [item for item in dict.fromkeys(level.item_of.values()) if level.is_operation(item)]
    weights = _weights(items, before, readers)
    waiting = {item: len(readers.get(item, ())) for item in items}
    stack: list[Item] = [item for item in items if not waiting[item]]
    backwards: list[Item] = []
    while stack:
        last = stack.pop()
        backwards.append(last)
        free: list[Item] = []
        for item in dict.fromkeys(before.get(last, ())):
            waiting[item] -= 1
            if not waiting[item]:
                free.append(item)
        free.sort(key=lambda source: -weights[source])  # stable: ties keep their order
        stack.extend(free)
    return backwards[::-1]


def _weights(
    items: list[Item], before: dict[Item, list[Item]], readers: dict[Item, set[Item]]
) -> dict[Item, int]:
    """Count for each item the operations that lead to nothing but it, itself included."""
    weights = dict.fromkeys(items, 1)
    waiting = {item: len(set(before.get(item, ()))) for item in items}
    ready = [item for item in items if not waiting[item]]
    for item in ready:
        for reader in readers.get(item, ()):
            if len(readers[item]) == 1:
                weights[reader] += weights[item]
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    return weights
