"""Which boxes stand in one scope: the frames of a figure as a tree, for Graphviz's clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd.trace import Trace
from viz.figures.figure import Figure, Frame
from viz.words.labels import clean


@dataclass
class Cluster:
    """A scope with the boxes that stand in it and in no scope inside it."""

    scope: str
    title: str
    boxes: list[int] = field(default_factory=list)
    inner: list[Cluster] = field(default_factory=list)


def clusters_of(figure: Figure, trace: Trace) -> Cluster:
    """Sort the boxes of a figure into its scopes.

    Args:
        figure: a figure of the trace; where it has no frames, the scopes of the nodes serve.
        trace: the graph.

    Returns:
        A nameless cluster that holds everything.

    Example:
        >>> from autograd import Value
        >>> from autograd.trace import trace
        >>> from viz.figures.boxes import figure_of
        >>> graph = trace(Value(1.0) + Value(2.0))
        >>> clusters_of(figure_of(graph), graph).boxes
        [0, 1, 2]
    """
    whole = Cluster("", "", list(range(len(figure.boxes))))
    frames = figure.frames or _frames_of_scopes(figure, trace)
    for frame in sorted(frames, key=lambda frame: -len(frame.boxes)):
        _take_in(whole, frame)
    return whole


def _take_in(cluster: Cluster, frame: Frame) -> None:
    """Put a frame into the innermost cluster that holds all of its boxes; drop one that crosses."""
    members = set(frame.boxes)
    for inner in cluster.inner:
        if members <= _all_boxes(inner):
            _take_in(inner, frame)
            return
    if members <= set(cluster.boxes):
        cluster.boxes = [box for box in cluster.boxes if box not in members]
        cluster.inner.append(Cluster(frame.scope, frame.title, list(frame.boxes)))


def _all_boxes(cluster: Cluster) -> set[int]:
    return set(cluster.boxes).union(*(_all_boxes(inner) for inner in cluster.inner))


def _frames_of_scopes(figure: Figure, trace: Trace) -> Sequence[Frame]:
    """Find the scopes that hold several boxes, each with those of the scopes inside it."""
    members: dict[str, list[int]] = {}
    for place, box in enumerate(figure.boxes):
        scope = box.scope.rpartition(".")[0] if box.scope else _scope_of(box.nodes, trace)
        parts = scope.split(".") if scope else []
        for depth in range(1, len(parts) + 1):
            members.setdefault(".".join(parts[:depth]), []).append(place)
    frames: list[Frame] = []
    for scope, boxes in members.items():
        twin = any(set(frame.boxes) == set(boxes) for frame in frames)
        if len(boxes) > 1 and not twin:
            frames.append(Frame(scope, clean(scope), tuple(boxes)))
    return frames


def _scope_of(nodes: Sequence[int], trace: Trace) -> str:
    return trace.nodes[nodes[0]].scope if nodes else ""
