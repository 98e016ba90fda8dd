"""A scope's inside with all scopes in it closed, and the groups that are found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograd.trace import Trace
from viz.grouping.scopes import Kind

Item = int | str  # one of the level's own nodes, or a scope in it


@dataclass
class Group:
    """Items that shall become a scope.

    Attributes:
        name: the last part of its path.
        kind: what it is.
        items: what is right inside.
        inner: groups inside it; their items are not among its own.
    """

    name: str
    kind: Kind
    items: list[Item]
    inner: list[Group] = field(default_factory=list)

    def everything(self) -> Iterator[Item]:
        """Give its items, and those of the groups in it."""
        yield from self.items
        for group in self.inner:
            yield from group.everything()


@dataclass
class Level:
    """The inside of a scope.

    Attributes:
        trace: the whole graph.
        item_of: for every node in it, inner ones included, the item that stands for it.
        edges: the edges between those nodes, as (source, target).
        only_reader: for all nodes of the graph, the one that reads it, if there is just one.
    """

    trace: Trace
    item_of: Mapping[int, Item]
    edges: Sequence[tuple[int, int]]
    only_reader: Sequence[int | None]

    def size(self) -> int:
        """Count the items: boxes when all scopes in it are closed."""
        return len(set(self.item_of.values()))

    def members(self) -> dict[Item, list[int]]:
        """List the nodes of every item."""
        members: dict[Item, list[int]] = {}
        for node, item in self.item_of.items():
            members.setdefault(item, []).append(node)
        return members

    def nodes_of(self, path: str) -> list[int]:
        """List the nodes of one of its scopes."""
        return [node for node, item in self.item_of.items() if item == path]

    def after(self) -> dict[Item, set[Item]]:
        """Say for each item which others read it."""
        after: dict[Item, set[Item]] = {item: set() for item in self.item_of.values()}
        for source, target in self.edges:
            first, second = self.item_of[source], self.item_of[target]
            if first != second:
                after[first].add(second)
        return after

    def is_operation(self, item: Item) -> bool:
        """Whether something is computed there; leaves and constants have nothing before them."""
        return isinstance(item, str) or self.trace.nodes[item].op is not None
