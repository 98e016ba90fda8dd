"""One operation on small arrays as a stepper of its own: the same with single numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograd.trace import Trace
from viz.figures.boxes import describe, figure_of
from viz.figures.svg import svg_of
from viz.stepper.assets import packed
from viz.stepper.document import document_of, view_record
from viz.stepper.scalar_expansion import expand
from viz.story.records import steps_of

MOST_NUMBERS = 60  # in one operation; more boxes cannot be followed in a panel
MOST_OPERATIONS = 12  # that a page brings along taken apart


def insides_of(trace: Trace) -> Mapping[int, str]:
    """Take the operations of a graph apart that are small enough to be looked at.

    Args:
        trace: a graph of Tensors, with the gradients of one pass.

    Returns:
        By node the packed document of the graph of its elements; empty for a graph of Values.
    """
    found: dict[int, str] = {}
    for node in reversed(trace.nodes):
        if node.kind != "tensor" or node.op is None or len(found) == MOST_OPERATIONS:
            continue
        inner = expand(trace, node.index, most=MOST_NUMBERS)
        if inner is not None and any(item.op is not None for item in inner.nodes):
            document = _document(inner)
            found[node.index] = packed(json.dumps(document, separators=(",", ":")))
    return found


def _document(trace: Trace) -> dict[str, Any]:
    seeds = {
        index: float(trace.nodes[index].grad)
        for index in trace.roots
        if trace.nodes[index].grad is not None
    }
    figure = figure_of(trace)
    view = {**view_record(figure), "picture": svg_of(figure, with_legend=False)}
    steps = steps_of(trace, seeds=seeds)
    return document_of(trace, steps, [view], description=describe(trace))
