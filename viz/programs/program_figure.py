"""A recorded program as a figure: its parts in the layout, and the groups, of any other graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.figures.figure import Box, Figure
from viz.grouping.collapse import Figures
from viz.programs.part_boxes import PRODUCTS, closed_parts_box, is_step, ops_text, part_box
from viz.programs.program_scopes import BUDGET, program_scopes

if TYPE_CHECKING:
    from autograd.replay import Part

LIMIT = 400


def program_trace(parts: Sequence[Part]) -> Trace:
    """Give a program as a graph whose nodes are its parts, for all that groups and lays out.

    Args:
        parts: the parts, inputs before what is made of them.

    Returns:
        A graph without numbers: nothing in it has been computed.
    """
    nodes = tuple(
        TraceNode(
            index=index, kind="value", op=part.text if is_step(part) else None, symbol="",
            inputs=tuple(part.inputs), settings={}, value=0.0, grad=None, shape=(), dtype="",
            label=f"{part.kind} {index}", named=False, scope="", line=None, requires_grad=False,
        )
        for index, part in enumerate(parts)
    )  # fmt: skip
    edges = tuple(
        TraceEdge(source, target, slot, None, "", "")
        for target, part in enumerate(parts)
        for slot, source in enumerate(part.inputs)
    )
    return Trace(nodes, edges, (len(nodes) - 1,))


def program_figure(
    parts: Sequence[Part], instructions: int, *, everything: bool = False, limit: int = LIMIT
) -> Figure:
    """Draw the parts of a program; of what repeats itself, all but one turn is closed.

    Args:
        parts: what the program consists of.
        instructions: how many ops were recorded.
        everything: draw every part.
        limit: how many boxes there may be.

    Returns:
        A figure.

    Raises:
        ValueError: if there are more boxes.
    """
    trace = program_trace(parts)
    tree, opened = program_scopes(trace, len(parts) if everything else BUDGET)
    count = tree.size_when_open("", set(opened))
    if count > limit:
        way = "leave what repeats itself closed: draw(program); or " if everything else ""
        raise ValueError(
            f"draw: this program would be {count:,} boxes, more than the limit of {limit:,}, which "
            f"nobody could read; {way}allow it: draw(program, limit={count})"
        )
    found = Figures(trace, tree).with_open(opened)
    last = len(parts) - 1
    boxes = tuple(
        closed_parts_box(box, parts)
        if box.scope
        else part_box(parts[box.nodes[0]], box.nodes[0], box.nodes[0] == last)
        for box in found.boxes
    )
    links = {(link.source, link.target): link for link in found.links}  # one line is enough
    plain = tuple(replace(link, label="", detail="", kind="value") for link in links.values())
    return Figure(boxes, plain, _described(parts, instructions, boxes), found.frames)


def _described(parts: Sequence[Part], instructions: int, boxes: Sequence[Box]) -> str:
    steps = sum(map(is_step, parts))
    products = sum(part.kind in PRODUCTS for part in parts)
    said = f"Recorded program: {ops_text(instructions)} of one example in {steps:,} "
    said += "step" if steps == 1 else "steps"
    if products:
        said += f", {products:,} of them matrix product{'s' if products > 1 else ''}"
    closed = sum(is_step(parts[node]) for box in boxes if box.scope for node in box.nodes)
    return said + (f"; {closed:,} steps are closed." if closed else ".")
