"""`draw`: the picture of a computation graph, with values, gradients and local gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograd.trace import Trace
from viz.boxes import Figure, figure_of
from viz.collapse import BUDGET, collapsed_figure, has_scopes
from viz.picture import Picture
from viz.source import trace_of
from viz.svg import svg_of

LIMIT = 400


class GraphPicture(Picture):
    """The picture of a graph; besides SVG it also saves the graph as DOT, text and JSON.

    Attributes:
        trace: the read-only graph that was drawn.
    """

    def __init__(self, trace: Trace, figure: Figure, *, legend: bool = True) -> None:
        """Draw a figure of a trace.

        Args:
            trace: the graph.
            figure: its boxes and links, collapsed or not.
            legend: whether colours and shapes are explained under the graph.
        """
        super().__init__(svg_of(figure, with_legend=legend), figure.description)
        self.trace = trace

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return {
            "svg": lambda: self.svg,
            "html": self.html,
            "dot": self._dot,
            "txt": self._text,
            "json": self._json,
            "png": lambda: self._engine("png"),
            "pdf": lambda: self._engine("pdf"),
        }

    def _dot(self) -> str:
        from viz.dot import dot

        return str(dot(self.trace).source)

    def _engine(self, suffix: str) -> bytes:
        from viz.dot import dot

        content = dot(self.trace).pipe(format=suffix)
        return content if isinstance(content, bytes) else content.encode("utf-8")

    def _text(self) -> str:
        from viz.steps import steps_text

        return steps_text(self.trace, color=False, ascii=False)

    def _json(self) -> str:
        from viz.export import json_text

        return json_text(self.trace)


def draw(
    x: Any,
    *,
    names: Mapping[str, Any] | None = None,
    limit: int = LIMIT,
    collapse: bool | None = None,
    legend: bool = True,
) -> GraphPicture:
    """Draw the graph that made a Value or a Tensor.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace.
        names: names for nodes without a label, as a mapping from name to object;
            by default the variables that the calling code can see.
        limit: how many boxes may be drawn; more than a few hundred cannot be read.
        collapse: draw modules as one box each; by default when there are more than 60 boxes.
        legend: explain colours and shapes under the graph.

    Returns:
        A picture that shows itself in a notebook and has `.save("graph.svg")`.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if the graph has more boxes than the limit.

    Example:
        >>> from autograd import Value
        >>> from viz import draw
        >>> a, b = Value(2.0), Value(-3.0)
        >>> product = a * b
        >>> product.backward()
        >>> print(draw(product).description)
        Computation graph of product: 2 leaves, 1 operation;
        backward pass: 3 of 3 gradients reached.
    """
    graph = trace_of(x, names, asked_by="draw")
    if collapse is None:
        collapse = len(graph.nodes) > BUDGET and has_scopes(graph)
    if not collapse:
        _refuse_if_large(len(graph.nodes), limit, has_scopes(graph))
    figure = collapsed_figure(graph) if collapse else figure_of(graph)
    _refuse_if_large(len(figure.boxes), limit, False)
    return GraphPicture(graph, figure, legend=legend)


def _refuse_if_large(count: int, limit: int, can_collapse: bool) -> None:
    if count <= limit:
        return
    way = "draw it by module: draw(x, collapse=True), or " if can_collapse else ""
    raise ValueError(
        f"draw: this graph has {count:,} boxes, more than the limit of {limit:,}, "
        f"which nobody could read; {way}draw an inner node of it, use a smaller example, "
        f"or allow it: draw(x, limit={count})"
    )
