"""What a check of derivatives says of what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.errors import GradcheckError
from autograd.finite_differences import Finding
from autograd.local_check import LocalFinding
from autograd.op import Op
from autograd.remarks import Remark, Report

__all__ = ["Reporter", "at_line", "with_report"]

_TIED = ("maximum", "minimum", "max", "min", "sort", "norm")


@dataclass(frozen=True)
class Reporter:
    """Words the errors of one check.

    Attributes:
        name: The function that checks.
        order: Which derivative it checks, 1 or 2.
        inputs: The names of the inputs.
        starts: The numbers in them.
    """

    name: str
    order: int
    inputs: Sequence[str]
    starts: Sequence[Any]

    def error(self, found: Finding | None, local: LocalFinding | None) -> GradcheckError:
        """Word what is wrong.

        Args:
            found: What is wrong with the whole function; None if nothing is.
            local: What is wrong with one op in it, if that is known.

        Returns:
            The error to raise.
        """
        error = self._worded(found, local)
        if local is None or error.op is None:
            return error
        word = {"wrong": "slope wrong", "failed": "slope failed"}.get(error.kind, "here")
        return with_report(error, local.node, local.roots, local.names, word)

    def _worded(self, found: Finding | None, local: LocalFinding | None) -> GradcheckError:
        if local is not None and local.error is not None:
            return GradcheckError(
                f"{self.name}: the {_derivative(local.order)} of {local.op.name} failed"
                f"{at_line(local.line)}: {type(local.error).__name__}: {local.error}",
                "failed",
                local.op.name,
            )
        op = None
        if found is not None and found.kind != "wrong":
            op, text = self._unmeasurable(found, local)
        elif local is not None and local.finding is not None and local.wrong:
            op, text = local.op.name, self._of_op(local, local.finding, found)
            found = found or local.finding
        else:
            assert found is not None
            text = (
                f"the {_derivative(self.order)} towards {self._place(found)} is wrong: "
                f"{_compared(found)}\n  every op in the graph is right by itself: part of the "
                "function is not recorded (.data, .detach(), no_grad, NumPy or float() inside)"
            )
        return GradcheckError(f"{self.name}: {text}", found.kind, op, found.expected, found.got)

    def _of_op(self, local: LocalFinding, inner: Finding, found: Finding | None) -> str:
        place = f", element {inner.element}" if inner.element else ""
        text = (
            f"the {_derivative(local.order)} of {local.op.name} towards {local.input} is wrong"
            f"{at_line(local.line)}: {_compared(inner)} at {local.input}{place} = {local.at:.6g}"
        )
        if inner.output:
            text += f", {inner.output}"
        if found is None:
            return (
                text
                + "\n  the derivatives of the whole function agree here all the same: little of "
                "this one reaches the result"
            )
        return text + f"\n  in the whole function: {_compared(found)} at {self._place(found)}"

    def _place(self, found: Finding) -> str:
        where = self.inputs[found.leaf] + (f", element {found.element}" if found.element else "")
        return where + (f" (of {found.output})" if found.output else "")

    def _unmeasurable(self, found: Finding, local: LocalFinding | None) -> tuple[str | None, str]:
        x = float(self.starts[found.leaf][found.element])
        where = self.inputs[found.leaf] + (f", element {found.element}" if found.element else "")
        where += f" = {x:.6g}"
        op = local.op.name if local is not None else None
        by = f" ({op})" if op else ""
        if found.kind == "kink":
            spot = _kink(local.op, local.at) if local is not None else "a kink of the function"
            line = at_line(local.line) if local is not None else ""
            return op, (
                f"{where} sits on {spot}{line}: the slopes on the two sides differ, so there is no "
                f"derivative to measure ({found.got:.6g} was computed, by convention): move it away"
            )
        if found.kind == "edge":
            return op, (
                f"{where} is at the edge of where the function is defined{by}: it cannot be moved "
                "to both sides: check further inside"
            )
        if found.kind == "infinite":
            return op, (
                f"the {_derivative(self.order)} towards {where} is {found.got}{by}: derivatives "
                "are checked where they are finite"
            )
        return op, (
            f"the slope measured at {where} does not settle (about {found.expected:.6g}; "
            f"{found.got:.6g} was computed): the function loses too many digits there, check it "
            "elsewhere"
        )


def with_report(
    error: GradcheckError, node: Any, roots: Sequence[Any], names: Mapping[str, Any], word: str
) -> GradcheckError:
    """Give an error the graph that it is about, with the op marked.

    Args:
        error: The error.
        node: The result of the op; None if it is not known.
        roots: The results whose graph it is in.
        names: The leaves of that graph by name.
        word: What is written at the op.

    Returns:
        The error.
    """
    if node is not None:
        kind = "kink" if error.kind == "kink" else "culprit"
        remark = Remark(node, kind, word if kind == "culprit" else "kink", str(error))
        error.report = Report(str(error), tuple(roots), (remark,), names)
    return error


def at_line(line: str | None) -> str:
    """Write where something was made, in brackets; nothing if that is not known."""
    return f" ({line})" if line else ""


def _derivative(order: int) -> str:
    return "derivative" if order == 1 else "second derivative"


def _compared(found: Finding) -> str:
    size = max(abs(found.expected), abs(found.got))
    off = f", {abs(found.expected - found.got) / size:.2%} off" if size else ""
    return f"expected {found.expected:.9g} (differences), got {found.got:.9g}{off}"


def _kink(op: Op, at: float) -> str:
    """Say which kink of an op a number sits on."""
    near = [k for k in op.kinks if abs(at - k) < 1e-3]
    if near:
        return f"the kink of {op.name} at {near[0]:g}"
    return f"a tie of {op.name}" if op.name in _TIED else f"a kink of {op.name}"
