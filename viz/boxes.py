"""A Trace becomes boxes and links: everything a picture says, before anything has a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.labels import clean, text_width
from viz.numbers import WIDEST, number, shape_text, sign, spread
from viz.rules import sent_back

TITLE_SIZE, ROW_SIZE, CAPTION_SIZE, LABEL_SIZE = 13.0, 12.0, 11.0, 11.0
HEADER_HEIGHT, ROW_HEIGHT, PADDING = 28.0, 19.0, 12.0
NOT_REACHED = "not reached"


# ops whose first operand must be told from the second: it enters on top
ORDERED = {"sub", "div", "pow", "matmul", "floor_divide", "remainder", "arctan2", "where", "solve"}


@dataclass(frozen=True)
class Row:
    """One line of a box: a caption on the left, a text on the right, and the tone of that text."""

    caption: str
    text: str
    tone: str = "plain"  # "plain" | "plus" | "minus" | "zero" | "quiet"


@dataclass(frozen=True)
class Box:
    """One rounded box; `kind` is leaf, data, operation, output, constant or group (output).

    `nodes` are the trace's nodes that it stands for: one, or all those of a collapsed group, whose
    path is `scope` and whose one way out, if it has just one, is node `exit`.
    """

    kind: str
    glyph: str
    title: str
    named: bool
    rows: tuple[Row, ...]
    detail: str
    width: float
    height: float
    nodes: tuple[int, ...] = ()
    scope: str = ""
    exit: int | None = None


@dataclass(frozen=True)
class Link:
    """One edge; `label` is the local gradient, `flow` the contribution that came back on it.

    `edges` are the places of the edges that it stands for in the trace's list of edges.
    """

    source: int
    target: int
    label: str
    tone: str
    flow: float | None
    kind: str  # "value" | "tensor" | "constant" | "bundle"
    slot: int = 0  # place among the target's inputs, where their order matters
    edges: tuple[int, ...] = ()


@dataclass(frozen=True)
class Frame:
    """An open scope: a frame around the boxes inside it, those of the scopes in it included."""

    scope: str
    title: str
    boxes: tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """Boxes and links in drawing order, with the sentence that describes them."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    description: str
    frames: tuple[Frame, ...] = ()  # outer ones first


def figure_of(trace: Trace) -> Figure:
    """Turn every node of a trace into a box and every edge into a link.

    Args:
        trace: the graph to draw; it is only read.

    Returns:
        A figure whose boxes stand in the trace's order.
    """
    boxes = tuple(box_of(node, node.index in trace.roots) for node in trace.nodes)
    links = tuple(
        replace(link_of(edge, trace), edges=(place,)) for place, edge in enumerate(trace.edges)
    )
    return Figure(boxes, links, describe(trace))


def describe(trace: Trace) -> str:
    """Say in one sentence what the picture holds, for readers who cannot see it."""
    operations = sum(node.op is not None for node in trace.nodes)
    constants = sum(node.kind == "constant" for node in trace.nodes)
    leaves = len(trace.nodes) - operations - constants
    outputs = ", ".join(clean(trace.nodes[index].label) for index in trace.roots[:3])
    wanted = [node for node in trace.nodes if node.requires_grad]
    reached = sum(node.grad is not None for node in wanted)
    state = "not run" if not reached else f"{reached} of {len(wanted)} gradients reached"
    parts = [_count(leaves, "leaf", "leaves"), _count(operations, "operation")]
    if constants:
        parts.append(_count(constants, "constant"))
    return f"Computation graph of {outputs}: {', '.join(parts)}; backward pass: {state}."


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def box_of(node: TraceNode, is_output: bool = False) -> Box:
    """Make the box of one node: header, value and gradient."""
    return replace(_box_of(node, is_output), nodes=(node.index,), exit=node.index)


