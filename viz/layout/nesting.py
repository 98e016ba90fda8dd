"""Frames in frames: each is laid out by itself, and then stands in its parent like a box.

So a frame holds all of its boxes and no other, whatever the graph. Edges pass through its sides at
ports, which are put in order from the outside in, so that few edges cross in front of a frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.layout.columns import Point, Stop
from viz.layout.levels import TITLE_ROOM, Edge, Level

Rectangle = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True)
class Route:
    """The way of one edge: its two ends, and its level pieces (x from, x to, y) in between."""

    start: Point
    end: Point
    lanes: tuple[Stop, ...]


@dataclass(frozen=True)
class Layout:
    """Places for boxes, frames, edges and their labels; the top left corner is (0, 0)."""

    centres: list[Point]
    widths: list[float]
    frames: list[Rectangle]
    routes: list[Route]
    labels: dict[int, Rectangle]  # by edge
    size: Point


def lay_out(
    sizes: Sequence[Point],
    edges: Sequence[Edge],
    frames: Sequence[tuple[Sequence[int], float]] = (),
) -> Layout:
    """Find a place for everything.

    Args:
        sizes: width and height of each box in pixels.
        edges: the edges between the boxes; they must form no cycle, with each frame taken for one.
        frames: the boxes in each frame, those of the frames in it included, and the least width of
            the frame; outer frames first.

    Returns:
        The places; x grows in the direction of the edges.

    Raises:
        ValueError: if boxes or frames form a cycle.

    Example:
        >>> lay_out([(40.0, 40.0)] * 2, [Edge(0, 1)]).size
        (136.0, 40.0)
    """
    nest = _Nest(len(sizes), edges, frames)
    nest.root.order_inside_out(edges)
    nest.root.order_ports()
    size = nest.root.measure(sizes, edges)
    places = _Places(len(sizes), edges, nest)
    places.settle(-1, size, 0.0, 0.0)
    return Layout(
        places.centres, places.widths, places.frames, places.routes(), places.labels, size
    )


class _Nest:
    """The levels of a drawing, with every edge cut into one piece for each level on its way."""

    def __init__(
        self, count: int, edges: Sequence[Edge], frames: Sequence[tuple[Sequence[int], float]]
    ) -> None:
        self.home = [-1] * count  # the innermost frame of each box; -1 is the drawing itself
        self.parents: list[int] = []
        for frame, (boxes, _) in enumerate(frames):
            self.parents.append(self.home[boxes[0]])
            for box in boxes:
                self.home[box] = frame
        boxes_of: dict[int, list[int]] = {}
        for box, frame in enumerate(self.home):
            boxes_of.setdefault(frame, []).append(box)
        self.inner: dict[int, list[int]] = {}
        for frame, parent in enumerate(self.parents):
            self.inner.setdefault(parent, []).append(frame)
        self.levels: dict[int, Level] = {}
        for frame in reversed(range(-1, len(frames))):  # inner frames come after outer ones
            inside = [self.levels[inner] for inner in self.inner.get(frame, ())]
            least_width = frames[frame][1] if frame >= 0 else None
            self.levels[frame] = Level(boxes_of.get(frame, ()), inside, least_width)
        self.root = self.levels[-1]
        self.ways = [self._cut(number, edge) for number, edge in enumerate(edges)]

    def _around(self, box: int) -> list[int]:
        """List the frames around a box, the innermost first, the drawing last."""
        around = [self.home[box]]
        while around[-1] >= 0:
            around.append(self.parents[around[-1]])
        return around

    def _cut(self, number: int, edge: Edge) -> list[int]:
        """Cut an edge into pieces, and list the frames on its way in the order of its run."""
        out_of, into = self._around(edge.source), self._around(edge.target)
        meeting = next(frame for frame in out_of if frame in into)
        out_of, into = out_of[: out_of.index(meeting)], into[: into.index(meeting)]
        ends = []
        for box, frames, outward in ((edge.source, out_of, True), (edge.target, into, False)):
            item = self.levels[[*frames, meeting][0]].item_of[box]
            for frame, outside in zip(frames, [*frames, meeting][1:], strict=True):
                level = self.levels[frame]
                if outward:
                    level.join(item, level.port(level.exits, number), number)
                else:
                    level.join(level.port(level.entries, number), item, number)
                item = len(self.levels[outside].boxes) + self.inner[outside].index(frame)
            ends.append(item)
        self.levels[meeting].join(ends[0], ends[1], number)
        return [*out_of, meeting, *reversed(into)]


class _Places:
    """Collects where everything stands in the drawing."""

    def __init__(self, count: int, edges: Sequence[Edge], nest: _Nest) -> None:
        self.nest, self.edges = nest, edges
        self.centres: list[Point] = [(0.0, 0.0)] * count
        self.widths = [0.0] * count
        self.frames: list[Rectangle] = [(0.0, 0.0, 0.0, 0.0)] * len(nest.parents)
        self.labels: dict[int, Rectangle] = {}
        self.corners: dict[int, Point] = {}

    def settle(self, frame: int, size: Point, x: float, y: float) -> None:
        """Put a frame with all that is in it at a place in the drawing."""
        level = self.nest.levels[frame]
        columns = level.columns
        if frame >= 0:
            self.frames[frame] = (x, y, *size)
            y += TITLE_ROOM
        self.corners[frame] = (x, y)
        for item, box in enumerate(level.boxes):
            centre = columns.centres[item]
            self.centres[box] = (x + centre[0], y + centre[1])
            self.widths[box] = columns.widths[item]
        for piece, (from_left, height) in level.label_centres.items():
            edge = level.edge_of[piece]
            wide, tall = self.edges[edge].label or (0.0, 0.0)
            gap = columns.gaps[level.plan.ranks[level.pieces[piece][1]] - 1]
            self.labels[edge] = (x + gap + from_left - wide / 2, y + height - tall / 2, wide, tall)
        for item, inner in enumerate(self.nest.inner.get(frame, ()), start=len(level.boxes)):
            centre, inside = columns.centres[item], level.sizes[item]
            self.settle(inner, inside, x + centre[0] - inside[0] / 2, y + centre[1] - inside[1] / 2)

    def routes(self) -> list[Route]:
        """Join the pieces of every edge."""
        routes = []
        for edge, way in enumerate(self.nest.ways):
            stops: list[Stop] = []
            start = last = (0.0, 0.0)
            for frame in way:
                level, (x, y) = self.nest.levels[frame], self.corners[frame]
                stretch = level.columns.stretches[level.piece_of[edge]]
                first = (x + stretch.start[0], y + stretch.start[1])
                if frame == way[0]:
                    start = first
                else:
                    stops.append((last[0], first[0], first[1]))
                stops += [
                    (x + left, x + right, y + height) for left, right, height in stretch.stops
                ]
                last = (x + stretch.end[0], y + stretch.end[1])
            routes.append(Route(start, last, tuple(stops)))
        return routes
