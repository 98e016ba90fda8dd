"""Rules about data: inputs of very different size, and inputs that are their own target."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.linting.graph import Graph, operands
from autograd.linting.rule import Rule

__all__ = ["RULES"]


def _first_inputs(graph: Graph) -> list[tuple[Any, Any, Any]]:
    """Data that meet a weight: the node, the data as rows of features, the weight."""
    found = []
    for node, slot, weight in graph.weighings:
        data = node.args[slot]
        if node.inputs[slot] is None and type(data) is np.ndarray and data.dtype.kind == "f":
            if data.ndim == 2:
                found.append((node, data.T if slot == 1 else data, weight))
            elif data.ndim > 2:
                found.append((node, data.reshape(-1, 1), weight))
    return found


def _rows_of_neurons(graph: Graph) -> list[tuple[Any, Any, Any]]:
    """The same in a graph of Values: plain numbers that neurons weigh, neuron by neuron."""
    found: dict[Any, tuple[Any, list[Any]]] = {}
    for node in graph.nodes:
        if node.op is not None and node.op.name == "weighted_sum" and not hasattr(node, "args"):
            row = [a for a in node.inputs if isinstance(a, float)]
            if 2 * len(row) == len(node.inputs) - 1:  # as many weights, and the bias
                found.setdefault(node.inputs[0], (node, []))[1].append(row)
    return [(node, np.array(rows), weight) for weight, (node, rows) in found.items()]


class UnscaledData(Rule):
    """Columns of very different size, or numbers far from 1.

    Zeros do not count, nor columns that are mostly 0: a pixel that is seldom lit is not a small
    one.  Nor do the most extreme of many columns, as the features of a network are.
    """

    _apart, _large, _small, _rows, _enough = 100.0, 50.0, 0.005, 8, 1000
    _many, _rare = 100, 20  # columns: of so many the largest and smallest of 20 are left out

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._sums: dict[int, list[Any]] = {}
        self._told: set[int] = set()

    def before_backward(self, root: Any) -> None:
        """Add up squares, column by column."""
        if self.graph is None:
            return
        for node, rows, weight in _first_inputs(self.graph) or _rows_of_neurons(self.graph):
            key = id(weight)
            sums = self._sums.setdefault(key, [weight, 0, 0.0, 0])
            if key in self._told or sums[1] > self._enough:
                continue
            sums[1] += len(rows)
            sums[2] = sums[2] + np.sum(np.square(rows, dtype=float), axis=0)
            sums[3] = sums[3] + np.count_nonzero(rows, axis=0)
            if sums[1] >= self._rows:
                self._judge(node, sums)

    def _judge(self, node: Any, sums: list[Any]) -> None:
        weight, rows, squares, counts = sums
        if not counts.any():
            return
        overall = float(np.sqrt(squares.sum() / counts.sum()))
        used = np.flatnonzero(2 * counts > rows)
        if used.size:
            used = used[np.argsort(squares[used] / counts[used])]
            left_out = used.size // self._rare if used.size > self._many else 0
            used = used[left_out : used.size - left_out]
        sizes = np.sqrt(squares[used] / counts[used]) if used.size else np.ones(1)
        fix = (
            "Scale the columns: X, mean, scale = nn.data.standardize(X); new data by the same "
            "numbers: nn.data.standardize(X_new, mean, scale)[0]."
        )
        if sizes[-1] > self._apart * sizes[0]:
            text = (
                f"Column {used[-1]} of the data that meet {self.name(weight)} is about "
                f"{sizes[-1]:.3g} in size and column {used[0]} about {sizes[0]:.3g}: no "
                "learning rate suits both."
            )
        elif not self._small < overall < self._large:
            text = (
                f"The data that meet {self.name(weight)} are about {overall:.3g} in size; weights "
                "and learning rates are made for numbers around 1."
            )
        else:
            return
        self._told.add(id(weight))
        self.found("unscaled-data", text, fix, subject=self.name(weight))


class InputIsTarget(Rule):
    """A network is asked to give back its own input, and nothing keeps it from copying."""

    def before_backward(self, root: Any) -> None:
        """Compare what meets the first weights with what the result is compared with."""
        graph = self.graph
        if graph is None or self.linter.age > 3:
            return
        first = _first_inputs(graph)
        for node in graph.made:
            if node.op.name != "sub" or len(node.inputs) != 2:
                continue
            for parent, target in operands(node):
                again = parent is None and any(_same(rows, target) for _, rows, _ in first)
                if again and not _narrows(graph, np.shape(target)[-1]):
                    self._tell(node)

    def _tell(self, node: Any) -> None:
        self.found(
            "input-is-target",
            "The targets are the very numbers that go into the model, and no layer is narrower: "
            "the model learns to copy.",
            "Give the targets y, not X. If it shall be an autoencoder, give it a layer that is "
            "narrower than its input.",
            node=node,
        )


def _same(rows: Any, target: Any) -> bool:
    if type(target) is not np.ndarray or target.size < 4 or target.shape != rows.shape:
        return False
    return bool(np.array_equal(rows, target) and np.ptp(target) > 0)


def _narrows(graph: Graph, features: int) -> bool:
    return any(
        np.shape(node.out)[-1 if slot == 0 else -2] < features
        for node, slot, _ in graph.weighings
        if np.ndim(node.out) > 1
    )


RULES = (UnscaledData, InputIsTarget)
