"""One part of a recorded program as a box: what it runs as, what it gives, what it stands for."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from viz.figures.boxes import sized_box
from viz.figures.figure import Box, Row
from viz.words.labels import clean

if TYPE_CHECKING:
    from autograd.replay import Part

LINE, LINES, TITLE = 44, 2, 48  # characters of a line and of a title, and how many lines
GLYPHS = {
    "matmul": "@",
    "convolution": "∗",
    "sum": "Σ",
    "sum of squares": "Σ²",
    "elementwise": "f",
    "reduction": "→1",
    "straight line": "1·1",
    "one by one": "1·1",
}
SOURCES = ("inputs", "parameters")  # what is given, and not computed
PRODUCTS = ("matmul", "convolution")
STEPWISE = ("straight line", "one by one")  # what no array call does
ARRAY_CALL = "one call on "
_GROUPED = re.compile("[0-9]{5,}")


def part_box(part: Part, index: int, last: bool) -> Box:
    """Make the box of one part.

    Args:
        part: what it does.
        index: its place in the program.
        last: whether the loss comes out of it.

    Returns:
        The box; its kind also names the work and the level, which the colours tell.
    """
    said, _, run = part.text.partition(" -> ")
    run = run.partition(", once")[0]  # the colour says that
    run, said = run.replace(" x ", " × "), said.replace(" x ", " × ")
    rows = []
    if not run:
        title = _GROUPED.sub(lambda found: f"{int(found[0]):,}", said)
    elif run.startswith(ARRAY_CALL):
        title = said
        if (given := run.removeprefix(ARRAY_CALL)) != part.shape:
            rows.append(Row("one call on", given))
    elif part.kind in PRODUCTS:
        title = run
        rows += [Row(line, "") for line in textwrap.wrap(said, LINE)[:LINES]]
    else:
        title = said
        rows.append(Row("runs as", clean(run, TITLE)))
    rows.append(Row("gives" if is_step(part) else "shape", clean(part.shape)))
    if part.ops and not title.startswith(f"{part.ops} "):
        rows.append(Row("stands for", ops_text(part.ops)))
    detail = clean(part.text, 400)
    box = sized_box(
        _kind(part, last), GLYPHS.get(part.kind, ""), clean(title, TITLE), True, rows, detail
    )
    return replace(box, nodes=(index,), exit=index)


def closed_parts_box(box: Box, parts: Sequence[Part]) -> Box:
    """Make the box of a closed group of parts: how many it holds, and what they stand for.

    Args:
        box: the group as it was found.
        parts: all parts of the program.

    Returns:
        The box with the rows of a program.
    """
    held = [parts[node] for node in box.nodes]
    steps = sum(map(is_step, held))
    rows = [Row("hold", f"{steps:,} step{'' if steps == 1 else 's'}")]
    if products := sum(part.kind in PRODUCTS for part in held):
        rows.append(Row("matrix products", f"{products:,}"))
    rows.append(Row("stand for", ops_text(sum(part.ops for part in held))))
    batch = " batch" if all(part.level == "batch" for part in held) else ""
    detail = clean("; ".join(dict.fromkeys(part.text for part in held)), 400)
    made = sized_box(box.kind + batch, "", box.title, True, rows, detail)
    return replace(made, nodes=box.nodes, scope=box.scope)


def is_step(part: Part) -> bool:
    """Whether something is computed there."""
    return part.kind not in SOURCES


def _kind(part: Part, last: bool) -> str:
    if part.kind == "inputs":
        return "data"
    if part.kind == "parameters":
        return "leaf"
    work = part.kind if part.kind in PRODUCTS else ""
    work = "stepwise" if part.kind in STEPWISE else work
    level = "batch" if part.level == "batch" else ""
    return " ".join(filter(None, ("output" if last else "operation", work, level)))


def ops_text(count: int) -> str:
    """Write how many ops there are."""
    return f"{count:,} op{'' if count == 1 else 's'}"
