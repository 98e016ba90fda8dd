"""Where the labels of the edges stand: on their own line, never on a box or on one another.

Labels live in the gaps between two columns, so no box is ever in their way; a gap grows until all
of its labels fit, and somewhat more if that keeps them off other lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.layout.layered import Plan
from viz.layout.taken import Taken

Point = tuple[float, float]
BARE_GAP, PLAIN_GAP, ARROW_ROOM = 56.0, 24.0, 14.0
TURN, MOST_TURN = 0.14, 160.0  # width per climb of the steepest line
PLACES = 17  # along the line
LEANS = np.array([0.0, 3.5, -3.5, 6.5, -6.5])  # a label may lean on its line
WORTH = 90.0  # pixels that a label may rather be away from the middle than on another line
GROWTHS = (1.0, 1.3, 1.7)
MOST_GROWTHS = 10


@dataclass(frozen=True)
class Label:
    """What must be placed: the edge it belongs to and its size in pixels."""

    edge: int
    width: float
    height: float


_STEPS = 200
_SPREAD = np.linspace(-1.0, 1.0, PLACES)


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


_EASE = np.array([_eased(step / _STEPS) for step in range(_STEPS + 1)])


def place_labels(plan: Plan, labels: Sequence[Label]) -> tuple[list[float], dict[int, Point]]:
    """Find a place for every label and the width of every gap.

    Args:
        plan: the layout so far; heights are final, columns are not placed yet.
        labels: what to place, at most one per edge.

    Returns:
        The gap widths, and per edge its gap and the label's centre with x counted from the gap's
        left side.
    """
    gaps = [_Gap() for _ in plan.layers[:-1]]
    crossed = [plan.crossings_of_gaps(edge) for edge in range(len(plan.edges))]
    for edge, crossings in enumerate(crossed):
        for gap, left, right in crossings:
            gaps[gap].add(edge, left, right)
    for label in labels:
        gap, left, right = crossed[label.edge][-1]
        gaps[gap].wanted.append((label, left, right))
    widths, centres = [], {}
    for number, crowd in enumerate(gaps):
        width, placed = crowd.filled(BARE_GAP if plan.has_arrows(number) else PLAIN_GAP)
        widths.append(width)
        centres.update(placed)
    return widths, centres


class _Gap:
    """The lines that cross one gap, and the labels that are to stand in it."""

    def __init__(self) -> None:
        self.edges: list[int] = []
        self.lefts: list[float] = []
        self.rights: list[float] = []
        self.wanted: list[tuple[Label, float, float]] = []

    def add(self, edge: int, left: float, right: float) -> None:
        """Add a line by its heights on both sides."""
        self.edges.append(edge)
        self.lefts.append(left)
        self.rights.append(right)

    def filled(self, bare: float) -> tuple[float, dict[int, Point]]:
        """Find the gap's width and the places of its labels."""
        self.left, self.climb = np.array(self.lefts), np.array(self.rights) - np.array(self.lefts)
        steepest = float(np.abs(self.climb).max()) if self.edges else 0.0
        widest = max((label.width for label, _, _ in self.wanted), default=0.0)
        least = bare + widest + min(MOST_TURN, steepest * TURN)  # room to turn for the lines
        if not self.wanted:
            return least, {}
        self.wanted.sort(key=lambda item: item[1] + item[2])
        best, best_cost = None, float("inf")
        for growth in GROWTHS:
            width = least * growth
            placed, foreign = self._placed(width, False)
            if placed and (cost := foreign * WORTH / 2 + width) < best_cost:
                best, best_cost = (width, placed), cost
            if placed and not foreign:
                break
        for _ in range(MOST_GROWTHS):
            if best is not None:
                return best
            width += widest * 0.75
            placed, _ = self._placed(width, False)
            best = (width, placed) if placed else None
        return best or (width, self._placed(width, True)[0])

    def _placed(self, width: float, anywhere: bool) -> tuple[dict[int, Point], int]:
        """Place the labels one after the other from top to bottom; nothing if one finds no room.

        Returns:
            The places, and how many other lines run behind labels.
        """
        taken, placed, foreign = Taken(), {}, 0
        middle = (width - ARROW_ROOM) / 2
        for label, left, right in self.wanted:
            xs, ys, costs, behind = self._choices(label, left, right, width)
            for choice in np.argsort(costs, kind="stable").tolist():
                x, y = float(xs[choice // len(LEANS)]), float(ys[choice])
                if not taken.hits(x, y, label.width, label.height):
                    foreign += int(behind[choice])
                    break
            else:
                if not anywhere:
                    return {}, 0
                x, y = taken.first_free(middle, (left + right) / 2, label.width, label.height)
            placed[label.edge] = (x, y)
            taken.take(x, y, label.width, label.height)
        return placed, foreign

    def _choices(
        self, label: Label, left: float, right: float, width: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """List where a label may stand, what speaks against each place, and the lines behind it."""
        middle = (width - ARROW_ROOM) / 2
        reach = max(0.0, middle - 6 - label.width / 2)
        xs = middle + reach * _SPREAD
        half_width = label.width / 2
        shares = np.concatenate((xs, xs - half_width, xs + half_width)) / width
        here, before, after = _at(shares).reshape(3, PLACES)
        ys = left + (right - left) * here[:, None] + LEANS[None, :]
        first = self.left + self.climb * before[:, None]
        second = self.left + self.climb * after[:, None]
        low, high = np.minimum(first, second)[:, None, :], np.maximum(first, second)[:, None, :]
        half = label.height / 2 + 1
        meets = (low < ys[:, :, None] + half) & (high > ys[:, :, None] - half)
        behind = meets.sum(axis=2) - meets[:, :, self.edges.index(label.edge)]
        costs = np.abs(xs - middle)[:, None] * 0.6 + np.abs(LEANS)[None, :] * 3 + behind * WORTH
        return xs, ys.ravel(), costs.ravel(), behind.ravel()


def _at(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How far lines have climbed at these shares of the way across."""
    places = np.rint(np.clip(shares, 0.0, 1.0) * _STEPS).astype(int)
    climbed: npt.NDArray[np.float64] = _EASE[places]
    return climbed
