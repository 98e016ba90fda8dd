"""Marks as they are drawn: a word on the edge of a box, a sign on the line of a link."""

from __future__ import annotations

from collections.abc import Sequence

from viz.figures.mark import Mark
from viz.figures.remarked import RED, RED_INK
from viz.words.labels import text_width, xml

SIZE, HEIGHT, PADDING, APART, INSET = 10.0, 15.0, 6.0, 4.0, 8.0
SIGN_STEP = 14.0

STYLE = """
.badge rect{fill:@paper;stroke:@mark;stroke-width:1.2}
.badge text{font-size:10px;font-weight:700;fill:@mark}
.badge .sign{fill:@mark;stroke:@paper;stroke-width:2.4;paint-order:stroke}
.badge .disc{fill:@paper;stroke:none}
.badge .hole{fill:none;stroke:@paper;stroke-width:1.8}
.badge .bow{fill:none;stroke:@mark;stroke-width:1.8}
"""

# Each sign differs in shape as well: a no-entry sign, two wedges (back is to the left), infinity.
SIGNS = {
    "stops": '<circle class="sign" r="5.4"/><path class="hole" d="M-3.2 0H3.2"/>',
    "fades": '<path class="sign" d="M-5.4 0L5 -4.6V4.6z"/>',
    "grows": '<path class="sign" d="M5 0L-5.4 -4.6V4.6z"/>',
    "infinite-slope": '<rect class="disc" x="-7" y="-4.6" width="14" height="9.2" rx="4.6"/>'
    '<path class="bow" d="M0 0a2.6 2.6 0 1 0 0 .1a2.6 2.6 0 1 0 0 -.1"/>',
}


def badge_width(word: str) -> float:
    """Width in pixels of a badge on a box."""
    return text_width(word, SIZE, bold=True) + 2 * PADDING


def box_badges(marks: Sequence[Mark], left: float, right: float, top: float) -> str:
    """Draw the marks of a box on its upper edge, from the right to the left.

    Args:
        marks: what is to be shown; what finds no room is counted in a last badge.
        left: x of the box's left side.
        right: x of its right side.
        top: y of its upper edge, on which the badges stand half above and half below.

    Returns:
        SVG text.
    """
    parts: list[str] = []
    end = right - INSET
    for position, mark in enumerate(marks):
        width = badge_width(mark.word)
        rest = marks[position:]
        more = badge_width(f"+{len(rest)}") + APART if len(rest) > 1 else 0.0
        if parts and end - width - more < left:
            text = " ".join(other.text for other in rest)
            mark = Mark(rest[0].kind, f"+{len(rest)}", text)
            width = badge_width(mark.word)
        parts.append(badge(mark, end - width, top - HEIGHT / 2))
        if mark.word == f"+{len(rest)}":
            break
        end -= width + APART
    return "".join(parts)


def badge(mark: Mark, x: float, y: float) -> str:
    """Draw one badge with its word; its upper left corner is at (x, y)."""
    width = badge_width(mark.word)
    plate = ink = ""
    if mark.kind == "culprit":
        plate, ink = f' style="fill:{RED};stroke:{RED}"', f' style="fill:{RED_INK}"'
    return (
        f'<g class="badge" data-mark="{mark.kind}">{_about(mark)}'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT:.0f}" rx="4"{plate}/>'
        f'<text text-anchor="middle" x="{x + width / 2:.1f}" y="{y + 11:.1f}"{ink}>'
        f"{xml(mark.word)}</text></g>"
    )


def signs(marks: Sequence[Mark], x: float, y: float) -> str:
    """Draw the signs of an edge's marks on its line, from x to the left.

    They take no room of their own, so that nothing moves when backward has run.
    """
    return "".join(
        f'<g class="badge" data-mark="{mark.kind}" '
        f'transform="translate({x - place * SIGN_STEP:.1f} {y:.1f})">'
        f"{_about(mark)}{SIGNS[mark.kind]}</g>"
        for place, mark in enumerate(marks)
    )


def _about(mark: Mark) -> str:
    return f"<title>{xml(mark.text)}</title>" if mark.text else ""
