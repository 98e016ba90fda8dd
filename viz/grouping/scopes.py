"""The scopes of a graph as a tree: modules and neurons, calls, expressions, repeated parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Chain = tuple[str, ...]  # the scopes around a node, the outermost first


@dataclass(frozen=True)
class Kind:
    """What a scope is.

    Attributes:
        what: "module", "list" (of modules, such as `layers`; never framed), "call" (one use of a
            module that is used again later), "expression", "repeat" (parts that do the same one
            after the other), "turn" (one of those), "leaves" (that have the same readers) or "part"
            (cut off for no other reason than size).
        title: what a picture writes at it.
    """

    what: str
    title: str


@dataclass
class Scope:
    """A scope in its tree.

    Attributes:
        path: its name, unique in the graph, such as "layers.0"; "" for the whole graph.
        kind: what it is.
        parent: the path of the scope around it.
        nodes: the nodes right inside, by index.
        inner: the paths of the scopes right inside.
    """

    path: str
    kind: Kind
    parent: str
    nodes: list[int] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)


class ScopeTree:
    """All scopes of a graph.

    Attributes:
        chains: per node the scopes around it, the outermost first.
        scopes: by path, outer ones before the inner ones; "" is the whole graph.
        other_names: paths that say the same as another, which is the one that is kept.
        dropped: modules that cannot be shown as one, because they are left and entered again.
    """

    def __init__(
        self,
        chains: Sequence[Chain],
        kinds: Mapping[str, Kind],
        other_names: Mapping[str, str],
        dropped: Sequence[str],
        edges: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Build the tree.

        Args:
            chains: per node the scopes around it, the outermost first.
            kinds: by path, what each scope is.
            other_names: see the class.
            dropped: see the class.
            edges: (source, target) of every edge of the graph.
        """
        self._ends = np.array(edges, dtype=int).reshape(-1, 2)
        self._members: dict[str, np.ndarray] = {}
        self.chains, self.other_names, self.dropped = list(chains), dict(other_names), list(dropped)
        self.scopes: dict[str, Scope] = {"": Scope("", Kind("graph", ""), "")}
        for node, chain in enumerate(chains):
            above = ""
            for path in chain:
                if path not in self.scopes:
                    self.scopes[path] = Scope(path, kinds[path], above)
                    self.scopes[above].inner.append(path)
                above = path
            self.scopes[above].nodes.append(node)
        self._put_in_order()

    def _put_in_order(self) -> None:
        """List scopes in the order in which they are done, and outer ones before inner ones."""
        done = dict.fromkeys(self.scopes, -1)
        for path in reversed(self.scopes):
            scope = self.scopes[path]
            done[path] = max([*scope.nodes[-1:], *(done[inner] for inner in scope.inner)])
            scope.inner.sort(key=done.__getitem__)
        order, waiting = [], [""]
        while waiting:
            order.append(waiting.pop())
            waiting += reversed(self.scopes[order[-1]].inner)
        self.scopes = {path: self.scopes[path] for path in order}

    def __len__(self) -> int:
        return len(self.scopes) - 1

    def known(self, name: str) -> str | None:
        """Give the path of a scope by one of its names, None if there is no such scope.

        A module of one operation has no box of its own: it is known as the scope around it.
        """
        path = self.other_names.get(name, name)
        return path if path in self.scopes else None

    def around(self, path: str) -> list[str]:
        """List the scopes around a scope, the outermost first, without the whole graph."""
        above: list[str] = []
        while parent := self.scopes[path].parent:
            above.append(parent)
            path = parent
        return above[::-1]

    def inside(self, path: str) -> np.ndarray:
        """Give all nodes in a scope, also those of the scopes in it, in the order of the graph."""
        if path not in self._members:
            nodes, waiting = [], [path]
            while waiting:
                scope = self.scopes[waiting.pop()]
                nodes += scope.nodes
                waiting.extend(scope.inner)
            self._members[path] = np.sort(np.array(nodes, dtype=int))
        return self._members[path]

    def lines(self, opened: set[str]) -> tuple[int, int]:
        """Measure what is seen when these scopes stand open.

        Args:
            opened: the paths of the open scopes.

        Returns:
            How many pairs of boxes have a line between them, and how many boxes the longest way
            along the lines goes through.
        """
        place = np.arange(len(self.chains))
        waiting = [""]
        while waiting:
            for inner in self.scopes[waiting.pop()].inner:
                if inner in opened:
                    waiting.append(inner)
                else:
                    place[self.inside(inner)] = self.inside(inner)[0]
        ends = place[self._ends]
        ends = ends[ends[:, 0] != ends[:, 1]]
        pairs = np.unique(ends[:, 0] * len(place) + ends[:, 1])
        return len(pairs), _longest_way([divmod(int(pair), len(place)) for pair in pairs])

    def size_when_open(self, path: str, opened: frozenset[str] | set[str]) -> int:
        """Count the boxes that an open scope shows, the scopes in it open or closed as given."""
        count, waiting = 0, [path]
        while waiting:
            scope = self.scopes[waiting.pop()]
            count += len(scope.nodes)
            for inner in scope.inner:
                if inner in opened:
                    waiting.append(inner)
                else:
                    count += 1
        return count


def _longest_way(pairs: Sequence[tuple[int, int]]) -> int:
    """Count the items on the longest way along (source, target) pairs that form no cycle."""
    after: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for source, target in pairs:
        after.setdefault(source, []).append(target)
        waiting[target] = waiting.get(target, 0) + 1
    length = dict.fromkeys(after, 1)
    ready = [item for item in after if item not in waiting]
    for item in ready:
        for target in after.get(item, ()):
            length[target] = max(length.get(target, 1), length[item] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return max(length.values(), default=1)
