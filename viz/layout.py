"""A layered layout, left to right, with the standard library only.

Stages: ranks (`ranking`), order inside a rank (`crossings`), heights (`straighten`), then places.
After Sugiyama, Tagawa and Toda (1981); coordinates by pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viz.crossings import order_layers
from viz.ranking import late_ranks
from viz.straighten import place_heights

Point = tuple[float, float]
BOX_GAP, LANE_GAP, LANE_HEIGHT, PORT_GAP = 22.0, 10.0, 8.0, 20.0


@dataclass(frozen=True)
class Route:
    """The way of one edge: its two ends and the lanes it passes, as (x left, x right, y) stops."""

    start: Point
    end: Point
    lanes: tuple[tuple[float, float, float], ...]
    rank: int  # rank of the box it leaves
    last_gap: int  # the gap before the box it enters


@dataclass
class Layout:
    """Places for boxes and edges; `x` of columns can still be widened, heights are final."""

    centres: list[Point]
    widths: list[float]
    routes: list[Route]
    gaps: list[tuple[float, float]]  # x from, x to, per gap between two ranks
    size: Point


class Plan:
    """Everything about a layout that does not depend on how wide the gaps are."""

    def __init__(
        self,
        sizes: Sequence[Point],
        edges: Sequence[tuple[int, int]],
        slots: Sequence[int] | None = None,
    ) -> None:
        """Rank, order and level the boxes.

        Args:
            sizes: width and height of each box, in pixels.
            edges: (source, target) pairs; the graph must have no cycle; repeats are welcome.
            slots: per edge, the place among the edges into its target where order matters (the
                first operand of a division enters on top); equal numbers where it does not.
        """
        self.sizes, self.edges = sizes, edges
        self.slots = slots if slots is not None else [0] * len(edges)
        self.ranks = late_ranks(len(sizes), edges)
        self.layers: list[list[int]] = []
        self.chains: list[list[int]] = []
        self._insert_lanes()
        self.layers = order_layers(self.layers, self.before, self.after)
        heights = [height for _, height in sizes]
        heights += [LANE_HEIGHT] * (len(self.before) - len(sizes))
        margins = [BOX_GAP] * len(sizes) + [LANE_GAP] * (len(self.before) - len(sizes))
        self.heights = place_heights(self.layers, self.before, self.after, heights, margins)
        self._place_ports()

    def _insert_lanes(self) -> None:
        """Give every edge that passes over a rank a lane of its own there."""
        count = max(self.ranks, default=-1) + 1
        self.layers = [[] for _ in range(count)]
        for index, rank in enumerate(self.ranks):
            self.layers[rank].append(index)
        self.before: list[list[int]] = [[] for _ in self.sizes]
        self.after: list[list[int]] = [[] for _ in self.sizes]
        for source, target in self.edges:
            chain = [source]
            for rank in range(self.ranks[source] + 1, self.ranks[target]):
                chain.append(len(self.before))
                self.layers[rank].append(len(self.before))
                self.before.append([])
                self.after.append([])
            chain.append(target)
            self.chains.append(chain)
            for first, second in pairwise(chain):
                self.after[first].append(second)
                self.before[second].append(first)

    def _place_ports(self) -> None:
        """Spread the ends of the edges over a box's side, in the order their other ends stand."""
        leaving: dict[int, list[int]] = {}
        entering: dict[int, list[int]] = {}
        for index, (source, target) in enumerate(self.edges):
            leaving.setdefault(source, []).append(index)
            entering.setdefault(target, []).append(index)
        self.starts, self.ends = [0.0] * len(self.edges), [0.0] * len(self.edges)
        for ports, ends, neighbour in ((self.starts, leaving, 1), (self.ends, entering, -2)):
            for box, indices in ends.items():
                slots = self.slots if ports is self.ends else [0] * len(self.edges)
                indices.sort(
                    key=lambda edge: (
                        slots[edge],
                        self.heights[self.chains[edge][neighbour]],
                        edge,
                    )
                )
                gap = min(PORT_GAP, self.sizes[box][1] * 0.8 / len(indices))
                top = self.heights[box] - gap * (len(indices) - 1) / 2
                for position, edge in enumerate(indices):
                    ports[edge] = top + gap * position

    def columns(self, gap_widths: Sequence[float]) -> Layout:
        """Place the columns side by side with the given gaps.

        Args:
            gap_widths: width in pixels of the gap after each rank but the last.

        Returns:
            The finished layout.
        """
        widths = [
            max((self.sizes[item][0] for item in layer if item < len(self.sizes)), default=0.0)
            for layer in self.layers
        ]
        lefts, left = [], 0.0
        for rank, width in enumerate(widths):
            lefts.append(left)
            left += width + (gap_widths[rank] if rank < len(widths) - 1 else 0.0)
        centres, box_widths = [], []
        for box, (width, height) in enumerate(self.sizes):
            rank = self.ranks[box]
            # Boxes of a column share its width; small constants stand beside their reader.
            wide = width if height < 30 else widths[rank]
            centres.append((lefts[rank] + widths[rank] - wide / 2, self.heights[box]))
            box_widths.append(wide)
        routes = []
        for index, (source, target) in enumerate(self.edges):
            first = self.ranks[source]
            lanes = tuple(
                (lefts[rank], lefts[rank] + widths[rank], self.heights[lane])
                for rank, lane in enumerate(self.chains[index][1:-1], start=first + 1)
            )
            start = (centres[source][0] + box_widths[source] / 2, self.starts[index])
            end = (centres[target][0] - box_widths[target] / 2, self.ends[index])
            routes.append(Route(start, end, lanes, first, self.ranks[target] - 1))
        gaps = [(lefts[rank] + widths[rank], lefts[rank + 1]) for rank in range(len(widths) - 1)]
        bottom = max((y + self.sizes[box][1] / 2 for box, (_, y) in enumerate(centres)), default=0)
        bottom = max([bottom, *(lane[2] + LANE_HEIGHT for route in routes for lane in route.lanes)])
        return Layout(centres, box_widths, routes, gaps, (left, bottom))

    def stretches(self, edge: int) -> list[tuple[int, float, float]]:
        """Say how an edge crosses each gap on its way, as (gap, y on the left, y on the right)."""
        stops = [
            self.starts[edge],
            *(self.heights[lane] for lane in self.chains[edge][1:-1]),
            self.ends[edge],
        ]
        first = self.ranks[self.edges[edge][0]]
        pairs = pairwise(stops)
        return [(first + index, left, right) for index, (left, right) in enumerate(pairs)]
