"""Which parts of a long program are closed: of what repeats itself, all but the first turn."""

from __future__ import annotations

from collections.abc import Iterator

from autograd.trace import Trace
from viz.grouping.groups import Group, Level
from viz.grouping.repeats import repeats
from viz.grouping.scopes import Chain, Kind, ScopeTree
from viz.grouping.scoping import BUDGET as READABLE
from viz.grouping.scoping import scopes_of

BUDGET = 16  # boxes: those of a program stand one below the other


def program_scopes(trace: Trace, budget: int = BUDGET) -> tuple[ScopeTree, list[str]]:
    """Find the loops of a program, and close all of their turns but the first.

    Args:
        trace: the program's parts as a graph.
        budget: how many boxes are drawn one by one; a program of no more is left as it is.

    Returns:
        The scopes, and the paths of those that stand open. A program that repeats nothing, and is
        too long to be read, is grouped like any other graph.
    """
    edges = [(edge.source, edge.target) for edge in trace.edges]
    if len(trace.nodes) <= budget:
        return ScopeTree([()] * len(trace.nodes), {}, {}, [], edges), []
    level = Level(
        trace, {node.index: node.index for node in trace.nodes}, edges, [None] * len(trace.nodes)
    )
    chains: list[Chain] = [()] * len(trace.nodes)
    kinds: dict[str, Kind] = {}
    opened = []
    for number, loop in enumerate(repeats(level, budget), start=1):
        first, *others = _turns(loop)
        path, rest = f"loop {number}", f"loop {number}.others"
        kinds[path] = Kind("module", f"{1 + len(others)} times")
        kinds[rest] = Kind("turn", f"{len(others)} more times")
        opened.append(path)
        for item in first.everything():
            chains[_node(item)] = (path,)
        for turn in others:
            for item in turn.everything():
                chains[_node(item)] = (path, rest)
    tree = ScopeTree(chains, kinds, {}, [], edges)
    if tree.size_when_open("", set(opened)) <= READABLE:
        return tree, opened
    return scopes_of(trace, budget), []


def _turns(loop: Group) -> Iterator[Group]:
    """Give the turns of a loop, out of their bundles."""
    for group in loop.inner:
        yield from group.inner or [group]


def _node(item: int | str) -> int:
    assert isinstance(item, int), "a program has no scopes of its own"
    return item
