"""Numbers on the lines of a network, each where it can be told whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from viz.words.labels import text_width
from viz.words.numbers import number, sign

Line: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
Rectangle: TypeAlias = tuple[float, float, float, float]  # x, y, width, height

PLACES = sorted((place / 100 for place in range(14, 88, 4)), key=lambda place: abs(place - 0.5))
CLEAR = 15.0  # pixels to the next line at which a number is plainly not that line's


def label(value: float, line: Line, others: Sequence[Line], spots: list[Rectangle]) -> list[str]:
    """Write a number where its line is farthest from others, and on no other number.

    Args:
        value: the number.
        line: its line.
        others: the other lines between the same columns.
        spots: where numbers stand already; this one is added.

    Returns:
        SVG elements; none if there is no free place.
    """
    text = number(value, signed=True)
    width, height = text_width(text, 11, bold=True) + 6, 14.0
    best = None
    for place in PLACES:
        x, y = _point(line, place)
        box = (x - width / 2, y - height / 2, width, height)
        if any(_overlap(box, spot) for spot in spots):
            continue
        away = min((abs(_point(other, place)[1] - y) for other in others), default=CLEAR)
        if best is None or min(away, CLEAR) > best[0]:
            best = (min(away, CLEAR), x, y, box)
    if best is None:
        return []
    _, x, y, box = best
    spots.append(box)
    return [
        f'<rect class="pill" x="{box[0]:.1f}" y="{box[1]:.1f}" width="{width:.1f}" '
        f'height="{height:g}" rx="4" fill-opacity=".88"/>'
        f'<text class="number {sign(value)}" x="{x:.1f}" y="{y + 4:.1f}">{text}</text>'
    ]


def _point(line: Line, place: float) -> tuple[float, float]:
    (x, y), (right, lower) = line
    return x + place * (right - x), y + place * (lower - y)


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    (x, y, width, height), (left, top, wide, tall) = one, other
    return x < left + wide and left < x + width and y < top + tall and top < y + height
