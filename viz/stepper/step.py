"""`step`: both passes of a graph, one contribution of the chain rule at a time, on one page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.caller import caller_of
from viz.draw import GraphPicture
from viz.export import json_text
from viz.figures.svg import svg_of
from viz.grouping.scoping import BUDGET
from viz.grouping.views import View, views_of
from viz.source import refuse_endless, watched_of
from viz.stepper.assets import packed
from viz.stepper.document import document_of, view_record
from viz.stepper.extras import extras_of
from viz.stepper.inner_document import insides_of
from viz.stepper.page import fragment, whole_page
from viz.story.finished import finished_trace
from viz.story.listing import Listing, listing_of
from viz.story.records import steps_of
from viz.story.step_record import Step
from viz.terminal import needs_ascii
from viz.words.labels import clean

MOST_BOXES = 1500  # a picture with more is refused: nobody could read it, and the page would crawl
MOST_NODES = 5_000  # about ten thousand steps; nobody goes through more
TOO_MANY = "too many to step through one by one"
MOST_VIEWS = 40  # other views that the page brings along, packed


class Stepper(GraphPicture):
    """Both passes as steps: shows itself in a notebook, prints as text, saves as a page.

    Attributes:
        trace: the graph, with the gradients of this one backward pass.
        steps: everything that happens, in order.
        svg: the picture of the final state.
        description: what it shows, in words.
        start: how many steps are done when the page opens.
        extras: data of the page's plug-ins by their names.
    """

    def __init__(
        self,
        graph: Trace | Watched,
        *,
        steps: Sequence[Step] | None = None,
        budget: int = BUDGET,
        lr: float | None = None,
        start: int = 0,
        listing: Listing | None = None,
    ) -> None:
        """Tell a graph as steps.

        Args:
            graph: a trace, or a backward pass that was watched.
            steps: its story; by default both passes, and the update if there is a learning rate.
            budget: above how many boxes modules are drawn as one box each.
            lr: a learning rate, which adds clearing the gradients and the update to the story.
            start: how many steps are done when the page opens; negative counts from the end.
            listing: the user's source lines.

        Raises:
            ValueError: if there are more boxes than a picture can hold.
        """
        self.steps: list[Step] = steps_of(graph, lr=lr) if steps is None else list(steps)
        trace = finished_trace(graph, self.steps)
        self._views: list[View] = views_of(trace, budget)[: 1 + MOST_VIEWS]
        _refuse_if_large(self._views[0])
        self._graph, self._rate, self._listing = graph, lr, listing
        self.extras: dict[str, Any] = {}
        self.start = max(0, start + len(self.steps) + 1) if start < 0 else start
        super().__init__(trace, self._views[0].figure)

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        """Say in one line what there is, and how to see it."""
        count = f"{len(self.steps):,} step{'' if len(self.steps) == 1 else 's'}"
        return (
            f"<Stepper of {self._outputs()}: {count}; print(s) lists them, s.run() steps through "
            "them here, s.save('steps.html') makes a page>"
        )

    def __str__(self) -> str:
        """List all steps as text."""
        from viz.stepper.checking import check_text
        from viz.story.telling import told

        text = told(self._graph, self.steps).rstrip("\n")
        if "check" not in self.extras:
            return text
        return f"{text}\n\n{check_text(self.trace, ascii_only=needs_ascii(sys.stdout))}".rstrip()

    def _repr_html_(self) -> str:
        """Show the stepper in a notebook: a picture and a list, made live by a script."""
        return fragment(self.document(), self.svg, [told.text for told in self.steps])

    def html(self) -> str:
        """Give a complete web page with the stepper."""
        lines = [told.text for told in self.steps]
        body = fragment(self.document(), self.svg, lines, alone=True)
        return whole_page(f"Backpropagation of {self._outputs()}, step by step", body)

    def document(self) -> dict[str, Any]:
        """Give what the page is told, as plain data."""
        first, *others = self._views
        records = [view_record(first.figure, first.opened, first.name)]
        for view in others:
            svg = packed(svg_of(view.figure, with_legend=False))
            records.append(view_record(view.figure, view.opened, view.name, svg))
        return document_of(
            self.trace,
            self.steps,
            records,
            description=self.description,
            listing=self._listing,
            insides=insides_of(self.trace),
            rate=self._rate,
            start=self.start,
            extras=self.extras,
        )

    def run(self) -> None:
        """Step through in the terminal, with the arrow keys."""
        from viz.story.runner import run

        run(self._graph, self.steps, listing=self._listing)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it; pictures show the final state."""
        return {
            **super().writers(),
            "html": self.html,
            "txt": lambda: f"{self}\n",
            "json": lambda: json_text(self.trace, self.steps),
        }

    def _outputs(self) -> str:
        return ", ".join(clean(self.trace.nodes[index].label) for index in self.trace.roots[:3])


