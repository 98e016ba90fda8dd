"""The three kinds of work of a replayed program, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import kernels
from autograd.errors import DomainError
from autograd.op import Op
from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE

__all__ = ["Elementwise", "Fixed", "ListOp", "MatrixProduct", "Operand", "Reduction", "Step"]


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

    def read(self, arrays: Any) -> Any:
        """The numbers, one row per place."""
        return self.places.of(arrays[self.level])

    def send(self, gradients: Any, sent: Any) -> None:
        """Add a gradient, summed over the batch where the input is the same for all of it."""
        target = gradients[self.level]
        if np.ndim(sent) and sent.shape[1] != target.shape[1]:
            sent = np.add.reduce(sent, axis=1, keepdims=True)
        self.places.add(target, sent)


@dataclass(frozen=True)
class Fixed:
    """An input that is the same constant everywhere.

    Attributes:
        number: The constant.
        wanted: False: nobody asks for its gradient.
    """

    number: float
    wanted: bool = False

    def read(self, arrays: Any) -> Any:
        """The number."""
        return self.number

    def send(self, gradients: Any, sent: Any) -> None:
        """Nothing is kept of what a constant is sent."""


@dataclass(frozen=True)
class Step:
    """Some instructions of the same kind and depth, done at once.

    Attributes:
        level: Where the results go.
        out: Their rows, one after the other.
    """

    level: int
    out: slice

    @property
    def where(self) -> str:
        """For whom it is computed, as the listing says it."""
        return "" if self.level == EXAMPLE else ", once for the whole batch"

    def forward(self, arrays: Any) -> None:
        """Fill the rows of the results."""
        raise NotImplementedError

    def backward(self, arrays: Any, gradients: Any) -> None:
        """Add to the gradients of the inputs."""
        raise NotImplementedError


@dataclass(frozen=True)
class Elementwise(Step):
    """The same elementwise op at many places: one call on arrays.

    Attributes:
        op: The op.
        operands: Its inputs.
        limited: Whether there are numbers on which it is not defined.
    """

    op: Op
    operands: tuple[Operand | Fixed, ...]
    limited: bool

    def forward(self, arrays: Any) -> None:
        """Fill the rows of the results."""
        numbers = [operand.read(arrays) for operand in self.operands]
        made = self.op.forward(*numbers)
        arrays[self.level][self.out] = made
        if self.limited:
            self._check(numbers, made)

    def backward(self, arrays: Any, gradients: Any) -> None:
        """Add to the gradients of the inputs."""
        g = gradients[self.level][self.out]
        numbers = [operand.read(arrays) for operand in self.operands]
        out = arrays[self.level][self.out]
        assert self.op.partials is not None
        for operand, formula in zip(self.operands, self.op.partials, strict=True):
            if operand.wanted and formula is not None:
                operand.send(gradients, g * formula(out, *numbers))

    def _check(self, numbers: list[Any], made: Any) -> None:
        """Refuse what the eager op refuses."""
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
        count = self.out.stop - self.out.start
        size = f"({count},B)" if self.level == EXAMPLE else f"({count},)"
        return f"{count} x {self.op.name} -> one call on {size}{self.where}"


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
    """

    shape: tuple[int, int, int, int]
    weights: Operand | None
    factors: Any
    inputs: Operand
    biases: Operand | None
    constants: Any

    def _matrix(self, arrays: Any) -> Any:
        if self.weights is None:
            return self.factors
        matrix = self.weights.read(arrays).reshape(self.shape[:3])
        return matrix if self.factors is None else matrix * self.factors

    def forward(self, arrays: Any) -> None:
        """Fill the rows of the results."""
        many, rows, columns, windows = self.shape
        target = arrays[self.level][self.out]
        right = self.inputs.read(arrays)
        if many * windows == 1:  # NumPy is quicker without the axis
            np.dot(self._matrix(arrays)[0], right, out=target)
        else:
            right = right.reshape(many, columns, -1)
            np.matmul(self._matrix(arrays), right, out=target.reshape(many, rows, -1))
        if self.biases is not None:
            target += self.biases.read(arrays)
        if self.constants is not None:
            target += self.constants

    def backward(self, arrays: Any, gradients: Any) -> None:
        """Add to the gradients of the inputs."""
        many, rows, columns, windows = self.shape
        flat = gradients[self.level][self.out]
        if self.biases is not None and self.biases.wanted:
            self.biases.send(gradients, flat)
        single = many * windows == 1
        g = flat if single else flat.reshape(many, rows, -1)
        if self.weights is not None and self.weights.wanted:
            right = self.inputs.read(arrays)
            if single:
                sent = np.dot(g, right.T)
            else:
                sent = np.matmul(g, right.reshape(many, columns, -1).transpose(0, 2, 1))
            if self.factors is not None:
                sent = sent.reshape(self.factors.shape) * self.factors
            self.weights.send(gradients, sent.reshape(-1, 1))
        if self.inputs.wanted:
            matrix = self._matrix(arrays)
            sent = np.dot(matrix[0].T, g) if single else np.matmul(matrix.transpose(0, 2, 1), g)
            self.inputs.send(gradients, sent.reshape(-1, flat.shape[1]))

    def __str__(self) -> str:
        many, rows, columns, windows = self.shape
        batch = "B" if self.level == EXAMPLE else "1"
        plain = self.weights is None
        total = many * rows * windows
        kind = f"{'' if plain else 'weighted '}sum{'' if total == 1 else 's'}"
        if many == windows == 1:
            what = f"{rows} {kind} over the same {columns} inputs"
            size = f"matmul ({rows},{columns}) x ({columns},{batch})"
        elif many == 1:
            what = f"{rows} times the same {columns} weights over {windows} windows"
            size = f"convolution ({rows},{columns}) x ({columns},{windows}{batch})"
        else:
            what = f"{total} {kind} of {columns} terms"
            right = f"{windows if windows > 1 else ''}{batch}"
            size = f"{many} matmuls ({rows},{columns}) x ({columns},{right})"
        return f"{what} -> {size}{self.where}"


