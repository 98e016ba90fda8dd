"""Straight-line Python of one example: quicker than arrays where there is little to do at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count
from typing import Any

from autograd import kernels
from autograd.op import OPS, Op
from autograd.replay.matrices import MatrixProduct
from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE, SHARED
from autograd.replay.steps import Elementwise, Operand, Step
from autograd.replay.writer import Writer

__all__ = ["StraightLine", "floats_known"]

_Name = tuple[int, int]  # level and row


def floats_known() -> dict[str, Any]:
    """What the formulas of straight-line Python call."""
    return {
        "inf": float("inf"),
        "nan": float("nan"),
        **{
            name: kernels.on_floats(op)
            for name, op in OPS.items()
            if op.partials is not None and not op.settings
        },
    }


@dataclass(frozen=True)
class StraightLine(Step):
    """Thin steps, one after the other, as a Python function of one example.

    The function is a generator: it computes the results, waits for their gradients and goes on
    with the numbers that it has.

    Attributes:
        number: Which function it is.
        steps: The steps.
        constants: The shared rows that never change, with their numbers.
        inputs: Where its inputs stand: shared numbers, and those of the example.
        results: The rows that others need.
        sought: Which of these have a gradient.
    """

    number: int
    steps: tuple[Step, ...]
    constants: dict[int, float]
    inputs: tuple[Operand | None, Operand | None]
    results: Places
    sought: Places | None
    kind = "straight line"

    @property
    def ops(self) -> int:
        """How many recorded ops it stands for."""
        return sum(step.ops for step in self.steps)

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        return [part for part in self.inputs if part is not None]

    def __str__(self) -> str:
        lines = f"{self.ops} ops -> straight-line Python"
        return lines + (" of one example" if self.level == EXAMPLE else self.where)

    # ------------------------------------------------------------------------ the calls of it
    def write_forward(self, writer: Writer) -> None:
        """Write a call of the function for each example."""
        lines, (shared, own) = writer.forward, self.inputs
        name = f"straight_{self.number}"
        writer.head.append(f"{name}_running = []")
        given = f"{writer.read(SHARED, shared.places)}[:, 0].tolist()" if shared else "()"
        if self.level == EXAMPLE:
            columns = f"{writer.read(EXAMPLE, own.places)}.T.tolist()" if own else "[()] * B"
            lines.append(f"given = {given}")
            lines.append(f"{name}_running[:] = [{name}(given, x) for x in {columns}]")
        else:
            lines.append(f"{name}_running[:] = [{name}({given}, ())]")
        made = f"[next(line) for line in {name}_running]"
        run = self.results.run
        if run is not None:
            lines.append(f"{writer.rows(self.level, run, '', '.T')}[:] = {made}")
        else:
            array = "rows" if self.level == EXAMPLE else "shared"
            index = writer.constant(self.results.rows, "i")
            lines.append(f"{array}[{index}] = array({made}).T")

    def write_backward(self, writer: Writer) -> None:
        """Write how the functions are sent the gradients of their results."""
        sought, sent = self.sought, self._back[1]
        if sought is None or not sent:
            return
        lines, name = writer.backward, f"straight_{self.number}"
        writer.start(self.level, sought.rows)
        if sought.run is not None:
            arriving = writer.gradients(self.level, sought.run)
        else:
            array = "grad_rows" if self.level == EXAMPLE else "grad_shared"
            arriving = f"{array}.take({writer.constant(sought.rows, 'i')}, 0)"
        pairs = f"zip({name}_running, {arriving}.T.tolist())"
        lines.append(f"sent = array([line.send(g) for line, g in {pairs}]).T")
        start, wide = 0, self.level == EXAMPLE
        for level in (SHARED, EXAMPLE):
            rows = [row for at, row in sent if at == level]
            if rows:
                part = f"sent[{start}:{start + len(rows)}]"
                writer.send(level, Places(rows), part, wide)
            start += len(rows)

    # ------------------------------------------------------------------------ the function
    def _name(self, level: int, row: int) -> str:
        if level == SHARED and row in self.constants:
            number = self.constants[row]
            return repr(number) if number >= 0 else f"({number!r})"
        return f"{'v' if level == EXAMPLE else 'p'}{row}"

    @cached_property
    def _back(self) -> tuple[list[str], list[_Name]]:
        """The lines of the backward pass, and the inputs that get a gradient, shared ones first.

        A gradient on its way has a passing name, g1 or g2, which the next one takes once it was
        sent on: Python is quicker at making a number where one has just gone.
        """
        made = {(s.level, row) for s in self.steps for row in range(s.out.start, s.out.stop)}
        wanted = {
            (operand.level, row)
            for step in self.steps
            for operand in step.reads()
            if operand.wanted
            for row in operand.places.rows.tolist()
        }
        wanted -= {(SHARED, row) for row in self.constants}
        sent: set[_Name] = set()
        if self.sought is not None:
            sent = {(self.level, row) for row in self.sought.rows.tolist()}
        lines: list[str] = []
        passing: dict[_Name, str] = {}
        free: list[str] = []
        numbers = count(1)
        for step in reversed(self.steps):
            for row, edges in reversed(_slopes(step, self._name)):
                if (step.level, row) not in sent:
                    continue
                own = passing.pop((step.level, row), None)
                g = own or f"g{self._name(step.level, row)}"
                left = [(target, slope) for target, slope in edges if target in wanted]
                while left:
                    target, slope = left.pop(0)
                    sign = "+=" if target in sent else "="
                    if target in made and target not in sent:
                        if left or own is None:
                            passing[target] = free.pop() if free else f"g{next(numbers)}"
                        else:
                            passing[target], own = own, None
                    sent.add(target)
                    name = passing.get(target) or f"g{self._name(*target)}"
                    what = g if slope == "1.0" else f"{g} * {_factor(slope)}"
                    if what != name or sign == "+=":
                        lines.append(f"{name} {sign} {what}")
                if own is not None:
                    free.append(own)
        return lines, sorted((wanted & sent) - made)

    def source(self, known: dict[str, Any]) -> str:
        """Write the function.

        Args:
            known: What names of the source stand for; added to.
        """
        shared, own = self.inputs
        lines = [f"def straight_{self.number}(p, x):", f'    """{self}."""']
        for operand, whole in ((shared, "p"), (own, "x")):
            if operand is not None:
                names = "".join(f"{self._names_in(operand, row)}, " for row in operand.places.rows)
                lines.append(f"    ({names}) = {whole}")
        lines += [f"    {line}" for step in self.steps for line in self._forward(step, known)]
        made = "".join(f"{self._name(self.level, row)}, " for row in self.results.rows.tolist())
        lines.append(f"    gradients = yield ({made})")
        if self.sought is not None and self._back[1]:
            sought = "".join(
                f"g{self._name(self.level, row)}, " for row in self.sought.rows.tolist()
            )
            lines += ["    while True:", f"        ({sought}) = gradients"]
            lines += [f"        {line}" for line in self._back[0]]
            sent = "".join(f"g{self._name(*target)}, " for target in self._back[1])
            lines.append(f"        gradients = yield ({sent})")
        return "\n".join(lines)

    def _names_in(self, operand: Operand, row: Any) -> str:
        return f"{'v' if operand.level == EXAMPLE else 'p'}{int(row)}"

    def _forward(self, step: Step, known: dict[str, Any]) -> list[str]:
        lines = []
        for row, names in _members(step, self._name):
            out = self._name(step.level, row)
            if isinstance(step, Elementwise):
                value = _templates(step.op)[0].format(*names, out=out)
                if value.startswith("compute("):
                    function = step.op.name
                    if step.op.base is not None:
                        function = f"{function}_{id(step.op)}"
                        known[function] = kernels.on_floats(step.op)
                    value = function + value[len("compute") :]
                lines.append(f"{out} = {value}")
            else:
                lines.append(f"{out} = {' + '.join(names)}")
        return lines


@lru_cache(maxsize=1000)
def _templates(op: Op) -> tuple[str, list[str]]:
    """An op's value and slopes, with ``{0}``, ``{1}`` and ``{out}`` for its inputs and result."""
    return kernels.formulas(op, [f"{{{k}}}" for k in range(len(op.inputs))], "{out}")


