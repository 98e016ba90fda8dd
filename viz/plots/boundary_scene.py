"""The picture of a decision boundary while it is learned: regions, points, what is wrong yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.motion.clock import Clock
from viz.plots.frame import ROOT, Frame, plot_svg
from viz.plots.plane_image import chains, plane_uri, zero_lines
from viz.plots.points import look_like_probabilities, titles_of
from viz.plots.regions import Regions, are_labels, classes_of, regions_of
from viz.plots.ticks import nice_ticks
from viz.theme import SERIES
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number

WHO = "BoundaryFilm"
SIDE, LEFT, TOP, BELOW, RIGHT = 360.0, 72.0, 84.0, 44.0, 24.0
STYLE = """
.plane{image-rendering:auto}
.between{fill:none;stroke:@ink;stroke-width:1.6;stroke-linecap:round}
.point{stroke:@paper;stroke-width:1}
.ring{fill:none;stroke:@ink;stroke-width:1.6}
.caption{font-size:13px}
.progress{fill:@border}
.still{display:none}
"""
CALM = f"""
@media (prefers-reduced-motion:reduce){{
.{ROOT} .run{{visibility:hidden!important}}
.{ROOT} .run.end{{visibility:visible!important}}
.{ROOT} .moving{{display:none}}
}}"""


@dataclass(frozen=True)
class Shot:
    """What the model said at one moment.

    Attributes:
        count: the how manieth moment it was, from 1.
        plane: its answers on the grid.
        points: its answers at the points.
        notes: what else was measured, by name.
    """

    count: int
    plane: NDArray[Any]
    points: NDArray[Any]
    notes: Mapping[str, float]


@dataclass(frozen=True)
class Ground:
    """What all moments of a film have in common.

    Attributes:
        X: the points, shape (n, 2).
        y: their labels, shape (n,).
        sides: the grid's places along each coordinate.
        names: a name for each class, if they were chosen.
        feature_names: what the coordinates are.
        probability: whether the model's numbers are probabilities, if that was said.
        unit: what one moment stands for.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    sides: Sequence[NDArray[np.float64]]
    names: Sequence[str] | Mapping[Any, str] | None
    feature_names: Sequence[str]
    probability: bool | None
    unit: str


def film_svg(
    shown: Sequence[Shot], ground: Ground, seconds: float, title: str, *, moves: bool
) -> tuple[str, str]:
    """Draw a film of decision boundaries.

    Args:
        shown: its moments.
        ground: what they have in common.
        seconds: how long a moment is shown.
        title: what stands above it.
        moves: False draws the last moment only.

    Returns:
        The text of an SVG file, and what it shows in words.

    Raises:
        ValueError: if what the model said does not fit the labels.
    """
    every = [np.concatenate([shot.points, shot.plane]) for shot in shown]
    classes = classes_of(ground.y, every[-1], WHO)
    sure = ground.probability
    if sure is None:
        sure = all(look_like_probabilities(answers) for answers in every)
    settings = {
        "labels": all(are_labels(ground.y, answers) for answers in every),
        "probability": sure,
    }
    titles = [clean(title, 30) for title in titles_of(classes, ground.names, WHO)]
    names_width = max(text_width(name, 12, bold=True) for name in titles)
    frame = Frame(
        LEFT,
        TOP,
        LEFT + SIDE,
        TOP + SIDE,
        (float(ground.sides[0][0]), float(ground.sides[0][-1])),
        [float(ground.sides[1][0]), float(ground.sides[1][-1])],
    )
    width = LEFT + SIDE + 32 + names_width + RIGHT
    title = clean(title, 60) or "Decision boundary while it is learned"
    width = max(width, LEFT + text_width(title, 16, bold=True) + RIGHT)
    clock = Clock(len(shown), seconds, moves)
    shape = (len(ground.sides[1]), len(ground.sides[0]))
    captions, planes, rings = [], [], []
    for place, shot in enumerate(shown):
        span = (float(place), float(place + 1))
        regions = regions_of(shot.plane, classes, **settings)
        winner = regions_of(shot.points, classes, **settings).winner
        wrong = (winner < 0) | (np.array(classes)[winner] != ground.y)
        told = _told(shot, wrong, ground.unit)
        captions.append(
            clock.during(span, [f'<text class="caption" x="{LEFT:g}" y="60">{xml(told)}</text>'])
        )
        planes.append(clock.during(span, _plane(regions, frame, shape)))
        rings.append(clock.during(span, [_rings(ground.X[wrong], frame)]))
    parts = [
        f'<text class="title" x="{LEFT:g}" y="34">{xml(title)}</text>',
        *captions,
        *planes,
        *_axes(ground, frame),
        *_points(ground.X, ground.y, classes, frame),
        *rings,
        *_legend(titles, frame),
        clock.progress(LEFT, TOP + SIDE + BELOW + 8, SIDE),
    ]
    description = (
        f"Decision boundary of {len(classes)} classes while it is learned: {len(shown)} "
        f"moment{'s' * (len(shown) != 1)}; {told}."
    )
    height = TOP + SIDE + BELOW + 18
    svg = plot_svg(parts, description, width, height, STYLE)
    return svg.replace("</style>", f"{CALM}</style>", 1), description


