"""A program of Values for one example, made into array steps for a whole batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.collector import gc_paused
from autograd.errors import GradientError
from autograd.node import display
from autograd.replay.batches import Batch
from autograd.replay.compiled import Compiled, Memory
from autograd.replay.joining import MOST_EXAMPLES
from autograd.replay.matrices import MatrixProduct
from autograd.replay.parameters import Parameters, Separate, Together
from autograd.replay.parts import Part, parts_of
from autograd.replay.plan import Plan
from autograd.replay.recording import Recording

__all__ = ["Losses", "Program"]

_MOST_KEPT = 3  # memories of one batch size: as many results may be alive without a new one
_MOST_SIZES = 8
_sum = np.add.reduce


class Program:
    """One recorded example as steps over a batch; print it to see what was recognised.

    Args:
        recording: The instructions of one example.

    Attributes:
        matrix_products: How many matrix products and convolutions were recognised.
        groups: How many steps there are in all.
        instructions: How many ops the recorded example had.
    """

    def __init__(self, recording: Recording) -> None:
        self._plan = plan = Plan(recording)
        self._together: Together | None = None
        self._limited = [step for step in plan.steps if step.limited]
        self._compiled: dict[int, Compiled] = {}
        self._kept: dict[int, deque[Memory]] = {}
        self._forward = _raising if self._limited else _ignoring
        self.instructions = plan.instructions
        self.groups = len(plan.steps)
        self.matrix_products = sum(
            isinstance(step, MatrixProduct) and step.kind in ("matmul", "convolution")
            for step in plan.steps
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is done together, and from what: plain data, for pictures."""
        return parts_of(self._plan.steps, self._plan.given, len(self._plan.leaves))

    @property
    def code(self) -> str:
        """The source that is run for a large batch."""
        return self.code_for(MOST_EXAMPLES)

    def code_for(self, examples: int) -> str:
        """Give the source that is run: with few examples, thin parts are straight-line Python.

        Args:
            examples: How many examples the batch has.

        Returns:
            Python source.
        """
        return self._variant(examples).code

    def __str__(self) -> str:
        plan = self._plan
        many = f"{self.instructions} ops of one example, {len(plan.leaves)} parameters"
        lines = [f"{many}: {self.groups} steps for a batch of B"]
        return "\n".join([*lines, *(f"  {step}" for step in plan.steps)])

    def __repr__(self) -> str:
        return f"Program of {self.instructions} ops in {self.groups} steps; print it for a list"

    def _repr_html_(self) -> str:
        from html import escape  # here, as it starts slowly and only notebooks ask

        picture = display.html(self) if display.html is not None else None
        return picture or f"<pre>{escape(str(self))}</pre>"

    def parameters(self) -> Parameters | None:
        """Where the parameters are; None if one of them is gone, replaced by another Value."""
        known = self._together
        if known is not None and known.intact:
            return known
        leaves: list[Any] = [leaf() for leaf in self._plan.leaves]
        kinds = set(map(type, leaves))
        if type(None) in kinds:
            return None
        self._together = Together.of(leaves, kinds, self._plan.reached)
        return self._together or Separate(leaves, self._plan.reached)

    def _variant(self, examples: int) -> Compiled:
        size = min(examples, MOST_EXAMPLES)
        found = self._compiled.get(size)
        if found is None:
            with gc_paused():
                found = self._compiled[size] = Compiled(self._plan, size)
        return found

    def take(self, examples: int, careful: bool = False) -> Memory:
        """Arrays that nobody uses: kept ones, or new ones.

        Args:
            examples: How many examples there are.
            careful: Whether everything has to be done on arrays.
        """
        key = -examples if careful else examples
        kept = self._kept.get(key)
        if kept:
            try:
                return kept.pop()
            except IndexError:  # another thread was quicker
                pass
        return self._variant(0 if careful else examples).memory(examples)

    def give_back(self, memory: Memory) -> None:
        """Keep arrays that nobody uses any more for the next call."""
        key = memory.key
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _MOST_SIZES:
                self._kept.clear()
            kept = self._kept[key] = deque(maxlen=_MOST_KEPT)
        kept.append(memory)

    def forward(self, parameters: Parameters, batch: Batch) -> Memory:
        """Compute all rows.

        Args:
            parameters: The parameters.
            batch: The examples.

        Returns:
            The arrays.

        Raises:
            DomainError: If a number lies where an op is not defined.
        """
        memory = self.take(batch.count)
        parameters.read_into(memory.leaves)
        batch.fill(memory.rows)
        try:
            self._forward(memory.forward)
        except (ValueError, ArithmeticError):  # something infinite, or off the domain
            return self._carefully(memory)
        return memory

    def _carefully(self, memory: Memory) -> Memory:
        """Compute all rows on arrays, which know infinity, and look where ops are not defined."""
        careful = self.take(memory.examples, careful=True)
        careful.leaves[:] = memory.leaves
        given = self._plan.given
        careful.rows[:given] = memory.rows[:given]
        self.give_back(memory)
        _ignoring(careful.forward)
        for step in self._limited:
            _ignoring(step.check, careful.arrays)
        return careful

    def backward(self, memory: Memory, seed: float) -> tuple[Memory, Any]:
        """Send a gradient back from every example.

        Args:
            memory: What ``forward`` gave.
            seed: The gradient to start with, for each.

        Returns:
            The arrays, perhaps others, and the gradients of the parameters, in order.
        """
        try:
            return memory, _ignoring(memory.backward, seed)
        except (ValueError, ArithmeticError):  # Python's floats refuse an infinite slope
            memory = self._carefully(memory)
            return memory, _ignoring(memory.backward, seed)


# as decorators the settings are read once, and not at every call


@np.errstate(all="ignore")
def _ignoring(work: Callable[..., Any], *given: Any) -> Any:
    return work(*given)


@np.errstate(divide="raise", invalid="raise", over="ignore", under="ignore")
def _raising(work: Callable[..., Any], *given: Any) -> Any:
    return work(*given)


class Losses:
    """What a program gave for a batch.

    Attributes:
        losses: One per example, shape (n,).
        value: Their mean or sum.
        program: The program that made them; print it to see what was recognised.
    """

    def __init__(self, program: Program, parameters: Parameters, batch: Batch, mean: bool) -> None:
        self.program = program
        self._parameters = parameters
        self._memory = program.forward(parameters, batch)
        count, losses = batch.count, self._memory.losses
        self.losses = losses = losses.copy() if len(losses) == count else losses.repeat(count)
        self._share = 1.0 / count if mean else 1.0
        self._mean = mean
        total = float(_sum(losses)) if count > 1 else losses.item()
        self.value = total / count if mean else total

    def __del__(self) -> None:
        memory = getattr(self, "_memory", None)
        if memory is not None:
            self.program.give_back(memory)

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        how = "mean" if self._mean else "sum"
        return f"Losses of {len(self.losses)} examples, {how} {self.value!r}"

    def backward(self, gradient: float = 1.0) -> Any:
        """Send the gradient of ``value`` back, adding it to every parameter's ``.grad``.

        Args:
            gradient: The gradient to start with.

        Returns:
            What was added, in the order of the parameters.

        Raises:
            GradientError: If the gradient is not a number.
        """
        if gradient != gradient:
            raise GradientError(
                "replay: the gradient is nan; give a number, or every gradient would be nan"
            )
        seed = float(gradient) * self._share
        self._memory, found = self.program.backward(self._memory, seed)
        self._parameters.deposit(found)
        return found
