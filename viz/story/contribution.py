"""One step of the backward pass put into words: a seed, a contribution, copies added up."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.trace import Trace, TraceNode
from viz.story.step_record import Step
from viz.words.numbers import spread
from viz.words.rules import python_signs, reason_of, stretched_shape
from viz.words.templates import AFTER, BEFORE, CONTRIBUTION, LOCAL, UPSTREAM, bracketed, fill
from viz.words.tensor_wording import axes_words, differential, rule_words, shapes_of_rule
from viz.words.wording import name_of, shape_words, slope_name

SEED_REASON = "the derivative of {name} with respect to itself is 1"
OUTSIDE_REASON = "this gradient arrives from the rest of the graph"
COPIES_REASON = "Every copy is felt, so the copies' gradients add up."
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class Flow(NamedTuple):
    """The quantities of one step; see `viz.story.step_record.Step`."""

    upstream: Any
    local: float | None
    contribution: Any
    before: Any
    after: Any

    def fill(self, template: str) -> str:
        """Put the single numbers among these into a template."""
        places = (UPSTREAM, LOCAL, CONTRIBUTION, BEFORE, AFTER)
        known = {
            place: quantity
            for place, quantity in zip(places, self, strict=True)
            if isinstance(quantity, float)
        }
        return fill(template, known)


def seed_step(
    root: TraceNode,
    position: int,
    flow: Flow,
    counted: tuple[int, int],
    *,
    from_outside: bool = False,
) -> Step:
    """Tell that an output's own gradient is 1, or what arrives there from outside."""
    name = name_of(root)
    value = "1" if not root.shape else f"ones of shape {shape_words(root.shape)}"
    value = CONTRIBUTION if from_outside else value
    template = f"{name}.grad {'=' if counted[0] == 1 else '+='} {value}"
    return Step(
        position,
        "seed",
        root.index,
        flow.fill(template),
        reason=OUTSIDE_REASON if from_outside else SEED_REASON.format(name=name),
        contribution=flow.contribution,
        before=flow.before,
        after=flow.after,
        arrival=counted[0],
        expected=counted[1],
        template=template,
        event=event_words(*counted),
        why_now=f"the backward pass starts at the output {name}",
    )


def contribution_step(
    trace: Trace,
    place: int,
    position: int,
    flow: Flow,
    counted: tuple[int, int],
    consumers: list[int] | None,
) -> Step:
    """Tell what one edge adds to the gradient of its source.

    Args:
        trace: the graph.
        place: the edge's place in the trace's list of edges.
        position: number of the step.
        flow: the quantities.
        counted: how many contributions have come in, and how many there will be.
        consumers: nodes that have sent the target its gradient; None for an output.

    Returns:
        The step.
    """
    edge = trace.edges[place]
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    name, part, reason = name_of(source), "", reason_of(target.op)
    if flow.local is not None and isinstance(flow.upstream, float):
        template = (
            f"{name}.grad += {name_of(target)}.grad * {slope_name(target, source)} = "
            f"{UPSTREAM} * {bracketed(LOCAL)} = {CONTRIBUTION}"
        )
    else:
        sign = "=" if counted[1] == 1 else "+="
        rule, shapes = rule_words(edge, trace), shapes_of_rule(edge, trace)
        stretched = stretched_shape(edge, trace)
        if stretched != source.shape:
            rule = f"{axes_words(stretched, source.shape)} of {rule}"
            shapes = f"{shape_words(stretched)} -> {shape_words(source.shape)}"
            part, reason = "sum", COPIES_REASON
        template = f"{differential(source)} {sign} {rule}"
        template += "" if shapes == "()" else f"   {shapes}"
    note = _change(name, flow)
    return Step(
        position,
        "backward",
        edge.source,
        flow.fill(template),
        flow.fill(note),
        reason,
        python_signs(edge.formula) if flow.local is not None else "",
        edge.target,
        edge.slot,
        *flow,
        *counted,
        template=template,
        note_template=note,
        edge=place,
        event=event_words(*counted),
        why_now=turn_words(target, consumers, trace),
        part=part,
    )


def copies_step(
    trace: Trace,
    place: int,
    position: int,
    flow: Flow,
    counted: tuple[int, int],
    consumers: list[int] | None,
) -> Step:
    """Tell what every copy of a stretched input is sent; the next step adds these up."""
    edge = trace.edges[place]
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    own, stretched = shape_words(source.shape), shape_words(stretched_shape(edge, trace))
    text = f"{differential(source)} of each copy = {rule_words(edge, trace)}"
    text += f"   {shapes_of_rule(edge, trace)}"
    note = f"{name_of(source)} was stretched from {own} to {stretched}"
    return Step(
        position,
        "backward",
        edge.source,
        text,
        note,
        reason_of(target.op),
        "",
        edge.target,
        edge.slot,
        *flow,
        *counted,
        template=text,
        note_template=note,
        edge=place,
        why_now=turn_words(target, consumers, trace),
        part="copies",
    )


def _change(name: str, flow: Flow) -> str:
    """Say how a gradient changes: single numbers as places, arrays by what they hold."""
    if flow.after is None:
        return ""
    before = BEFORE if isinstance(flow.before, float) else spread(flow.before, ascii_only=True)
    after = AFTER if isinstance(flow.after, float) else spread(flow.after, ascii_only=True)
    return f"{name}.grad: {before} -> {after}"


def event_words(arrival: int, expected: int) -> str:
    """Say that contributions add up, where there are several.

    Example:
        >>> event_words(2, 2), event_words(1, 3), event_words(1, 1)
        ('second path: contributions add up (2 of 2)', 'first of 3 paths', '')
    """
    if arrival > 1:
        word = ORDINALS[arrival - 1] if arrival <= len(ORDINALS) else f"{arrival}th"
        return f"{word} path: contributions add up ({arrival} of {expected})"
    return f"first of {expected} paths" if expected > 1 else ""


def turn_words(node: TraceNode, consumers: list[int] | None, trace: Trace) -> str:
    """Say why a node passes its gradient on now and not earlier."""
    name = name_of(node)
    if not consumers:
        return f"{name} is the output: its gradient is known from the start"
    if len(consumers) == 1:
        only = name_of(trace.nodes[consumers[0]])
        return f"{only}, the only consumer of {name}, is done, so {name}.grad is complete"
    return f"all {len(consumers)} consumers of {name} are done, so {name}.grad is complete"
