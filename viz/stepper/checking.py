"""Gradients checked from outside: each leaf is moved a little, and the result is looked at."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.finite_differences import Limits, Measured, Ray, examined
from autograd.trace import Trace, TraceNode
from viz.export import plain
from viz.stepper.replay import changed_since, replay
from viz.words.numbers import number
from viz.words.wording import name_of

MOST_MEASURED = 240  # numbers moved in all; each costs two runs of the whole graph
LEAST_MEASURED = 8
PATIENCE = 3.0  # seconds; of a slow graph fewer numbers are moved
LIMITS = Limits()
_WORDS = {
    "same": "they agree",
    "kink": "a kink is here: the slopes from the left and from the right differ",
    "edge": "the function is not defined on both sides",
    "infinite": "the gradient is not finite",
    "noise": "too rough to be measured here",
    "wrong": "they differ",
}


@dataclass(frozen=True)
class Checked:
    """One number of one leaf, its gradient computed and measured.

    Attributes:
        node: index of the leaf.
        element: where in it; () for a single number.
        computed: the gradient of the backward pass; 0 if none arrived.
        measured: (f(x + h) - f(x - h)) / 2h.
        step: that h.
        verdict: "same", "wrong", or why it cannot be told: "kink", "edge", "infinite", "noise".
    """

    node: int
    element: tuple[int, ...]
    computed: float
    measured: float
    step: float
    verdict: str

    @property
    def relative(self) -> float:
        """How far the two are apart, as a share of the greater one."""
        size = max(abs(self.computed), abs(self.measured))
        return abs(self.computed - self.measured) / size if size else 0.0

    @property
    def words(self) -> str:
        """The verdict in words."""
        return _WORDS[self.verdict]


def checked(trace: Trace, most: int = MOST_MEASURED) -> list[Checked]:
    """Measure the gradient of every leaf by central differences.

    Args:
        trace: the graph; `grad` in it is what one backward pass brought.
        most: how many numbers are moved at most; of big arrays some elements are taken.

    Returns:
        One entry per number that was moved.

    Raises:
        ValueError: if the inputs were changed after the graph was computed.

    Example:
        >>> from autograd import Value, trace
        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> [(c.computed, round(c.measured, 6), c.verdict) for c in checked(trace(y))]
        [(6.0, 6.0, 'same')]
    """
    stale = changed_since(trace)
    if stale:
        raise ValueError(
            f"check: {name_of(stale[0])} is not what its inputs give now: they were changed after "
            "the graph was computed; compute it again, then check"
        )
    leaves = [node for node in trace.nodes if node.op is None and node.requires_grad]
    problem = Measured(
        lambda *moved: _results(trace, leaves, moved),
        [np.array(leaf.value, dtype=np.float64) for leaf in leaves],
        [False] * len(leaves),
    )
    began = time.perf_counter()
    weights = np.ones(problem.row(problem.starts).size)
    each = 2 * (time.perf_counter() - began)
    most = min(most, max(LEAST_MEASURED, int(PATIENCE / each)))
    places = [(k, element) for k, leaf in enumerate(leaves) for element in np.ndindex(leaf.shape)]
    return [_checked_at(problem, weights, leaves, k, element) for k, element in _some(places, most)]


def check_text(trace: Trace, *, ascii_only: bool = False) -> str:
    """Write the check as a table for a terminal.

    Args:
        trace: the graph; `grad` in it is what one backward pass brought.
        ascii_only: use no signs beyond ASCII.

    Returns:
        A line per number, and how many agree; or a sentence that says why there is no check.

    Example:
        >>> from autograd import Value, trace
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> y.backward()
        >>> print(check_text(trace(y), ascii_only=True))
        leaf  backward  measured  difference
        x     6         6         ok  they agree
        1 of 1 gradients agree with central differences.
    """
    rows = _tried(trace)
    if isinstance(rows, str):
        return rows
    signs = ("ok", "??", "NO") if ascii_only else ("✓", "~", "✗")
    lines: list[tuple[str, ...]] = [("leaf", "backward", "measured", "difference")]
    for row in rows:
        sign = signs[0] if row.verdict == "same" else signs[2 if row.verdict == "wrong" else 1]
        share = f" ({number(row.relative, ascii_only=True)})" if row.verdict == "wrong" else ""
        numbers = (number(n, ascii_only=True) for n in (row.computed, row.measured))
        name = _place(trace.nodes[row.node], row.element)
        lines.append((name, *numbers, f"{sign}  {row.words}{share}"))
    widths = [max(len(line[i]) for line in lines) for i in range(3)]
    table = [
        "  ".join([*(cell.ljust(w) for cell, w in zip(line, widths, strict=False)), line[3]])
        for line in lines
    ]
    return "\n".join([*table, _summary(rows, _count(trace))])


def _count(trace: Trace) -> int:
    """How many numbers all leaves hold."""
    leaves = (node for node in trace.nodes if node.op is None and node.requires_grad)
    return sum(math.prod(leaf.shape) for leaf in leaves)


def _summary(rows: Sequence[Checked], count: int) -> str:
    same = sum(row.verdict == "same" for row in rows)
    unclear = sum(row.verdict not in ("same", "wrong") for row in rows)
    told = f"{same} of {len(rows)} gradients agree with central differences."
    told += f" {unclear} cannot be measured here." if unclear else ""
    left = count - len(rows)
    return told + (f" {left:,} more numbers were not moved." if left else "")


def page_data(x: Any, trace: Trace) -> dict[str, Any]:
    """Give the page the check as it came out in Python; of single numbers the page checks anew.

    Args:
        x: what the user wants to see; not needed beside the trace.
        trace: the graph; `grad` in it is what one backward pass brought.

    Returns:
        What JSON can hold: the rows, or under `"reason"` why there are none.
    """
    rows = _tried(trace)
    if isinstance(rows, str):
        return {"reason": rows}
    return {
        "rows": [
            {
                "node": row.node,
                "element": list(row.element),
                "computed": plain(row.computed),
                "measured": plain(row.measured),
                "verdict": row.verdict,
            }
            for row in rows
        ],
        "count": _count(trace),
        "words": _WORDS,
    }


def _tried(trace: Trace) -> list[Checked] | str:
    """The check, or a sentence that says why there is none."""
    try:
        return checked(trace)
    except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
        return f"The gradients cannot be checked here: {problem}"


def _results(trace: Trace, leaves: Sequence[TraceNode], moved: Sequence[Any]) -> Any:
    numbers = {leaf.index: node.data for leaf, node in zip(leaves, moved, strict=True)}
    values = replay(trace, numbers)
    wanted = [index for index in trace.roots if trace.nodes[index].requires_grad]
    return np.concatenate([np.ravel(values[index]) for index in wanted] or [np.zeros(0)])


def _checked_at(
    problem: Measured, weights: Any, leaves: Sequence[TraceNode], k: int, element: tuple[int, ...]
) -> Checked:
    leaf, start = leaves[k], problem.starts[k]
    computed = 0.0 if leaf.grad is None else float(np.asarray(leaf.grad)[element])
    at = float(start[element])
    step = LIMITS.step_at(at) if math.isfinite(at) else math.nan
    ray = Ray(problem, weights, k, element, step)
    measured, noise = ray.central(1.0) if math.isfinite(at) else (math.nan, math.nan)
    verdict = "same"
    if not abs(computed - measured) <= LIMITS.around(computed, measured) + noise:
        found = examined(ray, computed, LIMITS) if math.isfinite(at) else None
        verdict = found.kind if found is not None else "same" if math.isfinite(at) else "infinite"
    elif ray.on_kink():  # both sides together agree with the convention, by symmetry
        verdict = "kink"
    return Checked(leaf.index, element, computed, measured, step, verdict)


def _some(places: Sequence[Any], most: int) -> Iterator[Any]:
    """At most so many of them, evenly spread."""
    count = min(most, len(places))
    return (places[i * len(places) // count] for i in range(count))


def _place(leaf: TraceNode, element: tuple[int, ...]) -> str:
    return name_of(leaf) + (f"[{', '.join(map(str, element))}]" if element else "")
