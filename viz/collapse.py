"""Whole modules as one box each: a trace with scopes becomes a figure that can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.boxes import Box, Figure, Link, Row, box_of, describe, gradient_row, link_of, sized_box
from viz.labels import clean
from viz.numbers import number, sign, spread

BUDGET = 60  # boxes that a reader can still take in

Owner = dict[int, str]


def collapsed_figure(trace: Trace, budget: int = BUDGET) -> Figure:
    """Draw every scope as one box, at the finest level that keeps within the budget.

    Args:
        trace: a graph whose nodes bear scopes such as "layers.0.neurons.2".
        budget: how many boxes there may be, if the scopes allow it.

    Returns:
        A figure; scopes that could not be drawn without a cycle stay open.
    """
    deepest = max((len(node.scope.split(".")) for node in trace.nodes if node.scope), default=0)
    owner: Owner = {}
    for depth in range(deepest, 0, -1):
        owner = _owners(trace, depth)
        if len(trace.nodes) - len(owner) + len(set(owner.values())) <= budget:
            break
    return _figure(trace, owner)


def has_scopes(trace: Trace) -> bool:
    """Say whether there is anything to collapse by."""
    return any(node.scope for node in trace.nodes)


def _owners(trace: Trace, depth: int) -> Owner:
    """Map each node inside a scope to the group that takes it in."""
    owner = {
        node.index: ".".join(node.scope.split(".")[:depth])
        for node in trace.nodes
        if node.scope and node.kind != "constant"
    }
    readers: dict[int, set[str | None]] = {}
    for edge in trace.edges:
        readers.setdefault(edge.source, set()).add(owner.get(edge.target))
    for node in trace.nodes:
        group = readers.get(node.index, {None})
        if node.kind == "constant" and len(group) == 1 and (name := next(iter(group))):
            owner[node.index] = name
    sizes = Counter(owner.values())
    owner = {index: group for index, group in owner.items() if sizes[group] > 1}
    while stuck := _groups_in_cycles(trace, owner):
        owner = {index: group for index, group in owner.items() if group not in stuck}
    return owner


def _groups_in_cycles(trace: Trace, owner: Owner) -> set[str]:
    """Find groups that are left and entered again, as a module called twice is."""
    after: dict[int | str, set[int | str]] = {}
    waiting: Counter[int | str] = Counter()
    for edge in trace.edges:
        source: int | str = owner.get(edge.source, edge.source)
        target: int | str = owner.get(edge.target, edge.target)
        if source != target and target not in after.setdefault(source, set()):
            after[source].add(target)
            waiting[target] += 1
    everything: set[int | str] = {owner.get(node.index, node.index) for node in trace.nodes}
    ready = [item for item in everything if not waiting[item]]
    done = set(ready)
    while ready:
        for target in after.get(ready.pop(), ()):
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
                done.add(target)
    return {item for item in everything - done if isinstance(item, str)}


def _figure(trace: Trace, owner: Owner) -> Figure:
    members: dict[str, list[TraceNode]] = {}
    for index, group in owner.items():
        members.setdefault(group, []).append(trace.nodes[index])
    read_inside: set[int] = set()
    read_outside: set[int] = set()
    for edge in trace.edges:
        inside = _inside(edge.source, edge.target, owner)
        (read_inside if inside else read_outside).add(edge.source)
    exits = {
        group: [
            node
            for node in nodes
            if node.index in read_outside
            or node.index in trace.roots
            or (node.index not in read_inside and node.kind != "constant")
        ]
        for group, nodes in members.items()
    }
    place: dict[int, int] = {}
    group_place: dict[str, int] = {}
    boxes: list[Box] = []
    final = {owner.get(root) for root in trace.roots}
    for node in trace.nodes:
        home = owner.get(node.index)
        if home is None:
            place[node.index] = len(boxes)
            boxes.append(box_of(node, node.index in trace.roots))
            continue
        if home not in group_place:
            group_place[home] = len(boxes)
            boxes.append(_group_box(home, members[home], exits[home], home in final))
        place[node.index] = group_place[home]
    links = _links(trace, owner, exits, place)
    return Figure(tuple(boxes), tuple(links), describe(trace))


def _inside(source: int, target: int, owner: Owner) -> bool:
    return source in owner and owner.get(source) == owner.get(target)


def _group_box(group: str, nodes: list[TraceNode], exits: list[TraceNode], last: bool) -> Box:
    rows = [Row("holds", f"{len(nodes)} nodes", "plain")]
    if len(exits) == 1:
        rows += [Row("data", spread(exits[0].value)), gradient_row(exits[0])]
    operations = Counter(node.op for node in nodes if node.op)
    detail = ", ".join(f"{count} {name}" for name, count in operations.most_common(6))
    kind = "group output" if last else "group"
    box = sized_box(kind, "", clean(group), True, rows, clean(f"{group}: {detail}", 400))
    held = tuple(node.index for node in nodes)
    return replace(box, nodes=held, scope=group, exit=exits[0].index if len(exits) == 1 else None)


def _links(
    trace: Trace, owner: Owner, exits: dict[str, list[TraceNode]], place: dict[int, int]
) -> list[Link]:
    """Join the edges between two boxes; those into a group bear the slope of its one exit."""
    entering: dict[str, list[TraceEdge]] = {}
    for edge in trace.edges:
        if edge.target in owner:
            entering.setdefault(owner[edge.target], []).append(edge)
    slopes = {
        group: _slopes(entering.get(group, []), nodes[0].index)
        for group, nodes in exits.items()
        if len(nodes) == 1
    }
    links: list[Link] = []
    bundled: dict[tuple[int, int], int] = {}  # the link that holds the edges from a node to a box
    for at, edge in enumerate(trace.edges):
        if _inside(edge.source, edge.target, owner):
            continue
        group = owner.get(edge.target)
        plain = link_of(edge, trace)
        ends = (place[edge.source], place[edge.target])
        if group is None:
            links.append(replace(plain, source=ends[0], target=ends[1], edges=(at,)))
            continue
        if (known := bundled.get((edge.source, ends[1]))) is not None:
            links[known] = replace(links[known], edges=(*links[known].edges, at))
            continue
        bundled[edge.source, ends[1]] = len(links)
        slope = slopes.get(group, {}).get(edge.source) if edge.local is not None else None
        if slope is None:
            links.append(Link(*ends, "", "zero", None, plain.kind, edges=(at,)))
            continue
        upstream = exits[group][0].grad
        flow = None if upstream is None else upstream * slope
        label = number(slope, signed=True)
        links.append(Link(*ends, label, sign(slope), flow, "value", edges=(at,)))
    return links


def _slopes(edges: Sequence[TraceEdge], exit_index: int) -> dict[int, float]:
    """Differentiate a group's one exit with respect to everything that enters the group.

    The edges are all those that lead to the group's nodes, in the trace's order.
    """
    slopes: dict[int, float] = {exit_index: 1.0}
    for edge in reversed(edges):
        if edge.target in slopes and edge.local is not None:
            slopes[edge.source] = slopes.get(edge.source, 0.0) + slopes[edge.target] * edge.local
    return slopes
