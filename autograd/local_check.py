"""The derivatives of the ops in a graph, each checked by itself where it was used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.dual import raw
from autograd.dual_operations import apply
from autograd.engine import topological_order
from autograd.finite_differences import Finding, Limits, Measured, findings
from autograd.forward_mode import jvp
from autograd.kinds import is_number
from autograd.nested import leaves_of
from autograd.node import line_text
from autograd.op import Op
from autograd.reverse_mode import vjp
from autograd.value import Value

__all__ = [
    "LocalFinding",
    "derivative_of",
    "disagreement",
    "first_disagreement",
    "line_of",
    "local_findings",
    "weights_for",
]

_WITHOUT_SLOPE = ("pick", "assemble")


@dataclass(frozen=True)
class LocalFinding:
    """What is wrong with an op's derivative at one place in a graph.

    Attributes:
        op: The op.
        line: Where it was called, such as ``lesson.py:12``, if that is known.
        input: The name of the input.
        at: The number at which the input stood.
        order: 1 if it is the derivative that is wrong, 2 if it is the second derivative.
        finding: What differs; None if the op's formula failed.
        error: What the formula raised, if it failed.
        node: The result of the op.
        roots: The results whose graph it is in.
        names: The leaves of that graph by name.
    """

    op: Op
    line: str | None
    input: str
    at: float
    order: int
    finding: Finding | None = None
    error: Exception | None = None
    node: Any = None
    roots: tuple[Any, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether the derivative is wrong, rather than one that cannot be measured here."""
        return self.finding is None or self.finding.kind == "wrong"


def _directions(count: int, seed: int) -> Any:
    generator = np.random.default_rng(seed)
    signs = np.where(generator.random(count) < 0.5, -1.0, 1.0)
    return signs * generator.uniform(0.5, 1.5, count)


def weights_for(count: int, seed: int = 0) -> Any:
    """Draw weights of both signs, none of them near 0; 1 if there is but one."""
    if count == 1:
        return np.ones(1)
    return _directions(count, seed)


