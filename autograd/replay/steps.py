"""The kinds of work of a replayed program: each writes its own source, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import kernels
from autograd.domain import REALS
from autograd.errors import DomainError
from autograd.expressions import Call, read
from autograd.op import Op
from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE
from autograd.replay.writer import Writer

__all__ = ["Elementwise", "Fixed", "Operand", "Step"]

_FLOAT = np.dtype(float)


@dataclass(frozen=True)
class Operand:
    """Where an input of a step stands.

    Attributes:
        level: ``SHARED`` (with the constants) or ``EXAMPLE``: which of the two arrays.
        places: The rows.
        wanted: Whether a gradient is of use to anybody.
    """

    level: int
    places: Places
    wanted: bool

    def given(self, writer: Writer, wide: bool) -> tuple[Any, str]:
        """What a formula is given for it, beside numbers of all examples or not, and its name."""
        name = writer.beside(self.level, self.places, wide)
        return Call(None, (name,), self.level == EXAMPLE, _FLOAT), name


@dataclass(frozen=True)
class Fixed:
    """An input that is the same constant everywhere.

    Attributes:
        number: The constant.
        wanted: False: nobody asks for its gradient.
    """

    number: float
    wanted: bool = False

    def given(self, writer: Writer, wide: bool) -> tuple[Any, str]:
        """What a formula is given for it, and its name."""
        return self.number, repr(self.number)


@dataclass(frozen=True)
class Step:
    """Some instructions of the same kind and depth, done at once.

    Attributes:
        level: Where the results go.
        out: Their rows, one after the other.
        reached: Whether the gradient of the result gets there.
    """

    level: int
    out: slice
    reached: bool

    @property
    def where(self) -> str:
        """For whom it is computed, as the listing says it."""
        return "" if self.level == EXAMPLE else ", once for the whole batch"

    @property
    def count(self) -> int:
        """How many results there are."""
        count: int = self.out.stop - self.out.start
        return count

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        raise NotImplementedError

    @property
    def ops(self) -> int:
        """How many recorded ops it stands for."""
        return self.count

    @property
    def edges(self) -> int | None:
        """How many inputs its instructions have; None if they cannot be straight-line Python."""
        return None

    @property
    def limited(self) -> bool:
        """Whether there are numbers on which it is not defined."""
        return False

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        raise NotImplementedError

    def write_forward(self, writer: Writer) -> None:
        """Write what fills the rows of the results."""
        raise NotImplementedError

    def write_backward(self, writer: Writer) -> None:
        """Write what adds to the gradients of the inputs."""
        raise NotImplementedError

    def check(self, arrays: Any) -> None:
        """Refuse numbers on which the op is not defined, once they are computed."""


@dataclass(frozen=True)
class Elementwise(Step):
    """The same elementwise op at many places: one call on arrays.

    Attributes:
        op: The op.
        operands: Its inputs.
    """

    op: Op
    operands: tuple[Operand | Fixed, ...]
    kind = "elementwise"

    @property
    def edges(self) -> int | None:
        """How many inputs its instructions have."""
        return self.count * len(self.operands)

    @property
    def limited(self) -> bool:
        """Whether there are numbers on which it is not defined."""
        return self.op.name == "pow" or any(domain is not REALS for domain in self.op.domain)

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        return [operand for operand in self.operands if isinstance(operand, Operand)]

    def write_forward(self, writer: Writer) -> None:
        """Write the op's forward function, as the calls that it makes."""
        out, wide = writer.rows(self.level, self.out), self.level == EXAMPLE
        given, names = zip(*(o.given(writer, wide) for o in self.operands), strict=True)
        made = read(self.op.forward, *given)
        if isinstance(made, Call):
            writer.compute(made, self.count, writer.forward, {n: n for n in names}, out)
        elif made is not None:
            writer.forward.append(f"{out}.fill({float(made)!r})")
        else:
            function = writer.constant(self.op.forward, f"{self.op.name}_")
            writer.forward.append(f"{out}[:] = {function}({', '.join(names)})")

    def write_backward(self, writer: Writer) -> None:
        """Write what each input is sent: the gradient times the local derivative."""
        run = Places(range(self.out.start, self.out.stop))
        writer.start(self.level, run.rows)
        arriving = writer.gradients(self.level, self.out)
        wide = self.level == EXAMPLE
        given, names = zip(*(o.given(writer, wide) for o in self.operands), strict=True)
        out_name = writer.rows(self.level, self.out)
        g, out = (Call(None, (name,), wide, _FLOAT) for name in (arriving, out_name))
        known: dict[Any, str] = {name: name for name in (arriving, out_name, *names)}
        assert self.op.partials is not None
        for operand, formula in zip(self.operands, self.op.partials, strict=True):
            if not isinstance(operand, Operand) or not operand.wanted or formula is None:
                continue
            slope = read(formula, out, *given)
            if slope is None:
                function = writer.constant(formula, f"slope_of_{self.op.name}_")
                slope_name = writer.scratch(self.count, wide)
                called = f"{function}({', '.join([out_name, *names])})"
                writer.backward.append(f"{slope_name}[:] = {called}")
                known[slope_name] = slope_name
                slope = Call(None, (slope_name,), wide, _FLOAT)
            self._send(writer, operand, g, slope, known)

    def _send(
        self, writer: Writer, operand: Operand, g: Call, slope: Any, known: dict[Any, str]
    ) -> None:
        if isinstance(slope, Call):
            sent = g * slope
        elif slope == 1:
            sent = g
        elif slope == -1:
            sent = -g
        else:
            sent = g * float(slope)
        target = None
        if operand.level == self.level and sent is not g:
            target = writer.target(operand.level, operand.places)
        name = writer.compute(sent, self.count, writer.backward, known, target or "")
        if target is None:
            writer.send(operand.level, operand.places, name, self.level == EXAMPLE)

    def check(self, arrays: Any) -> None:
        """Refuse what the eager op refuses."""
        numbers: list[Any] = [
            arrays[o.level][o.places.rows] if isinstance(o, Operand) else o.number
            for o in self.operands
        ]
        made = arrays[self.level][self.out]
        finite = np.isfinite(numbers[0])
        for number in numbers[1:]:
            finite = finite & np.isfinite(number)
        if self.op.name == "pow":
            wrong = finite & (np.isnan(made) | ((numbers[0] == 0) & (numbers[1] < 0)))
        else:
            wrong = np.zeros_like(finite)
            for number, domain in zip(numbers, self.op.domain, strict=False):
                wrong = wrong | (finite & ~np.asarray(domain.contains(number), dtype=bool))
        if wrong.any():
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            floats = [float(np.broadcast_to(n, wrong.shape)[at]) for n in numbers]
            whom = f"example {at[1]}: " if self.level == EXAMPLE else ""
            try:
                kernels.evaluate(self.op, floats)
            except DomainError as error:
                raise DomainError(f"replay: {whom}{error}") from None

    def __str__(self) -> str:
        size = f"({self.count},B)" if self.level == EXAMPLE else f"({self.count},)"
        return f"{self.count} x {self.op.name} -> one call on {size}{self.where}"
