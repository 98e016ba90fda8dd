"""How Values and Tensors show themselves in a notebook once viz is imported: as their graph."""

from __future__ import annotations

from typing import Any

from autograd.engine import reaches_more_than
from autograd.node import display
from autograd.trace import trace
from viz.boxes import figure_of
from viz.labels import xml
from viz.picture import Picture
from viz.svg import svg_of

LIMIT = 60


def picture_of(node: Any) -> str | None:
    """Give the HTML that a notebook shows for a node.

    Args:
        node: A Value or a Tensor.

    Returns:
        Its graph as an image, up to 60 nodes; for more a line with the hint how to draw it; None
        (the plain table) for a single number or array that was not computed from others.

    Example:
        >>> from autograd import Value
        >>> picture_of(Value(1.0) + Value(2.0)).startswith("<img alt=")
        True
    """
    if node.op is None:
        return None
    if reaches_more_than(node, LIMIT):
        hint = f"more than {LIMIT} nodes: viz.draw(x) draws them, collapse=True draws modules"
        return f"<div><code>{xml(repr(node))}</code><br><small>{hint}</small></div>"
    figure = figure_of(trace(node))
    return Picture(svg_of(figure, with_legend=False), figure.description).image()


def install() -> None:
    """Make Values and Tensors show themselves as pictures."""
    display.html = picture_of
