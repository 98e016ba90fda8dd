"""Rules about units: those that are 0 for every example, and those stuck at their limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.linting.graph import Graph
from autograd.linting.rule import Rule

__all__ = ["RULES"]


def _outputs(graph: Graph, *names: str) -> list[Any]:
    """The results of some ops that hold several units for several examples."""
    return [
        node
        for node in graph.made
        if node.op.name in names and type(node.out) is np.ndarray and node.out.ndim > 1
    ]


def _after(rule: Rule, graph: Graph, node: Any) -> str:
    before = graph.weight_before(node)
    return f" after {rule.name(before[0])}" if before is not None else ""


@dataclass
class _Units:
    """Which units of a layer were above 0, and for how many examples they were looked at."""

    active: Any
    passes: int = 0
    examples: int = 0


class DeadUnits(Rule):
    """Units of a ReLU that gave 0 for all examples of several batches: they learn no more."""

    _passes, _examples, _share, _least = 5, 20, 0.7, 8

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._layers: dict[tuple[int, int], _Units] = {}

    def before_backward(self, root: Any) -> None:
        """Note which units are above 0."""
        graph = self.graph
        if graph is None:
            return
        for place, node in enumerate(_outputs(graph, "relu", "relu6")):
            axis = _unit_axis(graph, node)
            others = tuple(i for i in range(node.out.ndim) if i != axis)
            active = np.any(node.out > 0, axis=others)
            if active.size < self._least:
                continue
            units = self._layers.setdefault((place, active.size), _Units(np.zeros_like(active)))
            units.active |= active
            units.passes += 1
            units.examples += node.out.size // active.size
            if units.passes >= self._passes and units.examples >= self._examples:
                self._judge(graph, node, units)
                del self._layers[place, active.size]

    def _judge(self, graph: Graph, node: Any, units: _Units) -> None:
        dead = int(np.count_nonzero(~units.active))
        if dead >= self._share * units.active.size:
            self.found(
                "dead-units",
                f"{dead} of {units.active.size} units of the ReLU{_after(self, graph, node)} gave "
                f"0 for every example of {units.passes} batches: no gradient passes through them.",
                "Lower the learning rate, check that the inputs are scaled, start biases at 0, or "
                "use LeakyReLU, ELU or GELU.",
                subject=_after(self, graph, node), node=node,
            )  # fmt: skip


def _unit_axis(graph: Graph, node: Any) -> int:
    """The axis of the units: the second of pictures, the first where columns are examples."""
    if node.out.ndim > 3:
        return 1
    before = graph.weight_before(node)
    if before is not None and before[1] == 1:
        return int(node.out.ndim - 2)
    return int(node.out.ndim - 1)


class SaturatedUnits(Rule):
    """Hidden units of sigmoid or tanh that begin at their limits, where the slope is nearly 0."""

    _passes, _share, _near = 3, 0.8, 0.01

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._counts: dict[tuple[int, int], int] = {}

    def before_backward(self, root: Any) -> None:
        """Look at the first passes: what saturates later has perhaps learned to."""
        graph = self.graph
        if graph is None or self.linter.age > self._passes:
            return
        for place, node in enumerate(_outputs(graph, "sigmoid", "tanh")):
            low = 0.0 if node.op.name == "sigmoid" else -1.0
            width = self._near * (1 - low)
            share = float(np.mean((node.out < low + width) | (node.out > 1 - width)))
            if share < self._share or not _is_hidden(graph, node):
                continue
            key = self.linter.passes - self.linter.age, place
            self._counts[key] = self._counts.get(key, 0) + 1
            if self._counts[key] == self._passes:
                self.found(
                    "saturated-units",
                    f"{share:.0%} of what the {node.op.name}{_after(self, graph, node)} gives lies "
                    f"within 1 % of its limits, where its slope is nearly 0: little is learned.",
                    "Scale the inputs to about mean 0 and spread 1, start from smaller weights "
                    "(xavier), or normalize before it.",
                    subject=_after(self, graph, node), node=node,
                )  # fmt: skip


def _is_hidden(graph: Graph, node: Any) -> bool:
    """Whether a layer with weights comes after."""
    behind = graph.behind(node)
    return any(weight not in behind for weight in graph.weights)


RULES = (DeadUnits, SaturatedUnits)
