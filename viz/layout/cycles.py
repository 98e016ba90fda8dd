"""Which items of a graph lie on a cycle, as modules do that are left and entered again."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

_Item = TypeVar("_Item", bound=Hashable)


def on_cycles(after: Mapping[_Item, Collection[_Item]]) -> set[_Item]:
    """Find all items from which a way leads back to themselves.

    After Tarjan (1972), without recursion.

    Args:
        after: for each item those that it leads to.

    Returns:
        The items that lie on a cycle.

    Example:
        >>> sorted(on_cycles({"a": ["b"], "b": ["c"], "c": ["b", "d"]}))
        ['b', 'c']
    """
    found: dict[_Item, int] = {}
    lowest: dict[_Item, int] = {}
    component: list[_Item] = []
    waiting: set[_Item] = set()
    cyclic: set[_Item] = set()
    for start in after:
        if start in found:
            continue
        found[start] = lowest[start] = len(found)
        component.append(start)
        waiting.add(start)
        stack = [(start, iter(after[start]))]
        while stack:
            item, followers = stack[-1]
            for follower in followers:
                if follower not in found:
                    found[follower] = lowest[follower] = len(found)
                    component.append(follower)
                    waiting.add(follower)
                    stack.append((follower, iter(after.get(follower, ()))))
                    break
                if follower in waiting:
                    lowest[item] = min(lowest[item], found[follower])
            else:
                stack.pop()
                if stack:
                    above = stack[-1][0]
                    lowest[above] = min(lowest[above], lowest[item])
                if lowest[item] == found[item]:
                    _close(item, component, waiting, cyclic, item in after.get(item, ()))
    return cyclic


def _close(
    item: _Item, component: list[_Item], waiting: set[_Item], cyclic: set[_Item], loop: bool
) -> None:
    """Take a finished component off the pile; more than one item in it means a cycle."""
    members = []
    while True:
        members.append(component.pop())
        waiting.discard(members[-1])
        if members[-1] == item:
            break
    if len(members) > 1 or loop:
        cyclic.update(members)
