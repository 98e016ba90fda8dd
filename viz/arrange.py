"""A figure gets its places: boxes first, then labels, then the columns around them."""

from __future__ import annotations

from dataclasses import dataclass

from viz.boxes import LABEL_SIZE, Figure
from viz.labels import text_width
from viz.layout import Layout, Plan
from viz.placing import Label, place_labels

LABEL_HEIGHT, LABEL_PADDING = 17.0, 6.0
Rectangle = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True)
class Placed:
    """A figure with every box, line and label in its place; what tests measure overlaps on."""

    figure: Figure
    layout: Layout
    labels: dict[int, Rectangle]  # by number of the link

    def box_rectangles(self) -> list[Rectangle]:
        """Give x, y, width, height of every box."""
        rectangles = []
        for box, (x, y), width in zip(
            self.figure.boxes, self.layout.centres, self.layout.widths, strict=True
        ):
            rectangles.append((x - width / 2, y - box.height / 2, width, box.height))
        return rectangles


def place(figure: Figure) -> Placed:
    """Lay a figure out: boxes first, then labels, then the columns around them."""
    plan = Plan(
        [(box.width, box.height) for box in figure.boxes],
        [(link.source, link.target) for link in figure.links],
        [link.slot for link in figure.links],
    )
    wanted = [
        Label(index, label_width(link.label), LABEL_HEIGHT)
        for index, link in enumerate(figure.links)
        if link.label
    ]
    gaps, centres = place_labels(plan, wanted)
    layout = plan.columns(gaps)
    labels = {}
    for label in wanted:
        x, y = centres[label.edge]
        left = layout.gaps[layout.routes[label.edge].last_gap][0]
        labels[label.edge] = (
            left + x - label.width / 2,
            y - label.height / 2,
            label.width,
            label.height,
        )
    return Placed(figure, layout, labels)


def label_width(text: str) -> float:
    """Width in pixels of the pill behind an edge's label."""
    return text_width(text, LABEL_SIZE, bold=True) + 2 * LABEL_PADDING
