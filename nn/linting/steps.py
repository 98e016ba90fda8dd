"""Rules about steps of an optimizer: made of old gradients, far too large, too small, or none."""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from autograd import Value
from autograd.linting.graph import gradient_of, is_here, numbers_of, user_place
from autograd.linting.rule import Rule

__all__ = ["OldGradients", "Updates"]


_FEW = 12


def _parameters(optimizer: Any) -> list[Any]:
    return [p for group in optimizer.param_groups for p in group["params"]]


class OldGradients(Rule):
    """A step without a backward pass since the one before: the same gradients once more."""

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._last: dict[int, tuple[int, Any, Any]] = {}
        self._again: dict[int, int] = {}

    def before_step(self, optimizer: Any) -> None:
        """Compare with the last step of the same optimizer."""
        key, now = id(optimizer), self.linter.passes
        gradient = next(
            (g for g in map(gradient_of, _parameters(optimizer)) if g is not None), None
        )
        array = type(gradient) is np.ndarray  # which must not be kept: others count its holders
        passes, before, _ = self._last.get(key, (-1, None, None))
        before = before() if isinstance(before, ref) else before
        self._last[key] = now, ref(gradient) if array else gradient, optimizer
        if gradient is None or passes != now or gradient is not before or not now:
            return  # gradients that were set by hand are new ones
        self._again[key] = self._again.get(key, 0) + 1
        if self._again[key] > 1:
            self.found(
                "no-backward",
                "optimizer.step() was called again without a backward pass since the step before: "
                "it follows gradients of numbers that are no longer there.",
                "Per step: optimizer.zero_grad(), loss.backward(), optimizer.step(), in this order "
                "and once each.",
                subject=str(key),
            )


class Updates(Rule):
    """How far a step moves the weights, as a share of their size: about 1e-3 is usual."""

    _early, _huge, _tiny, _enough = 3, 0.8, 1e-5, 8

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._before: list[tuple[Any, Any]] = []
        self._ratios: dict[int, list[float]] = {}
        self._still: dict[int, int] = {}
        self._kept: dict[int, tuple[Any, Any]] = {}  # so that ids stay theirs
        self._told = False

    def before_step(self, optimizer: Any) -> None:
        """Keep the numbers as they are."""
        self._before = []
        if self.linter.close:
            here = [p for p in _parameters(optimizer) if is_here(numbers_of(p))]
            self._before = [(p, np.array(numbers_of(p))) for p in here]

    def after_step(self, optimizer: Any) -> None:
        """Compare."""
        if not self._before:
            return
        pairs, self._before = self._before, []
        key = id(optimizer)
        self._kept.setdefault(key, (optimizer, user_place()))
        if any(not np.array_equal(numbers_of(p), old) for p, old in pairs):
            self._still[key] = -1
        elif self._still.get(key, 0) >= 0:
            self._stands_still(optimizer)
        moved = []
        for weight, old, new in _weights(pairs):
            size = float(np.linalg.norm(old))
            if size > 0:
                ratio = float(np.linalg.norm(new - old)) / size
                self._kept.setdefault(id(weight), (weight, None))
                self._ratios.setdefault(id(weight), []).append(ratio)
                moved.append(weight)
        self._jumps(optimizer, moved)

    def _stands_still(self, optimizer: Any) -> None:
        key = id(optimizer)
        self._still[key] = self._still.get(key, 0) + 1
        if self._still[key] < 5:
            return
        gradients = [gradient_of(p) for p in _parameters(optimizer)]
        rates = {group["lr"] for group in optimizer.param_groups}
        why = "the learning rate is 0" if rates == {0.0} else "the steps are too small to count"
        if not any(g is not None and np.any(g) for g in gradients):
            why = "all gradients are 0"
        self.found(
            "nothing-learned",
            f"Nothing was learned in {self._still[key]} steps: no parameter changed, as {why}.",
            "Give a learning rate such as 1e-3; if the gradients are 0, look for where() or clip() "
            "that cuts everything off, dead ReLUs, weights that are all 0, or .detach().",
            subject=str(key),
        )

    def _jumps(self, optimizer: Any, weights: list[Any]) -> None:
        """Report steps as large as the weights: all of them, as one may have started near 0."""
        rows = [(self._ratios[id(weight)], weight) for weight in weights]
        if self._told or not rows or len(rows[0][0]) != self._early:
            return
        ratio, weight = min(((max(row), weight) for row, weight in rows), key=lambda one: one[0])
        several = len(rows) > 1 or isinstance(weight, Value)
        # RMSprop's mean of squares begins at 0, so that its first steps are long by nature
        limit = self._huge / (1 - optimizer.param_groups[0].get("alpha", 0.0)) ** 0.5
        if ratio > limit and several and "loss-rises" not in self.linter.report.codes:
            self._told = True
            self.found(
                "huge-updates",
                f"One of the first {self._early} steps changed {self._named(weight)} by "
                f"{ratio:.0%} of its size (lr={_rate(optimizer)}); about 0.1 % is usual.",
                "Divide the learning rate by 10 or more, and scale the inputs.",
                subject=str(id(optimizer)),
            )

    def ended(self) -> None:
        """Report steps that were all too small; a schedule may begin with small ones."""
        rows = {key: r for key, r in self._ratios.items() if any(r)}
        if not rows or any(max(r) > self._tiny or len(r) < self._enough for r in rows.values()):
            return
        key, ratios = max(rows.items(), key=lambda row: max(row[1]))
        optimizer, place = next((o, p) for o, p in self._kept.values() if hasattr(o, "step"))
        self.found(
            "tiny-updates",
            f"No step changed {self._named(self._kept[key][0])} by more than {max(ratios):.0e} of "
            f"its size (lr={_rate(optimizer)}); about 1e-3 is usual.",
            "Multiply the learning rate by 10 until the loss falls visibly.",
            place=place,
        )

    def _named(self, weight: Any) -> str:
        return "the weights" if isinstance(weight, Value) else self.name(weight)


def _rate(optimizer: Any) -> str:
    return f"{optimizer.param_groups[0]['lr']:g}"


def _weights(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any, Any]]:
    """Weights before and after: arrays of two axes or more, and all Values together.

    A few numbers alone may well change by their own size.
    """
    found = [(p, old, numbers_of(p)) for p, old in pairs if old.ndim > 1 and old.size >= _FEW]
    values = [(p, old) for p, old in pairs if isinstance(p, Value)]
    if len(values) >= 4 * _FEW:
        old = np.array([one for _, one in values])
        found.append((values[0][0], old, np.array([p.number for p, _ in values])))
    return found