def step(
    x: Any,
    *,
    names: Mapping[str, Any] | None = None,
    budget: int = BUDGET,
    lr: float | None = None,
    check: bool = False,
    quiz: bool = False,
    start: int = 0,
) -> Stepper:
    """Step through the forward and the backward pass, one chain-rule contribution at a time.

    Args:
        x: a Value, a Tensor, a list of them, a Trace, or a recorded film of a training;
            `.backward()` need not have run.
        names: names for nodes without a label, as a mapping from name to object; by default the
            variables that the calling code can see.
        budget: above how many boxes modules are drawn as one box each.
        lr: a learning rate; then the story begins with cleared gradients and ends with the update.
        check: show a central finite difference beside each leaf's gradient.
        quiz: hide the numbers and let the reader find them.
        start: how many steps are done when the page opens; negative counts from the end.

    Returns:
        A stepper that shows itself in a notebook; `print` lists its steps, `.run()` steps in a
        terminal, `.save("steps.html")` makes a page that needs no network. No `.grad` is changed.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if the graph has more boxes than a picture can hold.

    Example:
        >>> from autograd import Value
        >>> from viz.stepper.step import step
        >>> w, x = Value(2.0), Value(3.0)
        >>> y = w * x
        >>> s = step(y)
        >>> len(s), s.steps[2].text, w.grad
        (4, 'w.grad += y.grad * dy/dw = 1 * 3 = 3', None)
    """
    return stepper_of(x, names=names, budget=budget, lr=lr, check=check, quiz=quiz, start=start)


def stepper_of(
    x: Any,
    *,
    names: Mapping[str, Any] | None,
    budget: int,
    lr: float | None,
    check: bool,
    quiz: bool,
    start: int,
    depth: int = 1,
) -> Stepper:
    """Do what `step` does, for a public function that the user's code called.

    Args:
        x: see `step`.
        names: see `step`.
        budget: see `step`.
        lr: see `step`.
        check: see `step`.
        quiz: see `step`.
        start: see `step`.
        depth: how many frames above this one the user's code stands, less one.

    Returns:
        The stepper.
    """
    is_film = hasattr(x, "watched") and hasattr(x, "page_data")
    refuse_endless(x, MOST_NODES, "step", TOO_MANY, "")
    graph = x.watched() if is_film else watched_of(x, names, asked_by="step", depth=2 + depth)
    trace = graph.trace if isinstance(graph, Watched) else graph
    listing = x.listing() if is_film else listing_of(trace, caller_of(1 + depth))
    if is_film:
        made = Stepper(
            graph, steps=x.steps(), budget=budget, lr=x.rate, start=start, listing=listing
        )
        made.extras["film"] = x.page_data()
    else:
        made = Stepper(graph, budget=budget, lr=lr, start=start, listing=listing)
    made.extras |= extras_of(x, made.trace, check=check, quiz=quiz)
    return made


def _refuse_if_large(view: View) -> None:
    count = len(view.figure.boxes)
    if count > MOST_BOXES:
        raise ValueError(
            f"step: the picture would have {count:,} boxes, more than anybody could follow "
            f"({MOST_BOXES:,}); step through an inner node, or a smaller example of the same"
        )
