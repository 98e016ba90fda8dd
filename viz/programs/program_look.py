"""The colours of a program's picture, and the lines under it that explain them."""

from __future__ import annotations

from viz.figures.figure import Figure
from viz.figures.legend import Entry, swatch

LOOK = """
.matmul .chip{fill:@series0}
.convolution .chip{fill:@series3}
.stepwise .chip{fill:@series1}
.batch .head{fill:@leaf}
.batch .frame{stroke:@leaf_border}
.owned .line{stroke:@leaf_border;stroke-opacity:.7}
.owned .tip{fill:@leaf_border}
.batch.output .head{fill:@output}
"""
SHAPES = {
    "data": "inputs: a column for each of the B examples",
    "leaf": "parameters: receive a gradient",
    "batch": "once for the whole batch",
    "group": "steps, closed",
    "output": "loss",
}
CHIPS = {
    "matmul": ("@", "matrix product"),
    "convolution": ("∗", "the same weights over windows: one product"),
    "array": ("f", "one array call"),
    "stepwise": ("1·1", "number by number"),
}


def entries(figure: Figure) -> list[Entry]:
    """List what the legend says: only what occurs.

    Args:
        figure: the boxes of a program.

    Returns:
        A sample, its width and its meaning, one after the other.
    """
    kinds = {kind for box in figure.boxes for kind in box.kind.split()}
    plain = any(box.glyph and not kinds_of(box.kind) for box in figure.boxes)
    found = [(swatch(kind), 20.0, text) for kind, text in SHAPES.items() if kind in kinds]
    for kind, (glyph, text) in CHIPS.items():
        if kind in kinds or (kind == "array" and plain):
            found.append((_chip(kind, glyph), 28.0, text))
    return found


def kinds_of(kind: str) -> set[str]:
    """The kinds of work, of those that have a colour of their own, that a box names."""
    return set(kind.split()) & CHIPS.keys()


def _chip(kind: str, glyph: str) -> str:
    return (
        f'<g class="{kind}"><rect class="chip" x="0" y="-9" width="28" height="18" rx="9"/>'
        f'<text class="glyph" text-anchor="middle" x="14" y="3.9">{glyph}</text></g>'
    )
