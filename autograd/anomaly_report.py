"""What ``detect_anomaly`` says of a bad number: which op, with what, and which way it went."""

from __future__ import annotations

import linecache
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.arrays import same_numbers
from autograd.bad_numbers import (
    Origin,
    Use,
    amount,
    bad_kind,
    born_at,
    element_of,
    first_place,
    in_number,
    line_of,
    origin_of,
    written,
)
from autograd.node import Node, place_of
from autograd.op import Op
from autograd.remarks import Remark, Report, names_around, table
from autograd.trace_records import plain_label
from autograd.value import Value

__all__ = ["AnomalyReport", "backward_report", "forward_report"]

MOST_STEPS = 12  # of a path; a longer one is written with its middle left out
TRAP = (
    "0 times infinity is nan: keep the number out of the branch that where() does not take as "
    "well: safe = where(ok, x, 1.0)"
)
GROWN = (
    "the numbers have grown too large: scale the data, lower the learning rate or clip the "
    "gradients"
)
FIXES = {
    "log": "keep it above 0, log(clip(x, min=1e-12)); of softmax take log_softmax, of sigmoid "
    "log_sigmoid",
    "log2": "keep it above 0: log2(clip(x, min=1e-12))",
    "log10": "keep it above 0: log10(clip(x, min=1e-12))",
    "log1p": "keep it above -1: log1p(clip(x, min=-1 + 1e-12))",
    "sqrt": "keep it above 0, sqrt(x + 1e-12); for a length take norm(x), whose slope at 0 is 0",
    "cbrt": "keep it away from 0",
    "div": "keep the divisor away from 0: x / (y + 1e-12)",
    "reciprocal": "keep it away from 0: 1 / (x + 1e-12)",
    "pow": "keep the base above 0: (x + 1e-12) ** y",
    "exp": "take the greatest out first, as softmax and logsumexp do, or clip the exponent",
    "arcsin": "keep it inside: clip(x, -1 + 1e-7, 1 - 1e-7)",
    "arccos": "keep it inside: clip(x, -1 + 1e-7, 1 - 1e-7)",
    "arctanh": "keep it inside: clip(x, -1 + 1e-7, 1 - 1e-7)",
}


@dataclass(frozen=True, repr=False)
class AnomalyReport(Report):
    """A nan or infinity, and where it began.

    Attributes:
        kind: ``"nan"`` or ``"inf"``.
        phase: ``"forward"``, or ``"backward"`` if a gradient went bad while all values were good.
        op: The name of the op that made it, or used it first.
        line: Where that op was called, such as ``lesson.py:12``; None if that is not known.
        entered: The name of what it came in with, if it came in as data; else None.
        place: The index of the first bad number in the op's result; () for a single number.
        path: The ops that it went through, the first one first.
    """

    kind: str = "nan"
    phase: str = "forward"
    op: str = ""
    line: str | None = None
    entered: str | None = None
    place: tuple[int, ...] = ()
    path: tuple[str, ...] = ()


class _Names:
    """What things are called: by their labels, else by the user's variables."""

    def __init__(self) -> None:
        self.around: Mapping[str, Any] = names_around()
        self._by_id: dict[int, str] = {}
        for name, thing in self.around.items():
            self._by_id.setdefault(id(thing), name)
            self._by_id.setdefault(id(getattr(thing, "_data", thing)), name)

    def known(self, thing: Any) -> str | None:
        label = thing.label if isinstance(thing, Node) else None
        return plain_label(label) if label else self._by_id.get(id(thing))

    def of(self, use: Use, op: Op, slot: int) -> str:
        name = self.known(use.item) or use.known_as or self._same(use.numbers)
        if name is not None:
            return name
        if not use.is_data:
            return f"{use.item.op.name}(...)"
        if op.variadic or slot >= len(op.inputs):
            return f"input {slot}"
        return op.inputs[slot]

    def _same(self, numbers: Any) -> str | None:
        """The name of an array by what is in it: a graph keeps copies of the user's arrays."""
        if not np.ndim(numbers):
            return None
        for name, thing in self.around.items():
            array = getattr(thing, "_data", thing)
            if array is numbers or (type(array) is np.ndarray and same_numbers(array, numbers)):
                return name
        return None

    def nodes(self) -> dict[str, Any]:
        return {name: thing for name, thing in self.around.items() if isinstance(thing, Node)}


