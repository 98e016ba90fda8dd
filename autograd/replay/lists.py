"""Ops that make one number of a list: along an axis, or one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import kernels
from autograd.op import Op
from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE
from autograd.replay.steps import Operand, Step
from autograd.replay.writer import Writer

__all__ = ["ListOp", "Reduction"]


@dataclass(frozen=True)
class Reduction(Step):
    """An op that makes one number of a list, on equally long lists: one call along an axis.

    Attributes:
        op: The op, set to work along axis 1.
        inputs: The lists, one after the other, by the level of their numbers: which of the
            places, and where these stand.
        length: How long each list is.
    """

    op: Op
    inputs: tuple[tuple[Any, Operand], ...]
    length: int
    kind = "reduction"

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        return [operand for _, operand in self.inputs]

    def _lists(self, writer: Writer, forward: bool) -> str:
        width = "B" if self.level == EXAMPLE else "1"
        if len(self.inputs) == 1:
            base = writer.read(self.level, self.inputs[0][1].places)
        else:
            base = writer.own(self, f"{self.count * self.length}, {width}")
            for which, operand in self.inputs if forward else ():
                rows = writer.read(operand.level, operand.places)
                writer.forward.append(f"{base}[{writer.constant(which, 'i')}] = {rows}")
        return writer.shaped(base, f"{self.count}, {self.length}, {width}")

    def write_forward(self, writer: Writer) -> None:
        """Write a call of the op's forward function."""
        out, lists = writer.rows(self.level, self.out), self._lists(writer, True)
        function = writer.constant(self.op.forward, f"{self.op.name}_")
        writer.forward.append(f"{out}[:] = {function}({lists})")

    def write_backward(self, writer: Writer) -> None:
        """Write a call of what the op sends back."""
        writer.start(self.level, Places(range(self.out.start, self.out.stop)).rows)
        total, wide = self.count * self.length, self.level == EXAMPLE
        lists = self._lists(writer, False)
        function = writer.constant(self._sent, f"sent_by_{self.op.name}_")
        g, out = writer.gradients(self.level, self.out), writer.rows(self.level, self.out)
        sent = writer.scratch(total, wide)
        width = "B" if wide else "1"
        shaped = writer.shaped(sent, f"{self.count}, {self.length}, {width}")
        writer.backward.append(f"{shaped}[:] = {function}({g}, {out}, {lists})")
        for which, operand in self.inputs:
            if not operand.wanted:
                continue
            part = sent
            if len(self.inputs) > 1:
                part = writer.scratch(len(which), wide)
                writer.backward.append(
                    f"{sent}.take({writer.constant(which, 'i')}, 0, {part}, CLIP)"
                )
            writer.send(operand.level, operand.places, part, wide)

    def _sent(self, g: Any, out: Any, lists: Any) -> Any:
        (sent,) = kernels.all_sent(self.op, g, out, [lists])
        return sent

    def __str__(self) -> str:
        size = f"({self.count},{self.length},{'B' if self.level == EXAMPLE else '1'})"
        what = f"{self.count} x {self.op.name} of {self.length}"
        return f"{what} -> one call on {size}{self.where}"


@dataclass(frozen=True)
class ListOp(Step):
    """Ops that make one number of several lists: place by place, example by example.

    Attributes:
        op: The op.
        members: Per result where its inputs stand.
        sizes: How many of these belong to each input of the op; None for one that is one number.
    """

    op: Op
    members: tuple[tuple[Operand, ...], ...]
    sizes: tuple[int | None, ...]
    kind: str = field(default="one by one", init=False)

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        return [operand for each in self.members for operand in each]

    def write_forward(self, writer: Writer) -> None:
        """Write a call for each result, which computes the slopes as well."""
        wide = self.level == EXAMPLE
        function = writer.constant(self._evaluated, f"{self.op.name}_")
        for k, operands in enumerate(self.members):
            slopes = writer.own((self, k), f"{len(operands)}, {'B' if wide else '1'}")
            row = self.out.start + k
            out = writer.rows(self.level, slice(row, row + 1))
            names = ", ".join(writer.read(o.level, o.places) for o in operands)
            writer.forward.append(f"{function}({out}, {slopes}, {names})")

    def write_backward(self, writer: Writer) -> None:
        """Write a product with the slopes for each result."""
        writer.start(self.level, Places(range(self.out.start, self.out.stop)).rows)
        wide = self.level == EXAMPLE
        for k, operands in enumerate(self.members):
            writer.next_step()
            slopes = writer.own((self, k), "")
            row = self.out.start + k
            g = writer.gradients(self.level, slice(row, row + 1))
            sent = writer.scratch(len(operands), wide)
            writer.backward.append(f"multiply({slopes}, {g}, {sent})")
            for number, operand in enumerate(operands):
                if operand.wanted:
                    part = writer.shaped(sent, "", f"[{number}:{number + 1}]")
                    writer.send(operand.level, operand.places, part, wide)

    def _evaluated(self, out: Any, slopes: Any, *rows: Any) -> None:
        columns = np.concatenate([np.broadcast_to(row, out.shape) for row in rows]).T
        for column, numbers in enumerate(columns.tolist()):
            made, found, _ = kernels.evaluate_lists(self.op, numbers, self.sizes)
            out[0, column] = made
            slopes[:, column] = [0.0 if slope is None else slope for slope in found]

    def __str__(self) -> str:
        return f"{len(self.members)} x {self.op.name} of a list -> one by one{self.where}"
