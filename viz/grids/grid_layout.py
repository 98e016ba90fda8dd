"""Where the panels of a film of number grids stand, and how large their cells are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.grids.grid_scene import Panel
from viz.words.labels import text_width

MARGIN, ROOM = 24.0, 940.0  # the picture is at most so wide, unless one panel is wider
HEADING, BETWEEN, SIGN = 26.0, 18.0, 36.0
FONT, LEAST_FONT = 13.0, 7.5
LEAST_SIDE, MOST_SIDE = 30.0, 64.0
USUAL = 0.9  # share of the numbers that decides; the few longer ones are written smaller


@dataclass(frozen=True)
class Place:
    """A panel's place on the paper.

    Attributes:
        panel: what is drawn.
        x: left edge of its grid.
        y: upper edge of its grid.
        side: width and height of a cell.
        font: size of its numbers; 0 if there is no room for numbers.
        small_font: size of the weights that travel with the frame; 0 if there is no room.
    """

    panel: Panel
    x: float
    y: float
    side: float
    font: float
    small_font: float

    @property
    def width(self) -> float:
        """Of the grid."""
        return self.side * self.panel.columns

    @property
    def height(self) -> float:
        """Of the grid."""
        return self.side * self.panel.rows


def cell_size(panel: Panel) -> tuple[float, float]:
    """Choose the side of a panel's cells and the size of its numbers, 0 for no numbers.

    Example:
        >>> from viz.grids.grid_scene import Cell
        >>> cell_size(Panel("", "", 1, 2, [[(0, Cell("7"))], [(0, Cell("-12"))]], []))
        (30.0, 13.0)
    """
    widths = sorted({text_width(text, FONT) for text in panel.texts()})
    widest = max(1.0, widths[round(USUAL * (len(widths) - 1))])
    least = LEAST_SIDE + 6 * bool(panel.weights)
    side = min(max(least, widest + 8), MOST_SIDE, panel.room / max(panel.rows, panel.columns))
    side = float(int(side))
    font = FONT * min(1.0, (side - 5) / widest, (side - 4) / FONT)
    return side, round(font, 1) if font >= LEAST_FONT else 0.0


def small_font(panel: Panel, side: float, font: float) -> float:
    """Choose the size of the travelling weights, 0 for none."""
    if not panel.weights or not font:
        return 0.0
    widest = max(text_width(weight, 1.0) for weight in panel.weights)
    size = min(0.7 * font, (side - 8) / widest)
    return round(size, 1) if size >= 8 and side >= font + size + 8 else 0.0


def arrange(panels: Sequence[Panel], top: float) -> tuple[list[Place], float, float]:
    """Place panels in rows, as words are placed in lines.

    Args:
        panels: in order.
        top: where the first row begins.

    Returns:
        The places, and the right and the lower edge of all.
    """
    lines: list[list[tuple[Panel, float, float, float]]] = [[]]
    reach = 0.0
    for panel in panels:
        side, font = cell_size(panel)
        width = max(side * panel.columns, text_width(panel.title, FONT, bold=True))
        before = _before(panel) if lines[-1] else 0.0
        if lines[-1] and reach + before + width > ROOM - 2 * MARGIN:
            lines.append([])
            reach, before = 0.0, 0.0
        reach += before + width
        lines[-1].append((panel, side, font, width))
    places, right, y = [], 0.0, top
    for line in lines:
        tallest = max(side * panel.rows for panel, side, _, _ in line)
        x = MARGIN
        if line is not lines[0] and line[0][0].sign:
            x += SIGN
        for index, (panel, side, font, width) in enumerate(line):
            x += _before(panel) if index else 0.0
            above = (tallest - side * panel.rows) / 2
            small = small_font(panel, side, font)
            places.append(Place(panel, x, y + HEADING + above, side, font, small))
            x += width
            right = max(right, x)
        y += HEADING + tallest + BETWEEN
    return places, right, y - BETWEEN


def _before(panel: Panel) -> float:
    return BETWEEN + (SIGN if panel.sign else 0.0)
