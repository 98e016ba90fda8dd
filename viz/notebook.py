"""How Values and Tensors show themselves in a notebook once viz is imported: as their graph.

What draws is imported inside the functions: this file is, with every ``import viz``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from autograd.engine import reaches_more_than, topological_order
from autograd.node import display

LIMIT = 60
MOST_COUNTED = 100_000  # counting more would keep the reader waiting
HINT = "viz.draw(x) draws its graph, viz.step(x) goes through it step by step"


def picture_of(node: Any) -> str | None:
    """Give the HTML that a notebook shows for a node.

    Args:
        node: A Value or a Tensor, a report about a graph, or a program that `replay` recorded.

    Returns:
        Its graph as an image, up to 60 nodes; for more a table of the node itself with the hint how
        to draw it; None (autograd's own table) for what was not computed from others.

    Example:
        >>> from autograd import Value
        >>> picture_of(Value(1.0) + Value(2.0)).startswith("<img alt=")
        True
    """
    from autograd.remarks import Report
    from autograd.trace import trace
    from viz.figures.boxes import figure_of
    from viz.figures.svg import svg_of
    from viz.picture import Picture
    from viz.programs.program_picture import is_replayed, program_picture

    if isinstance(node, Report):
        from viz.draw import draw

        return draw(node, legend=False).image() if node.roots else None
    if is_replayed(node):
        return program_picture(node, ()).image()
    if node.op is None:
        return None
    names = _names_in_the_notebook()
    if reaches_more_than(node, LIMIT):
        return _table(node, names)
    figure = figure_of(trace(node, names))
    return Picture(svg_of(figure, with_legend=False), figure.description).image()


def _names_in_the_notebook() -> Mapping[str, Any]:
    """Give the variables of the notebook, which are those of the main program."""
    return dict(vars(sys.modules["__main__"]))


def _table(node: Any, names: Mapping[str, Any]) -> str:
    """Write what there is to know of one node as a table of one line, with its head and a hint."""
    from viz.figures.tensor_rows import NOT_REACHED
    from viz.words.labels import clean, xml
    from viz.words.numbers import shape_text, spread

    called = next(
        (name for name, thing in names.items() if thing is node and not name.startswith("_")), ""
    )
    counted = f"more than {MOST_COUNTED:,}"
    if not reaches_more_than(node, MOST_COUNTED):
        counted = f"{len(topological_order(node)):,}"
    is_value = not hasattr(node, "dtype")
    cells = {
        "name": clean(node.label or called or "–", 40),
        "op": node.op.name,
        "shape": "single number" if is_value else f"{shape_text(node.shape)} {node.dtype}",
        "value": spread(node.data if is_value else node.numpy()),
        "gradient": NOT_REACHED if node.grad is None else spread(node.grad, signed=True),
        "nodes": counted,
    }
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in cells)
    line = "".join(f'<td style="text-align:left">{xml(text)}</td>' for text in cells.values())
    return (
        f"<div><table><thead><tr>{head}</tr></thead><tbody><tr>{line}</tr></tbody></table>"
        f"<small>More than {LIMIT} nodes: {HINT}.</small></div>"
    )


def _curves(*given: Any, **settings: Any) -> Any:
    from viz.plots.metric_curves import metric_curves

    return metric_curves(*given, **settings)


def _boundary(*given: Any, **settings: Any) -> Any:
    from viz.plots.boundary import decision_boundary

    return decision_boundary(*given, **settings)


def install() -> None:
    """Make Values and Tensors show themselves as pictures, and draw what training asks for."""
    display.html = picture_of
    display.curves = _curves
    display.boundary = _boundary
