"""Rules about gradients: those that add up unnoticed, those that fade or grow on the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.linting.graph import gradient_of, mark_of, numbers_of
from autograd.linting.rule import Rule, names_of

__all__ = ["RULES"]

_FORGET_AFTER = 8  # passes: a leaf that is met no more need not be remembered


@dataclass
class _Met:
    """How a leaf was met in a backward pass."""

    mark: Any
    at: int
    mixed: bool = False


class ForgottenZero(Rule):
    """Gradients of two steps are added up and used.

    A leaf whose gradient is not cleared although its numbers changed may be one that is cleared
    before its own turn (as in adversarial training).  So it counts only if the numbers are then
    changed by the mixed gradient, too.  Adding up several batches before one step is none of it.
    """

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._met: dict[Any, _Met] = {}

    def before_backward(self, root: Any) -> None:
        """Compare every leaf with how it was met before."""
        if self.graph is None:
            return
        if self.linter.begins:
            self._met.clear()  # what happened in between was not looked at
        wrong = [leaf for leaf in self.graph.leaves if self._used_mixed(leaf)]
        for leaf in [a for a, met in self._met.items() if self._old(met)]:
            del self._met[leaf]
        if wrong:
            many = len(wrong)
            self.found(
                "no-zero-grad",
                f"The gradient{'s' * (many > 1)} of {names_of(self.name, wrong)} still held what "
                "the steps before had left, so that every step follows the sum of all old batches.",
                "Clear the gradients once per step: optimizer.zero_grad() before loss.backward(), "
                "or p.grad = None after p was changed.",
            )

    def _old(self, met: _Met) -> bool:
        return bool(self.linter.passes - met.at > _FORGET_AFTER)

    def _used_mixed(self, leaf: Any) -> bool:
        left, mark = gradient_of(leaf), mark_of(numbers_of(leaf))
        met = self._met.get(leaf)
        self._met[leaf] = now = _Met(mark, self.linter.passes)
        if met is None or left is None or mark is None or not np.any(left):
            return False
        changed = met.mark != mark
        now.mixed = changed or met.mixed
        return changed and met.mixed


class LayerGradients(Rule):
    """The gradient fades on its way to the first layer, or is far larger than the weights."""

    _far, _passes, _layers = 1e4, 5, 3

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._seen: dict[Any, list[tuple[float, float]]] = {}

    def after_backward(self, root: Any) -> None:
        """Compare the two ends of the network, and the gradients with the weights."""
        graph = self.graph
        if graph is None or self.linter.age > 2 * self._passes:
            return
        weights = [(w, _size(gradient_of(w)), _size(numbers_of(w))) for w in graph.weights]
        weights = [row for row in weights if 0 < row[1] < np.inf and row[2]]
        if len(weights) < self._layers:
            return
        (first, near_input, _), (last, near_loss, _) = weights[0], weights[-1]
        worst = max(weights, key=lambda row: row[1] / row[2])
        seen = self._seen.setdefault(first, [])
        seen.append((near_loss / near_input, worst[1] / worst[2]))
        if len(seen) != self._passes:
            return
        faded, large = np.median(np.array(seen), axis=0)
        if large > self._far:
            self.found(
                "exploding-gradient",
                f"The gradient of {self.name(worst[0])} is {large:.0e} times as large as the "
                f"weight itself (the median of {self._passes} batches).",
                "Start from smaller weights (kaiming or xavier), normalize between layers, and "
                "clip: nn.utils.clip_grad_norm_(model.parameters(), 1.0) before optimizer.step().",
            )
        elif faded > self._far:
            self.found(
                "vanishing-gradient",
                f"The gradient fades on its way back: {near_loss:.0e} at {self.name(last)}, the "
                f"last layer, and {near_input:.0e} at {self.name(first)}, the first.",
                "Use ReLU in place of sigmoid or tanh, normalize between layers (BatchNorm1d, "
                "LayerNorm), start from kaiming or xavier weights, or use fewer layers.",
            )


def _size(numbers: Any) -> float:
    """The root of the mean square."""
    if type(numbers) is not np.ndarray or not numbers.size:
        return 0.0
    return float(np.sqrt(np.mean(np.square(numbers, dtype=float))))


RULES = (ForgottenZero, LayerGradients)
