"""A Trace becomes boxes and links: everything a picture says, before anything has a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.figures.figure import (
    CAPTION_SIZE,
    HEADER_HEIGHT,
    LABEL_SIZE,
    PADDING,
    ROW_HEIGHT,
    ROW_SIZE,
    TITLE_SIZE,
    Box,
    Figure,
    Frame,
    Heat,
    Link,
    Row,
)
from viz.figures.mark import ON_BOXES, Mark
from viz.figures.marks import marks_of
from viz.figures.tensor_rows import NOT_REACHED, RANGE_WIDTH, tensor_rows
from viz.figures.tooltips import detail_of, tooltip_of
from viz.words.labels import clean, text_width
from viz.words.numbers import WIDEST, number, sign, spread
from viz.words.rules import local_of, sent_back

__all__ = [
    "CAPTION_SIZE", "HEADER_HEIGHT", "LABEL_SIZE", "NOT_REACHED", "PADDING", "ROW_HEIGHT",
    "ROW_SIZE", "TITLE_SIZE", "Box", "Figure", "Frame", "Heat", "Link", "Row", "box_of",
    "constant_text", "describe", "detail_of", "figure_of", "glyph_width", "gradient_row", "link_of",
    "marked", "sized_box", "small_box",
]  # fmt: skip

MOST_SENTENCES = 3  # of the marks on one box; a tooltip is no page
# ops whose first operand must be told from the second: it enters on top
ORDERED = {"sub", "div", "pow", "matmul", "floor_divide", "remainder", "arctan2", "where", "solve"}


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
    return marked(Figure(boxes, links, describe(trace)), trace)


def marked(figure: Figure, trace: Trace, marks: Sequence[Mark] | None = None) -> Figure:
    """Put the marks of a trace on the boxes and links that stand for its nodes and edges.

    Args:
        figure: a figure of the trace, collapsed or not.
        trace: the graph.
        marks: its marks, if they have been found already.

    Returns:
        The figure with its marks; several of one kind on a box are one mark that counts them.
    """
    of_nodes: dict[int, list[Mark]] = {}
    of_edges: dict[int, list[Mark]] = {}
    for mark in marks_of(trace) if marks is None else marks:
        if mark.node is not None:
            of_nodes.setdefault(mark.node, []).append(mark)
        if mark.edge is not None:
            of_edges.setdefault(mark.edge, []).append(mark)
    if not of_nodes and not of_edges:
        return figure
    boxes = [
        replace(box, marks=_joined([mark for node in box.nodes for mark in of_nodes.get(node, ())]))
        for box in figure.boxes
    ]
    links = [
        replace(link, marks=_joined([mark for at in link.edges for mark in of_edges.get(at, ())]))
        for link in figure.links
    ]
    return replace(figure, boxes=tuple(boxes), links=tuple(links))


def _joined(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    by_kind: dict[str, list[Mark]] = {}
    for mark in marks:
        by_kind.setdefault(mark.kind, []).append(mark)
    joined = []
    for kind, group in by_kind.items():
        if len(group) == 1:
            joined.append(group[0])
            continue
        text = " ".join(mark.text for mark in group[:MOST_SENTENCES])
        if len(group) > MOST_SENTENCES:
            text += f" And {len(group) - MOST_SENTENCES} more."
        joined.append(Mark(kind, f"{len(group)} {ON_BOXES.get(kind, (kind,))[0]}", text))
    return tuple(joined)


def describe(trace: Trace) -> str:
    """Say in one sentence what the picture holds, for readers who cannot see it."""
    operations = sum(node.op is not None for node in trace.nodes)
    constants = sum(node.kind == "constant" for node in trace.nodes)
    leaves = len(trace.nodes) - operations - constants
    outputs = ", ".join(clean(trace.nodes[index].label) for index in trace.roots[:3])
    wanted = [node for node in trace.nodes if node.requires_grad]
    reached = sum(node.grad is not None for node in wanted)
    state = f"{reached} of {len(wanted)} gradients reached" if reached else "not run"
    if not wanted:
        state = "nothing here asks for a gradient"
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
    heats: list[Heat] = []
    if node.kind == "value" or not node.shape:
        rows = [Row("data", spread(node.value))]
        if node.requires_grad:
            rows.append(gradient_row(node))
    else:
        rows, heats = tensor_rows(node)
    glyph = clean(node.symbol, 14)
    return sized_box(kind, glyph, title, node.named, rows, detail_of(node), heats)


def small_box(text: str, detail: str) -> Box:
    """Make the small grey box of a constant."""
    width = text_width(text, ROW_SIZE) + 18
    return Box("constant", "", text, False, (), detail, max(26.0, width), 22.0)


def sized_box(
    kind: str,
    glyph: str,
    title: str,
    named: bool,
    rows: Sequence[Row],
    detail: str,
    heats: Sequence[Heat] = (),
) -> Box:
    """Make a box that is wide enough for what it says and for every number it may say later."""
    header = text_width(title, TITLE_SIZE, bold=True) + (glyph_width(glyph) + 7 if glyph else 0)
    widest = max((_row_width(row) for row in rows), default=0.0)
    width = 2 * PADDING + max(header, widest)
    height = HEADER_HEIGHT + ROW_HEIGHT * len(rows) + 8
    return Box(
        kind, glyph, title, named, tuple(rows), detail, math.ceil(width), height, heats=tuple(heats)
    )


def _row_width(row: Row) -> float:
    words = [row.text, WIDEST, NOT_REACHED]
    text = max(text_width(word, ROW_SIZE, bold=True) for word in words)
    if row.indent and row.caption in ("data", "grad"):
        text = max(RANGE_WIDTH, text_width(row.text, ROW_SIZE))
    return row.indent + text_width(row.caption, CAPTION_SIZE) + 12 + text


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
    if not source.requires_grad:
        return Link(edge.source, edge.target, "", "zero", None, "constant", slot)
    detail = tooltip_of(edge, trace)
    local = local_of(edge, trace)
    if local is None:
        label = clean(sent_back(edge, trace), 30)
        return Link(edge.source, edge.target, label, "quiet", None, "tensor", slot, detail=detail)
    flow = None if target.grad is None else float(target.grad) * local
    label = number(local, signed=True)
    return Link(edge.source, edge.target, label, sign(local), flow, "value", slot, detail=detail)


def constant_text(node: TraceNode, *, ascii_only: bool = False) -> str:
    """Write a constant as its number, with its name before it when it has one."""
    text = number(node.value, ascii_only=ascii_only)
    try:
        float(node.label)
    except ValueError:
        return f"{node.label} = {text}"
    return text
