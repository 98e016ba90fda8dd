"""Rules about losses: what is given to them, by the ops that made it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.linting.graph import is_log_share, is_share, operands, unmoved
from autograd.linting.rule import Rule

__all__ = ["RULES"]

_FEW = 20  # classes: a vocabulary may well keep its number 0 for something that never comes


class LossInput(Rule):
    """A softmax before a loss that has one, a sigmoid before one that has one, or none at all."""

    def before_backward(self, root: Any) -> None:
        """Look at every logarithm in the graph."""
        if self.graph is None:
            return
        logs: dict[int, Any] = {}  # what is taken the logarithm of, and of 1 minus what
        for node in self.graph.nodes:
            if node.op is None:
                continue
            name = node.op.name
            if name in ("logsumexp", "cross_entropy"):
                self._scores(node)
            elif name == "softplus":
                self._logits(node)
            elif name == "log":
                self._probability(node, logs)
            elif name == "take_along_axis" and is_share(node.parents[0]):
                self._plain_share(node)

    def _scores(self, node: Any) -> None:
        first = next((parent for parent in node.parents if parent is not None), None)
        share = is_share(first)
        if share or is_log_share(first):
            what = "softmax" if share else "log_softmax"
            result = (
                "the largest score can then be 1 only, and the loss never comes near 0"
                if share
                else "the second one changes nothing, and a name is wrong"
            )
            self.found(
                "softmax-twice",
                f"cross_entropy got the output of {what}, and takes the softmax itself: {result}.",
                f"Give cross_entropy the plain scores: leave the {what} out of the model, and use "
                "it only to show probabilities" + ("." if share else "; or take nll_loss."),
                node=node,
            )

    def _plain_share(self, node: Any) -> None:
        self.found(
            "softmax-without-log",
            "nll_loss got probabilities, and needs their logarithms: minus a probability is no "
            "cross entropy.",
            "Give plain scores to cross_entropy, or log_softmax(scores) to nll_loss.",
            node=node,
        )

    def _logits(self, node: Any) -> None:
        made = unmoved(node.parents[0])
        if made is not None and made.op is not None and made.op.name == "neg":
            made = unmoved(made.parents[0])
        if made is not None and made.op is not None and made.op.name == "sigmoid":
            self.found(
                "sigmoid-twice",
                "binary_cross_entropy_with_logits got the output of a sigmoid, and takes the "
                "sigmoid itself: the probability can then only lie between 0.5 and 0.73.",
                "Give it the plain scores (leave the sigmoid out of the model), or take "
                "binary_cross_entropy.",
                node=node,
            )

    def _probability(self, node: Any, logs: dict[int, Any]) -> None:
        made = node.parents[0]
        if made is not None and made.op is not None and made.op.name == "where":
            made = made.parents[2]
        if made is None or made.op is None:
            return
        if made.op.name == "sub" and made.parents[0] is None and made.parents[1] is not None:
            side, score = "no", made.parents[1]
        else:
            side, score = "yes", made
        known = logs.setdefault(id(score), side)
        if known == side or not _is_score(score):
            return
        self.found(
            "logits-as-probabilities",
            "binary_cross_entropy got the output of a linear layer, which is no probability: it "
            "may be below 0 or above 1.",
            "Take binary_cross_entropy_with_logits, or end the model with a sigmoid.",
            node=node,
        )


def _is_score(node: Any) -> bool:
    """Whether a node is what a linear layer gives."""
    node = unmoved(node)
    for _ in range(2):
        if node is None or node.op is None:
            return False
        if node.op.name in ("matmul", "linear", "dot", "weighted_sum"):
            return True
        if node.op.name != "add":
            return False
        node = unmoved(node.parents[0])
    return False


class Labels(Rule):
    """Class numbers that count from 1, or that NumPy takes from the end."""

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._seen: dict[int, list[Any]] = {}

    def before_backward(self, root: Any) -> None:
        """Look at what picks the true class's score."""
        if self.graph is None:
            return
        for node in self.graph.made:
            if node.op.name == "take_along_axis" and np.ndim(node.args[0]) > 1:
                self._count(node, node.settings["indices"], node.settings["axis"])
            elif node.op.name == "cross_entropy" and np.ndim(node.args[0]) > 1:
                self._count(node, node.settings["labels"], node.settings["class_axis"])
            elif node.op.name == "getitem" and _is_log(node.parents[0]):
                index = node.settings["index"]
                if type(index) is tuple and len(index) == 2:
                    self._negative(node, np.asarray(index[1]))

    def _count(self, node: Any, labels: Any, axis: int) -> None:
        classes = node.args[0].shape[axis]
        if not 2 < classes <= _FEW or not np.size(labels):
            return
        seen = self._seen.setdefault(classes, [0, classes, 0])
        seen[0] += np.size(labels)
        seen[1] = min(seen[1], int(np.min(labels)))
        seen[2] = max(seen[2], int(np.max(labels)))
        if seen[1] == 1 and seen[2] == classes - 1 and seen[0] >= 10 * classes:
            self.found(
                "labels-from-one",
                f"The labels go from 1 to {classes - 1} ({seen[0]} of them), and the model has "
                f"{classes} outputs: class 0 never comes.",
                f"Classes count from 0: give labels - 1, and {classes - 1} outputs.",
                subject=str(classes), node=node,
            )  # fmt: skip

    def _negative(self, node: Any, labels: Any) -> None:
        if labels.dtype.kind == "i" and labels.size and labels.min() < 0:
            self.found(
                "labels-out-of-range",
                f"The label {labels.min()} was used as a class number, and NumPy counts that from "
                "the end: another class is taken for the true one.",
                "Labels are whole numbers from 0 to classes - 1: (labels > 0).astype(int) makes "
                "0 and 1 of -1 and 1.",
                node=node,
            )


def _is_log(node: Any) -> bool:
    return node is not None and (is_log_share(node) or (node.op and node.op.name == "log"))


class ColumnAgainstRow(Rule):
    """(n, 1) against (n,), which becomes (n, n)."""

    def before_backward(self, root: Any) -> None:
        """Look at differences and products of predictions and constants."""
        for node in self.graph.made if self.graph is not None else ():
            if node.op.name not in ("sub", "mul") or len(node.inputs) != 2:
                continue
            if (node.inputs[0] is None) == (node.inputs[1] is None):
                continue  # two predictions, as in a table of all distances
            shapes = [np.shape(a) for a in node.args]
            n = node.out.shape[-1] if np.ndim(node.out) == 2 else 0
            if n < 2 or sorted(shapes) != [(n,), (n, 1)]:
                continue
            constant = next(a for i, a in operands(node) if i is None)
            if node.op.name == "mul" and not np.isin(constant, (-1, 0, 1)).all():
                continue
            mine = shapes[0] if node.inputs[0] is not None else shapes[1]
            other = shapes[1] if node.inputs[0] is not None else shapes[0]
            self.found(
                "column-against-row",
                f"Predictions of shape {mine} met targets of shape {other}: together they became "
                f"{(n, n)}, every prediction against every target.",
                "Bring both to one shape: predictions.reshape(-1), or targets.reshape(-1, 1).",
                node=node,
            )


RULES = (LossInput, Labels, ColumnAgainstRow)
