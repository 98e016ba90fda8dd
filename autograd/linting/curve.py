"""A rule about the loss: how it goes from step to step."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.linting.graph import error_place, is_here, numbers_of, user_place
from autograd.linting.rule import Rule

__all__ = ["RULES"]


class LossCurve(Rule):
    """A loss that climbs, or that stops being a number, while the model learns.

    Losses below 0 are not judged.  Each line of the program and each model has a curve of its own.
    """

    _window, _run, _far = 20, 8, 10.0

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._curves: dict[Any, list[float]] = {}
        self._told: set[Any] = set()

    def before_backward(self, root: Any) -> None:
        """Note the loss."""
        if is_here(numbers_of(root)) and np.size(numbers_of(root)) == 1:
            self._note(float(np.asarray(numbers_of(root)).reshape(())), user_place())

    def refused(self, error: BaseException) -> None:
        """``fit`` looks at the loss before it goes backward."""
        told = re.search(r"the loss is (nan|-?inf)", str(error))
        if told:
            self._note(float(told[1]), error_place(error))

    def _note(self, loss: float, place: tuple[str, int] | None) -> None:
        key = place, self.linter.passes - self.linter.age
        curve = self._curves.setdefault(key, [])
        curve.append(loss)
        if key in self._told:
            return
        if not math.isfinite(loss):
            self._told.add(key)
            self._no_number(curve, place)
        elif text := self._rise(curve):
            self._told.add(key)
            self._rises(text, place)
        if len(curve) > 50 * self._window:  # the start, and what is recent
            del curve[self._window : 25 * self._window]

    def _rises(self, text: str, place: tuple[str, int] | None) -> None:
        self.found(
            "loss-rises",
            text,
            "Divide the learning rate by 10 until the loss falls; clip gradients "
            "(nn.utils.clip_grad_norm_) if it still jumps.",
            place=place,
        )

    def _no_number(self, curve: list[float], place: tuple[str, int] | None) -> None:
        known = [one for one in curve if math.isfinite(one)]
        now = f"{curve[-1]} after {len(curve) - 1} step{'s' * (len(curve) != 2)}"
        if known and known[-1] > 2 * max(known[0], 0.0):
            self._rises(
                f"The loss went from {known[0]:.3g} to {known[-1]:.3g} and then to {now}: each "
                "step overshoots more than the one before.",
                place,
            )
            return
        self.found(
            "nan-loss",
            f"The loss is {now}, and it had not risen before: some operation, or its slope, is not "
            "defined at a number that came.",
            "Run the loop inside `with autograd.detect_anomaly():`, which names the first line "
            "that made it; look for nan in the data: np.isnan(X).sum().",
            place=place,
        )

    def _rise(self, curve: list[float]) -> str | None:
        first, last, recent = curve[0], curve[-1], curve[-self._run :]
        if len(curve) < self._run or last <= 3 * min(curve[:3]) or min(curve) < 0:
            return None  # at once in nearly every step
        rising = all(b > 1.05 * a for a, b in pairwise(recent))
        if rising and last > self._far * first:
            return (
                f"The loss rose {self._run} times in a row, from {recent[0]:.3g} to {last:.3g} "
                f"(it began at {first:.3g})."
            )
        if len(curve) % self._window or len(curve) < 4 * self._window:
            return None
        quarters = [float(np.median(part)) for part in np.array_split(curve, 4)]
        start = float(np.median(curve[: self._window]))
        if quarters == sorted(quarters) and quarters[-1] > 3 * max(start, quarters[0]):
            return (
                f"The loss climbs: it was about {start:.3g} in the first {self._window} steps and "
                f"is about {quarters[-1]:.3g} after {len(curve)}."
            )
        return None


RULES = (LossCurve,)
