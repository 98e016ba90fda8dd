"""Every graph gets scopes: those of its modules, and where they do not suffice, others are found.

Level by level, from the whole graph inwards: first no scope may lie on a cycle with others (a
module that is called again later is split into its calls); then a level that would still show too
much is grouped by expressions, by repeated parts, and in the end simply by size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from autograd.trace import Trace
from viz.grouping.bundles import bundles
from viz.grouping.calls import calls_of
from viz.grouping.expressions import expressions, hides_too_much
from viz.grouping.groups import Group, Item, Level
from viz.grouping.module_scopes import module_chains, small
from viz.grouping.parts import parts
from viz.grouping.repeats import loops_tell_more, repeats
from viz.grouping.scopes import Kind, ScopeTree
from viz.layout.cycles import on_cycles

BUDGET = 60  # boxes that a reader can still take in
SLACK = 1.1  # "about": a few more than the budget are better than one level less


def scopes_of(trace: Trace, budget: int = BUDGET, *, grouped: bool = True) -> ScopeTree:
    """Find the scopes of a graph.

    Args:
        trace: the graph.
        budget: how many boxes one level may show before it is grouped.
        grouped: whether to look for groups where there are no modules.

    Returns:
        The tree of scopes. With any of them taken for one box each, the graph has no cycle.

    Example:
        >>> from autograd import Value
        >>> from autograd.trace import trace
        >>> len(scopes_of(trace(Value(1.0) + Value(2.0))))
        0
    """
    builder = _Builder(trace)
    all_edges = [(edge.source, edge.target) for edge in trace.edges]
    waiting = [("", 0, list(range(len(trace.nodes))), all_edges)]
    grouped = grouped and len(trace.nodes) > budget * SLACK
    while waiting:
        path, depth, nodes, edges = waiting.pop()
        builder.cut_cycles(depth, nodes, edges)
        if grouped:
            builder.group(path, depth, nodes, edges, budget)
        waiting.extend(builder.inner(depth, nodes, edges))
    return ScopeTree(builder.chains, builder.kinds, builder.other_names, builder.dropped, all_edges)


class _Builder:
    """The scopes around each node while they are being found."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.chains, self.kinds, self.other_names = module_chains(trace)
        self.dropped: list[str] = []
        self.only_reader = _only_readers(trace)

    def level(self, depth: int, nodes: Sequence[int], edges: Sequence[tuple[int, int]]) -> Level:
        """Look at a level as it is now."""
        chains = self.chains
        item_of: dict[int, Item] = {
            node: chains[node][depth] if len(chains[node]) > depth else node for node in nodes
        }
        return Level(self.trace, item_of, edges, self.only_reader)

    # ---------------------------------------------------------------------------------- cycles
    def cut_cycles(
        self, depth: int, nodes: Sequence[int], edges: Sequence[tuple[int, int]]
    ) -> None:
        """Split or dissolve the scopes of a level that lie on a cycle."""
        while True:
            if all(len(self.chains[node]) <= depth for node in nodes):
                return  # without a scope there is no cycle
            level = self.level(depth, nodes, edges)
            cyclic = on_cycles(level.after())
            if not cyclic:
                return
            paths = sorted(item for item in cyclic if isinstance(item, str))
            if not any([self._split(path, depth, level) for path in paths]):
                least = min(paths, key=lambda path: len(level.nodes_of(path)))
                self.dropped.append(least)
                self._dissolve(least, depth, level)

    def _split(self, path: str, depth: int, level: Level) -> bool:
        """Make a scope of each call of a module; say whether there were several."""
        calls = calls_of(level, path) if self.kinds[path].what != "call" else {}
        sizes = Counter(call for node, call in calls.items() if not small(self.trace.nodes[node]))
        count = max(calls.values(), default=0)
        if count < 2:
            return False
        if all(size < 2 for call, size in sizes.items() if call):
            self._dissolve(path, depth, level)  # an activation used again needs no frame
            return True
        self.other_names[path] = f"{path}#1"
        for node in level.nodes_of(path):
            head, inner = self.chains[node][:depth], self.chains[node][depth + 1 :]
            if not (call := calls.get(node, 0)):
                self.chains[node] = head  # what several calls read belongs to none of them
                continue
            name = f"{path}#{call}"
            self.kinds[name] = Kind("call", f"{path}, call {call} of {count}")
            renamed = [name + old[len(path) :] for old in inner]
            for old, new in zip(inner, renamed, strict=True):
                self.kinds[new] = Kind(self.kinds[old].what, new)
            self.chains[node] = (*head, name, *renamed)
        return True

    def _dissolve(self, path: str, depth: int, level: Level) -> None:
        """Let a scope's nodes, and the scopes in it, belong to the scope around it."""
        for node in level.nodes_of(path):
            chain = self.chains[node]
            self.chains[node] = chain[:depth] + chain[depth + 1 :]

    # ---------------------------------------------------------------------------------- groups
    def group(
        self,
        path: str,
        depth: int,
        nodes: Sequence[int],
        edges: Sequence[tuple[int, int]],
        budget: int,
    ) -> None:
        """Group a level that shows too much, by the gentlest means that suffice.

        Around the modules expressions become scopes also if they need not: when others need the
        room, these are closed first.
        """
        inside = bool(path) and self.kinds[path].what == "expression"

        def too_much() -> bool:
            return self.level(depth, nodes, edges).size() > budget * SLACK

        def take_in(find: Callable[[Level], list[Group]]) -> None:
            level = self.level(depth, nodes, edges)
            if groups := find(level):
                self._take_in(groups, path, depth, level.members())

        if path and not too_much():
            return
        level = self.level(depth, nodes, edges)
        found = [] if inside else expressions(level)
        poor = any(hides_too_much(each, level) for each in found) or loops_tell_more(level, found)
        if not (poor and too_much()):
            kept = {node: self.chains[node] for node in nodes}
            self._take_in(found, path, depth, level.members())
            if too_much():
                take_in(bundles)
            if not too_much():
                return
            for node, chain in kept.items():
                self.chains[node] = chain
        for find in (
            lambda level: repeats(level, budget),
            (lambda level: []) if inside else expressions,  # in one there would be the same again
            bundles,
            lambda level: parts(level, budget),
        ):
            if not too_much():
                return
            take_in(find)

    def _take_in(
        self, groups: Sequence[Group], path: str, depth: int, members: Mapping[Item, list[int]]
    ) -> None:
        """Put groups around the items of a level."""
        for group in groups:
            wanted = f"{path}.{group.name}" if path else group.name
            name, count = wanted, 1
            while name in self.kinds:
                count += 1
                name = f"{wanted}~{count}"
            self.kinds[name] = group.kind
            self._take_in(group.inner, name, depth, members)
            for item in group.everything():
                for node in members[item]:
                    chain = self.chains[node]
                    self.chains[node] = (*chain[:depth], name, *chain[depth:])

    def inner(
        self, depth: int, nodes: Sequence[int], edges: Sequence[tuple[int, int]]
    ) -> list[tuple[str, int, list[int], list[tuple[int, int]]]]:
        """List the levels inside the scopes of a level."""
        inside: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}
        scope_of: dict[int, str] = {}
        for node in nodes:
            if len(self.chains[node]) > depth:
                path = scope_of[node] = self.chains[node][depth]
                inside.setdefault(path, ([], []))[0].append(node)
        for source, target in edges if inside else ():
            around = scope_of.get(source)
            if around is not None and around == scope_of.get(target):
                inside[around][1].append((source, target))
        return [(path, depth + 1, within, edges) for path, (within, edges) in inside.items()]


def _only_readers(trace: Trace) -> list[int | None]:
    """Say of every node which one reads it; None if none or several do, or it is an output."""
    readers: list[set[int]] = [set() for _ in trace.nodes]
    for edge in trace.edges:
        readers[edge.source].add(edge.target)
    return [
        next(iter(found)) if len(found) == 1 and node not in trace.roots else None
        for node, found in enumerate(readers)
    ]