def forward_report(
    kind: str, origin: Origin, line: str | None, reached: str = "", computed: str | None = None
) -> AnomalyReport:
    """Tell where a bad number began.

    Args:
        kind: ``"nan"`` or ``"inf"``: what was found.
        origin: Where it began.
        line: Where the origin's op was called, if its node does not know.
        reached: What became of it, in a clause; empty if it was found where it began.
        computed: What made it, if it came in with a result that is not part of the graph.

    Returns:
        The report.
    """
    names, op = _Names(), origin.op
    out = written(origin.node)
    first = bad_kind(out) or kind
    flags = born_at(op, origin.uses, out, first)
    if flags is None or not np.any(flags):
        flags = np.isnan(out) if first == "nan" else np.isinf(out)
    place = first_place(flags) or ()
    at = line_of(origin.node) or line
    where = f" ({at})" if at else ""
    entered = None
    if origin.entered is not None:
        use = origin.uses[origin.entered]
        entered = names.of(use, op, origin.entered)
        came = bad_kind(use.numbers) or kind
        bad = np.isnan(use.numbers) if came == "nan" else np.isinf(use.numbers)
        worst = first_place(bad) or ()
        word = in_number(float(np.asarray(use.numbers)[worst]))
        spot = _indexed(entered, worst)
        head = f"{word} came in with {spot}{_share(bad)}; {op.name} used it first{where}"
        if computed:
            head = f"{computed} made {word}, which came in with {spot}{where}"
        fix = f"clean the data before: {'np.isnan' if came == 'nan' else 'np.isinf'} finds it"
    else:
        made = f"{first} at {list(place)}" if place and op.partials is None else first
        head = f"{op.name} made {made}{_share(flags)} of finite numbers{where}: " + ", ".join(
            _operands(origin.uses, op, place, names)
        )
        fix = FIXES.get(op.name, GROWN if first == "inf" else "look at what it was given")
    if reached:
        head += f"; {reached}"
    steps = [_step(node, names) for node in origin.path]
    if steps and not steps[0][2]:
        steps[0] = (*steps[0][:2], at or "", *steps[0][3:])
    return _report(kind, "forward", origin.node, op, at, entered, place, head, fix, steps,
                   origin.path[-1:], names, origin.uses)  # fmt: skip


def backward_report(
    kind: str, node: Any, slot: int | None, slope: Any, g: Any, sent: Any, uses: Sequence[Use],
    path: Sequence[Any],
) -> AnomalyReport:  # fmt: skip
    """Tell which op turned a finite gradient into a bad one.

    Args:
        kind: ``"nan"`` or ``"inf"``.
        node: The op's result.
        slot: The input that is sent the bad gradient; None if it is bad when it arrives, though
            nobody sent a bad one.
        slope: The local derivative, if the op has one per element; else None.
        g: The gradient that arrived.
        sent: What goes to the input.
        uses: What the op was given.
        path: The results from the op's to the one that the pass began with.

    Returns:
        The report.
    """
    names, op = _Names(), node.op
    spread = sent if slope is None else np.multiply(g, slope)
    place = first_place(~np.isfinite(spread))
    if place is None:  # each is finite, and their sum is not
        spread, slope = sent, None
        place = first_place(~np.isfinite(sent)) or ()
    at = line_of(node)
    target = names.of(uses[slot], op, slot) if slot is not None else ""
    head = f"the gradient that {op.name} sends to {target} is {kind}"
    if slot is None:
        head = f"the gradients that meet in {names.known(node) or op.name} become {kind}"
    head += f"{_share(~np.isfinite(np.asarray(sent)))}{f' ({at})' if at else ''}"
    fix = FIXES.get(op.name, GROWN)
    if slot is None:
        head, fix = f"{head}: each is finite, their sum, or what a hook made of it, is not", GROWN
    elif slope is not None:
        full = np.shape(spread)
        arrived = float(np.broadcast_to(g, full)[place])
        local = float(np.broadcast_to(slope, full)[place])
        given = ", ".join(_operands(uses, op, place, names))
        head += f": its slope at {given} is {in_number(local)}, and {in_number(arrived)} arrived"
        if arrived == 0.0 and any(step.op.name == "where" for step in path):
            fix = TRAP
    else:
        head += f": it was given {', '.join(_operands(uses, op, None, names))}"
    head += _already_bad(uses, op, names)
    steps = [_step(step, names) for step in path]
    return _report(kind, "backward", node, op, at, None, place, head, fix, steps, path[-1:],
                   names, uses)  # fmt: skip


