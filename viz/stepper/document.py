"""What the stepper's page is told: graph, steps and views as plain JSON, with few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.export import plain
from viz.figures.boxes import Figure
from viz.stepper.array_records import ArrayTable
from viz.story.listing import Excerpt, Listing
from viz.story.step_record import Step
from viz.words.labels import clean
from viz.words.numbers import spread
from viz.words.rules import local_of, passes_gradient
from viz.words.templates import AFTER, BEFORE, CONTRIBUTION, LOCAL, UPSTREAM, bracketed
from viz.words.wording import formula, name_of, slope_name

FORMAT, VERSION = "glassgrad-stepper", 1
MOST_CODE = 120  # lines; of a longer graph no code is written when its source is not known


def document_of(
    trace: Trace,
    steps: Sequence[Step],
    views: Sequence[Mapping[str, Any]],
    *,
    description: str,
    listing: Listing | None = None,
    insides: Mapping[int, str] | None = None,
    rate: float | None = None,
    start: int = 0,
    extras: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put together what the page's script reads.

    Args:
        trace: the graph; gradients in it are those of this very pass.
        steps: the story of it.
        views: its pictures, as `view_record` gives them; the first is shown first.
        description: the sentence for readers who cannot see the picture.
        listing: the user's source lines.
        insides: by node the packed document of its operation taken apart.
        rate: the learning rate, if there is an update.
        start: the step to show first, 0 for none done yet.
        extras: data of plug-ins by their names.

    Returns:
        What JSON can hold: nan and the infinities are texts, arrays are summed up.
    """
    arrays = ArrayTable()
    sentences: dict[str, int] = {}
    source = listing if listing is not None and listing.excerpts else forward_code(trace)
    told = [_step(step, trace, arrays, sentences) for step in steps]
    return {
        "format": FORMAT,
        "version": VERSION,
        "description": description,
        "nodes": [_node(node, arrays, source, insides or {}) for node in trace.nodes],
        "edges": [_edge(edge, trace) for edge in trace.edges],
        "roots": list(trace.roots),
        "steps": _without_repeats(told),
        "reasons": list(sentences),
        "arrays": arrays.records,
        "views": list(views),
        "source": [
            {"file": clean(part.file, 60), "first": part.first, "lines": list(part.lines)}
            for part in source.excerpts
        ],
        "rate": rate,
        "start": start,
        "extras": dict(extras or {}),
    }


def view_record(
    figure: Figure, opened: Sequence[str] = (), name: str = "", svg: str | None = None
) -> dict[str, Any]:
    """Say for every box and line of a picture what it stands for in the trace.

    Args:
        figure: boxes and links, in the picture's order.
        opened: the scopes that are drawn as frames.
        name: what a menu shows.
        svg: the packed picture; None for the one that stands in the page already.
    """
    record: dict[str, Any] = {
        "boxes": [list(box.nodes) for box in figure.boxes],
        "exits": [-1 if box.exit is None else box.exit for box in figure.boxes],
        "scopes": [box.scope for box in figure.boxes],
        "links": [list(link.edges) for link in figure.links],
        "open": list(opened),
        "name": name,
    }
    return record if svg is None else {**record, "svg": svg}


def forward_code(trace: Trace) -> Listing:
    """Write the graph as lines of code, for when the user's own source is not known."""
    made = [node for node in trace.nodes if node.op is not None]
    if len(made) > MOST_CODE:
        return Listing()
    lines = tuple(f"{name_of(node)} = {formula(trace, node)}" for node in made)
    places = {node.index: (0, line) for line, node in enumerate(made, start=1)}
    return Listing((Excerpt("the graph as code", 1, lines),) if lines else (), places)


def _node(
    node: TraceNode, arrays: ArrayTable, source: Listing, insides: Mapping[int, str]
) -> dict[str, Any]:
    record: dict[str, Any] = {"name": name_of(node), "kind": node.kind, "inputs": list(node.inputs)}
    if node.op is not None:
        record |= {"op": clean(node.op), "symbol": clean(node.symbol, 14)}
    if node.shape:
        record |= {"shape": list(node.shape), "dtype": node.dtype, "data": spread(node.value)}
        record["array"] = arrays.place_of(node.value)
    else:
        record["value"] = plain(float(node.value))
    if node.scope:
        record["scope"] = clean(node.scope, 80)
    if node.requires_grad:
        record["needs"] = True
    if node.named and node.kind != "constant":
        record["named"] = True
    if node.index in source.places:
        record["line"] = list(source.places[node.index])
    if node.index in insides:
        record["inside"] = insides[node.index]
    return record


def _edge(edge: TraceEdge, trace: Trace) -> list[Any]:
    local = local_of(edge, trace) if passes_gradient(edge, trace) else None
    return [edge.source, edge.target, edge.slot, plain(local)]


def _step(
    step: Step, trace: Trace, arrays: ArrayTable, sentences: dict[str, int]
) -> dict[str, Any]:
    record: dict[str, Any] = {"phase": step.phase, "node": step.node}
    if step.edge is not None:
        record["edge"] = step.edge
    name = name_of(trace.nodes[step.node])
    text, note = step.template or step.text, step.note_template or step.note
    if step.edge is None or text != _usual_text(trace.edges[step.edge], trace):
        record["text"] = text
    if note != (f"{name}.grad: {BEFORE} -> {AFTER}" if step.phase == "backward" else ""):
        record["note"] = note
    if step.reason:
        record["reason"] = sentences.setdefault(step.reason, len(sentences))
    if step.why_now:
        record["turn"] = sentences.setdefault(step.why_now, len(sentences))
    if any(character.isalpha() for character in step.formula) and len(step.formula) < 70:
        record["formula"] = step.formula
    if step.expected:
        record |= {"arrival": step.arrival, "expected": step.expected}
    if step.part:
        record["part"] = step.part
    if step.rate is not None:
        record["rate"] = step.rate
    for part in ("upstream", "contribution", "before", "after", "value", "old"):
        quantity = getattr(step, part)
        if getattr(quantity, "ndim", 0):
            record[part] = [arrays.place_of(quantity)]
        elif quantity is not None and (
            step.phase in ("update", "zero_grad") or not _told(step, trace)
        ):
            record[part] = plain(float(quantity))  # the page cannot compute it from other numbers
    return record


def _told(step: Step, trace: Trace) -> bool:
    """Say whether the page computes a step's numbers itself, from values and local gradients."""
    if step.phase in ("update", "zero_grad"):
        return False
    if step.phase == "seed":
        return isinstance(step.contribution, float) and step.contribution == 1.0
    if step.edge is None:
        return not trace.nodes[step.node].shape
    return step.local is not None and isinstance(step.upstream, float)


def _usual_text(edge: TraceEdge, trace: Trace) -> str:
    """Word a contribution of single numbers; the page words it so by itself."""
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    return (
        f"{name_of(source)}.grad += {name_of(target)}.grad * {slope_name(target, source)} = "
        f"{UPSTREAM} * {bracketed(LOCAL)} = {CONTRIBUTION}"
    )


def _without_repeats(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out a sentence that the step before already says: the page looks back."""
    last: int | None = None
    for step in steps:
        turn = step.pop("turn", None)
        if turn is not None and turn != last:
            step["turn"] = turn
        last = turn
    return steps
