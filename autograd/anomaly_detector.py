"""What looks at every number inside ``detect_anomaly``, and what it does about a bad one."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from sys import _getframe
from typing import Any
from weakref import ref

import numpy as np

from autograd.anomaly_report import AnomalyReport, backward_report, forward_report
from autograd.bad_numbers import (
    Origin,
    bad_kind,
    born_at,
    line_of,
    origin_of,
    uses_given,
    uses_of,
    way_between,
    written,
)
from autograd.errors import AnomalyError, AnomalyWarning
from autograd.node import caller_line, line_text, place_of
from autograd.tensor_data import TensorData
from autograd.value import Value
from autograd.watching import Watcher

__all__ = ["Detector"]

_array = np.ndarray
_whole_sum = np.add.reduce


class Detector(Watcher):
    """Looks at every number that goes through the operations of one block."""

    def __init__(self, actions: dict[str, str]) -> None:
        self.actions = actions
        self.found: list[AnomalyReport] = []
        self.asleep = 0
        self.root: Any = None  # of the pass that is running
        self._passed: dict[int, _Passed] = {}  # results with bad numbers that were let pass
        self._told: set[tuple[Any, ...]] = set()
        self.lines: dict[int, Any] = {}

    # ------------------------------------------------------------------ forward
    def applied(self, apply: Callable[..., Any], op: Any, *rest: Any) -> Any:
        """Apply an op, and look at the result."""
        made = apply(op, *rest)
        if type(made) is Value:
            self.lines[id(made)] = caller_line(_getframe(3))  # none before that is the user's
            number = made.number
            if number - number == 0.0:
                return made
        elif isinstance(made, TensorData):
            if _all_finite(made._data):
                return made
        else:
            return made
        if not self.asleep:
            self._came_out(made, op, rest)
        return made

    def shown(self, made: Any, op: Any, given: tuple[Any, ...]) -> Any:
        """Look at what a common op on Values gave; what is no Value is left alone."""
        if type(made) is Value:
            self.lines[id(made)] = caller_line(_getframe(2))
            number = made.number
            if number - number != 0.0 and not self.asleep:
                self._came_out(made, op, given)
        return made

    def _know_lines(self, nodes: Iterable[Any]) -> None:
        """Tell Values where they were made, before this is reported."""
        for node in nodes:
            if type(node) is Value and (node.info is None or node.info.line is None):
                node._noted().line = self.lines.get(id(node))

    def _came_out(self, made: Any, op: Any, given: Any) -> None:
        kind = bad_kind(made.number if type(made) is Value else made._data)
        if kind is None:
            return
        uses = uses_given(made, given)
        before = [self._passed[id(use.item)] for use in uses if id(use.item) in self._passed]
        begun = born_at(op, uses, written(made), kind)
        line = line_text(caller_line())
        if self.actions[kind] != "ignore" and (
            all(one.kind != kind for one in before) or (begun is not None and np.any(begun))
        ):
            origin = origin_of(made, kind, op, given)
            # an infinity is let pass where it is data: it may be meant
            if kind == "nan" or (origin.entered is None and origin.node is made):
                self._tell_of_result(made, op, kind, origin, line)
        made_by = next((one.made_by for one in before), f"{op.name}{f' ({line})' if line else ''}")
        self._passed[id(made)] = _Passed(made, kind, made_by, self._passed)

    def _tell_of_result(
        self, made: Any, op: Any, kind: str, origin: Origin, line: str | None
    ) -> None:
        self._know_lines(origin.path)
        became, computed = "", None
        if origin.node is not made:
            became = f"it became {kind} in {op.name}{f' ({line})' if line else ''}"
        if origin.entered is not None:  # perhaps computed where nothing was recorded
            passed = self._passed.get(id(origin.uses[origin.entered].item))
            computed = passed.made_by if passed is not None else None
        self._report(
            (kind, origin.op.name, line_of(origin.node) or line, origin.entered),
            kind,
            lambda: forward_report(kind, origin, line, became, computed),
        )

    # ------------------------------------------------------------------ backward
    def hear(self, event: str, *things: Any) -> None:
        """A pass begins: what it starts from must be a number."""
        if event == "after_backward":
            self.root = None
        if event != "before_backward" or self.asleep:
            return
        root = self.root = things[0]
        kind = bad_kind(root.number if isinstance(root, Value) else root._data)
        if kind is None or root.op is None or self.actions[kind] == "ignore":
            return
        origin = origin_of(root, kind, root.op)
        self._know_lines(origin.path)
        self._report(
            (kind, origin.op.name, line_of(origin.node), origin.entered),
            kind,
            lambda: forward_report(
                kind, origin, None, f"{kind} reached what backward() starts from"
            ),
        )

    def pulled(self, pull: Callable[..., Any], node: Any, g: Any, create_graph: bool) -> Any:
        """Send a gradient on to a node's parents, and look at what is sent."""
        sent = pull(node, g, create_graph)
        if create_graph:
            for _, _, made in sent:  # nobody saw where: what is known is of one that had its id
                self.lines.pop(id(made), None)
        for slot, _, gradient in sent:
            numbers = gradient if type(gradient) is _array else _plain(gradient)
            if not _all_finite(numbers) and not self.asleep:
                self._went_back(node, slot, _plain(g), numbers)
                break
        return sent

    def swept(self, sweep: Callable[..., Any], root: Any, *rest: Any) -> Any:
        """Sweep a graph of Values; what it found is looked at before it is added anywhere."""
        if self.asleep:
            return sweep(root, *rest)
        seed, wanted = rest[:2]
        return sweep(root, seed, wanted, self._look)

    def _look(self, order: list[Any], leaves: list[Any]) -> None:
        """Look at the gradients of a sweep: a bad one reaches the leaves in any case."""
        total = sum([leaf.grad for leaf in leaves])
        if total - total == 0.0:
            return
        self.root = order[-1] if order else None
        for node in reversed(order):
            g = node.grad
            for slot, slope in enumerate(node.slopes):
                if slope is not None and slope * g - slope * g != 0.0:
                    self._went_back(node, slot, g, slope * g)
                    break

    def _went_back(self, node: Any, slot: int | None, g: Any, sent: Any) -> None:
        kind = bad_kind(g)
        if kind is not None:
            # it was bad before: told of already, but if nobody sent a bad one
            if self.actions[kind] != "raise" or node is self.root:
                return
            slot, sent = None, g
        kind = kind or bad_kind(sent)
        if kind is None or self.actions[kind] == "ignore":
            return
        op, uses = node.op, uses_of(node)
        slope: Any = None
        if slot is None:
            pass
        elif isinstance(node, Value):
            slope = node.slopes[slot]
        elif op.partials is not None and op.partials[slot] is not None:
            with np.errstate(all="ignore"):
                slope = op.partials[slot](node.out, *node.args, **node.settings)
        path = way_between(self.root, node) if self.root is not None else [node]
        self._know_lines(path)
        self._report(
            (kind, op.name, line_of(node), slot),
            kind,
            lambda: backward_report(kind, node, slot, slope, g, sent, uses, path),
        )

    # ------------------------------------------------------------------ what is done about it
    def _report(self, key: tuple[Any, ...], kind: str, make: Callable[[], AnomalyReport]) -> None:
        """Raise or warn; a place in the code that was told of already is not told of again."""
        if key in self._told:
            return
        with np.errstate(all="ignore"):
            report = make()
        self.found.append(report)
        head, _, rest = report.text.partition("\n")
        if self.actions[kind] == "raise":
            self.root = None
            raise AnomalyError(head, report, rest)
        self._told.add(key)
        line = caller_line()
        file, number = place_of(line) if line is not None else ("<unknown>", 0)
        warnings.warn_explicit(report.text, AnomalyWarning, file, number)


class _Passed:
    """A bad result that was let pass, as long as it lives."""

    def __init__(self, made: Any, kind: str, made_by: str, among: dict[int, _Passed]) -> None:
        self.kind, self.made_by = kind, made_by
        key = id(made)
        self._alive = ref(made, lambda _: among.pop(key, None))


def _plain(gradient: Any) -> Any:
    if type(gradient) is Value:
        return gradient.number
    return getattr(gradient, "_data", gradient)


def _all_finite(numbers: Any) -> bool:
    """Whether all numbers are finite: a single bad one makes their sum bad."""
    if type(numbers) is float:
        return numbers - numbers == 0.0
    if type(numbers) is not _array:
        return bad_kind(numbers) is None
    if numbers.dtype.kind != "f":
        return True
    with np.errstate(all="ignore"):
        total = _whole_sum(numbers, None)
        # finite numbers may have a sum that is not
        return bool(total - total == 0.0) or bad_kind(numbers) is None
