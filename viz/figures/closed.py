"""A closed scope: what goes on in it, told by one box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograd.trace import Trace, TraceEdge
from viz.figures.boxes import Box, Row, gradient_row, sized_box
from viz.grouping.scopes import Kind
from viz.words.labels import clean
from viz.words.numbers import spread

MOST_OPS_NAMED = 6


@dataclass(frozen=True)
class Closed:
    """What is known of a scope however the rest of the graph is drawn.

    Attributes:
        nodes: all nodes inside, in the order of the graph.
        exit: the one node whose result goes out, if it is just one.
        slopes: the derivative of the exit by each node that is read inside, for numbers.
    """

    nodes: list[int]
    exit: int | None
    slopes: dict[int, float]


def look_into(trace: Trace, nodes: list[int], sources: np.ndarray, targets: np.ndarray) -> Closed:
    """Find out what a closed scope hands on.

    Args:
        trace: the graph.
        nodes: the nodes inside.
        sources: the source of every edge of the graph.
        targets: the target of every edge of the graph.

    Returns:
        What its box and its links say.
    """
    inside = np.zeros(len(trace.nodes), dtype=bool)
    inside[nodes] = True
    into = inside[targets]
    read_outside = set(sources[inside[sources] & ~into].tolist())
    exits = [node for node in nodes if node in read_outside or node in trace.roots]
    if len(exits) != 1:
        return Closed(nodes, None, {})
    edges = [trace.edges[at] for at in np.flatnonzero(into).tolist()]
    return Closed(nodes, exits[0], _slopes(edges, exits[0]))


def _slopes(edges: Sequence[TraceEdge], exit_node: int) -> dict[int, float]:
    """Differentiate a scope's one exit with respect to everything that is read inside."""
    slopes: dict[int, float] = {exit_node: 1.0}
    for edge in reversed(edges):
        if edge.target in slopes and edge.local is not None:
            slopes[edge.source] = slopes.get(edge.source, 0.0) + slopes[edge.target] * edge.local
    return slopes


def closed_box(trace: Trace, closed: Closed, path: str, kind: Kind, title: str, turns: int) -> Box:
    """Make the box of a closed scope.

    Args:
        trace: the graph.
        closed: what is known of the scope.
        path: the scope's path.
        kind: what the scope is.
        title: what the box bears.
        turns: how many scopes are right inside.

    Returns:
        The box; it shows the number and the gradient of the one result that goes out, if there is
        just one, and for leaves the range of their numbers.
    """
    nodes = [trace.nodes[index] for index in closed.nodes]
    rows = [Row("holds", _count(len(nodes), kind, turns))]
    if kind.what == "leaves" and all(node.kind == "value" for node in nodes):
        rows.append(Row("data", spread(np.array([node.value for node in nodes]))))
        if all(node.grad is not None for node in nodes):
            rows.append(Row("grad", spread(np.array([node.grad for node in nodes]), signed=True)))
    elif closed.exit is not None:
        rows += [Row("data", spread(trace.nodes[closed.exit].value))]
        rows += [gradient_row(trace.nodes[closed.exit])]
    operations = Counter(node.op for node in nodes if node.op).most_common(MOST_OPS_NAMED)
    detail = ", ".join(f"{count} {name}" for name, count in operations)
    last = any(node.index in trace.roots for node in nodes)
    box = sized_box(
        "group output" if last else "group",
        "",
        title,
        True,
        rows,
        clean(f"{kind.title}: {detail}", 400) if detail else clean(kind.title, 400),
    )
    return replace(box, nodes=tuple(closed.nodes), scope=path, exit=closed.exit)


def _count(size: int, kind: Kind, turns: int) -> str:
    if kind.what == "repeat" and turns and size % turns == 0:
        return f"{turns} × {size // turns} nodes"
    return f"{size} {'leaves' if kind.what == 'leaves' else 'nodes'}"
