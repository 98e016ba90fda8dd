"""The columns of a plan side by side: every item gets its place, every edge its way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from viz.layout.layered import LANE_HEIGHT, Plan

Point = tuple[float, float]
Stop = tuple[float, float, float]  # a level piece of a line: x from, x to, y
SMALL = 30.0  # lower boxes are constants: they keep their own width


@dataclass(frozen=True)
class Stretch:
    """The way of one edge through a plan: its two ends, and its level pieces in between."""

    start: Point
    end: Point
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Columns:
    """Where everything in a plan stands, seen from the plan's top left corner."""

    centres: list[Point]
    widths: list[float]
    stretches: list[Stretch]
    gaps: list[float]  # x where the gap after each rank begins
    size: Point


def columns_of(
    plan: Plan, sizes: Sequence[Point], frames: Collection[int], gap_widths: Sequence[float]
) -> Columns:
    """Place the columns of a plan side by side.

    Args:
        plan: ranks, order and heights.
        sizes: width and height of each item, in pixels.
        frames: the items that are frames; boxes are not stretched to their width.
        gap_widths: width in pixels of the gap after each rank but the last.

    Returns:
        The places; everything in a column ends at its right side, next to what reads it.
    """
    lefts, rights, common, left = [], [], [], 0.0
    for rank, layer in enumerate(plan.layers):
        items = [item for item in layer if item < plan.count]
        boxes = [sizes[item][0] for item in items if item not in frames]
        common.append(max(boxes, default=0.0))
        lefts.append(left)
        left += max((sizes[item][0] for item in items), default=0.0)
        rights.append(left)
        left += gap_widths[rank] if rank < len(gap_widths) else 0.0
    centres, widths = [], []
    for item, (width, height) in enumerate(sizes):
        rank = plan.ranks[item]
        if item not in frames and height >= SMALL:
            width = common[rank]  # boxes of a column are equally wide
        widths.append(width)
        centres.append((rights[rank] - width / 2, plan.heights[item]))
    stretches = []
    for edge, (source, target) in enumerate(plan.edges):
        start = (rights[plan.ranks[source]], plan.heights[source] + plan.starts[edge])
        enters = centres[target][0] - widths[target] / 2
        end = (enters, plan.heights[target] + plan.ends[edge])
        stops = [
            (lefts[rank], rights[rank], plan.heights[lane])
            for rank, lane in enumerate(plan.chains[edge][1:-1], start=plan.ranks[source] + 1)
        ]
        if enters - lefts[plan.ranks[target]] > 1:  # a narrow item: first level to its column
            stops.append((lefts[plan.ranks[target]], enters, end[1]))
        stretches.append(Stretch(start, end, tuple(stops)))
    bottoms = [y + height / 2 for (_, y), (_, height) in zip(centres, sizes, strict=True)]
    bottoms += [y + LANE_HEIGHT / 2 for y in plan.heights[plan.count :]]
    return Columns(centres, widths, stretches, rights[:-1], (left, max(bottoms, default=0.0)))
