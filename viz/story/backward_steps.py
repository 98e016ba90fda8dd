"""The backward pass as steps: one contribution of the chain rule on one edge each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.stepper import Watched
from autograd.trace import Trace, TraceEdge
from viz.story.contribution import Flow, contribution_step, copies_step, seed_step
from viz.story.step_record import Step
from viz.words.rules import copies_sent, local_of, passes_gradient, stretched_shape

LARGEST_PRODUCT = 100_000  # elements; the copies of a larger array are only spoken of


def backward_steps(
    trace: Trace,
    watched: Watched | None = None,
    told: int = 0,
    seeds: Mapping[int, float] | None = None,
) -> list[Step]:
    """Tell how the gradient flows from the outputs to every node it reaches.

    Args:
        trace: the graph.
        watched: a backward pass through this very graph; then arrays come with their numbers.
        told: how many steps come before these.
        seeds: by output the gradient that arrives there from outside; 1 by default.

    Returns:
        One seed per output, then one step per edge that bears a gradient, and two where the
        gradients of a stretched input's copies are added up.
    """
    return _Pass(trace, watched, told, seeds or {}).steps()


class _Pass:
    """One pass under way: what has arrived so far."""

    def __init__(
        self, trace: Trace, watched: Watched | None, told: int, seeds: Mapping[int, float]
    ) -> None:
        self.trace, self.watched, self.told, self.seeds = trace, watched, told, seeds
        self.places: dict[int, list[int]] = {}  # by target: places in the list of edges
        for place, edge in enumerate(trace.edges):
            self.places.setdefault(edge.target, []).append(place)
        self.expected = self._expected()
        self.arrivals: Counter[int] = Counter()
        self.gradients: dict[int, Any] = {}  # None: something has arrived, its numbers are unknown
        self.told_steps: list[Step] = []
        self.done: dict[int, list[int]] = {}  # by node: its consumers that have had their turn

    def steps(self) -> list[Step]:
        for index in self.trace.roots:
            if self.trace.nodes[index].requires_grad:
                self._seed(index)
        for target in range(len(self.trace.nodes) - 1, -1, -1):
            if target in self.gradients:
                for place in self._outgoing(target):
                    self._pass_on(place)
        return self.told_steps

    def _outgoing(self, target: int) -> list[int]:
        """Find the edges on which a gradient at a node goes on, in the order of its inputs."""
        edges = self.trace.edges
        places = [p for p in self.places.get(target, ()) if self._bears(edges[p])]
        return sorted(places, key=lambda place: edges[place].slot)

    def _bears(self, edge: TraceEdge) -> bool:
        if self.watched is not None:
            return (edge.target, edge.slot) in self.watched.sent
        return passes_gradient(edge, self.trace)

    def _expected(self) -> Counter[int]:
        """Count what will arrive at every node that the gradient reaches."""
        roots = [index for index in self.trace.roots if self.trace.nodes[index].requires_grad]
        expected = Counter(roots)
        for target in range(len(self.trace.nodes) - 1, -1, -1):
            if expected[target]:
                expected.update(self.trace.edges[place].source for place in self._outgoing(target))
        return expected

    def _seed(self, index: int) -> None:
        root = self.trace.nodes[index]
        before = self.gradients.get(index, 0.0)
        contribution = np.ones(root.shape) if root.shape else float(self.seeds.get(index, 1.0))
        self.arrivals[index] += 1
        self.gradients[index] = _added(before, contribution)
        flow = Flow(None, None, contribution, before, self.gradients[index])
        counted = (self.arrivals[index], self.expected[index])
        given = index in self.seeds
        self._tell(seed_step(root, self._position(), flow, counted, from_outside=given))

    def _pass_on(self, place: int) -> None:
        edge, trace = self.trace.edges[place], self.trace
        upstream, local = self._upstream(edge.target), local_of(edge, trace)
        contribution = self._sent(edge, upstream, local)
        turn = self._turn(edge.target)
        before = self.gradients.get(edge.source, 0.0)
        own, stretched = trace.nodes[edge.source].shape, stretched_shape(edge, trace)
        counted = (self.arrivals[edge.source], self.expected[edge.source])
        if own != stretched:
            copies = None
            if isinstance(upstream, np.ndarray) and np.prod(stretched) <= LARGEST_PRODUCT:
                copies = copies_sent(edge, trace, upstream)
            flow = Flow(upstream, None, copies, before, before)
            self._tell(copies_step(trace, place, self._position(), flow, counted, turn))
        self.arrivals[edge.source] += 1
        self.gradients[edge.source] = _added(before, contribution)
        counted = (self.arrivals[edge.source], self.expected[edge.source])
        flow = Flow(upstream, local, contribution, before, self.gradients[edge.source])
        self._tell(contribution_step(trace, place, self._position(), flow, counted, turn))
        consumers = self.done.setdefault(edge.source, [])
        if edge.target not in consumers:
            consumers.append(edge.target)

    def _upstream(self, target: int) -> Any:
        """Give the whole gradient of a node; hooks may have changed what had arrived."""
        if self.watched is not None and target in self.watched.arrived:
            return _plain(self.watched.arrived[target])
        return self.gradients[target]

    def _sent(self, edge: TraceEdge, upstream: Any, local: float | None) -> Any:
        if self.watched is not None:
            return _plain(self.watched.sent[edge.target, edge.slot])
        if local is None or not isinstance(upstream, float):
            return None
        return upstream * local

    def _turn(self, target: int) -> list[int] | None:
        """List the consumers of a node whose turn it is; None for an output that nothing uses."""
        return self.done.get(target)

    def _position(self) -> int:
        return self.told + len(self.told_steps) + 1

    def _tell(self, step: Step) -> None:
        self.told_steps.append(step)


def _plain(quantity: Any) -> Any:
    """Make a float of a single number, whatever it came as."""
    return quantity if getattr(quantity, "ndim", 0) else float(quantity)


def _added(before: Any, contribution: Any) -> Any:
    if before is None or contribution is None:
        return None
    if isinstance(before, float) and before == 0.0:
        return contribution
    with np.errstate(all="ignore"):
        total = before + contribution
    if isinstance(total, np.ndarray):
        total.flags.writeable = False
    return total
