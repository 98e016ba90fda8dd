"""The training linter: ``with autograd.lint() as report:`` around a training loop.

It is told of every backward pass and every step, and reads the graph of some of the losses: the
first ten, then a few in a row now and then. Operations themselves are as fast as without it.
"""

from __future__ import annotations

import sys
import warnings
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import numpy as np

from autograd.linting import curve, gradients, inputs, losses, refusals, units
from autograd.linting.graph import Graph, user_place
from autograd.linting.report import DOCS, Finding, LintError, LintWarning, Report
from autograd.linting.rule import Rule
from autograd.node import place_of
from autograd.watching import lint_rules, listeners, start_listening, stop_listening

__all__ = ["DOCS", "Finding", "LintError", "LintWarning", "Linter", "Report", "lint"]

_FIRST, _EVERY, _RUN = 10, 100, 3  # passes looked at closely: the first, then so many in a row
_WAYS = ("print", "collect", "warn", "raise")
_OWN = (gradients, losses, units, inputs, curve, refusals)


def lint(on: str = "print") -> Linter:
    """Look for mistakes in a training loop: those that raise no error and cost hours.

    Only the thread (or asyncio task) that opens the block is watched. What it knows of is listed in
    docs/lint.md; what an error of the library says anyway is in the report, too.

    Args:
        on: What to do with findings: "print" them at the end of the block (to the errors' stream),
            "collect" them only, "warn" at once with a ``LintWarning`` at the line that makes the
            mistake, or "raise" a ``LintError``.

    Returns:
        A context manager that gives the report: ``print(report)``, or ``report.findings``.

    Raises:
        ValueError: If ``on`` is none of these.

    Example:
        >>> from autograd import Tensor
        >>> w = Tensor([1.0, 2.0], requires_grad=True)
        >>> with lint("collect") as report:
        ...     for _ in range(3):
        ...         (w * w).sum().backward()
        ...         w.data = w.data - 0.1 * w.grad
        >>> report.codes
        ['no-zero-grad']
        >>> print(report.findings[0].fix)  # doctest: +ELLIPSIS
        Clear the gradients once per step: optimizer.zero_grad() before loss.backward(), ...
    """
    if on not in _WAYS:
        raise ValueError(f"lint: on={on!r} came; needs one of {', '.join(map(repr, _WAYS))}")
    return Linter(on)


class Linter:
    """Hears of passes and steps, asks the rules, and keeps the report.

    Args:
        on: See ``lint``.

    Attributes:
        report: The findings.
        graph: The graph of this backward pass, if it is looked at closely.
        passes: How many backward passes there were.
        names: Names of parameters by ``id``, as the model has them.
        closing: What is closed with the block, whatever happens in it.
    """

    def __init__(self, on: str) -> None:
        self.on, self.report = on, Report()
        self.graph: Graph | None = None
        self.passes = self._fresh = 0
        self.names: dict[int, str] = {}
        self.closing = ExitStack()
        self._rules: list[Rule] = []
        self._looking: dict[str, list[Rule]] = {}  # those that look at an event

    @property
    def close(self) -> bool:
        """Whether this pass is one of those that are looked at closely."""
        return self.age <= _FIRST or self.age % _EVERY < _RUN

    @property
    def begins(self) -> bool:
        """Whether it is the first of a row of them."""
        return self.age == 1 or (self.age > _FIRST and self.age % _EVERY == 0)

    @property
    def age(self) -> int:
        """How many backward passes there were since the last new model came."""
        return self.passes - self._fresh

    def look_again(self) -> None:
        """Look closely once more: a new model came."""
        self._fresh = self.passes

    def __enter__(self) -> Report:
        modules = [*_OWN, *map(import_module, lint_rules)]
        self._looking.clear()
        self._rules = [rule(self) for module in modules for rule in module.RULES]
        try:
            start_listening(self)
            self._ask("begun")
        except BaseException:  # such as Ctrl-C: nothing may stay open
            self._stop()
            raise
        return self.report

    def _stop(self) -> None:
        try:
            self.closing.close()
        finally:
            if self in listeners():
                stop_listening(self)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._stop()
        try:
            if error is not None and not isinstance(error, (LintError, LintWarning)):
                self._ask("refused", error)
            if not isinstance(error, (LintError, LintWarning)):
                self._ask("ended")
        finally:
            self.graph, self._rules = None, []
            self._looking.clear()
            if self.on == "print" and len(self.report):
                print(self.report, file=sys.stderr)

    def hear(self, event: str, *things: Any) -> None:
        """Take note of an event, see ``watching.Listener``."""
        if event == "before_backward":
            self.passes += 1
            self.report.steps += 1
            self.graph = Graph(things[0]) if self.close else None
        self._ask(event, *things)
        if event == "after_backward":
            self.graph = None

    def _ask(self, event: str, *things: Any) -> None:
        """Let every rule look. One that fails must not end a training: it is given up."""
        looking = self._looking.get(event)
        if looking is None:
            looking = self._looking[event] = [r for r in self._rules if hasattr(r, event)]
        if not looking:
            return
        with np.errstate(all="ignore"):
            for rule in tuple(looking):
                try:
                    getattr(rule, event)(*things)
                except (LintError, LintWarning):
                    raise
                except Exception as error:
                    self._rules.remove(rule)
                    self._looking.clear()
                    self.report.failed.append(f"{type(rule).__name__}.{event}: {error!r}")

    def found(
        self, code: str, text: str, fix: str, subject: str, node: Any,
        place: tuple[str, int] | None,
    ) -> None:  # fmt: skip
        """Put a finding into the report, see ``Rule.found``."""
        if place is None:
            line = getattr(node, "line", None)
            place = place_of(line) if line is not None else user_place()
        finding = Finding(code, text, fix, *(place or (None, None)))
        if not self.report.add(subject or str(place), finding):
            return
        if self.on == "raise":
            raise LintError(f"{code}: {finding.message}", finding)
        if self.on == "warn":
            file, line = place or ("?", 1)
            warnings.warn_explicit(finding.message, LintWarning, file, line)


def is_linting() -> bool:
    """Whether a linter is open in this thread or asyncio task."""
    return any(isinstance(one, Linter) for one in listeners())
