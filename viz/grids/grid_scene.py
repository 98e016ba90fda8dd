"""What a film of number grids shows, before anything is drawn: panels, cells and their history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viz.arrays import Array
from viz.words.numbers import number, shape_text

LEVELS = 12  # shades of each sign


@dataclass(frozen=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: a number, or nothing.
        level: its shade, from -LEVELS (most negative) to LEVELS.
        kind: "" or "padding", "odd" (nan or infinite), "blank" (not there yet).
    """

    text: str
    level: int = 0
    kind: str = ""


BLANK = Cell("", 0, "blank")


@dataclass
class Panel:
    """One grid of cells.

    Attributes:
        name: what stands above it.
        sign: the operator before it, such as "×"; may be empty.
        rows: how many.
        columns: how many.
        history: for each cell, row by row, the steps from which on it holds what.
        frames: for each step the marked rectangle (row, column, height, width), or nothing.
        dilation: of the marked rectangle, only every so many-th row and column is meant.
        weights: texts that travel with the marked rectangle, one per meant cell; may be empty.
        result: whether it holds what the step computes, which is shown a moment later.
        picked: whether clicking a cell shows the step that made it.
        room: how many pixels it may take, down and across.
    """

    name: str
    sign: str
    rows: int
    columns: int
    history: list[list[tuple[int, Cell]]]
    frames: list[tuple[int, int, int, int]]
    dilation: tuple[int, int] = (1, 1)
    weights: tuple[str, ...] = ()
    result: bool = False
    picked: bool = False
    room: float = 340.0

    @property
    def title(self) -> str:
        """Name and size."""
        return f"{self.name} {shape_text((self.rows, self.columns))}"

    def texts(self) -> list[str]:
        """List all that ever stands in a cell."""
        return [cell.text for cells in self.history for _, cell in cells]

    @property
    def apart(self) -> bool:
        """Whether the pixels meant by the marked rectangle are not neighbours."""
        sizes = self.frames[0][2:] if self.frames else (1, 1)
        return any(d > 1 and size > 1 for d, size in zip(self.dilation, sizes, strict=True))


@dataclass(frozen=True)
class Scene:
    """A film: some panels that change together.

    Attributes:
        name: of this view, such as "forward".
        lead: a sentence that explains it.
        panels: from left to right.
        captions: for each step where it is.
        equations: for each step its lines; the last one is the result.
    """

    name: str
    lead: str
    panels: tuple[Panel, ...]
    captions: tuple[str, ...]
    equations: tuple[tuple[str, ...], ...]


def largest(*arrays: Array) -> float:
    """Give the largest finite magnitude, or 1 if there is none but 0.

    Example:
        >>> largest(np.array([-3.0, np.inf]), np.zeros(2))
        3.0
    """
    finite = (np.abs(array[np.isfinite(array)]) for array in arrays)
    return max((float(array.max(initial=0.0)) for array in finite), default=0.0) or 1.0


def cell_of(value: float, most: float) -> Cell:
    """Write a number into a cell.

    Args:
        value: any number.
        most: the magnitude that has the deepest colour.

    Example:
        >>> cell_of(-2.0, 4.0), cell_of(float("nan"), 4.0).kind
        (Cell(text='−2', level=-6, kind=''), 'odd')
    """
    if not math.isfinite(value):
        return Cell(number(value), 0, "odd")
    level = math.ceil(min(1.0, abs(value / most)) * LEVELS)  # however small, it has a colour
    return Cell(number(value), level if value > 0 else -level)


def still(array: Array, most: float) -> list[list[tuple[int, Cell]]]:
    """Write an array into cells that never change."""
    return [[(0, cell_of(float(value), most))] for value in array.flat]


def changing(arrays: Sequence[Array], most: float) -> list[list[tuple[int, Cell]]]:
    """Write one array per step into cells; equal neighbours in time are one entry."""
    history: list[list[tuple[int, Cell]]] = [[] for _ in arrays[0].flat]
    for step, array in enumerate(arrays):
        for entries, value in zip(history, array.flat, strict=True):
            cell = cell_of(float(value), most)
            if not entries or entries[-1][1] != cell:
                entries.append((step, cell))
    return history