def _columns(step: Elementwise) -> list[Any]:
    """Per input of an elementwise step its level and rows, or the constant."""
    return [
        (o.level, o.places.rows.tolist()) if isinstance(o, Operand) else o.number
        for o in step.operands
    ]


def _members(step: Step, name: Any) -> list[tuple[int, list[str]]]:
    """Per result its row, and the names of its inputs, or its terms."""
    if isinstance(step, Elementwise):
        columns = _columns(step)
        return [
            (
                step.out.start + k,
                [name(c[0], c[1][k]) if isinstance(c, tuple) else _literal(c) for c in columns],
            )
            for k in range(step.count)
        ]
    assert isinstance(step, MatrixProduct)
    found = []
    for row, terms, bias, constant in step.sums():
        texts = []
        for factor, weight, source in terms:
            parts = [] if factor == 1.0 else [_literal(factor)]
            parts += [] if weight is None else [name(SHARED, weight)]
            parts = [part for part in parts if part != "1.0"]
            texts.append(" * ".join([*parts, name(*source)]))
        texts += [] if bias is None else [name(SHARED, bias)]
        texts += [] if constant == 0.0 else [_literal(constant)]
        found.append((row, texts))
    return found


def _slopes(step: Step, name: Any) -> list[tuple[int, list[tuple[_Name, str]]]]:
    """Per result its row, and for each input that is no constant the local derivative."""
    if isinstance(step, Elementwise):
        columns, found = _columns(step), []
        assert step.op.partials is not None
        for k, (row, names) in enumerate(_members(step, name)):
            out = name(step.level, row)
            texts = [t.format(*names, out=out) for t in _templates(step.op)[1]]
            found.append(
                (
                    row,
                    [
                        ((c[0], c[1][k]), text)
                        for c, text, d in zip(columns, texts, step.op.partials, strict=True)
                        if d is not None and isinstance(c, tuple)
                    ],
                )
            )
        return found
    assert isinstance(step, MatrixProduct)
    result = []
    for row, terms, bias, _ in step.sums():
        edges: list[tuple[_Name, str]] = []
        for factor, weight, source in terms:
            plain = [] if factor == 1.0 else [_literal(factor)]
            parts = plain if weight is None else [*plain, name(SHARED, weight)]
            edges.append((source, " * ".join(parts) or "1.0"))
            if weight is not None:
                edges.append(((SHARED, weight), " * ".join([*plain, name(*source)])))
        edges += [] if bias is None else [((SHARED, bias), "1.0")]
        result.append((row, edges))
    return result


def _factor(slope: str) -> str:
    return slope if slope.replace(".", "").isalnum() else f"({slope})"


def _literal(number: float) -> str:
    return repr(number) if number >= 0 else f"({number!r})"
