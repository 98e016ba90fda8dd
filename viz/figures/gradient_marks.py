"""Gradients that are exactly 0, that faded away or that blew up, each with the edge to blame."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.figures.mark import RAMPS, SQUASHING, Mark, called, finite, largest
from viz.words.numbers import number

FADED, BLOWN_UP = 1e-6, 1e6  # compared with the gradient of the output
LEAST_AMONG_LEAVES = 1e-3  # faded also in comparison with the other leaves
ONE_EDGE = 1e-3  # a factor that one edge does not have by chance
MOST_FOLLOWED = 200_000  # edges on the ways of all leaves: in a long loop each way is long


def gradient_marks(trace: Trace) -> list[Mark]:
    """Judge the gradients of the leaves, and name the edges where they stop, fade or blow up.

    Args:
        trace: a graph; nothing is found before backward has run.

    Returns:
        Marks of the leaves, then one mark per edge to blame.
    """
    if not any(largest(trace.nodes[root].grad) for root in trace.roots):
        return []
    judge = _Judge(trace)
    marks = [*judge.stopped(), *judge.faded(), *judge.blown_up()]
    return [*marks, *(judge.blamed[place] for place in sorted(judge.blamed))]


def _total(gradient: Any) -> float:
    """Add up magnitudes: a mean over many elements shares a gradient out and does not lose it."""
    if gradient is None:
        return 0.0
    return abs(gradient) if isinstance(gradient, float) else float(np.abs(gradient).sum())


class _Judge:
    """A graph with its leaves, and the edges found guilty so far."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.followed = 0
        self.leaving: dict[int, list[tuple[int, TraceEdge]]] = {}
        for place, edge in enumerate(trace.edges):
            if trace.nodes[edge.source].requires_grad:
                self.leaving.setdefault(edge.source, []).append((place, edge))
        self.leaves = [
            node
            for node in trace.nodes
            if node.op is None
            and node.requires_grad
            and node.grad is not None
            and np.size(node.grad)
            and finite(node.grad)
        ]
        self.blamed: dict[int, Mark] = {}

    def blame(self, place: int, kind: str, text: str) -> None:
        """Mark an edge, once."""
        self.blamed.setdefault(place, Mark(kind, kind, text, edge=place))

    def ends(self, place: int) -> str:
        """Name an edge in the direction in which gradients travel."""
        edge = self.trace.edges[place]
        return f"{called(self.trace.nodes[edge.target])} to {called(self.trace.nodes[edge.source])}"

    # --------------------------------------------------------------------------- exactly 0

    def stopped(self) -> Iterator[Mark]:
        """Follow gradients of 0 towards the output, to the edges where they were not 0 yet."""
        zero = {
            node.index
            for node in self.trace.nodes
            if node.grad is not None and not largest(node.grad)
        }
        for leaf in self.leaves:
            if leaf.index not in zero:
                continue
            culprits = self._last_seen(leaf, zero)
            if not culprits or self._beside(leaf, culprits):
                continue
            slopes = [self.trace.edges[place].local for place in culprits]
            if any(slope is not None and slope != 0 for slope in slopes):
                why = "its contributions cancel out"
            else:
                more = len(culprits) - 1
                why = f"it stops on the way from {self.ends(culprits[0])}"
                why += f", and on {more} more edge{'s' if more > 1 else ''}" if more else ""
                for place in culprits:
                    self.blame(place, "stops", self._why_it_stops(place))
            text = f"The gradient of {called(leaf)} is exactly 0: {why}."
            yield Mark("zero-gradient", "grad 0", text, node=leaf.index)

    def _last_seen(self, leaf: TraceNode, zero: set[int]) -> list[int]:
        """List the edges that lead from a region of zeros to nodes whose gradient is not 0."""
        places: list[int] = []
        if self.followed > MOST_FOLLOWED:
            return places
        seen, waiting = {leaf.index}, [leaf.index]
        while waiting:
            for place, edge in self.leaving.get(waiting.pop(), ()):
                if edge.target not in zero:
                    if self.trace.nodes[edge.target].grad is not None:
                        places.append(place)
                elif edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        self.followed += len(seen)
        return places

    def _beside(self, leaf: TraceNode, places: list[int]) -> bool:
        """Say whether the picture shows the 0 beside the leaf already, as a local gradient."""
        edges = [self.trace.edges[place] for place in places]
        return all(edge.source == leaf.index and edge.local == 0 for edge in edges)

    def _why_it_stops(self, place: int) -> str:
        edge = self.trace.edges[place]
        source, target = self.trace.nodes[edge.source], self.trace.nodes[edge.target]
        why = f"the slope of {target.op} towards {called(source)} is 0"
        if target.op == "mul" and len(target.inputs) == 2:
            other = self.trace.nodes[target.inputs[1 - edge.slot]]
            if not largest(other.value):
                why = f"{called(source)} is multiplied by {called(other)}, which is 0"
        return f"The gradient stops here: {why}."

    # ------------------------------------------------------------------ faded and blown up

    def faded(self) -> Iterator[Mark]:
        """Find leaves whose gradient is next to nothing, unless the loss is simply at rest."""
        output = max(_total(self.trace.nodes[root].grad) for root in self.trace.roots)
        sizes = {leaf.index: _total(leaf.grad) for leaf in self.leaves}
        strongest = max(sizes.values(), default=0.0)
        for leaf in self.leaves:
            size = sizes[leaf.index]
            if not 0 < size < FADED * output:
                continue
            way = self._way_out(leaf)
            if not way:
                continue
            place, factor = min(way, key=lambda step: step[1])
            if size > LEAST_AMONG_LEAVES * strongest and self._at_rest(place, factor):
                continue
            self.blame(place, "fades", self._factor_text("fades", place, factor))
            yield self._of_leaf(leaf, "vanishing", "faded", size / output, way, (place, factor))

    def _at_rest(self, place: int, factor: float) -> bool:
        """Tell decay from a loss at its minimum, where one edge makes all gradients tiny."""
        bends = self.trace.nodes[self.trace.edges[place].target].op in (*SQUASHING, *RAMPS)
        return factor < ONE_EDGE and not bends

    def blown_up(self) -> Iterator[Mark]:
        """Find leaves whose gradient is enormous."""
        output = max(largest(self.trace.nodes[root].grad) for root in self.trace.roots)
        for leaf in self.leaves:
            size = largest(leaf.grad)
            way = self._way_out(leaf) if size > BLOWN_UP * output else []
            if way:
                place, factor = max(way, key=lambda step: step[1])
                self.blame(place, "grows", self._factor_text("grows", place, factor))
                yield self._of_leaf(leaf, "exploding", "grew", size / output, way, (place, factor))

    def _way_out(self, leaf: TraceNode) -> list[tuple[int, float]]:
        """Follow the strongest contributions from a leaf to an output; per edge, its factor."""
        way: list[tuple[int, float]] = []
        node = leaf
        if self.followed > MOST_FOLLOWED:
            return []
        while node.index not in self.trace.roots and (edges := self.leaving.get(node.index)):
            totals = [_total(self.trace.nodes[edge.target].grad) for _, edge in edges]
            sent = [
                total * (1.0 if edge.local is None else abs(edge.local))
                for total, (_, edge) in zip(totals, edges, strict=True)
            ]
            best = max(range(len(edges)), key=sent.__getitem__)
            place, edge = edges[best]
            factor = 0.0 if edge.local is None else abs(edge.local)
            if edge.local is None and totals[best]:
                factor = _total(node.grad) / totals[best]
            way.append((place, factor))
            node = self.trace.nodes[edge.target]
        self.followed += len(way)
        return [] if any(math.isnan(factor) for _, factor in way) else way

    def _factor_text(self, verb: str, place: int, factor: float) -> str:
        through = called(self.trace.nodes[self.trace.edges[place].target])
        factor_text = f"on its way back through {through} by the factor {number(factor)}"
        return f"The gradient {verb} here: {factor_text}."

    def _of_leaf(
        self,
        leaf: TraceNode,
        kind: str,
        verb: str,
        share: float,
        way: list[tuple[int, float]],
        worst: tuple[int, float],
    ) -> Mark:
        edges = f"{len(way)} edge{'s' if len(way) != 1 else ''}"
        text = (
            f"The gradient of {called(leaf)} is {number(share)} times the output's: it {verb} "
            f"over {edges}, most from {self.ends(worst[0])}, by the factor {number(worst[1])}."
        )
        return Mark(kind, kind, text, node=leaf.index)
