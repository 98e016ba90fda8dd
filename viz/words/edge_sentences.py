"""The chain rule on one edge in a line, with its numbers or with its shapes."""

from __future__ import annotations

from autograd.trace import Trace, TraceEdge
from viz.words.numbers import exact, number
from viz.words.rules import local_of, python_signs, stretched_shape
from viz.words.tensor_wording import axes_words, differential, rule_words, shapes_of_rule
from viz.words.wording import shape_words, slope_name


def edge_sentence(edge: TraceEdge, trace: Trace) -> str:
    """Say what an edge sends back.

    Args:
        edge: an edge whose source wants a gradient.
        trace: the graph it belongs to.

    Returns:
        The local derivative and the contribution where single numbers flow; else the rule, its
        shapes, and over what the copies of a stretched input are added up.
    """
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    local = local_of(edge, trace)
    if local is None:
        text = f"{differential(source)} = {rule_words(edge, trace)}, {shapes_of_rule(edge, trace)}"
        stretched = stretched_shape(edge, trace)
        if stretched != source.shape:
            text += f"; then {axes_words(stretched, source.shape)} -> {shape_words(source.shape)}"
        return text
    formula = python_signs(edge.formula)
    equation = f" = {formula}" if formula and not _is_number(formula) else ""
    text = f"{slope_name(target, source)}{equation} = {exact(local)}"
    if target.grad is not None:
        sent = float(target.grad) * local
        text += f"; sent back: {number(target.grad)} × {number(local)} = {number(sent)}"
    return text


def _is_number(formula: str) -> bool:
    try:
        float(formula)
    except ValueError:
        return False
    return True
