"""Rows of an array by number: read them, or add to them, the fastest way there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Places"]


class Places:
    """Rows, with repeats.

    Args:
        rows: Their numbers.

    Example:
        >>> total = np.zeros((3, 1))
        >>> Places([2, 0, 2]).add(total, np.array([[1.0], [5.0], [1.0]]))
        >>> total.ravel()
        array([5., 0., 2.])
    """

    __slots__ = ("_firsts", "_order", "_rows", "_slice", "_unique")

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = np.asarray(rows, dtype=np.intp)
        self._slice: slice | None = None
        self._unique: Any = None
        start, count = int(self._rows[0]), len(self._rows)
        if np.array_equal(self._rows, np.arange(start, start + count)):
            self._slice = slice(start, start + count)
            return
        order = np.argsort(self._rows, kind="stable")
        unique, firsts = np.unique(self._rows[order], return_index=True)
        if len(unique) < count:
            self._order, self._unique, self._firsts = order, unique, firsts

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def adjacent(self) -> bool:
        """Whether the rows stand one after the other, so that reading them copies nothing."""
        return self._slice is not None

    def of(self, array: Any) -> Any:
        """Read the rows; a view where they are adjacent."""
        return array[self._slice] if self._slice is not None else array.take(self._rows, axis=0)

    def add(self, array: Any, more: Any) -> None:
        """Add to the rows, as often as each occurs."""
        if self._slice is not None:
            array[self._slice] += more
        elif self._unique is None:
            array[self._rows] += more
        elif len(self._unique) == 1:
            array[self._unique[0]] += np.broadcast_to(more, (len(self._rows), array.shape[1])).sum(
                0
            )
        else:
            more = np.broadcast_to(more, (len(self._rows), array.shape[1]))
            array[self._unique] += np.add.reduceat(more[self._order], self._firsts, axis=0)
