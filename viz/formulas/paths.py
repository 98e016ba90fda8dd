"""All paths between two nodes of a graph: how many there are, and the strongest of them.

Nothing here takes longer than the number of edges times the number of paths asked for: a graph of a
few hundred nodes may have more paths than there are atoms, and they are counted, not walked.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Any

from autograd.trace import Trace, TraceEdge
from viz.words.rules import local_of, passes_gradient


@dataclass(frozen=True)
class Path:
    """One way from a result back to an input.

    Attributes:
        nodes: indices of the nodes, the result first.
        edges: the edges between them, from the result on.
        factors: the local derivative on each edge; None where arrays flow.
        product: of all factors; None where arrays flow.
    """

    nodes: tuple[int, ...]
    edges: tuple[TraceEdge, ...]
    factors: tuple[float | None, ...]
    product: float | None


@dataclass(frozen=True)
class Arrival:
    """All paths that reach the input over one last edge, taken together.

    Attributes:
        edge: the last edge.
        paths: how many paths lead over it.
        upstream: derivative of the result towards the edge's target; None where arrays flow.
        local: the local derivative on the edge; None where arrays flow.
        contribution: upstream times local.
    """

    edge: TraceEdge
    paths: int
    upstream: float | None
    local: float | None
    contribution: float | None


@dataclass(frozen=True)
class Paths:
    """Everything between two nodes.

    Attributes:
        start: index of the result.
        end: index of the input.
        edges: the edges that lie on some path, those of later nodes first.
        count: how many paths there are, exactly.
        strongest: the paths with the greatest products, at most as many as were asked for; in the
            order of the graph if these are all.
        arrivals: the paths by last edge.
        total: derivative of the result towards the input; None where arrays flow.
    """

    start: int
    end: int
    edges: tuple[TraceEdge, ...]
    count: int
    strongest: tuple[Path, ...]
    arrivals: tuple[Arrival, ...]
    total: float | None

    @property
    def of_numbers(self) -> bool:
        """Whether single numbers flow everywhere between the two."""
        return self.total is not None


def paths_between(trace: Trace, start: int, end: int, limit: int) -> Paths:
    """Find the paths on which a gradient flows from a result back to an input.

    Args:
        trace: the graph.
        start: index of the result.
        end: index of the input.
        limit: how many paths to list.

    Returns:
        The paths, their number and their sum.

    Example:
        >>> from autograd import Value, trace
        >>> a = Value(3.0)
        >>> found = paths_between(trace(a * a + a), 2, 0, limit=2)
        >>> found.count, found.total, [path.product for path in found.strongest]
        (3, 7.0, [3.0, 3.0])
    """
    edges = _between(trace, start, end)
    slopes = {id(edge): local_of(edge, trace) for edge in edges}
    single = all(slope is not None for slope in slopes.values())
    ways, flow = {start: 1}, {start: 1.0}
    for edge in edges:
        ways[edge.source] = ways.get(edge.source, 0) + ways[edge.target]
        if single:
            sent = flow[edge.target] * _float(slopes[id(edge)])
            flow[edge.source] = flow.get(edge.source, 0.0) + sent
    arrivals = tuple(
        _arrival(edge, ways, flow, slopes[id(edge)] if single else None)
        for edge in edges
        if edge.source == end
    )
    return Paths(
        start,
        end,
        edges,
        ways.get(end, 0),
        _strongest(edges, slopes if single else {}, start, end, limit),
        arrivals,
        flow.get(end, 0.0) if single else None,
    )


def _float(slope: float | None) -> float:
    return math.nan if slope is None else slope


def _arrival(
    edge: TraceEdge, ways: dict[int, int], flow: dict[int, float], local: float | None
) -> Arrival:
    upstream = flow[edge.target] if local is not None else None
    sent = upstream * local if upstream is not None and local is not None else None
    return Arrival(edge, ways[edge.target], upstream, local, sent)


def _between(trace: Trace, start: int, end: int) -> tuple[TraceEdge, ...]:
    """The edges from which the input can be reached and which the result reaches."""
    leads = {end}
    for edge in trace.edges:  # in the order of the nodes: sources come first
        if edge.source in leads and _flows(edge, trace):
            leads.add(edge.target)
    into: dict[int, list[TraceEdge]] = {}
    for edge in trace.edges:
        if edge.source in leads and edge.target <= start and _flows(edge, trace):
            into.setdefault(edge.target, []).append(edge)
    reached, found = {start}, []
    for target in range(start, end, -1):
        if target in reached:
            for edge in into.get(target, ()):
                reached.add(edge.source)
                found.append(edge)
    return tuple(found)


def _flows(edge: TraceEdge, trace: Trace) -> bool:
    """Whether a gradient is sent over the edge; a Value knows where its op has no derivative."""
    if not passes_gradient(edge, trace):
        return False
    values = trace.nodes[edge.source].kind == trace.nodes[edge.target].kind == "value"
    return edge.local is not None or not values


def _strongest(
    edges: tuple[TraceEdge, ...], slopes: dict[int, float | None], start: int, end: int, limit: int
) -> tuple[Path, ...]:
    """The best paths, found from the input upwards: each node keeps only as many as are wanted.

    A path is a chain (edge, rest of the path), so that paths share what they have in common.
    """
    kept: dict[int, list[tuple[float, float, Any]]] = {end: [(1.0, 1.0, None)]}
    by_target: dict[int, list[TraceEdge]] = {}
    for edge in edges:
        by_target.setdefault(edge.target, []).append(edge)
    for target in sorted(by_target):
        found = []
        for edge in by_target[target]:
            slope = _float(slopes.get(id(edge), 1.0))
            for _, product, rest in kept[edge.source]:
                longer = slope * product
                strength = math.inf if math.isnan(longer) else abs(longer)
                found.append((strength, longer, (edge, rest)))
        # one more than wanted, to know whether these are all
        kept[target] = heapq.nlargest(limit + 1, found, key=lambda item: item[0])
    chains = [chain for _, _, chain in kept.get(start, ())]
    paths = [_path(chain, slopes, start) for chain in chains[:limit]]
    if len(chains) <= limit:
        paths.sort(key=lambda path: [edge.slot for edge in path.edges])
    return tuple(paths)


def _path(chain: Any, slopes: dict[int, float | None], start: int) -> Path:
    edges = []
    while chain is not None:
        edge, chain = chain
        edges.append(edge)
    nodes = (start, *(edge.source for edge in edges))
    factors = tuple(slopes.get(id(edge)) for edge in edges)
    product = None if edges and not slopes else math.prod(_float(f) for f in factors)
    return Path(nodes, tuple(edges), factors, product)
