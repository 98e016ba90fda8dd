"""Where the labels of the edges stand: on their own line, never on a box or on one another.

Labels live in the gaps between two columns, so no box is ever in their way;
a gap grows until all of its labels fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.layout import Plan, Point

BARE_GAP, AIR, ARROW_ROOM = 56.0, 2.5, 14.0
CANDIDATES = 11
LEANS = (0.0, 6.0, -6.0, 11.0, -11.0)  # a label may stand a little above or below its line
CROWD = 70  # past so many lines in a gap it is hopeless to keep labels off foreign lines
MOST_GROWTHS = 8


@dataclass(frozen=True)
class Label:
    """What must be placed: the edge it belongs to and its size in pixels."""

    edge: int
    width: float
    height: float


@dataclass(frozen=True)
class _Line:
    edge: int
    left: float
    right: float

    def height_at(self, share: float) -> float:
        """Give the y of the line at this share of the way across the gap."""
        return self.left + (self.right - self.left) * _EASE[round(share * _EASE_STEPS)]


_EASE_STEPS = 200


def _eased(share: float) -> float:
    """How far a cubic line with level ends has climbed when it is this far across."""
    low, high = 0.0, 1.0
    for _ in range(18):  # its x is 1.5 t - 1.5 t² + t³ because the control points stand half way
        middle = (low + high) / 2
        if 1.5 * middle - 1.5 * middle**2 + middle**3 < share:
            low = middle
        else:
            high = middle
    return low * low * (3 - 2 * low)


_EASE = [_eased(step / _EASE_STEPS) for step in range(_EASE_STEPS + 1)]


def place_labels(plan: Plan, labels: Sequence[Label]) -> tuple[list[float], dict[int, Point]]:
    """Find a place for every label and the width of every gap.

    Args:
        plan: the layout so far; heights are final, columns are not placed yet.
        labels: what to place, at most one per edge.

    Returns:
        The gap widths, and per edge the label's centre with x counted from its gap's left side.
    """
    lines: list[list[_Line]] = [[] for _ in plan.layers[:-1]]
    home: dict[int, tuple[int, _Line]] = {}
    for edge in range(len(plan.edges)):
        for gap, left, right in plan.stretches(edge):
            line = _Line(edge, left, right)
            lines[gap].append(line)
            home[edge] = (gap, line)  # the last one wins: a label stands beside the box it is about
    wanted: list[list[tuple[Label, _Line]]] = [[] for _ in lines]
    for label in labels:
        gap, line = home[label.edge]
        wanted[gap].append((label, line))
    widths, centres = [], {}
    for gap, group in enumerate(wanted):
        widest = max((label.width for label, _ in group), default=0.0)
        width = BARE_GAP + widest
        steepest = max((abs(line.left - line.right) for line in lines[gap]), default=0.0)
        width += min(120.0, steepest * 0.08)  # room to turn for lines that climb far
        placed, complete = _fill_gap(group, lines[gap], width, False)
        for _ in range(MOST_GROWTHS):
            if complete:
                break
            width += widest * 0.75 + AIR
            placed, complete = _fill_gap(group, lines[gap], width, False)
        if not complete:
            placed, _ = _fill_gap(group, lines[gap], width, True)
        widths.append(width)
        centres.update(placed)
    return widths, centres


def _fill_gap(
    group: Sequence[tuple[Label, _Line]], lines: Sequence[_Line], width: float, anywhere: bool
) -> tuple[dict[int, Point], bool]:
    """Place the labels of one gap greedily from top to bottom; say whether all found room."""
    taken: _Taken = {}
    placed: dict[int, Point] = {}
    middle = (width - ARROW_ROOM) / 2
    for label, line in sorted(group, key=lambda item: item[1].height_at(0.5)):
        reach = max(0.0, middle - 6 - label.width / 2)
        best, best_cost = None, float("inf")
        for x in _spread_out(middle, reach):
            on_line = line.height_at(x / width)
            for lean in LEANS:
                y = on_line + lean
                cost = abs(x - middle) * 0.6 + abs(lean) * 3
                if cost >= best_cost or _hits(taken, x, y, label):
                    continue
                if len(lines) <= CROWD:
                    cost += 30 * _foreign_lines(lines, label, x, y, width)
                if cost < best_cost:
                    best, best_cost = (x, y), cost
        if best is None:
            if not anywhere:
                return {}, False
            best = _first_free_place(taken, middle, line.height_at(0.5), label)
        placed[label.edge] = best
        _take(taken, best, label)
    return placed, True


def _spread_out(middle: float, reach: float) -> list[float]:
    """Positions to try across the gap, the middle first."""
    steps = [reach * index / (CANDIDATES // 2) for index in range(1, CANDIDATES // 2 + 1)]
    return [middle, *(middle + side * step for step in steps for side in (-1, 1))]


def _foreign_lines(lines: Sequence[_Line], label: Label, x: float, y: float, width: float) -> int:
    """Count the other edges that would run behind a label standing here."""
    top, bottom = y - label.height / 2 - 1, y + label.height / 2 + 1
    before = _EASE[round((x - label.width / 2) / width * _EASE_STEPS)]
    after = _EASE[round((x + label.width / 2) / width * _EASE_STEPS)]
    count = 0
    for line in lines:
        if line.edge != label.edge:
            climb = line.right - line.left
            first, second = line.left + climb * before, line.left + climb * after
            if first > second:
                first, second = second, first
            count += first < bottom and second > top
    return count


_BAND = 24.0  # labels are filed by height in bands, so that a clash is looked for nearby only

_Taken = dict[int, list[tuple[float, float, float, float]]]


def _hits(taken: _Taken, x: float, y: float, label: Label) -> bool:
    band = int(y // _BAND)
    for other in (band - 1, band, band + 1):
        for centre_x, centre_y, width, height in taken.get(other, ()):
            if (
                abs(x - centre_x) < (width + label.width) / 2 + AIR
                and abs(y - centre_y) < (height + label.height) / 2 + AIR
            ):
                return True
    return False


def _take(taken: _Taken, place: Point, label: Label) -> None:
    taken.setdefault(int(place[1] // _BAND), []).append((*place, label.width, label.height))


def _first_free_place(taken: _Taken, x: float, y: float, label: Label) -> Point:
    """Walk down the middle of the gap until there is room: the last resort, always found."""
    while _hits(taken, x, y, label):
        y += 4.0
    return (x, y)
