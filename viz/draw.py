"""`draw`: the picture of a computation graph, with values, gradients and local gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from autograd.trace import Trace
from viz.figures.boxes import Figure
from viz.figures.remarked import remarks_on, report_in
from viz.figures.spent import with_times
from viz.figures.svg import svg_of
from viz.grouping.collapse import Figures
from viz.grouping.opening import opened_but_innermost, opened_to_depth, opened_within, with_ways_to
from viz.grouping.scopes import ScopeTree
from viz.grouping.scoping import BUDGET, SLACK, scopes_of
from viz.picture import Picture
from viz.programs.program_picture import ProgramPicture, is_replayed, program_picture
from viz.source import refuse_constants, refuse_endless, trace_of
from viz.words.labels import clean

if TYPE_CHECKING:
    from autograd.replay import Losses, Program, Replayed, ReplayedGraph

LIMIT = 400
EARLY = 20_000  # a graph of so many nodes is not even traced when all of it is to be drawn
NAMED = 8  # scopes that an error message lists
CLOSED = "draw(x) draws it with parts of it closed"


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
        self.trace, self._figure = trace, figure

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return super().writers() | {"dot": self._dot, "txt": self._text, "json": self._json}

    def _dot(self) -> str:
        from viz.dot import dot_of

        return str(dot_of(self._figure, self.trace).source)

    def raster(self, suffix: str) -> bytes:
        """Make a PNG or PDF file: the same picture, or if nothing can do that, Graphviz's."""
        from viz.digraph import NoEngineError
        from viz.dot import dot_of
        from viz.raster import NoRasterError

        try:
            return super().raster(suffix)
        except NoRasterError as error:
            try:
                content = dot_of(self._figure, self.trace).pipe(format=suffix)
            except NoEngineError:
                raise error from None
        return content if isinstance(content, bytes) else content.encode("utf-8")

    def _text(self) -> str:
        from viz.story.steps_text import steps_text

        return steps_text(self.trace, color=False, ascii=False)

    def _json(self) -> str:
        from viz.export import json_text

        return json_text(self.trace)


@overload
def draw(
    x: Program | Losses | Replayed | ReplayedGraph,
    *inputs: Any,
    limit: int = ...,
    collapse: bool | None = ...,
    legend: bool = ...,
) -> ProgramPicture: ...
@overload
def draw(
    x: Any,
    *inputs: Any,
    names: Mapping[str, Any] | None = ...,
    limit: int = ...,
    collapse: bool | None = ...,
    expand: str | Sequence[str] = ...,
    depth: int | None = ...,
    legend: bool = ...,
    profile: Any = ...,
) -> GraphPicture: ...
def draw(
    x: Any,
    *inputs: Any,
    names: Mapping[str, Any] | None = None,
    limit: int = LIMIT,
    collapse: bool | None = None,
    expand: str | Sequence[str] = (),
    depth: int | None = None,
    legend: bool = True,
    profile: Any = None,
) -> GraphPicture | ProgramPicture:
    """Draw the graph that made a Value or a Tensor, or that a model makes of an example.

    Of what `autograd.replay` recorded it draws the collapsed graph: a box for all that runs as one
    array call. Of a part that repeats itself one turn is shown, and the others are one box.

    What would show more than about 60 boxes is drawn with parts of it closed, each one box: modules
    and neurons if the result was computed inside `with nn.scopes(model)`, else expressions and
    repeated parts. Open modules are frames.

    Args:
        x: a Value, a Tensor, a list of them, a Trace, or a model; or a recorded program, the losses
            it gave, or the function that `autograd.replay` made; or an error of `gradcheck` or
            `detect_anomaly` or a report of `kinks`: then the place that it is about is red.
        inputs: for a model what it is called with; it is run once, and is afterwards as it was. For
            a function made by `autograd.replay` a batch.
        names: names for nodes without a label, as a mapping from name to object;
            by default the variables that the calling code can see.
        limit: how many boxes may be drawn; more than a few hundred cannot be read.
        collapse: True closes every innermost module, False opens everything; by default as much is
            open as can be read.
        expand: scopes to open besides, such as "layers.0"; as depth, names and profile not for
            programs.
        depth: open what has fewer than so many scopes around it: 0 opens none, 1 the outermost.
        legend: explain colours and shapes under the graph.
        profile: what `with autograd.profile() as p:` calls p: each box is coloured by its share of
            the time.

    Returns:
        A picture that shows itself in a notebook and has `.save("graph.svg")`.

    Raises:
        TypeError: if the object has no graph, a model comes without an example, or a program with
            what only graphs have.
        ValueError: if there are more boxes than the limit, no scope of a name in `expand`, or
            nothing of this graph in the profile.

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
    if is_replayed(x):
        asked = {"names": names, "expand": expand or None, "depth": depth, "profile": profile}
        foreign = [name for name, value in asked.items() if value is not None]
        everything = collapse is False
        return program_picture(
            x, inputs, foreign, everything=everything, limit=limit, legend=legend
        )
    report = report_in(x)
    remarks = remarks_on(report) if report is not None else []
    if report is not None:
        x, names = list(report.roots), {**report.names, **(names or {})}
    refuse_constants(x, "draw")
    if collapse is False:
        refuse_endless(x, EARLY, "draw", f"more than the limit of {limit:,}", CLOSED)
    graph = trace_of(x, names, inputs=inputs, asked_by="draw")
    budget = min(BUDGET, limit)
    tree = scopes_of(graph, budget, grouped=collapse is not False)
    if collapse is False:
        opened = list(tree.scopes)[1:]
    elif collapse:
        opened = opened_but_innermost(tree, budget * SLACK)
    elif depth is not None:
        opened = opened_to_depth(tree, depth)
    else:
        opened = opened_within(tree, min(budget * SLACK, limit))
    culprits = [tree.chains[m.node][-1:] for m in remarks if m.kind == "culprit" and m.node]
    shown = [path for chain in culprits for path in chain]  # never hidden in a closed box
    opened = with_ways_to(tree, opened, [*_known(tree, expand), *shown])
    _refuse_if_large(tree.size_when_open("", set(opened)), limit, len(tree) > 0)
    figure = Figures(graph, tree, remarks).with_open(opened)
    if profile is not None:
        figure = with_times(figure, graph, profile)
    return GraphPicture(graph, figure, legend=legend)


def _known(tree: ScopeTree, expand: str | Sequence[str]) -> list[str]:
    """Give the paths of the scopes that are asked for by name."""
    found = []
    for name in [expand] if isinstance(expand, str) else expand:
        path = tree.known(name)
        if path is None:
            names = [f"{path!r}" for path in list(tree.scopes)[1:]]
            some = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
            there = f"there are {some}" if names else "this graph has none: nn.scopes records them"
            raise ValueError(f"draw: expand: no scope is called {clean(str(name))!r}; {there}")
        found.append(path)
    return found


def _refuse_if_large(count: int, limit: int, can_close: bool) -> None:
    if count <= limit:
        return
    way = "leave parts of it closed: draw(x); or " if can_close else ""
    raise ValueError(
        f"draw: this would be {count:,} boxes, more than the limit of {limit:,}, which nobody "
        f"could read; {way}draw an inner node of it, use a smaller example, "
        f"or allow it: draw(x, limit={count})"
    )