@dataclass(frozen=True)
class Reduction(Step):
    """An op that makes one number of a list, on equally long lists: one call along an axis.

    Attributes:
        op: The op, set to work along axis 1.
        inputs: The lists, one after the other.
        count: How long each is.
    """

    op: Op
    inputs: Operand
    count: int

    def _lists(self, arrays: Any) -> Any:
        rows = self.inputs.read(arrays)
        return rows.reshape(-1, self.count, rows.shape[1])

    def forward(self, arrays: Any) -> None:
        """Fill the rows of the results."""
        arrays[self.level][self.out] = self.op.compute((self._lists(arrays),), {})

    def backward(self, arrays: Any, gradients: Any) -> None:
        """Add to the gradients of the inputs."""
        if self.inputs.wanted:
            g, out = gradients[self.level][self.out], arrays[self.level][self.out]
            lists = self._lists(arrays)
            (sent,) = kernels.all_sent(self.op, g, out, [lists])
            shape = (lists.shape[0] * self.count, lists.shape[2])
            self.inputs.send(gradients, np.broadcast_to(sent, lists.shape).reshape(shape))

    def __str__(self) -> str:
        many = self.out.stop - self.out.start
        size = f"({many},{self.count},{'B' if self.level == EXAMPLE else '1'})"
        return f"{many} x {self.op.name} of {self.count} -> one call on {size}{self.where}"


@dataclass(frozen=True)
class ListOp(Step):
    """Ops that make one number of a list in a way of their own: place by place."""

    op: Op
    members: tuple[tuple[Operand, ...], ...]
    sizes: tuple[int | None, ...]

    def _columns(self, operands: Sequence[Operand], arrays: Any) -> Any:
        width = arrays[self.level].shape[1]
        rows = [np.broadcast_to(o.read(arrays), (1, width)) for o in operands]
        return np.concatenate(rows).T

    def forward(self, arrays: Any) -> None:
        """Fill the rows of the results."""
        for row, operands in enumerate(self.members, start=self.out.start):
            for column, numbers in enumerate(self._columns(operands, arrays)):
                made = kernels.evaluate_lists(self.op, numbers.tolist(), self.sizes)[0]
                arrays[self.level][row, column] = made

    def backward(self, arrays: Any, gradients: Any) -> None:
        """Add to the gradients of the inputs."""
        for row, operands in enumerate(self.members, start=self.out.start):
            slopes = [
                [0.0 if slope is None else slope for slope in found]
                for numbers in self._columns(operands, arrays)
                for found in [kernels.evaluate_lists(self.op, numbers.tolist(), self.sizes)[1]]
            ]
            sent = np.array(slopes).T * gradients[self.level][row]
            for operand, part in zip(operands, sent, strict=True):
                if operand.wanted:
                    operand.send(gradients, part[None, :])

    def __str__(self) -> str:
        return f"{len(self.members)} x {self.op.name} of a list -> one by one{self.where}"
