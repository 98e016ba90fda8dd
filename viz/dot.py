"""`dot`: the graph as a `graphviz.Digraph` that renders with whatever is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from viz.boxes import NOT_REACHED, Box, Figure, figure_of
from viz.labels import xml
from viz.source import trace_of
from viz.theme import LIGHT

if TYPE_CHECKING:
    from viz.digraph import Digraph

MOST_LABELLED_EDGES = 150  # edge labels make Graphviz six times slower
FONT = "Helvetica"  # a list of fonts, as CSS has it, would fall back to Times


def dot(x: Any, *, names: Mapping[str, Any] | None = None) -> Digraph:
    """Give the graph of a Value or a Tensor to Graphviz.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace.
        names: names for nodes without a label; by default the caller's variables.

    Returns:
        A `graphviz.Digraph`: `.source`, `.render("graph", format="svg")`, `.pipe(format="png")`.
        When there is no `dot` program it uses graphviz-pure (extra `dot`) or pygraphviz
        (extra `pdf`); SVG is always possible.

    Raises:
        TypeError: if the object has no graph.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> square = a * a
        >>> dot(square).source.count("->")
        2
    """
    from viz.digraph import Digraph  # imports graphviz, which nothing else needs

    trace = trace_of(x, names, asked_by="dot")
    figure = figure_of(trace)
    graph = Digraph(
        name="glassgrad",
        graph_attr={"rankdir": "LR", "bgcolor": "transparent", "nodesep": "0.2", "ranksep": "0.5"},
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": "11"},
        edge_attr={"fontname": FONT, "fontsize": "10", "arrowsize": "0.7"},
    )
    graph.edge_attr["color"] = LIGHT["border"]
    graph.trace = trace
    for index, box in enumerate(figure.boxes):
        graph.node(f"n{index}", label=f"<{_table(box)}>")
    _add_edges(graph, figure)
    return graph


def _add_edges(graph: Digraph, figure: Figure) -> None:
    from graphviz import escape

    labelled = len(figure.links) <= MOST_LABELLED_EDGES
    for link in figure.links:
        attributes = {}
        if link.tone in ("plus", "minus"):
            attributes["fontcolor"] = LIGHT[link.tone]
        if link.flow:
            attributes["color"] = LIGHT["plus" if link.flow > 0 else "minus"]
        if link.kind == "constant":
            attributes["style"] = "dashed"
        label = escape(link.label) if labelled and link.label else None
        graph.edge(f"n{link.source}", f"n{link.target}", label=label, **attributes)


def _table(box: Box) -> str:
    """Write a box as Graphviz's own kind of HTML table."""
    if box.kind == "constant":
        return (
            f'<TABLE BORDER="0" CELLBORDER="0" BGCOLOR="{LIGHT["constant"]}">'
            f"<TR><TD>{_text(box.title, LIGHT['quiet'])}</TD></TR></TABLE>"
        )
    border = LIGHT["leaf_border"] if box.kind == "leaf" else LIGHT["border"]
    head = LIGHT.get(box.kind, LIGHT["box"])
    ink = LIGHT["output_ink"] if box.kind == "output" else LIGHT["ink"]
    title = f"{box.glyph}  {box.title}" if box.glyph else box.title
    lines = [
        f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" '
        f'COLOR="{border}" BGCOLOR="{LIGHT["box"]}">',
        f'<TR><TD COLSPAN="2" ALIGN="LEFT" BGCOLOR="{head}"><B>{_text(title, ink)}</B></TD></TR>',
    ]
    for row in box.rows:
        tone = LIGHT.get(row.tone, LIGHT["quiet" if row.text == NOT_REACHED else "ink"])
        lines.append(
            f'<TR><TD ALIGN="LEFT">{_text(row.caption, LIGHT["quiet"])}</TD>'
            f'<TD ALIGN="RIGHT">{_text(row.text, tone)}</TD></TR>'
        )
    return "".join([*lines, "</TABLE>"])


def _text(text: str, colour: str) -> str:
    # An empty FONT element is a syntax error to Graphviz, and &#39; is unknown to old versions.
    content = xml(text).replace("&#39;", "'") or " "
    return f'<FONT COLOR="{colour}">{content}</FONT>'
