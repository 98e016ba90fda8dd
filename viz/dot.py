"""`dot`: the graph as a `graphviz.Digraph` that renders with whatever is installed."""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf, isnan
from typing import TYPE_CHECKING, Any

from autograd.trace import Trace
from viz.clusters import Cluster, clusters_of
from viz.figures.boxes import NOT_REACHED, Box, Figure
from viz.grouping.collapse import Figures, collapsed_figure, fitting_figure
from viz.grouping.scoping import scopes_of
from viz.source import trace_of
from viz.theme import LIGHT
from viz.words.labels import clean, xml

if TYPE_CHECKING:
    from viz.digraph import Digraph

MOST_LABELLED_EDGES = 150  # edge labels make Graphviz six times slower
FONT = "Helvetica"  # a list of fonts, as CSS has it, would fall back to Times


def dot(
    x: Any,
    *inputs: Any,
    names: Mapping[str, Any] | None = None,
    collapse: bool | None = None,
) -> Digraph:
    """Give the graph of a Value or a Tensor, or what a model makes of an example, to Graphviz.

    Args:
        x: a Value, a Tensor, a list of them, a Trace, or a model.
        inputs: for a model what it is called with.
        names: names for nodes without a label; by default the caller's variables.
        collapse: True closes every innermost module, False opens everything; by default as much is
            open as can be read, as in `draw`.

    Returns:
        A `graphviz.Digraph`: `.source`, `.render("graph", format="svg")`, `.pipe(format="png")`.
        When there is no `dot` program it uses graphviz-pure (extra `dot`), pygraphviz (extra `pdf`)
        or glassgrad's own drawing; SVG is always possible. Modules are clusters.

    Raises:
        TypeError: if the object has no graph, or a model comes without an example.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> square = a * a
        >>> dot(square).source.count("->")
        2
    """
    trace = trace_of(x, names, inputs=inputs, asked_by="dot")
    if collapse is None:
        return dot_of(fitting_figure(trace), trace)
    return dot_of(collapsed_figure(trace) if collapse else open_figure(trace), trace)


def dot_of(figure: Figure, trace: Trace) -> Digraph:
    """Give a figure that was made already to Graphviz.

    Args:
        figure: boxes, links and frames.
        trace: the graph that it is a figure of.

    Returns:
        See `dot`.
    """
    from viz.digraph import Digraph  # imports graphviz, which nothing else needs

    graph = Digraph(
        name="glassgrad",
        graph_attr={"rankdir": "LR", "bgcolor": "transparent", "nodesep": "0.2", "ranksep": "0.5"},
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": "11"},
        edge_attr={"fontname": FONT, "fontsize": "10", "arrowsize": "0.7"},
    )
    graph.graph_attr["fontname"] = FONT
    graph.edge_attr["color"] = LIGHT["border"]
    graph.figure = figure
    _add_boxes(graph, figure, clusters_of(figure, trace), "cluster")
    _add_edges(graph, figure)
    return graph


def open_figure(trace: Trace) -> Figure:
    """Draw a graph with all of its modules open, as frames."""
    tree = scopes_of(trace, grouped=False)
    return Figures(trace, tree).with_open(list(tree.scopes)[1:])


def _add_boxes(graph: Any, figure: Figure, cluster: Cluster, name: str) -> None:
    for box in cluster.boxes:
        graph.node(f"n{box}", label=f"<{_table(figure.boxes[box])}>")
    for place, inner in enumerate(cluster.inner):
        inner_name = f"{name}_{place}"  # Graphviz frames what is named so
        with graph.subgraph(name=inner_name) as part:
            part.attr(
                label=f"<{_text(clean(inner.title), LIGHT['quiet'])}>",
                labeljust="l",
                style="rounded",
                color=LIGHT["border"],
                fontsize="11",
            )
            _add_boxes(part, figure, inner, inner_name)


def _add_edges(graph: Digraph, figure: Figure) -> None:
    from graphviz import escape

    labelled = len(figure.links) <= MOST_LABELLED_EDGES
    for link in figure.links:
        attributes = {}
        if labelled and link.label:
            tone = link.tone if link.tone in ("plus", "minus") else "quiet"
            words = [link.label, *(mark.word for mark in link.marks)]
            attributes = {"label": escape(" ".join(words)), "fontcolor": LIGHT[tone]}
        if link.flow:
            tone = "mark" if isnan(link.flow) else "plus" if link.flow > 0 else "minus"
            attributes["color"] = LIGHT[tone]
            if isinf(link.flow):
                attributes["color"] += f":invis:{LIGHT[tone]}"  # two lines side by side
        if link.kind == "constant":
            attributes["style"] = "dashed"
        graph.edge(f"n{link.source}", f"n{link.target}", **attributes)


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
    if box.marks:
        words = _text(", ".join(mark.word for mark in box.marks), LIGHT["mark"])
        lines.append(f'<TR><TD COLSPAN="2" ALIGN="LEFT"><B>{words}</B></TD></TR>')
    return "".join([*lines, "</TABLE>"])


def _text(text: str, colour: str) -> str:
    r"""Escape a text for Graphviz's kind of HTML; `\N` would be replaced by the node's name."""
    opened = f'<FONT COLOR="{colour}">'
    # An empty FONT element is a syntax error to Graphviz, and &#39; is unknown to old versions.
    content = xml(text).replace("&#39;", "'") or " "
    for code in "NGETHL":  # nothing but another element parts a backslash from its letter
        content = content.replace(f"\\{code}", f"\\</FONT>{opened}{code}")
    return f"{opened}{content}</FONT>"
