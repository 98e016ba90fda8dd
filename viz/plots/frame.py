"""The frame of a plot: two scales that turn numbers into places on the paper, and its grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from viz.theme import FONTS, SERIES, themed
from viz.words.labels import xml
from viz.words.numbers import number

ROOT = "glassgrad-plot"
FARTHEST = 1e300  # differences of larger numbers overflow

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.tick{{font-size:11px;fill:@quiet}}
.axis{{font-size:12px;fill:@quiet}}
.grid{{stroke:@hair;stroke-width:1}}
.base{{stroke:@border;stroke-width:1.2}}
.name{{font-size:12px;font-weight:700}}
.curve{{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}}
.raw{{stroke-width:1;opacity:.35}}
.dash1{{stroke-dasharray:7 4}}
.dash2{{stroke-dasharray:2 4}}
.dot{{stroke:@paper;stroke-width:1.5}}
""" + "\n".join(
    f".line{index}{{stroke:@series{index}}}\n.fill{index}{{fill:@series{index}}}"
    for index in range(len(SERIES))
)


@dataclass(frozen=True)
class Frame:
    """A rectangle in which numbers are drawn.

    Attributes:
        left: its edges in pixels, as `top`, `right` and `bottom`.
        places: the lowest and the highest number along x.
        ticks: rising numbers along y; the first and the last are the edges.
        log: whether y is logarithmic.

    Example:
        >>> frame = Frame(0, 0, 100, 50, (0.0, 10.0), [0.0, 1.0, 2.0])
        >>> frame.x(5.0), frame.y(0.5)
        (50.0, 37.5)
    """

    left: float
    top: float
    right: float
    bottom: float
    places: tuple[float, float]
    ticks: Sequence[float]
    log: bool = False

    def x(self, place: float) -> float:
        """Give the pixel of a number along x."""
        low, high = self.places
        return self.left + (self.right - self.left) * (place - low) / ((high - low) or 1.0)

    def y(self, height: float) -> float:
        """Give the pixel of a number along y."""
        low, high = self.ticks[0], self.ticks[-1]
        height = min(max(height, -FARTHEST), FARTHEST)
        if self.log:
            low, high, height = math.log10(low), math.log10(high), math.log10(height)
        return self.bottom - (self.bottom - self.top) * (height - low) / (high - low)


def grid(
    frame: Frame, marks: Iterable[tuple[float, str]], x_label: str = "", y_label: str = ""
) -> list[str]:
    """Draw the lines and the numbers around a frame.

    Args:
        frame: where to draw.
        marks: places along x with the text of each.
        x_label: what stands below; already cleaned.
        y_label: what stands at the left; already cleaned.

    Returns:
        SVG elements.
    """
    left, right, bottom = frame.left, frame.right, frame.bottom
    parts = []
    for tick in frame.ticks:
        y = frame.y(tick)
        parts.append(
            f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/><text class="tick" '
            f'text-anchor="end" x="{left - 9:.1f}" y="{y + 3.9:.1f}">{number(tick)}</text>'
        )
    parts.append(f'<path class="base" d="M{left:.1f} {bottom:.1f}H{right:.1f}"/>')
    for place, text in marks:
        x = frame.x(place)
        parts.append(
            f'<path class="base" d="M{x:.1f} {bottom:.1f}v5"/><text class="tick" '
            f'text-anchor="middle" x="{x:.1f}" y="{bottom + 19:.1f}">{xml(text)}</text>'
        )
    if x_label:
        parts.append(
            f'<text class="axis" text-anchor="middle" x="{(left + right) / 2:.1f}" '
            f'y="{bottom + 41:.1f}">{xml(x_label)}</text>'
        )
    if y_label:
        parts.append(
            f'<text class="axis" text-anchor="middle" transform="translate({left - 52:.0f} '
            f'{(frame.top + bottom) / 2:.1f}) rotate(-90)">{xml(y_label)}</text>'
        )
    return parts


def line(frame: Frame, places: Iterable[float], heights: Iterable[float], style: str) -> str:
    """Draw one line; where a height is missing (nan or infinite) the line has a gap.

    Args:
        frame: where to draw.
        places: numbers along x.
        heights: as many numbers along y.
        style: the classes of the path.

    Returns:
        An SVG path.

    Example:
        >>> frame = Frame(0, 0, 10, 10, (0.0, 1.0), [0.0, 1.0])
        >>> line(frame, [0.0, 1.0], [0.0, 1.0], "curve")
        '<path class="curve" d="M0.0 10.0L10.0 0.0"/>'
    """
    points: list[str] = []
    pen = "M"
    for place, height in zip(places, heights, strict=True):
        if not math.isfinite(height):
            if points and points[-1].startswith("M"):
                points[-1] += "h0"  # a point between two gaps: the round cap makes it a dot
            pen = "M"
            continue
        points.append(f"{pen}{frame.x(place):.1f} {frame.y(height):.1f}")
        pen = "L"
    return f'<path class="{style}" d="{"".join(points)}"/>'


def plot_svg(
    parts: Iterable[str], description: str, width: float, height: float, more_style: str = ""
) -> str:
    """Put the parts of a plot on paper.

    Args:
        parts: SVG elements.
        description: what the plot shows, in words.
        width: of the paper, in pixels.
        height: of the paper, in pixels.
        more_style: rules beside `STYLE`, for `viz.theme.themed`.

    Returns:
        The text of an SVG file, light and dark in one.
    """
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE + more_style, ROOT)}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
