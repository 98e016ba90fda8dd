"""Pixels of many small pictures, collected by shade: few paths, not thousands of squares."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.int64]


class Pixels:
    """Draws small pictures of whole-numbered shades.

    Shade 0 is paper, 1 to `deepest` is one colour from faint to full, -1 to -`deepest` another,
    and `odd` is for what is no number. A run of equal pixels is a thick line, so a style sheet
    colours it by `stroke`.

    Args:
        deepest: the shade with full colour.
        kinds: classes of positive, negative and odd pixels.
    """

    def __init__(
        self, deepest: int, kinds: tuple[str, str, str] = ("plus", "minus", "odd")
    ) -> None:
        self.deepest, self.kinds, self.odd = deepest, kinds, deepest + 1
        self._runs: dict[tuple[float, int], list[str]] = defaultdict(list)

    def add(self, levels: Levels, left: float, top: float, side: float) -> None:
        """Put a picture on the paper.

        Args:
            levels: its shades, shape (height, width).
            left: its left edge.
            top: its upper edge.
            side: width and height of a pixel.
        """
        for row, line in enumerate(levels):
            ends = [*(np.flatnonzero(np.diff(line)) + 1), len(line)]
            start = 0
            for end in ends:
                if line[start]:
                    x, y = left + start * side, top + (row + 0.5) * side
                    self._runs[side, int(line[start])].append(
                        f"M{x:.5g} {y:.5g}h{(end - start) * side:.5g}"
                    )
                start = int(end)

    def paths(self) -> list[str]:
        """Give the SVG paths of everything that was added, one for each shade."""
        return [
            f'<path class="{self._kind(level)}" stroke-opacity="{self._opacity(level):g}" '
            f'stroke-width="{side:g}" shape-rendering="crispEdges" d="{"".join(runs)}"/>'
            for (side, level), runs in sorted(self._runs.items())
        ]

    def _kind(self, level: int) -> str:
        return self.kinds[2] if level == self.odd else self.kinds[level < 0]

    def _opacity(self, level: int) -> float:
        return 1.0 if level == self.odd else round(abs(level) / self.deepest, 3)


def shades(array: npt.ArrayLike, most: float, deepest: int) -> Levels:
    """Round numbers to shades of either sign.

    Args:
        array: any numbers.
        most: the magnitude with full colour; larger ones have it, too.
        deepest: how many shades each sign has.

    Returns:
        Whole numbers from -deepest to deepest, and deepest + 1 for what is nan or infinite. Only
        0 itself has shade 0.

    Example:
        >>> shades([0.0, 0.01, -1.0, 9.0, float("nan")], 2.0, 4).tolist()
        [0, 1, -2, 4, 5]
    """
    numbers = np.asarray(array, dtype=np.float64)
    finite = np.isfinite(numbers)
    with np.errstate(over="ignore"):
        share = np.clip(np.where(finite, numbers, 0.0) / most, -1.0, 1.0) * deepest
    away = np.copysign(np.maximum(np.rint(np.abs(share)), share != 0), share).astype(np.int64)
    return np.where(finite, away, deepest + 1)