def _box_of(node: TraceNode, is_output: bool) -> Box:
    if node.kind == "constant" and not node.shape:
        return small_box(clean(constant_text(node), 24), detail_of(node))
    if node.op is not None:
        kind = "output" if is_output else "operation"
    else:
        kind = "leaf" if node.requires_grad else "data"
    title = clean(node.label)
    if node.kind == "value" or not node.shape:
        rows = [Row("data", spread(node.value)), gradient_row(node)]
    else:
        rows = [
            Row("shape", shape_text(node.shape) + _odd_dtype(node.dtype)),
            Row("data", spread(node.value)),
            gradient_row(node),
        ]
    if not node.requires_grad:
        rows.pop()
    return sized_box(kind, clean(node.symbol, 14), title, node.named, rows, detail_of(node))


def small_box(text: str, detail: str) -> Box:
    """Make the small grey box of a constant."""
    width = text_width(text, ROW_SIZE) + 18
    return Box("constant", "", text, False, (), detail, max(26.0, width), 22.0)


def sized_box(
    kind: str, glyph: str, title: str, named: bool, rows: Sequence[Row], detail: str
) -> Box:
    """Make a box that is wide enough for what it says and for every number it may say later."""
    header = text_width(title, TITLE_SIZE, bold=True) + (glyph_width(glyph) + 7 if glyph else 0)
    caption = max((text_width(row.caption, CAPTION_SIZE) for row in rows), default=0.0)
    reserved = max(text_width(words, ROW_SIZE, bold=True) for words in (WIDEST, NOT_REACHED))
    text = max([reserved, *(text_width(row.text, ROW_SIZE, bold=True) for row in rows)])
    width = 2 * PADDING + max(header, caption + 12 + text)
    height = HEADER_HEIGHT + ROW_HEIGHT * len(rows) + 8
    return Box(kind, glyph, title, named, tuple(rows), detail, math.ceil(width), height)


def glyph_width(glyph: str) -> float:
    """Width in pixels of the chip that holds an operation's sign."""
    return max(20.0, text_width(glyph, CAPTION_SIZE, bold=True) + 14)


def gradient_row(node: TraceNode) -> Row:
    """Say how a node's gradient stands: not reached is never written as 0."""
    if not node.requires_grad:
        return Row("grad", "none", "quiet")
    if node.grad is None:
        return Row("grad", NOT_REACHED, "quiet")
    text = spread(node.grad, signed=True)
    single = getattr(node.grad, "size", 1) == 1 and getattr(node.grad, "ndim", 0) == 0
    return Row("grad", text, sign(float(node.grad)) if single else "plain")


def link_of(edge: TraceEdge, trace: Trace) -> Link:
    """Make the link of one edge, with the contribution that the backward pass sent along it."""
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    slot = edge.slot if target.op in ORDERED else 0
    if edge.local is not None:
        upstream = target.grad
        flow = None if upstream is None or not source.requires_grad else upstream * edge.local
        label = number(edge.local, signed=True)
        return Link(edge.source, edge.target, label, sign(edge.local), flow, "value", slot)
    if not source.requires_grad:
        return Link(edge.source, edge.target, "", "zero", None, "constant", slot)
    label = clean(sent_back(edge, trace), 30)
    return Link(edge.source, edge.target, label, "quiet", None, "tensor", slot)


def detail_of(node: TraceNode) -> str:
    """Everything about a node in full precision, for the tooltip."""
    parts = [clean(node.label, 120)]
    if node.op is not None:
        settings = ", ".join(f"{key}={value!r}" for key, value in node.settings.items())
        parts.append(f"made by {node.op}" + (f"({settings})" if settings else ""))
    if node.line:
        parts.append(node.line)
    parts.append(f"data {_exact(node.value)}")
    if node.requires_grad:
        parts.append("gradient " + (NOT_REACHED if node.grad is None else _exact(node.grad)))
    return clean("; ".join(parts), 400)


def _exact(value: Any) -> str:
    return repr(float(value)) if getattr(value, "ndim", 0) == 0 else spread(value)


def _odd_dtype(dtype: str) -> str:
    return "" if dtype == "float64" else f" {dtype}"


def constant_text(node: TraceNode, *, ascii_only: bool = False) -> str:
    """Write a constant as its number, with its name before it when it has one."""
    text = number(node.value, ascii_only=ascii_only)
    try:
        float(node.label)
    except ValueError:
        return f"{node.label} = {text}"
    return text
