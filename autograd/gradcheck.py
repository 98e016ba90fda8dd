"""Checks of derivatives: against finite differences, op by op, and forward against reverse mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.errors import GradcheckError, GradientError
from autograd.finite_differences import Finding, Limits, Measured, findings
from autograd.kinds import is_array, is_number
from autograd.local_check import (
    LocalFinding,
    derivative_of,
    disagreement,
    first_disagreement,
    line_of,
    local_findings,
    weights_for,
)
from autograd.nested import leaves_of, paths_of, rebuilt
from autograd.node import Node
from autograd.trace_records import plain_label
from autograd.value import Value
from autograd.verdict import Reporter, at_line, with_report

__all__ = ["gradcheck", "gradgradcheck"]


def gradcheck(
    fn: Callable[..., Any],
    *inputs: Any,
    eps: float | None = None,
    atol: float = 1e-7,
    rtol: float = 1e-5,
    forward: bool = True,
    raise_exception: bool = True,
) -> bool:
    """Check the derivatives of a function against finite differences.

    Every number of every input is moved a little to both sides.  Beside the whole function every op
    in its graph is checked by itself, so that a message names the op that is wrong, and
    ``viz.draw(error)`` shows it in red; and forward mode is compared with reverse mode.

    Args:
        fn: A function of the inputs; its result may have any structure.
        inputs: Where to check: floats, float64 arrays, Values, Tensors with ``requires_grad=True``,
            and nested lists, tuples and dicts of them.  Whole numbers, bools and other Tensors are
            passed on as they are.  A float reaches fn as a Value (beside arrays
            as a Tensor of shape ()), an array as a Tensor.
        eps: How far to move; by default a step that suits each number.
        atol: By how much a derivative may differ in any case.
        rtol: By what part of itself a derivative may differ.
        forward: Whether to check forward mode, too.
        raise_exception: Whether to raise if something is wrong, rather than return False.

    Returns:
        True if all derivatives are right.

    Raises:
        GradcheckError: If one is wrong, or cannot be measured: at a kink, at the edge of the
            domain, where the result is not finite or not the same every time.
        GradientError: If there is nothing to differentiate among the inputs.
        TypeError: If there are floats of less than 64 bits.

    Example:
        >>> from autograd import tanh
        >>> gradcheck(lambda x: tanh(x) * x, np.array([0.5, -1.0]))
        True
        >>> gradcheck(lambda x: x * x.detach(), np.array([3.0]), raise_exception=False)
        False
    """
    check = _Check(fn, inputs, Limits(atol, rtol, eps), order=1)
    return check.run(forward, raise_exception)


def gradgradcheck(
    fn: Callable[..., Any],
    *inputs: Any,
    eps: float | None = None,
    atol: float = 1e-7,
    rtol: float = 1e-5,
    forward: bool = True,
    raise_exception: bool = True,
) -> bool:
    """Check the second derivatives of a function: those of its gradient, as the formulas give it.

    Args:
        fn: A function of the inputs; its result may have any structure.
        inputs: Where to check, as for ``gradcheck``.
        eps: How far to move; by default a step that suits each number.
        atol: By how much a derivative may differ in any case.
        rtol: By what part of itself a derivative may differ.
        forward: Whether to check forward mode, too.
        raise_exception: Whether to raise if something is wrong, rather than return False.

    Returns:
        True if all second derivatives are right.

    Raises:
        GradcheckError: If one is wrong, or cannot be measured.
        GradientError: If there is nothing to differentiate among the inputs.
        TypeError: If there are floats of less than 64 bits.

    Example:
        >>> gradgradcheck(lambda x: x**3, 2.0)
        True
    """
    check = _Check(fn, inputs, Limits(atol, rtol, eps), order=2)
    return check.run(forward, raise_exception)


class _Check:
    """One function at one place, and the checks of it in order."""

    def __init__(
        self, fn: Callable[..., Any], inputs: Sequence[Any], limits: Limits, order: int
    ) -> None:
        self.limits = limits
        self.order = order
        self.name = "gradcheck" if order == 1 else "gradgradcheck"
        self.names: list[str] = []
        starts, values = self._starts(inputs)
        self.reporter = Reporter(self.name, order, self.names, starts)
        given = leaves_of(list(inputs))
        places = [i for i, leaf in enumerate(given) if _differentiated(leaf)]

        def function(*leaves: Any) -> Any:
            filled = list(given)
            for place, leaf in zip(places, leaves, strict=True):
                filled[place] = leaf
            return fn(*rebuilt(list(inputs), filled))

        self.first = Measured(function, starts, values)
        self.problem = (
            self.first if order == 1 else Measured(derivative_of(function), starts, values)
        )

    def _starts(self, inputs: Sequence[Any]) -> tuple[list[Any], list[bool]]:
        starts: list[Any] = []
        values: list[bool] = []
        chosen = [leaf for leaf in leaves_of(list(inputs)) if _differentiated(leaf)]
        arrays = any(map(is_array, chosen))  # beside these a float goes in as a Tensor
        for path, leaf in zip(paths_of(list(inputs)), leaves_of(list(inputs)), strict=True):
            if not _differentiated(leaf):
                continue
            position, _, rest = path[1:].partition("]")
            label = f" ({plain_label(leaf.label)})" if isinstance(leaf, Node) and leaf.label else ""
            name = f"input {position}{rest}{label}"
            data = leaf.data if isinstance(leaf, Value) else getattr(leaf, "_data", leaf)
            kind = np.result_type(data)
            if kind != np.float64:
                raise TypeError(
                    f"{self.name}: {name} is {kind}: differences are too coarse below float64: "
                    "pass it as float64 (x.astype(float)); the formulas are the same"
                )
            self.names.append(name)
            starts.append(np.array(data, dtype=np.float64))
            number = is_number(leaf) and not arrays
            values.append(isinstance(leaf, Value) or number)
        if not starts:
            raise GradientError(
                f"{self.name}: none of the {len(leaves_of(list(inputs)))} inputs is "
                f"differentiated: "
                "pass a float (1.0, not 1), a Value, a float array, or a Tensor with "
                "requires_grad=True"
            )
        return starts, values

    def run(self, forward: bool, raise_exception: bool) -> bool:
        try:
            self._finite_and_the_same()
            self._differences()
            if forward:
                self._forward()
        except GradcheckError:
            if raise_exception:
                raise
            return False
        return True

    def _finite_and_the_same(self) -> None:
        for problem in (self.first, self.problem):
            row, again = problem.row(problem.starts), problem.row(problem.starts)
            problem.record()
            what = "the function" if problem is self.first else "its gradient"
            if not np.array_equal(row, again, equal_nan=True):
                raise GradcheckError(
                    f"{self.name}: {what} gives other numbers when it is computed again with "
                    "the same inputs: fix the seed of what is random in it, such as dropout",
                    "failed",
                )
            if not np.all(np.isfinite(row)):
                bad = int(np.flatnonzero(~np.isfinite(row))[0])
                raise GradcheckError(
                    f"{self.name}: {what} is {row[bad]} at {problem.place(bad) or 'its result'}: "
                    "derivatives are checked where the result is finite",
                    "infinite",
                )

    def _differences(self) -> None:
        problem = self.problem
        row = problem.row(problem.starts)
        try:
            found = self._first_of(findings(problem, self.limits, weights_for(row.size)))
        except Exception as error:  # whatever a formula raises is what is reported
            local = self._local(None)
            if local is not None and local.error is not None:
                raise self.reporter.error(None, local) from error
            raise
        local = self._local(None if found is not None else 3)
        if found is None:
            if local is not None and local.wrong:
                raise self.reporter.error(None, local)
            return
        raise self.reporter.error(found, local)

    @staticmethod
    def _first_of(found: Any) -> Finding | None:
        """A wrong derivative if there is one, else the first that cannot be measured."""
        other = None
        for finding in found:
            if finding.kind == "wrong":
                return finding  # type: ignore[no-any-return]
            other = other or finding
        return other

    def _local(self, most: int | None) -> LocalFinding | None:
        """The first op that is wrong, or else the first that sits on a kink or edge."""
        other = None
        orders = [(self.problem, 1)] if self.order == 1 else [(self.problem, 1), (self.first, 2)]
        for problem, order in orders:
            try:
                leaves, roots = problem.record()
            except Exception:
                continue  # the graph of the gradient cannot be made: look at the ops one by one
            nodes = [r for r in roots if isinstance(r, Node) and r.requires_grad]
            names = dict(zip(self.names, leaves, strict=True))
            for found in local_findings(nodes, self.limits, order=order, most=most):
                local = replace(found, roots=tuple(nodes), names=names)
                if local.wrong:
                    return local
                other = other or local
        return other

    def _forward(self) -> None:
        problem = self.problem
        starts = [float(s) if v else s for s, v in zip(problem.starts, problem.values, strict=True)]
        try:
            found = disagreement(problem.function, starts, self.limits)
        except (TypeError, AttributeError, NotImplementedError) as error:
            raise GradcheckError(
                f"{self.name}: forward mode cannot run this function: {type(error).__name__}: "
                f"{error}: "
                "use autograd's functions inside it, or pass forward=False to leave this check out",
                "failed",
            ) from error
        if found is None:
            return
        leaves, roots = self.first.record()
        nodes = [r for r in roots if isinstance(r, Node) and r.requires_grad]
        first = first_disagreement(nodes, self.limits, self.order)
        who, op, node = "the function", None, None
        if first is not None:
            node, found = first
            op = node.op.name
            who = op + at_line(line_of(node))
        refused = GradcheckError(
            f"{self.name}: forward and reverse mode of {who} differ: along a random direction "
            f"{found[0]:.9g} forward and {found[1]:.9g} in reverse: is it linear in the inputs "
            "that linear= names?",
            "wrong",
            op,
            found[1],
            found[0],
        )
        names = dict(zip(self.names, leaves, strict=True))
        raise with_report(refused, node, nodes, names, "modes differ")


def _differentiated(leaf: Any) -> bool:
    if isinstance(leaf, Node):
        return leaf.requires_grad
    if isinstance(leaf, (float, np.floating)):
        return True
    return getattr(getattr(leaf, "dtype", None), "kind", "") == "f"
