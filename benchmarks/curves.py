"""A plot with two logarithmic axes, drawn with the frame and the colours of our own plots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from viz.plots.frame import Frame, grid, line, plot_svg
from viz.plots.ticks import log_ticks
from viz.theme import SERIES
from viz.words.labels import text_width, xml

WIDTH, HEIGHT = 720.0, 400.0
LEFT, TOP, BOTTOM, GAP = 78.0, 58.0, 56.0, 16.0
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# An engine keeps its colour from plot to plot.
COLOURS = {"NumPy": 5, "glassgrad": 0, "glassgrad, replay": 2, "PyTorch": 1, "micrograd": 3}
DASHES = {1: " dash1", 2: " dash2", 5: " dash2"}  # by colour, for those who see none


def drawn(title: str, axes: Sequence[str], series: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Draw curves.

    Args:
        title: What stands above.
        axes: What runs to the right, and what upwards.
        series: Curve by curve the points, each a place and a height, all positive.

    Returns:
        The text of an SVG file, light and dark in one.
    """
    curves = {name: [p for p in points if min(p) > 0] for name, points in series.items()}
    everything = [point for points in curves.values() for point in points]
    places = [math.log10(point[0]) for point in everything]
    heights = [point[1] for point in everything]
    right = WIDTH - 24.0 - max(text_width(name, 12, bold=True) for name in curves)
    ticks = log_ticks(min(heights), max(heights))
    frame = Frame(LEFT, TOP, right, HEIGHT - BOTTOM, (min(places), max(places)), ticks, True)
    marks = dict.fromkeys(round(p, 6) for p in places)
    named = [(place, _count(round(10**place))) for place in sorted(marks)]
    parts = [f'<text class="title" x="{LEFT:.0f}" y="33">{xml(title)}</text>']
    parts += grid(frame, named, axes[0], axes[1])
    ends = []
    for name, points in curves.items():
        colour = _colour(name)
        dash = DASHES.get(colour, "")
        xs, ys = [math.log10(p[0]) for p in points], [p[1] for p in points]
        parts.append(line(frame, xs, ys, f"curve line{colour}{dash}"))
        parts += [
            f'<circle class="dot fill{colour}" cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="4"/>'
            for x, y in zip(xs, ys, strict=True)
        ]
        ends.append((frame.y(ys[-1]), name, colour))
    parts += _names(sorted(ends), frame.right + 11)
    about = f"{title}: {axes[1]} against {axes[0]}, both axes logarithmic"
    return plot_svg(parts, about, WIDTH, HEIGHT)


def _names(ends: Sequence[tuple[float, str, int]], x: float) -> list[str]:
    """Write the names at the right, pushed apart when two curves end at the same height."""
    parts, free = [], -math.inf
    for y, name, colour in ends:
        y = max(y, free)
        free = y + GAP
        parts.append(
            f'<text class="name fill{colour}" x="{x:.1f}" y="{y + 4.2:.1f}">{xml(name)}</text>'
        )
    return parts


def _colour(name: str) -> int:
    known = [colour for who, colour in sorted(COLOURS.items()) if name.startswith(who)]
    return known[-1] if known else len(SERIES) - 2


def _count(whole: int) -> str:
    """Write a size: 4,096, but 10⁵."""
    power = round(math.log10(whole))
    if power >= 4 and whole == 10**power:
        return "10" + str(power).translate(RAISED)
    return f"{whole:,}"