def derivative_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the function that gives the gradient of a weighted sum of another's results.

    Args:
        function: A function of Values and Tensors.

    Returns:
        A function of the same arguments, whose result is the list of their gradients.
    """

    def derivative(*leaves: Any) -> list[Any]:
        result, pull = vjp(lambda *inner: _floats(function(*inner)), *leaves)
        parts = leaves_of(result)
        flat = weights_for(sum(int(np.size(raw(p))) for p in parts), seed=1)
        weights, start = [], 0
        for part in parts:
            shape = np.shape(raw(part))
            size = int(np.prod(shape, dtype=int))
            weights.append(np.reshape(flat[start : start + size], shape))
            start += size
        return list(pull([float(w) if w.shape == () else w for w in weights]))

    return derivative


def _floats(result: Any) -> list[Any]:
    return [p for p in leaves_of(result) if np.result_type(raw(p)).kind == "f"]


def local_findings(
    roots: Sequence[Any], limits: Limits, *, order: int, most: int | None
) -> Iterator[LocalFinding]:
    """Check every op in a graph by itself, at the numbers it was given there.

    Args:
        roots: The results.
        limits: How far measured and computed may differ.
        order: 1 to check what the formulas give, 2 to check what differentiating them gives.
        most: How often the same op is checked at most; None for every time.

    Yields:
        What is wrong, the earliest op first.
    """
    seen: dict[str, int] = {}
    done: set[Any] = set()
    for root in roots:
        for node in topological_order(root):
            if node in done or node.op is None or node.op.name in _WITHOUT_SLOPE:
                continue
            done.add(node)
            seen[node.op.name] = seen.get(node.op.name, 0) + 1
            if most is None or seen[node.op.name] <= most:
                yield from _findings_at(node, limits, order)


def _findings_at(node: Any, limits: Limits, order: int) -> Iterator[LocalFinding]:
    problem, slots = _problem(node)
    function = problem.function
    if order == 2:
        problem.function = derivative_of(function)
    try:
        base = problem.row(problem.starts)
        if not np.all(np.isfinite(base)) or not base.size:
            return
        weights = weights_for(base.size)
        found = list(findings(problem, limits, weights))
    except Exception as error:  # whatever a formula raises is what is reported
        yield LocalFinding(node.op, line_of(node), "", np.nan, order, error=error, node=node)
        return
    for finding in found:
        at = float(problem.starts[finding.leaf][finding.element])
        name = _input_name(node, slots[finding.leaf])
        yield LocalFinding(node.op, line_of(node), name, at, order, finding, node=node)


def _problem(node: Any) -> tuple[Measured, list[int]]:
    """An op at the numbers it was given, as a function of its recorded inputs alone."""
    is_value = isinstance(node, Value)
    args = node.inputs if is_value else node.args
    parents = node.parents
    slots = [i for i, parent in enumerate(parents) if parent is not None]
    numbers = [raw(a) if is_value else a for a in args]

    def function(*leaves: Any) -> Any:
        filled = list(numbers)
        for slot, leaf in zip(slots, leaves, strict=True):
            filled[slot] = leaf
        return _applied(node, filled)

    starts = [np.array(numbers[i], dtype=np.float64) for i in slots]
    return Measured(function, starts, [isinstance(parents[i], Value) for i in slots]), slots


def _applied(node: Any, inputs: list[Any]) -> Any:
    op: Op = node.op
    if not isinstance(node, Value):
        return apply(op, inputs, node.settings)
    sizes = op.filled.get("sizes")
    if op.name == "weighted_sum":
        half = len(inputs) // 2
        sizes = (half, half, None)
    if sizes is None:
        return op(*inputs)
    groups, start = [], 0
    for size in sizes:
        groups.append(inputs[start] if size is None else inputs[start : start + size])
        start += 1 if size is None else size
    settings = {k: v for k, v in op.filled.items() if k != "sizes"}
    return (op.base or op)(*groups, **settings)


def line_of(node: Any) -> str | None:
    """Tell where a node was made, such as ``lesson.py:12``; None if that was not recorded."""
    if isinstance(node, Value):
        return line_text(node.info.line) if node.info is not None else None
    return line_text(node.line)


def _input_name(node: Any, slot: int) -> str:
    op = node.op
    if op.variadic or slot >= len(op.inputs):
        return f"input {slot}"
    return str(op.inputs[slot])


def disagreement(
    function: Callable[..., Any], starts: Sequence[Any], limits: Limits, seed: int = 2
) -> tuple[float, float] | None:
    """Compare forward and reverse mode: <w, J t> and <w J, t> must be equal.

    Args:
        function: A function of numbers and arrays.
        starts: Where it is looked at.
        limits: How far the two may differ.
        seed: Where the random weights and directions start.

    Returns:
        None if they agree; else what forward and what reverse mode give.
    """
    tangents = [
        np.reshape(_directions(np.size(s), seed + i), np.shape(s)) for i, s in enumerate(starts)
    ]
    moves = [float(t) if is_number(s) else t for s, t in zip(starts, tangents, strict=True)]
    _, change = jvp(lambda *inner: _floats(function(*inner)), starts, moves)
    result, pull = vjp(lambda *inner: _floats(function(*inner)), *starts)
    weights = [
        np.reshape(_directions(np.size(r), seed + 7 + i), np.shape(r)) for i, r in enumerate(result)
    ]
    sent = pull([float(w) if is_number(r) else w for w, r in zip(weights, result, strict=True)])
    with np.errstate(all="ignore"):
        forward = [np.asarray(w * raw(c)) for w, c in zip(weights, change, strict=True)]
        reverse = [np.asarray(np.asarray(raw(g)) * t) for g, t in zip(sent, tangents, strict=True)]
        left, right = (float(sum(p.sum() for p in parts)) for parts in (forward, reverse))
        size = float(sum(np.abs(p).sum() for p in (*forward, *reverse)))
    if not np.isfinite(left) and not np.isfinite(right):
        return None
    allowed = limits.absolute + 0.01 * limits.relative * size
    return None if abs(left - right) <= allowed else (left, right)


def first_disagreement(
    roots: Sequence[Any], limits: Limits, order: int
) -> tuple[Any, tuple[float, float]] | None:
    """Find the first op in a graph whose own forward and reverse mode differ."""
    for root in roots:
        for node in topological_order(root):
            if node.op is None or node.op.name in _WITHOUT_SLOPE:
                continue
            problem, _ = _problem(node)
            function = problem.function if order == 1 else derivative_of(problem.function)
            starts = [
                float(s) if v else s for s, v in zip(problem.starts, problem.values, strict=True)
            ]
            found = disagreement(function, starts, limits)
            if found is not None:
                return node, found
    return None
