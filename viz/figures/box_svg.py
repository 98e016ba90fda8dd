"""One box of a graph as SVG: header, rows, heatmaps and badges."""

from __future__ import annotations

from viz.figures.badges import box_badges
from viz.figures.boxes import HEADER_HEIGHT, PADDING, ROW_HEIGHT, Box, Row, glyph_width
from viz.figures.figure import HEAT_WIDTH, Heat
from viz.figures.remarked import is_culprit, red_frame
from viz.figures.spent import percentage, spent_width, tint
from viz.layout.nesting import Rectangle
from viz.words.labels import xml


def box_svg(index: int, box: Box, rectangle: Rectangle) -> str:
    """Draw one box.

    Args:
        index: its place in the figure.
        box: what it says.
        rectangle: x, y, width and height in pixels.

    Returns:
        A group with the class of the box's kind; its rows bear their names in `data-row`.
    """
    x, y, width, height = rectangle
    parts = [
        f'<g class="{box.kind}" data-box="{index}"><title>{xml(box.detail)}</title>',
        _stack(x, y, width, height) if "group" in box.kind else "",
        f'<rect class="frame" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{min(9.0, height / 2):.1f}"/>',
    ]
    if is_culprit(box.marks):
        parts.append(red_frame(x, y, width, height))
    if box.kind == "constant":
        parts.append(
            f'<text class="row" text-anchor="middle" x="{x + width / 2:.1f}" '
            f'y="{y + height / 2 + 4.2:.1f}">{xml(box.title)}</text></g>'
        )
        return "".join(parts)
    parts.append(_header(box, x, y, width))
    for line, row in enumerate(box.rows):
        baseline = y + HEADER_HEIGHT + 4 + ROW_HEIGHT * (line + 0.5) + 4.2
        parts.append(_row(row, x + PADDING + row.indent, x + width - PADDING, baseline))
    parts += [_heat(heat, x + PADDING, y + HEADER_HEIGHT + 4) for heat in box.heats]
    parts.append(box_badges(box.marks, x + spent_width(box.spent), x + width, y))
    if box.spent is not None:
        parts.append(percentage(box.spent, x, y))
    return "".join(parts) + "</g>"


def _heat(heat: Heat, left: float, top: float) -> str:
    """Draw a heatmap in the room that its two rows leave for it; while there is none, its frame."""
    x = left + (HEAT_WIDTH - heat.width) / 2
    y = top + ROW_HEIGHT * heat.row + (2 * ROW_HEIGHT - heat.height) / 2
    place = f'x="{x:.1f}" y="{y:.1f}" width="{heat.width:.1f}" height="{heat.height:.1f}"'
    image = f' href="{heat.image}"' if heat.image else ""
    return (
        f'<image class="heat" data-heat="{heat.name}" {place} preserveAspectRatio="none"{image}/>'
        f'<rect class="plate" {place}/>'
    )


def _stack(x: float, y: float, width: float, height: float) -> str:
    """Draw the sheets behind a collapsed group, which say that there is more in it."""
    return "".join(
        f'<rect class="shadow" x="{x + off:.1f}" y="{y - off:.1f}" width="{width - 2 * off:.1f}" '
        f'height="{height:.1f}" rx="9"/>'
        for off in (6.0, 3.0)
    )


def _header(box: Box, x: float, y: float, width: float) -> str:
    bottom = y + HEADER_HEIGHT
    inner = 8.4
    head = (
        f"M{x + 0.6:.1f} {bottom:.1f}V{y + inner + 0.6:.1f}a{inner} {inner} 0 0 1 {inner} {-inner}"
        f"H{x + width - inner - 0.6:.1f}a{inner} {inner} 0 0 1 {inner} {inner}V{bottom:.1f}z"
    )
    parts = [
        f'<path class="head" d="{head}"/>',
        f'<path class="rule" d="M{x + 0.6:.1f} {bottom:.1f}H{x + width - 0.6:.1f}"/>',
    ]
    if box.spent is not None:
        parts.append(tint(box.spent, x, y, width))
    left = x + PADDING
    if box.glyph:
        wide = glyph_width(box.glyph)
        left = x + 5 + wide + 7
        parts.append(
            f'<rect class="chip" x="{x + 5:.1f}" y="{y + 4:.1f}" width="{wide:.1f}" '
            f'height="20" rx="10"/>'
            f'<text class="glyph" text-anchor="middle" x="{x + 5 + wide / 2:.1f}" '
            f'y="{y + 18:.1f}">{xml(box.glyph)}</text>'
        )
    name = "title" if box.named else "title auto"
    parts.append(f'<text class="{name}" x="{left:.1f}" y="{y + 18.6:.1f}">{xml(box.title)}</text>')
    return "".join(parts)


def _row(row: Row, left: float, right: float, baseline: float) -> str:
    tone = {"plain": "", "quiet": " absent"}.get(row.tone, f" {row.tone}")
    return (
        f'<text class="caption" x="{left:.1f}" y="{baseline:.1f}">{xml(row.caption)}</text>'
        f'<text class="row{tone}" data-row="{row.name or row.caption}" text-anchor="end" '
        f'x="{right:.1f}" y="{baseline:.1f}">{xml(row.text)}</text>'
    )
