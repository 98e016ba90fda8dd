"""A layered layout, left to right, with the standard library only: one drawing, or one frame of it.

Stages: ranks (`ranking`), order inside a rank (`crossings`), heights (`straighten`), then places.
After Sugiyama, Tagawa and Toda (1981); coordinates by pooling adjacent violators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from viz.layout.crossings import order_layers
from viz.layout.lanes import lanes_of, links_of
from viz.layout.ports import shares_of_slots, spread_ports
from viz.layout.ranking import late_ranks, ranks_between, spread_leaves
from viz.layout.straighten import place_heights

BOX_GAP, LANE_GAP, SISTER_GAP, LANE_HEIGHT = 22.0, 10.0, 3.0, 8.0
FEW_LABELS = 12  # so many lines into one box get room for a label on each of them
LANE_PULL, LANE_END_PULL = 40.0, 2.0  # that long lines run straight matters more than symmetry


class Plan:
    """All of a layout that does not depend on how wide its gaps are: ranks, order and heights.

    Its items are boxes, and frames that hold a plan of their own. Inside a frame there are ports,
    too: items of no size on its left and right side, where edges from outside come in and go out.
    """

    def __init__(
        self,
        count: int,
        edges: Sequence[tuple[int, int]],
        *,
        slots: Sequence[int] | None = None,
        pulls: Sequence[float] | None = None,
        ports: tuple[Sequence[int], Sequence[int]] | None = None,
    ) -> None:
        """Find the rank of every item.

        Args:
            count: number of items, ports included.
            edges: (source, target) pairs; the graph must have no cycle; repeats are welcome.
            slots: per edge, the place among the edges into its target where order matters (the
                first operand of a division enters on top); equal numbers where it does not.
            pulls: per edge, how strongly it is to be straight; 1 by default.
            ports: the items that are ports of a frame, those on its left and on its right side;
                None for a drawing that is in no frame.
        """
        self.count, self.edges = count, list(edges)
        self.slots = list(slots) if slots is not None else [0] * len(self.edges)
        self.pulls = list(pulls) if pulls is not None else [1.0] * len(self.edges)
        if ports is None:
            self.ranks = spread_leaves(late_ranks(count, self.edges), self.edges)
            columns = max(self.ranks, default=-1) + 1
        else:
            self.ranks = ranks_between(count, self.edges, *ports)
            columns = max(self.ranks, default=1) + 1 + (not ports[1])
        lanes = lanes_of(self.ranks, self.edges, columns)
        self.layers, self.chains, self.edge_of = lanes.layers, lanes.chains, lanes.edge_of
        self.starts_at = [0.5] * len(self.edges)
        self.ends_at = shares_of_slots([target for _, target in self.edges], self.slots)
        self.arriving = Counter(target for _, target in self.edges)
        self.framed = ports is not None
        at_ports = {*ports[0], *ports[1]} if ports else set()
        self.edge_at = {  # by port
            item: edge for edge, ends in enumerate(self.edges) for item in ends if item in at_ports
        }
        self.heights: list[float] = []
        self.starts: list[float] = []
        self.ends: list[float] = []

    def order(self) -> None:
        """Put the items of every rank in order, so that few edges cross."""
        count = self.count + len(self.edge_of)
        before, after = links_of(count, self.chains, self.starts_at, self.ends_at)
        self.layers = order_layers(self.layers, before, after)
        self.position = [0] * count
        for rank, layer in enumerate(self.layers):
            self.arrange(rank, layer)

    def arrange(self, rank: int, layer: Sequence[int]) -> None:
        """Put the items of one rank in this order."""
        self.layers[rank] = list(layer)
        for position, item in enumerate(layer):
            self.position[item] = position

    def level(
        self,
        heights: Sequence[float],
        starts: Mapping[int, float],
        ends: Mapping[int, float],
    ) -> None:
        """Find out how high everything stands.

        Args:
            heights: height of each item in pixels.
            starts: for edges that leave a frame, how far below its middle, in pixels.
            ends: the same for edges that enter a frame.
        """
        sizes = [*heights, *[LANE_HEIGHT] * len(self.edge_of)]
        sources, targets = [a for a, _ in self.edges], [b for _, b in self.edges]
        self.starts = spread_ports(
            sources,
            sizes,
            lambda edge: (*self._beyond(edge, 1, self.ends_at), edge),
            starts,
            self.pulls,
        )
        self.ends = spread_ports(
            targets,
            sizes,
            lambda edge: (self.slots[edge], *self._beyond(edge, -2, self.starts_at), edge),
            ends,
            self.pulls,
        )
        before: list[list[tuple[int, float, float]]] = [[] for _ in sizes]
        after: list[list[tuple[int, float, float]]] = [[] for _ in sizes]
        for edge, chain in enumerate(self.chains):
            last = len(chain) - 2
            for place, (left, right) in enumerate(pairwise(chain)):
                first_end = self.starts[edge] if place == 0 else 0.0
                second_end = self.ends[edge] if place == last else 0.0
                ends_here = (place == 0) + (place == last)
                least = (LANE_PULL, LANE_END_PULL, 0.0)[ends_here]
                strength = max(self.pulls[edge], least)
                before[right].append((left, first_end - second_end, strength))
                after[left].append((right, second_end - first_end, strength))
        self.heights = place_heights(
            self.layers,
            before,
            after,
            lambda upper, lower: (sizes[upper] + sizes[lower]) / 2 + self._air(upper, lower),
        )
        top = min((y - size / 2 for y, size in zip(self.heights, sizes, strict=True)), default=0.0)
        self.heights = [y - top for y in self.heights]

    def _beyond(self, edge: int, neighbour: int, shares: Sequence[float]) -> tuple[float, float]:
        """Say where an edge's next item stands, and where the edge touches it if it ends there."""
        chain = self.chains[edge]
        return self.position[chain[neighbour]], shares[edge] if len(chain) == 2 else 0.5

    def _air(self, upper: int, lower: int) -> float:
        """Room between two neighbours in a column; lines that fan out may stand closer."""
        first, second = self._line_at(upper), self._line_at(lower)
        if first is None and second is None:
            return BOX_GAP
        if first is None or second is None:
            return (BOX_GAP + LANE_GAP) / 2
        (source, target), (other_source, other_target) = self.edges[first], self.edges[second]
        crowded = target == other_target and self.arriving[target] > FEW_LABELS
        return SISTER_GAP if source == other_source or crowded else LANE_GAP

    def _line_at(self, item: int) -> int | None:
        """Say which edge passes where there is no box: in a lane, or at a port."""
        return self.edge_of[item - self.count] if item >= self.count else self.edge_at.get(item)

    def crossings_of_gaps(self, edge: int) -> list[tuple[int, float, float]]:
        """Say how an edge crosses each gap on its way, as (gap, y on the left, y on the right)."""
        source, target = self.edges[edge]
        ys = [
            self.heights[source] + self.starts[edge],
            *(self.heights[lane] for lane in self.chains[edge][1:-1]),
            self.heights[target] + self.ends[edge],
        ]
        first = self.ranks[source]
        return [(first + place, left, right) for place, (left, right) in enumerate(pairwise(ys))]

    def has_arrows(self, gap: int) -> bool:
        """Whether edges end at the columns beside a gap, and do not only pass it as in a frame."""
        return 0 < gap < len(self.layers) - 2 or not self.framed
