"""Open scopes as frames around their boxes: under the lines, the deeper the darker."""

from __future__ import annotations

from viz.figures.arrange import Placed
from viz.figures.figure import Frame
from viz.layout.nesting import Rectangle
from viz.words.labels import xml

ROUND = 12.0
TITLE_X, TITLE_Y = 12.0, 18.5

STYLE = """
.area{fill:@border;fill-opacity:.08;stroke:@border;stroke-opacity:.55;stroke-width:1}
.scope text{font-size:12px;font-weight:700;fill:@quiet}
"""


def frames_svg(placed: Placed) -> list[str]:
    """Draw the frames of a figure, outer ones first.

    Args:
        placed: a figure whose frames have places.

    Returns:
        One SVG group for each frame.
    """
    frames, places = placed.figure.frames, placed.layout.frames
    return [_frame(frame, spot) for frame, spot in zip(frames, places, strict=True)]


def _frame(frame: Frame, spot: Rectangle) -> str:
    x, y, width, height = spot
    return (
        f'<g class="scope" data-scope="{xml(frame.scope)}">'
        f"<title>{xml(frame.title)}</title>"
        f'<rect class="area" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{ROUND}"/><text x="{x + TITLE_X:.1f}" y="{y + TITLE_Y:.1f}">{xml(frame.title)}</text>'
        "</g>"
    )
