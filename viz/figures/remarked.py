"""What a report says about places in a graph, as marks on its picture; the culprit is red."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.remarks import Report
from autograd.trace import places_in
from viz.figures.mark import Mark

RED, RED_INK = "#d32f2f", "#ffffff"  # between what white and what black paper would want


def report_in(thing: Any) -> Report | None:
    """Give the report that something is, or, as an error, carries; else None.

    Example:
        >>> report_in(ValueError("no")) is None
        True
    """
    report = (
        thing.report if isinstance(thing, BaseException) and hasattr(thing, "report") else thing
    )
    return report if isinstance(report, Report) and report.roots else None


def remarks_on(report: Report) -> list[Mark]:
    """Make a mark of every remark of a report.

    Args:
        report: what is said about the nodes of a graph.

    Returns:
        The marks, for the trace of the report's roots.
    """
    places = places_in(list(report.roots))[1]
    return [
        Mark(remark.kind, remark.word, remark.text, node=places[remark.node])
        for remark in report.remarks
        if remark.node in places
    ]


def is_culprit(marks: Sequence[Mark]) -> bool:
    """Whether something went wrong in a box with these marks."""
    return any(mark.kind == "culprit" for mark in marks)


def red_frame(x: float, y: float, width: float, height: float) -> str:
    """Draw a thick red frame over that of a box, and a red tint over all of it."""
    return (
        f'<rect class="culprit" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{min(9.0, height / 2):.1f}" '
        f'style="fill:{RED};fill-opacity:.12;stroke:{RED};stroke-width:3"/>'
    )
