"""Weighted sums that were recognised as matrix products and convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE, SHARED
from autograd.replay.steps import Operand, Step
from autograd.replay.writer import Writer

__all__ = ["MatrixProduct"]


@dataclass(frozen=True)
class MatrixProduct(Step):
    """Weighted sums as matrix products.

    Attributes:
        shape: How many matrices, rows of each, columns of each, windows that share it.
        weights: The matrices' entries; None where they are constants.
        factors: What the entries are multiplied by, or the constants; None for 1.
        inputs: What is multiplied: matrix by matrix, column by column, window by window.
        biases: One per result, or None.
        constants: Added to the results, or None.
        taken: How many recorded ops were taken together.
    """

    shape: tuple[int, int, int, int]
    weights: Operand | None
    factors: Any
    inputs: Operand
    biases: Operand | None
    constants: Any
    taken: int

    @property
    def kind(self) -> str:
        """Whether it is a plain sum, a matrix product or a convolution."""
        if self.weights is None or self._alone:
            return "sum"
        if self.squares:
            return "sum of squares"
        return "convolution" if self.shape[0] == 1 and self.shape[3] > 1 else "matmul"

    @property
    def _alone(self) -> bool:
        return self.shape[1] == self.shape[2] == 1  # of one term, which makes no matrix

    @property
    def squares(self) -> bool:
        """Whether it is a sum of squares: everything is its own weight."""
        weights, inputs = self.weights, self.inputs
        return (
            weights is not None
            and weights.level == inputs.level
            and self.shape[0] == self.shape[1] == self.shape[3] == 1
            and self.factors is None
            and weights.places.rows.tolist() == inputs.places.rows.tolist()
        )

    @property
    def ops(self) -> int:
        """How many recorded ops it stands for."""
        return self.taken

    @property
    def edges(self) -> int | None:
        """How many terms there are."""
        many, rows, columns, windows = self.shape
        return many * rows * columns * windows

    def reads(self) -> list[Operand]:
        """Where its inputs stand."""
        return [part for part in (self.weights, self.inputs, self.biases) if part is not None]

    def sums(self) -> list[tuple[int, list[Any], int | None, float]]:
        """The sums one by one.

        Returns:
            Per sum its row, its terms (factor, row of the weight or None, level and row of the
            input), the row of its bias or None, and what else is added.
        """
        many, rows, columns, windows = self.shape
        inputs = self.inputs.places.rows.reshape(many, columns, windows).tolist()
        weights = factors = None
        if self.weights is not None:
            weights = self.weights.places.rows.reshape(many, rows, columns).tolist()
        if self.factors is not None:
            factors = self.factors.reshape(many, rows, columns).tolist()
        biases = self.biases.places.rows.tolist() if self.biases is not None else None
        constants = self.constants.ravel().tolist() if self.constants is not None else None
        level = self.inputs.level
        found: list[tuple[int, list[Any], int | None, float]] = []
        for m in range(many):
            for r in range(rows):
                ws = weights[m][r] if weights is not None else [None] * columns
                fs = factors[m][r] if factors is not None else [1.0] * columns
                for v in range(windows):
                    k = len(found)
                    terms = [(fs[c], ws[c], (level, inputs[m][c][v])) for c in range(columns)]
                    bias = biases[k] if biases is not None else None
                    constant = constants[k] if constants is not None else 0.0
                    found.append((self.out.start + k, terms, bias, constant))
        return found

    @property
    def _single(self) -> bool:
        return self.shape[0] * self.shape[3] == 1  # NumPy is quicker without the axis

    def _matrix(self, writer: Writer, lines: list[str] | None = None) -> str:
        """A name for the matrices; they are multiplied by their factors in the forward pass."""
        many, rows, columns, _ = self.shape
        size = f"{rows}, {columns}" if self._single else f"{many}, {rows}, {columns}"
        if self.weights is None:
            shape = self.shape[1:3] if self._single else self.shape[:3]
            return writer.constant(self.factors.reshape(shape))
        base = writer.shaped(writer.read(SHARED, self.weights.places), size)
        if self.factors is None:
            return base
        name = writer.own(self, size)
        if lines is not None:
            shape = self.shape[1:3] if self._single else self.shape[:3]
            lines.append(
                f"multiply({base}, {writer.constant(self.factors.reshape(shape))}, {name})"
            )
        return name

    def _stacked(self, writer: Writer, base: str, length: int, after: str = "") -> str:
        many, _, _, windows = self.shape
        if self._single:
            return writer.shaped(base, "", after) if after else base
        wide = f"{windows} * B" if self.level == EXAMPLE else f"{windows}"
        return writer.shaped(base, f"{many}, {length}, {wide}", after)

    def write_forward(self, writer: Writer) -> None:
        """Write the product, and what is added to it."""
        _, rows, columns, _ = self.shape
        lines = writer.forward
        out = writer.rows(self.level, self.out)
        right = self._stacked(writer, writer.read(self.level, self.inputs.places), columns)
        call = "dot" if self._single else "matmul"
        left = self._matrix(writer, lines)
        lines.append(f"{call}({left}, {right}, {self._stacked(writer, out, rows)})")
        if self.biases is not None:
            bias = writer.beside(SHARED, self.biases.places, self.level == EXAMPLE)
            lines.append(f"add({out}, {bias}, {out})")
        if self.constants is not None:
            lines.append(f"add({out}, {writer.constant(self.constants)}, {out})")

    def write_backward(self, writer: Writer) -> None:
        """Write two products: what the weights are sent, and what the inputs are sent."""
        rows = self.shape[1]
        writer.start(self.level, Places(range(self.out.start, self.out.stop)).rows)
        arriving = writer.gradients(self.level, self.out)
        if self.biases is not None and self.biases.wanted:
            writer.send(SHARED, self.biases.places, arriving, self.level == EXAMPLE)
        g = self._stacked(writer, arriving, rows)
        if self.weights is not None and self.weights.wanted and not self.squares:
            self._send_weights(writer, g)
        if self.inputs.wanted:
            self._send_inputs(writer, g)

    def _send_weights(self, writer: Writer, g: str) -> None:
        assert self.weights is not None
        many, rows, columns, _ = self.shape
        after = ".T" if self._single else ".transpose(0, 2, 1)"
        right = self._stacked(writer, writer.read(self.level, self.inputs.places), columns, after)
        count, places = many * rows * columns, self.weights.places
        target = writer.target(SHARED, places)
        name = target or writer.scratch(count, False)
        size = f"{rows}, {columns}" if self._single else f"{many}, {rows}, {columns}"
        into = writer.shaped(name, size)
        call = "dot" if self._single else "matmul"
        writer.backward.append(f"{call}({g}, {right}, {into})")
        if self.factors is not None:
            shape = self.shape[1:3] if self._single else self.shape[:3]
            factors = writer.constant(self.factors.reshape(shape))
            writer.backward.append(f"multiply({into}, {factors}, {into})")
        if target is None:
            writer.send(SHARED, places, name, False)

    def _send_inputs(self, writer: Writer, g: str) -> None:
        _, rows, columns, _ = self.shape
        places = self.inputs.places
        target = writer.target(self.level, places)
        name = target or writer.scratch(len(places), self.level == EXAMPLE)
        into = self._stacked(writer, name, columns)
        after = ".T" if self._single else ".transpose(0, 2, 1)"
        turned = writer.shaped(self._matrix(writer), "", after)
        call = "dot" if self._single else "matmul"
        if rows == 1:  # an outer product
            width = writer.examples if self.level == EXAMPLE else 1
            if not self._single or min(columns, width) < 2:
                call = "multiply"  # matmul is slow here, and with a single number dot loses 0 * inf
            if self._single and width == 1:
                g = writer.shaped(g, "()")
        writer.backward.append(f"{call}({turned}, {g}, {into})")
        if self.squares:  # once as the weight and once as the input
            writer.backward.append(f"add({into}, {into}, {into})")
        if target is None:
            writer.send(self.level, places, name, False)

    def __str__(self) -> str:
        many, rows, columns, windows = self.shape
        batch = "B" if self.level == EXAMPLE else "1"
        right = batch if windows == 1 else f"{windows}{batch.replace('1', '')}"
        total = many * rows * windows
        kind = f"{'' if self.weights is None else 'weighted '}sum{'' if total == 1 else 's'}"
        if self.squares:
            what = f"1 sum of {columns} squares"
            size = f"dot ({columns}) . ({columns})"
        elif self._alone:
            what = f"{total} {kind} of 1 term"
            size = f"one product on ({total},{batch})"
        elif many == windows == 1:
            what = f"{rows} {kind} over the same {columns} inputs"
            size = f"matmul ({rows},{columns}) x ({columns},{batch})"
        elif many == 1:
            what = f"{rows} times the same {columns} weights over {windows} windows"
            size = f"convolution ({rows},{columns}) x ({columns},{right})"
        else:
            what = f"{total} {kind} of {columns} terms"
            size = f"{many} matmuls ({rows},{columns}) x ({columns},{right})"
        return f"{what} -> {size}{self.where}"
