"""Both passes as a list of steps: one operation forward, one chain-rule contribution backward.

Everything comes from the Trace; no gradient of the graph is read or changed on the way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from autograd.trace import Trace, TraceEdge
from viz.numbers import number
from viz.rules import is_broadcast, python_signs, reason_of, sent_back
from viz.wording import formula, name_of, number_of, slope_name, value_line

SEED_REASON = "the derivative of {name} with respect to itself is 1"
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True)
class Step:
    """One thing that happens; numbers are None where arrays flow instead of floats.

    Attributes:
        number: position in the list, from 1.
        phase: "forward", "seed" or "backward".
        node: index of the node whose value or gradient this step gives.
        text: the step in one line.
        note: the line under it.
        reason: why the gradient looks so, in the operation's own words.
        formula: the local derivative as a formula, such as "(1 - o)*(1 + o)".
        source: index of the node whose gradient is passed on; None forward and for the seed.
        slot: which input of `source` the node is.
        upstream: gradient of `source`.
        local: derivative of `source` with respect to `node`.
        contribution: upstream times local.
        before: gradient of `node` before this step.
        after: gradient of `node` after it.
        arrival: how many contributions have come in, this one included.
        expected: how many there will be.
    """

    number: int
    phase: str
    node: int
    text: str
    note: str = ""
    reason: str = ""
    formula: str = ""
    source: int | None = None
    slot: int | None = None
    upstream: float | None = None
    local: float | None = None
    contribution: float | None = None
    before: float | None = None
    after: float | None = None
    arrival: int = 0
    expected: int = 0


def steps_of(trace: Trace) -> list[Step]:
    """Tell a trace as steps: forward in the order of the graph, then backward from the outputs.

    Args:
        trace: the graph.

    Returns:
        Forward steps, one seed per output, then one step per edge that bears a gradient.
    """
    steps = _forward(trace)
    steps += _backward(trace, len(steps))
    return steps


def _forward(trace: Trace) -> list[Step]:
    steps: list[Step] = []
    for node in trace.nodes:
        if node.op is None:
            continue
        made = formula(trace, node)
        counted = formula(trace, node, with_numbers=True)
        if node.shape or any(trace.nodes[index].shape for index in node.inputs):
            between = " @ " if node.op == "matmul" else ", "
            shapes = between.join(number_of(trace.nodes[index]) for index in node.inputs)
            text = f"{name_of(node)} = {made}"
            note = f"{shapes} -> {value_line(node)}"
        else:
            text, note = f"{name_of(node)} = {made} = {counted} = {number_of(node)}", ""
        steps.append(Step(len(steps) + 1, "forward", node.index, text, note))
    return steps


def _backward(trace: Trace, told: int) -> list[Step]:
    incoming: dict[int, list[TraceEdge]] = {}
    for edge in trace.edges:
        incoming.setdefault(edge.target, []).append(edge)
    reached = _reached(trace, incoming)
    expected = Counter(
        edge.source
        for edge in trace.edges
        if edge.target in reached and trace.nodes[edge.source].requires_grad
    )
    expected.update(trace.roots)
    gradients: dict[int, float | None] = {}
    arrivals: Counter[int] = Counter()
    steps: list[Step] = []
    for index in trace.roots:
        root = trace.nodes[index]
        if not root.requires_grad:
            continue
        arrivals[index] += 1
        gradients[index] = None if root.shape else 1.0
        name = name_of(root)
        text = f"{name}.grad = 1" if not root.shape else f"{name}.grad = ones of shape {root.shape}"
        steps.append(
            Step(
                told + len(steps) + 1,
                "seed",
                index,
                text,
                reason=SEED_REASON.format(name=name),
                contribution=gradients[index],
                before=0.0,
                after=gradients[index],
                arrival=arrivals[index],
                expected=expected[index],
            )
        )
    for target in range(len(trace.nodes) - 1, -1, -1):
        if target not in gradients:
            continue
        for edge in sorted(incoming.get(target, ()), key=lambda edge: edge.slot):
            if not trace.nodes[edge.source].requires_grad:
                continue
            arrivals[edge.source] += 1
            before = gradients.get(edge.source, 0.0)
            upstream = gradients[target]
            contribution = after = None
            if upstream is not None and edge.local is not None:
                contribution = upstream * edge.local
                after = None if before is None else before + contribution
            gradients[edge.source] = after
            steps.append(
                _contribution(
                    trace,
                    edge,
                    told + len(steps) + 1,
                    (upstream, contribution, before, after),
                    (arrivals[edge.source], expected[edge.source]),
                )
            )
    return steps


def _reached(trace: Trace, incoming: dict[int, list[TraceEdge]]) -> set[int]:
    """Find the nodes that a gradient from the outputs comes to."""
    reached = {index for index in trace.roots if trace.nodes[index].requires_grad}
    for target in range(len(trace.nodes) - 1, -1, -1):
        if target in reached:
            for edge in incoming.get(target, ()):
                if trace.nodes[edge.source].requires_grad:
                    reached.add(edge.source)
    return reached


def _contribution(
    trace: Trace,
    edge: TraceEdge,
    position: int,
    flow: tuple[float | None, float | None, float | None, float | None],
    arrivals: tuple[int, int],
) -> Step:
    """Word one contribution of the chain rule."""
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    upstream, contribution, before, after = flow
    name, from_name = name_of(source), name_of(target)
    arrival, expected = arrivals
    event = ""
    if arrival > 1:
        word = ORDINALS[arrival - 1] if arrival <= len(ORDINALS) else f"{arrival}th"
        event = f"{word} path: contributions add up ({arrival} of {expected})"
    elif expected > 1:
        event = f"first of {expected} paths"
    if contribution is not None and upstream is not None and edge.local is not None:
        text = (
            f"{name}.grad += {from_name}.grad * {slope_name(target, source)} = "
            f"{_ascii(upstream)} * {_ascii(edge.local)} = {_ascii(contribution)}"
        )
        note = f"{name}.grad: {_ascii(before or 0.0)} -> {_ascii(after or 0.0)}"
        note += f"   {event}" if event else ""
    else:
        text, note = _tensor_contribution(trace, edge)
        note += f"   {event}" if event else ""
    return Step(
        position,
        "backward",
        edge.source,
        text,
        note,
        reason_of(target.op),
        python_signs(edge.formula) if edge.local is not None else "",
        source=edge.target,
        slot=edge.slot,
        upstream=upstream,
        local=edge.local,
        contribution=contribution,
        before=before,
        after=after,
        arrival=arrival,
        expected=expected,
    )


def _tensor_contribution(trace: Trace, edge: TraceEdge) -> tuple[str, str]:
    """Word what one array sends to another, with the shapes."""
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    upstream, shapes = f"{name_of(target)}.grad", f"shape {source.shape}"
    operation = f"vjp of {target.op}"
    rule = sent_back(edge, trace, upstream, " * ") or operation
    if is_broadcast(edge, trace):
        rule = rule.removeprefix("Σ ")
        shapes = f"summed over the copies from {target.shape} to {source.shape}"
    elif rule == edge.formula and rule != operation:
        shapes += f", where g = {upstream}, shape {target.shape}"
    elif rule == operation:
        rule = f"{operation} at {upstream}"
        shapes += f", from shape {target.shape}"
    return f"{name_of(source)}.grad += {python_signs(rule)}", shapes


def _ascii(value: float) -> str:
    return number(value, ascii_only=True)
