"""Which places are taken by labels already."""

from __future__ import annotations

AIR = 2.5  # pixels between two labels
BAND = 24.0  # places are filed by height in bands, so that a clash is looked for nearby only


class Taken:
    """Rectangles that must not overlap, by their centres."""

    def __init__(self) -> None:
        """Begin with nothing taken."""
        self._bands: dict[int, list[tuple[float, float, float, float]]] = {}

    def hits(self, x: float, y: float, width: float, height: float) -> bool:
        """Whether a rectangle here would touch one that is there already; at most BAND high."""
        band = int(y // BAND)
        return any(
            abs(x - centre_x) < (width + wide) / 2 + AIR
            and abs(y - centre_y) < (height + high) / 2 + AIR
            for other in (band - 1, band, band + 1)
            for centre_x, centre_y, wide, high in self._bands.get(other, ())
        )

    def take(self, x: float, y: float, width: float, height: float) -> None:
        """Take a place."""
        self._bands.setdefault(int(y // BAND), []).append((x, y, width, height))

    def first_free(self, x: float, y: float, width: float, height: float) -> tuple[float, float]:
        """Walk down until there is room: the last resort, always found."""
        while self.hits(x, y, width, height):
            y += 4.0
        return x, y
