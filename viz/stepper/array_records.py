"""Arrays as the page sees them: a few words, a norm for the line's width, and a small picture."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from viz.export import plain
from viz.figures.heat import heat_png, heat_size
from viz.words.numbers import spread

MOST_PIXELS = 24  # width and height of the small pictures
MOST_PICTURES = 400  # a page with more of them would be slow to open


class ArrayTable:
    """Every array once, though several steps speak of it.

    Attributes:
        records: per array its text, shape, norm, and the image as base64 with its size.
    """

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._places: dict[tuple[Any, ...], int] = {}

    def place_of(self, array: Any) -> int:
        """Give the array's place in the table; equal arrays share one.

        Args:
            array: numbers of any shape.

        Returns:
            Index into `records`.
        """
        known = np.asarray(array)
        key = (known.shape, known.dtype.str, known.tobytes())
        if key not in self._places:
            self._places[key] = len(self.records)
            self.records.append(self._record(known))
        return self._places[key]

    def _record(self, array: np.ndarray[Any, Any]) -> dict[str, Any]:
        with np.errstate(all="ignore"):  # an overflowing norm is shown as inf
            norm = float(np.linalg.norm(array.astype(np.float64).reshape(-1)))
        record: dict[str, Any] = {
            "text": spread(array, signed=True),
            "shape": list(array.shape),
            "norm": plain(norm),
        }
        if array.size and len(self.records) < MOST_PICTURES:
            wide, high = heat_size(array.shape, MOST_PIXELS)
            image = heat_png(array, most=MOST_PIXELS)
            record["heat"] = [base64.b64encode(image).decode("ascii"), wide, high]
        return record
