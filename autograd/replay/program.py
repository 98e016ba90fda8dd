"""A program of Values for one example, made into array steps for a whole batch."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from autograd.engine import adding_gradients
from autograd.errors import GradientError
from autograd.node import hooks_alive
from autograd.replay.batches import Batch
from autograd.replay.plan import Plan
from autograd.replay.recording import EXAMPLE, SHARED, Recording
from autograd.replay.steps import MatrixProduct
from autograd.replay.straight import StraightLine
from autograd.value import Value

__all__ = ["Losses", "Program"]

_number = attrgetter("number")
_EDGES_PER_STEP = 25  # an array step takes as long as so many inputs in straight-line Python


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
        self._straight: StraightLine | None = None
        self._recording = recording.copy() if StraightLine.fits(recording) else None
        self._edges = sum(map(len, recording.inputs))
        self._plan = plan = Plan(recording)
        self.instructions = plan.instructions
        self.groups = len(plan.steps)
        self.matrix_products = sum(
            isinstance(step, MatrixProduct) and step.weights is not None for step in plan.steps
        )

    def __str__(self) -> str:
        plan = self._plan
        many = f"{self.instructions} ops of one example, {len(plan.leaves)} parameters"
        lines = [f"{many}: {self.groups} steps for a batch of B"]
        return "\n".join([*lines, *(f"  {step}" for step in plan.steps)])

    def __repr__(self) -> str:
        return f"Program of {self.instructions} ops in {self.groups} steps; print it for a list"

    def leaves(self) -> list[Value] | None:
        """The parameters; None if one of them is gone, replaced by another Value."""
        found: list[Any] = [leaf() for leaf in self._plan.leaves]
        return None if type(None) in set(map(type, found)) else found

    def line_for(self, count: int) -> StraightLine | None:
        """Straight-line Python, if that is quicker than arrays for so many examples."""
        if self._recording is None or count * self._edges > _EDGES_PER_STEP * self.groups:
            return None
        if self._straight is None:
            self._straight = StraightLine(self._recording, self._plan.leaf_places)
        return self._straight

    def forward(self, leaves: list[Value], batch: Batch) -> Any:
        """Compute all rows.

        Args:
            leaves: The parameters.
            batch: The examples.

        Returns:
            What ``backward`` needs, and the losses.
        """
        line = self.line_for(batch.count)
        if line is not None:
            own, columns = [leaf.number for leaf in leaves], batch.rows.T.tolist()
            try:
                losses = np.array([line.loss(own, column) for column in columns])
            except (ValueError, ArithmeticError):
                pass  # something infinite or off the domain: arrays tell it apart
            else:
                return (line, own, batch), losses
        return self._forward(np.fromiter(map(_number, leaves), float, len(leaves)), batch)

    def _forward(self, own: Any, batch: Batch) -> Any:
        plan = self._plan
        shared = np.empty((plan.shared, 1))
        count = len(own)
        shared[:count, 0] = own
        shared[count : count + len(plan.constants)] = plan.constants
        rows = np.empty((plan.rows, batch.count))
        rows[: len(batch.rows)] = batch.rows
        arrays = {SHARED: shared, EXAMPLE: rows}
        with np.errstate(all="ignore"):
            for step in plan.steps:
                step.forward(arrays)
        level, row = plan.root
        return arrays, np.broadcast_to(arrays[level][row], (batch.count,)).copy()

    def backward(self, leaves: list[Value], arrays: Any, seeds: Any) -> Any:
        """Send a gradient per example back.

        Args:
            leaves: The parameters.
            arrays: What ``forward`` gave.
            seeds: The gradients to start with, one per example.

        Returns:
            The gradients of the parameters, in order.
        """
        if type(arrays) is tuple:
            line, own, batch = arrays
            try:
                each = [line.gradients(own, column) for column in batch.rows.T.tolist()]
            except (ValueError, ArithmeticError):
                arrays = self._forward(own, batch)[0]
            else:
                return seeds @ np.array(each).reshape(batch.count, len(own))
        plan = self._plan
        gradients = {level: np.zeros(array.shape) for level, array in arrays.items()}
        level, row = plan.root
        gradients[level][row] = seeds if level == EXAMPLE else np.sum(seeds)
        with np.errstate(all="ignore"):
            for step in reversed(plan.steps):
                step.backward(arrays, gradients)
        return gradients[SHARED][: len(leaves), 0]

    def deposit(self, leaves: list[Value], found: Any) -> None:
        """Add gradients to the ``.grad`` of the parameters that the loss depends on."""
        numbers, reached = found.tolist(), self._plan.reached
        if len(reached) < len(leaves):
            leaves, numbers = [leaves[k] for k in reached], [numbers[k] for k in reached]
        if hooks_alive[0]:
            for k, leaf in enumerate(leaves):
                if leaf.info is not None:
                    numbers[k] = leaf.info.call_hooks(numbers[k])
        with adding_gradients:
            for leaf, g in zip(leaves, numbers, strict=True):
                old = leaf.grad
                leaf.grad = g if old is None else old + g


class Losses:
    """What a program gave for a batch.

    Attributes:
        losses: One per example, shape (n,).
        value: Their mean or sum.
        program: The program that made them; print it to see what was recognised.
    """

    def __init__(self, program: Program, leaves: list[Value], batch: Batch, mean: bool) -> None:
        self.program = program
        self._leaves = leaves
        self._arrays, self.losses = program.forward(leaves, batch)
        self._share = 1.0 / batch.count if mean else 1.0
        self._mean = mean
        self.value = float(self.losses.mean() if mean else self.losses.sum())

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
            raise GradientError("replay: the gradient is nan, which would make every gradient nan")
        seeds = np.full(len(self.losses), float(gradient) * self._share)
        found = self.program.backward(self._leaves, self._arrays, seeds)
        self.program.deposit(self._leaves, found)
        return found