def _already_bad(uses: Sequence[Use], op: Op, names: _Names) -> str:
    """Say where a bad number began that was let pass until now."""
    for slot, use in enumerate(uses):
        kind = bad_kind(use.numbers)
        if kind is None:
            continue
        if use.is_data:
            return f"; {kind} came in with {names.of(use, op, slot)}"
        origin = origin_of(use.item, kind, use.item.op)
        at = line_of(origin.node)
        return f"; the {kind} began in {origin.op.name}{f' ({at})' if at else ''}"
    return ""


def _report(
    kind: str, phase: str, node: Any, op: Op, line: str | None, entered: str | None,
    place: tuple[int, ...], head: str, fix: str, steps: list[tuple[str, ...]],
    roots: Sequence[Any], names: _Names, uses: Sequence[Use],
) -> AnomalyReport:  # fmt: skip
    lines = [f"{head}. Fix: {fix}"]
    lines += [f"  {line}" for line in (_source(node), *_shapes(uses, op, names)) if line]
    if len(steps) > 1:
        lines.append("its way to the result:" if phase == "forward" else "its way from the result:")
        shown = steps if phase == "forward" else steps[::-1]
        if len(shown) > MOST_STEPS:
            half = MOST_STEPS // 2
            gap = (f"({len(shown) - 2 * half} more)", "", "", "", "")
            shown = [*shown[:half], gap, *shown[-half:]]
        rows = table([("op", "name", "line", "shape", "value"), *shown])
        lines += [f"  {row}" for row in rows]
    word = {"nan": "made nan", "inf": "made inf"}[kind] if entered is None else f"{kind} came in"
    if phase == "backward":
        word = f"grad {kind}"
    return AnomalyReport(
        "\n".join(lines), tuple(roots), (Remark(node, "culprit", word, head),), names.nodes(),
        kind, phase, op.name, line, entered, place, tuple(step[0] for step in steps),
    )  # fmt: skip


def _step(node: Any, names: _Names) -> tuple[str, ...]:
    out = written(node)
    shape = "" if isinstance(node, Value) else str(np.shape(out))
    op = node.op.name if node.op is not None else "constant"
    return op, names.known(node) or "", line_of(node) or "", shape, amount(out)


def _operands(
    uses: Sequence[Use], op: Op, place: tuple[int, ...] | None, names: _Names
) -> list[str]:
    """What an op was given: at one element of the result, or as a whole."""
    texts = []
    for slot, use in enumerate(uses[:4]):
        name = names.of(use, op, slot)
        if type(use.item) in (int, float):
            texts.append(in_number(float(use.item)))
        elif place is not None and op.partials is not None:
            own, number = element_of(use, place)
            texts.append(f"{_indexed(name, own)} = {in_number(number)}")
        elif np.ndim(use.numbers) == 0:
            texts.append(f"{name} = {amount(use.numbers)}")
        else:
            texts.append(f"{name} {np.shape(use.numbers)}: {amount(use.numbers)}")
    if len(uses) > 4:
        texts.append(f"and {len(uses) - 4} more")
    return texts


def _shapes(uses: Sequence[Use], op: Op, names: _Names) -> list[str]:
    """The arrays that an op was given, each with its shape and from where to where it goes."""
    if op.partials is None:
        return []  # it is all in the sentence
    return [
        f"{names.of(use, op, slot)} {np.shape(use.numbers)}: {amount(use.numbers)}"
        for slot, use in enumerate(uses)
        if np.ndim(use.numbers)
    ]


def _indexed(name: str, place: tuple[int, ...]) -> str:
    return f"{name}{list(place)}" if place else name


def _share(flags: Any) -> str:
    size = int(np.size(flags))
    count = int(np.count_nonzero(flags))
    return f" ({count} of {size} elements)" if np.ndim(flags) and size > 1 else ""


def _source(node: Any) -> str:
    """The user's line of code."""
    line = node.info.line if isinstance(node, Value) and node.info is not None else None
    line = getattr(node, "line", None) if not isinstance(node, Value) else line
    if line is None:
        return ""
    file, number = place_of(line)
    return linecache.getline(file, number).strip()
