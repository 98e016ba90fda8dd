"""Rows of an array by number: one after the other, scattered, or with repeats."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Places"]

_MOST_ROUNDS = 6


class Places:
    """Rows, in order, with repeats.

    Args:
        rows: Their numbers.

    Attributes:
        rows: The same as an array.
        run: The slice, if they stand one after the other, so that reading them copies nothing.

    Example:
        >>> Places([2, 3, 4]).run
        slice(2, 5, None)
        >>> places = Places([2, 0, 2])
        >>> places.run, [(which.tolist(), rows.tolist()) for which, rows in places.rounds()]
        (None, [([0, 1], [2, 0]), ([2], [2])])
    """

    __slots__ = ("rows", "run")

    def __init__(self, rows: Any) -> None:
        self.rows = np.asarray(rows, dtype=np.intp)
        start, count = int(self.rows[0]), len(self.rows)
        if count == 1:
            self.run: slice | None = slice(start, start + 1)
            return
        adjacent = int(self.rows[-1]) - start == count - 1 and bool((np.diff(self.rows) == 1).all())
        self.run = slice(start, start + count) if adjacent else None

    def __len__(self) -> int:
        return len(self.rows)

    def rounds(self) -> list[tuple[Any, Any]] | None:
        """Every row's first place, then every second one, and so on: no round repeats a row.

        Returns:
            Which of the places, and their rows; None if some row comes very often.
        """
        order = np.argsort(self.rows, kind="stable")
        ordered = self.rows[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
        lengths = np.diff(starts, append=len(ordered))
        if lengths.max() > _MOST_ROUNDS:
            return None
        nth = np.empty(len(self.rows), dtype=np.intp)
        nth[order] = np.arange(len(ordered)) - np.repeat(starts, lengths)
        parts = [np.flatnonzero(nth == k) for k in range(int(lengths.max()))]
        return [(which, self.rows[which]) for which in parts]

    def sorted(self) -> tuple[Any, Any, Any]:
        """The places by row: their order, the rows without repeats, where each row's begin."""
        order = np.argsort(self.rows, kind="stable")
        unique, firsts = np.unique(self.rows[order], return_index=True)
        return order, unique, firsts
