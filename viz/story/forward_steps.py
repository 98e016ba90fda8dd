"""The forward pass as steps: one operation each."""

from __future__ import annotations

from autograd.trace import Trace, TraceNode
from viz.story.step_record import Step
from viz.words.templates import VALUE, fill
from viz.words.wording import (
    formula,
    formula_template,
    input_numbers,
    name_of,
    number_of,
    shape_words,
    value_line,
)

MOST_NAMED = 3


def forward_steps(trace: Trace, told: int = 0) -> list[Step]:
    """Tell how every node was computed, in the order of the graph.

    Args:
        trace: the graph.
        told: how many steps come before these.

    Returns:
        One step per operation.
    """
    made = [node for node in trace.nodes if node.op is not None]
    return [_forward(trace, node, told + place) for place, node in enumerate(made, start=1)]


def _forward(trace: Trace, node: TraceNode, position: int) -> Step:
    inputs = [trace.nodes[index] for index in node.inputs]
    names, note = formula(trace, node), ""
    if node.shape or any(item.shape for item in inputs):
        between = " @ " if node.op == "matmul" else ", "
        shapes = between.join(_shape_or_number(item) for item in inputs)
        template = f"{name_of(node)} = {names}"
        note = f"{shapes} -> {value_line(node) if node.shape else VALUE}"
    else:
        template = f"{name_of(node)} = {names} = {formula_template(trace, node)} = {VALUE}"
    value = node.value if node.shape else float(node.value)
    numbers = input_numbers(trace, node) | {VALUE: None if node.shape else value}
    return Step(
        position,
        "forward",
        node.index,
        fill(template, numbers),
        fill(note, numbers),
        template=template,
        note_template=note,
        why_now=_known([name_of(item) for item in inputs]),
        value=value,
    )


def _shape_or_number(node: TraceNode) -> str:
    return number_of(node) if not node.shape else shape_words(node.shape)


def _known(names: list[str]) -> str:
    """Say that an operation's inputs are there."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) == 1:
        return f"its input {distinct[0]} is known"
    if len(distinct) > MOST_NAMED:
        return f"all its {len(distinct)} inputs are known"
    return f"its inputs {', '.join(distinct[:-1])} and {distinct[-1]} are known"
