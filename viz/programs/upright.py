"""A figure that runs from top to bottom, as a program is read: boxes, lines and frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from viz.figures.arrange import frame_width, place
from viz.figures.box_svg import box_svg
from viz.figures.figure import Figure, Frame, Link
from viz.figures.legend import notes
from viz.figures.svg import MARGIN, ROOT, STYLE
from viz.layout.columns import Point
from viz.layout.nesting import Layout, Rectangle, Route
from viz.programs.program_look import LOOK, entries
from viz.theme import themed
from viz.words.labels import xml

WIDTH, TIP, HALF = 1.3, 6.9, 3.4  # of a line, and of its arrow head
SHEETS = 6.0  # what the sheets behind a closed group stand out


def upright_svg(figure: Figure, *, with_legend: bool = True) -> str:
    """Draw a figure from top to bottom.

    Args:
        figure: boxes, links without labels, frames.
        with_legend: add the lines that explain colours and shapes.

    Returns:
        The text of a complete SVG file.
    """
    layout, rectangles = lay_out_upright(figure)
    wide, tall = layout.size[1], layout.size[0]
    below = notes(entries(figure) if with_legend else [], wide)
    width = max(wide, below.width) + 2 * MARGIN
    height = tall + 2 * MARGIN + below.height
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(figure.description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE + LOOK, ROOT)}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            f'<g transform="translate({(width - wide) / 2:.1f} {MARGIN:.1f})">',
            *map(_frame, figure.frames, layout.frames),
            *(
                _line(index, link, route, figure, rectangles)
                for index, (link, route) in enumerate(zip(figure.links, layout.routes, strict=True))
            ),
            *(
                box_svg(index, box, rectangle)
                for index, (box, rectangle) in enumerate(zip(figure.boxes, rectangles, strict=True))
            ),
            "</g>",
            f'<g transform="translate({(width - below.width) / 2:.1f} {MARGIN + tall:.1f})">'
            f"{below.svg}</g>"
            if below.svg
            else "",
            "</svg>",
            "",
        ]
    )


def lay_out_upright(figure: Figure) -> tuple[Layout, list[Rectangle]]:
    """Lay a figure out from top to bottom: from left to right, with x and y exchanged.

    Args:
        figure: boxes, links and frames.

    Returns:
        The layout before the exchange, and the boxes' rectangles after it.
    """
    lying = [replace(box, width=box.height, height=box.width) for box in figure.boxes]
    placed = place(replace(figure, boxes=tuple(lying)))
    rectangles = [
        (y - box.width / 2, x - box.height / 2, box.width, box.height)
        for box, (x, y) in zip(figure.boxes, placed.layout.centres, strict=True)
    ]
    return placed.layout, rectangles


def _exchanged(spot: Rectangle) -> Rectangle:
    x, y, width, height = spot
    return y, x, height, width


def _frame(frame: Frame, spot: Rectangle) -> str:
    """Draw a frame; its title stands along its left side, where there is room for it."""
    x, y, width, height = _exchanged(spot)
    down = y + min(height, frame_width(frame.title)) - 12
    return (
        f'<g class="scope" data-scope="{xml(frame.scope)}"><title>{xml(frame.title)}</title>'
        f'<rect class="area" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="12"/><text transform="translate({x + 18.5:.1f} {down:.1f}) rotate(-90)">'
        f"{xml(frame.title)}</text></g>"
    )


def _line(
    index: int, link: Link, route: Route, figure: Figure, rectangles: Sequence[Rectangle]
) -> str:
    """Draw one edge downwards, with its arrow head."""
    above, below = rectangles[link.source], rectangles[link.target]
    owned = " owned" if "leaf" in figure.boxes[link.source].kind else ""
    last = (route.start[1], above[1] + above[3])  # boxes side by side differ in height
    path = [f"M{last[0]:.1f} {last[1]:.1f}"]
    for top, bottom, x in route.lanes:
        path.append(_curve(last, (x, top)))
        path.append(f"V{bottom:.1f}")
        last = (x, bottom)
    x, y = route.end[1], below[1]
    if "group" in figure.boxes[link.target].kind:
        y -= SHEETS
    path.append(_curve(last, (x, y - TIP + 1)))
    tip = f"{x:.1f},{y:.1f} {x - HALF:.1f},{y - TIP:.1f} {x + HALF:.1f},{y - TIP:.1f}"
    return (
        f'<g class="link{owned}" data-link="{index}"><path class="line" stroke-width="{WIDTH}" '
        f'd="{"".join(path)}"/><polygon class="tip" points="{tip}"/></g>'
    )


def _curve(start: Point, end: Point) -> str:
    middle = (start[1] + end[1]) / 2
    return f"C{start[0]:.1f} {middle:.1f} {end[0]:.1f} {middle:.1f} {end[0]:.1f} {end[1]:.1f}"
