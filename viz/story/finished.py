"""A graph as it stands after the one pass that is told, whatever `.backward()` did before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.story.records import Step


def finished_trace(graph: Trace | Watched, steps: Sequence[Step]) -> Trace:
    """Give a graph the gradients of one pass.

    Args:
        graph: a trace, or a watched backward pass.
        steps: the steps that tell it.

    Returns:
        The trace with these gradients. A trace of arrays stays as it is: what flowed is not known.
    """
    trace = graph.trace if isinstance(graph, Watched) else graph
    arrived: dict[int, Any] = {}
    for step in steps:
        if step.phase in ("seed", "backward") and step.part != "copies":
            arrived[step.node] = step.after
    if any(gradient is None for gradient in arrived.values()):
        return trace
    nodes = tuple(replace(node, grad=arrived.get(node.index)) for node in trace.nodes)
    return replace(trace, nodes=nodes)
