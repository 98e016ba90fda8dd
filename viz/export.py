"""A graph and its steps as JSON: one documented format for other programs (docs/step-format.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace, TraceEdge, TraceNode
from viz.story.step_record import Step

FORMAT, VERSION = "glassgrad-trace", 2
MOST_ELEMENTS = 4096  # larger arrays are written as their shape and range only
MOST_STEP_ELEMENTS = 256  # the same for the arrays in steps, of which there are many
_QUANTITIES = ("upstream", "local", "contribution", "before", "after", "value", "old", "rate")
_WORDS = ("text", "note", "template", "note_template", "event", "reason", "why_now", "formula")


def json_text(graph: Trace | Watched, steps: Sequence[Step] | None = None) -> str:
    """Write a graph, and perhaps the steps through it, as JSON.

    The object has "format", "version", "roots", "nodes", "edges" and, if they are given, "steps",
    with the field names of `autograd.trace` and `viz.story.step_record`. Numbers that JSON lacks
    are the texts "nan", "inf" and "-inf"; arrays are nested lists, and {"shape", "smallest",
    "largest"} when they are large. Of a step what is empty is left out.

    Args:
        graph: the graph, or a backward pass through it that was watched.
        steps: what happens, in order.

    Returns:
        Valid JSON, indented, ASCII only, and safe inside a `<script>` element.

    Example:
        >>> from autograd import Value, trace
        >>> from viz.story.records import steps_of
        >>> graph = trace(Value(2.0, label="a") * 3.0)
        >>> json.loads(json_text(graph, steps_of(graph)))["steps"][-1]["after"]
        3.0
    """
    trace = graph.trace if isinstance(graph, Watched) else graph
    document = {
        "format": FORMAT,
        "version": VERSION,
        "roots": list(trace.roots),
        "nodes": [_node(node) for node in trace.nodes],
        "edges": [_edge(edge) for edge in trace.edges],
    }
    if steps is not None:
        document["steps"] = [_step(step) for step in steps]
    return json.dumps(document, indent=1, allow_nan=False).replace("</", "<\\/") + "\n"


def _node(node: TraceNode) -> dict[str, Any]:
    return {
        "index": node.index,
        "kind": node.kind,
        "op": node.op,
        "inputs": list(node.inputs),
        "settings": {str(key): plain(value) for key, value in node.settings.items()},
        "value": plain(node.value),
        "grad": plain(node.grad),
        "shape": list(node.shape),
        "dtype": node.dtype,
        "label": node.label,
        "named": node.named,
        "scope": node.scope,
        "line": node.line,
        "requires_grad": node.requires_grad,
    }


def _edge(edge: TraceEdge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "slot": edge.slot,
        "local": plain(edge.local),
        "formula": edge.formula,
        "latex": edge.latex,
    }


def _step(step: Step) -> dict[str, Any]:
    record: dict[str, Any] = {"number": step.number, "phase": step.phase, "node": step.node}
    for name in ("edge", "source", "slot"):
        if getattr(step, name) is not None:
            record[name] = getattr(step, name)
    record |= {name: getattr(step, name) for name in _WORDS if getattr(step, name)}
    for name in _QUANTITIES:
        if getattr(step, name) is not None:
            record[name] = plain(getattr(step, name), MOST_STEP_ELEMENTS)
    if step.expected:
        record |= {"arrival": step.arrival, "expected": step.expected}
    if step.part:
        record["part"] = step.part
    return record


def plain(value: Any, most: int = MOST_ELEMENTS) -> Any:
    """Turn a number, an array or a setting into what JSON can hold.

    Args:
        value: anything.
        most: how many elements of an array are written.

    Returns:
        Numbers, texts and lists of them.

    Example:
        >>> import numpy as np
        >>> plain(np.array([1.0, np.nan])), plain(2.5), plain(slice(1))
        ([1.0, 'nan'], 2.5, 'slice(None, 1, None)')
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, list | tuple):
        return [plain(item, most) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if hasattr(value, "tolist"):
        if value.size > most:
            low, high = plain(float(value.min())), plain(float(value.max()))
            return {"shape": list(value.shape), "smallest": low, "largest": high}
        return plain(value.tolist(), most)
    return repr(value)
