"""`animation`: both passes as one SVG that plays by itself, without a script, also in a README."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.figures.boxes import Figure, figure_of
from viz.figures.svg import svg_of
from viz.motion.animated_figure import animated
from viz.motion.timeline import SVG, Timeline
from viz.picture import Picture
from viz.source import watched_of
from viz.story.finished import finished_trace
from viz.story.records import Step, steps_of

SECONDS, SHORTEST, LONGEST_ROUND = 1.6, 0.4, 90.0
FORWARD_SHARE = 0.65  # the forward pass is known to most readers and may go faster
MOST_BOXES = 60
_WHOLE = re.compile(r"(?<=\d)\.0(?!\d)")


class Animation(Picture):
    """A picture that plays both passes again and again.

    Attributes:
        trace: the graph, with the gradients of this pass.
        steps: what is played.
        timeline: when.
    """

    def __init__(self, graph: Trace | Watched, seconds: float) -> None:
        """Draw and animate a graph.

        Args:
            graph: a trace, or a watched backward pass.
            seconds: how long a step lasts.
        """
        self.steps = steps_of(graph)
        self.trace = finished_trace(graph, self.steps)
        lengths = [
            seconds * (FORWARD_SHARE if step.phase == "forward" else 1.0) for step in self.steps
        ]
        self.timeline = Timeline(lengths)
        figure = figure_of(self.trace)
        count = f"{len(self.steps)} step{'' if len(self.steps) == 1 else 's'}"
        description = f"{figure.description[:-1]}; plays {count} in a loop."
        super().__init__(_moving(figure, self.steps, self.timeline, description), description)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return {**super().writers(), "txt": self._text}

    def _text(self) -> str:
        return "".join(f"{step.text}\n" for step in self.steps)


def animation(
    x: Any, *, names: Mapping[str, Any] | None = None, seconds: float | None = None
) -> Animation:
    """Make a picture that plays the forward and the backward pass by itself.

    It needs no script, so it also plays as an `<img>`, on a README page for example. Programs that
    cannot play it show its end: the whole graph with all gradients.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace; `.backward()` need not have run.
        names: names for nodes without a label, as a mapping from name to object; by default the
            variables that the calling code can see.
        seconds: how long a step is shown; by default 1.6, less when there are many.

    Returns:
        A picture with `.save("picture.svg")`. No `.grad` is changed.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if there are more nodes than can be followed, or the time is not positive.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(2.0), Value(3.0)
        >>> y = w * x
        >>> print(animation(y).description)
        Computation graph of y: 2 leaves, 1 operation;
        backward pass: 3 of 3 gradients reached; plays 4 steps in a loop.
        >>> w.grad is None
        True
    """
    if seconds is not None and not seconds > 0:
        raise ValueError(f"animation: seconds={seconds} came; a step needs a positive time")
    graph = watched_of(x, names, asked_by="animation")
    trace = graph.trace if isinstance(graph, Watched) else graph
    if len(trace.nodes) > MOST_BOXES:
        raise ValueError(
            f"animation: this graph has {len(trace.nodes):,} nodes, more than anybody could follow "
            f"({MOST_BOXES}); animate an inner node or a smaller example, or step through it "
            "by hand: viz.step(x)"
        )
    count = max(1, sum(1 for node in trace.nodes if node.op) + len(trace.edges))
    return Animation(graph, seconds or max(SHORTEST, min(SECONDS, LONGEST_ROUND / count)))


def _moving(figure: Figure, steps: Sequence[Step], timeline: Timeline, description: str) -> str:
    """Draw the end of the story, and let everything in it appear in its own time."""
    root = ElementTree.fromstring(svg_of(figure, with_legend=False))
    root.set("aria-label", description)
    animated(root, figure, steps, timeline)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name, value in element.items():
            if name in ("data-link", "data-row"):
                del element.attrib[name]  # nobody asks for them any more
            elif name not in ("aria-label", "values"):
                element.set(name, _WHOLE.sub("", value))
    root.set("xmlns", SVG)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>") + "\n"
