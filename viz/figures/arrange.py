"""A figure gets its places: boxes, frames, lines, and labels that are in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass

from viz.figures.boxes import LABEL_SIZE, TITLE_SIZE, Figure
from viz.layout.levels import Edge
from viz.layout.nesting import Layout, Rectangle, lay_out
from viz.layout.spines import pulls_of
from viz.words.labels import text_width

LABEL_HEIGHT, LABEL_PADDING = 17.0, 6.0


@dataclass(frozen=True)
class Placed:
    """A figure with every box, line and label in its place; what tests measure overlaps on."""

    figure: Figure
    layout: Layout

    @property
    def labels(self) -> dict[int, Rectangle]:
        """The pill behind each label, by number of the link."""
        return self.layout.labels

    def box_rectangles(self) -> list[Rectangle]:
        """Give x, y, width, height of every box."""
        rectangles = []
        for box, (x, y), width in zip(
            self.figure.boxes, self.layout.centres, self.layout.widths, strict=True
        ):
            rectangles.append((x - width / 2, y - box.height / 2, width, box.height))
        return rectangles


def place(figure: Figure) -> Placed:
    """Lay a figure out.

    Args:
        figure: boxes, links and frames.

    Returns:
        The figure with its places.
    """
    pulls = pulls_of(len(figure.boxes), [(link.source, link.target) for link in figure.links])
    edges = [
        Edge(
            link.source,
            link.target,
            link.slot,
            pull,
            (label_width(link.label), LABEL_HEIGHT) if link.label else None,
        )
        for link, pull in zip(figure.links, pulls, strict=True)
    ]
    frames = [(frame.boxes, frame_width(frame.title)) for frame in figure.frames]
    return Placed(figure, lay_out([(box.width, box.height) for box in figure.boxes], edges, frames))


def label_width(text: str) -> float:
    """Width in pixels of the pill behind an edge's label."""
    return text_width(text, LABEL_SIZE, bold=True) + 2 * LABEL_PADDING


def frame_width(title: str) -> float:
    """Width in pixels that a frame needs for its title."""
    return text_width(title, TITLE_SIZE, bold=True) + 40