def _axes(ground: Ground, frame: Frame) -> list[str]:
    """Write round numbers along both sides, and what they are."""
    left, bottom, parts = frame.left, frame.bottom, []
    for axis, side in enumerate(ground.sides):
        low, high = float(side[0]), float(side[-1])
        for tick in (tick for tick in nice_ticks(low, high) if low <= tick <= high):
            place = (
                f'text-anchor="end" x="{left - 9:g}" y="{frame.y(tick) + 4:.1f}"'
                if axis
                else f'text-anchor="middle" x="{frame.x(tick):.1f}" y="{bottom + 19:g}"'
            )
            parts.append(f'<text class="tick" {place}>{number(tick)}</text>')
    across, up = (xml(clean(name, 30)) for name in ground.feature_names)
    middle = f"{left - 52:g} {(frame.top + bottom) / 2:g}"
    return [
        *parts,
        f'<text class="axis" text-anchor="middle" x="{(left + frame.right) / 2:g}" '
        f'y="{bottom + 39:g}">{across}</text>',
        f'<text class="axis" text-anchor="middle" transform="translate({middle}) rotate(-90)">'
        f"{up}</text>",
    ]


def _told(shot: Shot, wrong: NDArray[np.bool_], unit: str) -> str:
    right = int((~wrong).sum())
    told = f"{unit} {shot.count}: {right} of {len(wrong)} points on their side"
    return told + "".join(f", {clean(k, 20)} {number(v)}" for k, v in shot.notes.items())


def _plane(regions: Regions, frame: Frame, shape: tuple[int, int]) -> list[str]:
    step_x, step_y = SIDE / (shape[1] - 1), SIDE / (shape[0] - 1)
    paths = []
    for margin in regions.margins[:-1]:  # each line lies between two classes: one is enough
        for chain in chains(zero_lines(margin.reshape(shape))):
            spots = [f"{x * step_x:.4g} {SIDE - y * step_y:.4g}" for x, y in chain]
            paths.append("M" + "L".join(spots))
    return [
        f'<image class="plane" x="{frame.left:g}" y="{frame.top:g}" width="{SIDE:g}" '
        f'height="{SIDE:g}" preserveAspectRatio="none" href="{plane_uri(regions, shape)}"/>',
        f'<path class="between" transform="translate({frame.left:g} {frame.top:g})" '
        f'd="{"".join(paths)}"/>',
    ]


def _points(
    X: NDArray[np.float64], y: NDArray[Any], classes: Sequence[Any], frame: Frame
) -> list[str]:
    """Draw each class's points with its own colour and shape."""
    paths = []
    for index, label in enumerate(classes):
        marks = "".join(
            _mark(index, frame.x(float(a)), frame.y(float(b))) for a, b in X[y == label]
        )
        paths.append(f'<path class="point fill{index % len(SERIES)}" d="{marks}"/>')
    return paths


def _mark(index: int, x: float, y: float) -> str:
    """One of four shapes around a place."""
    spot = f"{x:.1f} {y:.1f}"
    shapes = (
        f"M{spot}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        f"M{spot}m-3.6 -3.6h7.2v7.2h-7.2z",
        f"M{spot}m0 -4.8l4.6 8h-9.2z",
        f"M{spot}m0 -5l5 5l-5 5l-5 -5z",
    )
    return shapes[index % len(shapes)]


def _rings(points: NDArray[np.float64], frame: Frame) -> str:
    path = "".join(
        f"M{frame.x(float(a)):.1f} {frame.y(float(b)):.1f}m-7.5 0a7.5 7.5 0 1 0 15 0"
        "a7.5 7.5 0 1 0 -15 0"
        for a, b in points
    )
    return f'<path class="ring" d="{path}"/>'


def _legend(titles: Sequence[str], frame: Frame) -> list[str]:
    parts = []
    for index, name in enumerate(titles):
        y = frame.top + 10 + 20 * index
        colour = index % len(SERIES)
        parts.append(
            f'<path class="point fill{colour}" d="{_mark(index, frame.right + 20, y)}"/>'
            f'<text class="name fill{colour}" x="{frame.right + 32:.1f}" y="{y + 4.2:.1f}">'
            f"{xml(name)}</text>"
        )
    y = frame.top + 10 + 20 * len(titles)
    parts.append(
        f'<path class="ring" d="M{frame.right + 20:.1f} {y:.1f}m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 '
        f'0"/><text class="tick" x="{frame.right + 32:.1f}" y="{y + 4:.1f}">wrong side</text>'
    )
    return parts
