"""One level of a nested layout: the items of a frame, its ports, and the pieces of edges in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.layout.columns import Columns, Point, columns_of
from viz.layout.layered import LANE_HEIGHT, Plan
from viz.layout.placing import Label, place_labels

TITLE_ROOM, FRAME_PADDING = 28.0, 16.0
ALIKE = 0.7  # frames of a column that are at least so much as wide as the widest become as wide


@dataclass(frozen=True)
class Edge:
    """An edge between two boxes, as the layout sees it."""

    source: int
    target: int
    slot: int = 0  # place among the edges into its target, where their order matters
    pull: float = 1.0  # how strongly it is to be straight
    label: Point | None = None  # width and height of its label, if it has one


class Level:
    """The drawing, or the inside of one frame, which stands in its parent like a box.

    Items are numbered from 0: first the boxes, then the frames in it, then the ports.
    """

    def __init__(
        self, boxes: Sequence[int], inner: Sequence[Level], least_width: float | None = None
    ) -> None:
        """Begin without any edge.

        Args:
            boxes: the boxes right inside, by their numbers in the drawing.
            inner: the frames right inside.
            least_width: how wide the frame must be for its title; None for the drawing itself.
        """
        self.boxes, self.inner, self.least_width = list(boxes), list(inner), least_width
        self.framed = least_width is not None
        self.item_of = {box: item for item, box in enumerate(boxes)}
        self.pieces: list[tuple[int, int]] = []
        self.piece_of: dict[int, int] = {}  # by the edge's number in the drawing
        self.edge_of: list[int] = []
        self.entries: dict[int, int] = {}  # port of each edge that comes in
        self.exits: dict[int, int] = {}  # port of each edge that goes out

    def join(self, source: int, target: int, edge: int) -> None:
        """Add the piece of an edge that runs between two items."""
        self.piece_of[edge] = len(self.pieces)
        self.pieces.append((source, target))
        self.edge_of.append(edge)

    def port(self, side: dict[int, int], edge: int) -> int:
        """Add a port for an edge on one side, `entries` or `exits`."""
        side[edge] = len(self.boxes) + len(self.inner) + len(self.entries) + len(self.exits)
        return side[edge]

    # ---------------------------------------------------------------------------------- order
    def order_inside_out(self, edges: Sequence[Edge]) -> None:
        """Put all items in order, the innermost frames first, with ports where it suits them."""
        for frame in self.inner:
            frame.order_inside_out(edges)
        count = len(self.boxes) + len(self.inner) + len(self.entries) + len(self.exits)
        self.plan = Plan(
            count,
            self.pieces,
            slots=[
                edges[edge].slot if target < len(self.boxes) else 0
                for edge, (_, target) in zip(self.edge_of, self.pieces, strict=True)
            ],
            pulls=[edges[edge].pull for edge in self.edge_of],
            ports=(list(self.entries.values()), list(self.exits.values())) if self.framed else None,
        )
        self._look_at_ports()
        self.plan.order()

    def order_ports(self) -> None:
        """Put ports that lead to the same place in the order of what lies beyond the frame."""
        self._look_at_ports()
        for frame in self.inner:
            for side, rank in ((frame.entries, 0), (frame.exits, len(frame.plan.layers) - 1)):
                order = sorted(side, key=lambda edge: (frame.near(edge), self._beyond(frame, edge)))
                frame.plan.arrange(rank, [side[edge] for edge in order])
            frame.order_ports()

    def near(self, edge: int) -> tuple[int, ...]:
        """Say how far up in this frame the first thing stands that an edge meets inside."""
        chain = self.plan.chains[self.piece_of[edge]]
        return self._seen_at(chain[1] if edge in self.entries else chain[-2], edge)

    def _beyond(self, frame: Level, edge: int) -> tuple[int, ...]:
        """Say how far up the last thing stands that an edge meets before a frame inside."""
        chain = self.plan.chains[self.piece_of[edge]]
        return self._seen_at(chain[-2] if edge in frame.entries else chain[1], edge)

    def _seen_at(self, item: int, edge: int) -> tuple[int, ...]:
        place = self.plan.position[item]
        inner = item - len(self.boxes)
        return (place, *self.inner[inner].near(edge)) if 0 <= inner < len(self.inner) else (place,)

    def _look_at_ports(self) -> None:
        """Let the plan know where on the sides of the frames inside their edges come and go."""
        for frame in self.inner:
            for side, shares in (
                (frame.entries, self.plan.ends_at),
                (frame.exits, self.plan.starts_at),
            ):
                for edge, port in side.items():
                    shares[self.piece_of[edge]] = (frame.plan.position[port] + 0.5) / len(side)

    # ---------------------------------------------------------------------------------- places
    def measure(self, sizes: Sequence[Point], edges: Sequence[Edge]) -> Point:
        """Find the place of every item, seen from this level's top left corner.

        Args:
            sizes: width and height of every box of the drawing, in pixels.
            edges: all edges of the drawing.

        Returns:
            Width and height of this level, in pixels, with its title.
        """
        own = [sizes[box] for box in self.boxes]
        own += self._measured_frames(sizes, edges)
        own += [(0.0, LANE_HEIGHT)] * (len(self.entries) + len(self.exits))
        starts = {
            self.piece_of[edge]: frame.height_of(port) - own[item][1] / 2
            for item, frame in enumerate(self.inner, start=len(self.boxes))
            for edge, port in frame.exits.items()
        }
        ends = {
            self.piece_of[edge]: frame.height_of(port) - own[item][1] / 2
            for item, frame in enumerate(self.inner, start=len(self.boxes))
            for edge, port in frame.entries.items()
        }
        self.plan.level([height for _, height in own], starts, ends)
        labels = [
            Label(piece, *size)
            for piece, (edge, (_, target)) in enumerate(zip(self.edge_of, self.pieces, strict=True))
            if (size := edges[edge].label) is not None and target < len(self.boxes)
        ]
        gaps, self.label_centres = place_labels(self.plan, labels)
        self.gaps, self.sizes = gaps, own
        self._place_columns()
        self.widen(self.least_width or 0.0)
        return self.size()

    def _measured_frames(self, sizes: Sequence[Point], edges: Sequence[Edge]) -> list[Point]:
        """Measure the frames inside; those of a column that are about equally wide become so."""
        widths: dict[int, float] = {}
        for item, frame in enumerate(self.inner, start=len(self.boxes)):
            rank = self.plan.ranks[item]
            widths[rank] = max(widths.get(rank, 0.0), frame.measure(sizes, edges)[0])
        for item, frame in enumerate(self.inner, start=len(self.boxes)):
            widest = widths[self.plan.ranks[item]]
            if frame.size()[0] > ALIKE * widest:
                frame.widen(widest)
        return [frame.size() for frame in self.inner]

    def _place_columns(self) -> None:
        frames = range(len(self.boxes), len(self.boxes) + len(self.inner))
        self.columns: Columns = columns_of(self.plan, self.sizes, frames, self.gaps)

    def widen(self, width: float) -> None:
        """Make a frame so wide at least; the room is added on its right side."""
        if self.framed and self.columns.size[0] < width:
            self.gaps[-1] += width - self.columns.size[0]
            self._place_columns()

    def size(self) -> Point:
        """Give width and height in pixels, with the title."""
        width, height = self.columns.size
        return (width, height + TITLE_ROOM + FRAME_PADDING) if self.framed else (width, height)

    def height_of(self, item: int) -> float:
        """Say how far below this level's upper side an item stands, in pixels."""
        return self.plan.heights[item] + (TITLE_ROOM if self.framed else 0.0)
