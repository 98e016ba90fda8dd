"""A figure drawn as one SVG file: no script, no ids, light and dark, every label escaped."""

from __future__ import annotations

import math
from collections import Counter

from viz.figures.arrange import Placed, place
from viz.figures.badges import STYLE as BADGE_STYLE
from viz.figures.badges import signs
from viz.figures.box_svg import box_svg
from viz.figures.boxes import CAPTION_SIZE, LABEL_SIZE, ROW_SIZE, TITLE_SIZE, Figure, Link
from viz.figures.frames import STYLE as FRAME_STYLE
from viz.figures.frames import frames_svg
from viz.figures.legend import Notes, legend
from viz.layout.columns import Point
from viz.layout.nesting import Rectangle, Route
from viz.theme import FONTS, themed
from viz.words.labels import xml
from viz.words.numbers import sign

ROOT = "glassgrad-graph"
MARGIN = 28.0
THIN, THICK = 1.3, 5.0
ENDLESS = 2.5  # what is infinite is wider than all else, and hollow

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:{TITLE_SIZE}px;font-weight:700}}
.auto{{font-weight:400;fill:@quiet}}
.row{{font-size:{ROW_SIZE}px}}
.caption{{font-size:{CAPTION_SIZE}px;fill:@quiet}}
.pill text{{font-size:{LABEL_SIZE}px}}
.pill rect{{fill:@paper;stroke:@hair}}
.small{{font-size:11px;fill:@quiet}}
.frame{{fill:@box;stroke:@border;stroke-width:1.2}}
.head,.rule{{stroke:none;fill:none}}
.rule{{stroke:@hair}}
.chip{{fill:@chip}}
.glyph{{font-size:{CAPTION_SIZE}px;font-weight:700;fill:@chip_ink}}
.leaf .frame{{stroke:@leaf_border;stroke-width:1.4}}
.leaf .head{{fill:@leaf}}
.data .frame{{stroke-dasharray:4 3}}
.data .head{{fill:@data}}
.group .frame{{stroke-width:1.6}}
.group .head{{fill:@group}}
.group .shadow{{fill:@box;stroke:@border;stroke-width:1.2}}
.output .frame{{stroke:@output;stroke-width:1.8}}
.output .head{{fill:@output}}
.output .title{{fill:@output_ink}}
.output .chip{{fill:@output_ink}}
.output .glyph{{fill:@output}}
.constant .frame{{fill:@constant;stroke:none}}
.constant text{{fill:@quiet}}
.line{{fill:none;stroke:@border;stroke-linecap:butt}}
.tip{{fill:@border}}
.line.plus{{stroke:@plus}}
.line.minus{{stroke:@minus}}
.tip.plus{{fill:@plus}}
.tip.minus{{fill:@minus}}
.line.constant{{stroke:@border;stroke-dasharray:2 3}}
text.plus{{fill:@plus;font-weight:700}}
text.minus{{fill:@minus;font-weight:700}}
text.zero{{fill:@quiet;font-weight:700}}
text.quiet{{fill:@quiet}}
text.absent{{fill:@quiet;font-style:italic}}
text.soft{{fill:@quiet}}
.plate{{fill:none;stroke:@hair}}
.heat{{image-rendering:optimizeSpeed;image-rendering:pixelated}}
.core{{fill:none;stroke:@paper}}
.line.odd{{stroke:@mark;stroke-dasharray:6 3}}
.tip.odd{{fill:@mark}}
{BADGE_STYLE.strip()}
{FRAME_STYLE.strip()}
"""


def svg_of(figure: Figure, *, with_legend: bool = True) -> str:
    """Draw a figure.

    Args:
        figure: boxes and links.
        with_legend: add the line that explains colours and shapes.

    Returns:
        The text of a complete SVG file.
    """
    placed = place(figure)
    drawn_width, drawn_height = placed.layout.size
    spots = placed.labels.values()
    top = min([0.0, *(y for _, y, _, _ in spots)])
    bottom = max([drawn_height, *(y + height for _, y, _, height in spots)])
    notes = legend(figure, drawn_width) if with_legend else Notes("", 0.0, 0.0)
    width = max(drawn_width, notes.width) + 2 * MARGIN
    height = bottom - top + 2 * MARGIN + notes.height
    drawing = f'<g transform="translate({(width - drawn_width) / 2:.1f} {MARGIN - top:.1f})">'
    below = (
        f'<g transform="translate({(width - notes.width) / 2:.1f} '
        f'{MARGIN + bottom - top:.1f})">{notes.svg}</g>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(figure.description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE, ROOT)}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            drawing,
            *frames_svg(placed),
            *_lines(placed),
            *(
                box_svg(index, box, rectangle)
                for index, (box, rectangle) in enumerate(
                    zip(figure.boxes, placed.box_rectangles(), strict=True)
                )
            ),
            *(_pill(index, figure.links[index], spot) for index, spot in placed.labels.items()),
            "</g>",
            below if notes.svg else "",
            "</svg>",
            "",
        ]
    )


def _lines(placed: Placed) -> list[str]:
    """Draw all edges, the strongest last and so on top."""
    links, boxes = placed.figure.links, placed.figure.boxes
    flows = [abs(link.flow) if link.flow and _flows(link) else 0.0 for link in links]
    strongest = max(flows, default=0.0)
    arriving = Counter(link.target for link in links)
    lines = []
    for index in sorted(range(len(links)), key=flows.__getitem__):
        link = links[index]
        # Lines into a box with many inputs stay thinner than the distance of its ports.
        room = 0.5 * boxes[link.target].height / arriving[link.target]
        widest = max(0.0, min(THICK, room) - THIN)
        share = math.sqrt(flows[index] / strongest) if strongest else 0.0
        width = THIN + (0.4 + widest * share if share else 0.0)
        if link.flow is not None and math.isinf(link.flow):
            width = THIN + min(room, widest + ENDLESS)
        lines.append(_line(index, link, placed.layout.routes[index], width))
    return lines


def _flows(link: Link) -> bool:
    return link.flow is not None and math.isfinite(link.flow)


def _line(index: int, link: Link, route: Route, width: float) -> str:
    """Draw one edge with its arrow head."""
    tone = "constant" if link.kind == "constant" else ""
    hollow = False
    if link.flow:
        tone = "odd" if math.isnan(link.flow) else sign(link.flow)
        hollow = math.isinf(link.flow)
    tip = 6.0 + width * 0.7
    half = 2.4 + width * 0.75
    end_x, end_y = route.end
    points: list[Point] = [route.start]
    path = [f"M{route.start[0]:.1f} {route.start[1]:.1f}"]
    for left, right, y in route.lanes:
        path.append(_curve(points[-1], (left, y)))
        path.append(f"H{right:.1f}")
        points.append((right, y))
    path.append(_curve(points[-1], (end_x - tip + 1, end_y)))
    arrow = (
        f"{end_x:.1f},{end_y:.1f} {end_x - tip:.1f},{end_y - half:.1f} "
        f"{end_x - tip:.1f},{end_y + half:.1f}"
    )
    way = "".join(path)
    core = f'<path class="core" stroke-width="{width / 3:.1f}" d="{way}"/>' if hollow else ""
    return (
        f'<g class="link" data-link="{index}">'
        f'<path class="line {tone}" stroke-width="{width:.1f}" d="{way}"/>{core}'
        f'<polygon class="tip {tone}" points="{arrow}"/>'
        f"{'' if link.label else signs(link.marks, end_x - tip - 9, end_y)}</g>"
    )


def _curve(start: Point, end: Point) -> str:
    middle = (start[0] + end[0]) / 2
    return f"C{middle:.1f} {start[1]:.1f} {middle:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"


def _pill(index: int, link: Link, spot: Rectangle) -> str:
    x, y, width, height = spot
    about = f"<title>{xml(link.detail)}</title>" if link.detail else ""
    return (
        f'<g class="pill" data-link="{index}">{about}<rect x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="{height / 2:.1f}"/>'
        f'<text class="{link.tone}" text-anchor="middle" x="{x + width / 2:.1f}" '
        f'y="{y + height / 2 + 3.9:.1f}">{xml(link.label)}</text>'
        f"{signs(link.marks, x - 4, y + height / 2)}</g>"
    )
