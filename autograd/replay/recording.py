"""A program of one example as a flat list of instructions, freed from its graph."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.engine import topological_order
from autograd.errors import OperationError
from autograd.op import Op
from autograd.recording import enable_grad, program_recording
from autograd.replay.batches import Batch
from autograd.value import Value

__all__ = ["CONSTANT", "EXAMPLE", "SHARED", "Recording", "record"]

CONSTANT, SHARED, EXAMPLE = 0, 1, 2  # the same for ever, for the batch, for one example


@dataclass
class Recording:
    """Instructions, inputs before what is made of them.

    Attributes:
        ops: Per place its op, settings filled in; None for a leaf, an input or a constant.
        inputs: Per place the places of the op's inputs.
        numbers: Per place its number in the recorded example.
        levels: Per place ``CONSTANT``, ``SHARED`` or ``EXAMPLE``.
        leaves: The parameters: their places, and weak references to the Values.
        given: How many places at the start are the inputs, in the order of the batch's rows.
        root: The place of the result.
    """

    ops: list[Op | None] = field(default_factory=list)
    inputs: list[tuple[int, ...]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    leaves: dict[int, weakref.ref[Value]] = field(default_factory=dict)
    given: int = 0
    root: int = 0

    def add(self, op: Op | None, inputs: tuple[int, ...], number: float, level: int) -> int:
        """Append an instruction and give its place."""
        self.ops.append(op)
        self.inputs.append(inputs)
        self.numbers.append(number)
        self.levels.append(level)
        return len(self.ops) - 1

    def copy(self) -> Recording:
        """The same instructions, to which others may be appended."""
        return replace(
            self, ops=[*self.ops], inputs=[*self.inputs], numbers=[*self.numbers],
            levels=[*self.levels],
        )  # fmt: skip

    def same_as(self, other: Recording) -> bool:
        """Whether two examples made the same program: the same ops on the same constants."""
        return (
            self.ops == other.ops
            and self.inputs == other.inputs
            and self.levels == other.levels
            and self.leaves.keys() == other.leaves.keys()
            and all(leaf() is other.leaves[place]() for place, leaf in self.leaves.items())
            and all(
                a == b or (a != a and b != b)
                for a, b, level in zip(self.numbers, other.numbers, self.levels, strict=True)
                if level == CONSTANT
            )
        )


def record(function: Callable[..., Any], batch: Batch) -> Recording:
    """Run a function on one example and read what it did; a second example must do the same.

    Args:
        function: The program for one example.
        batch: The first batch.

    Returns:
        The instructions.

    Raises:
        OperationError: If the function does not return a Value, or what it does depends on the
            numbers of the example in a way that is not recorded.
    """
    recording = _record_one(function, batch, 0)
    again = _record_one(function, batch, batch.count - 1)
    if not recording.same_as(again):
        raise OperationError(
            "replay: the function did something else the second time it ran, so one recording "
            "cannot stand for all examples: keep random numbers and anything that counts outside, "
            "and give them as inputs"
        )
    return recording


def _record_one(function: Callable[..., Any], batch: Batch, index: int) -> Recording:
    recording = Recording()
    leaves = _read(function, batch, index, recording)
    for place, leaf in leaves:
        if leaf() is None:  # made inside the function and gone with it: nobody can change it
            recording.levels[place] = CONSTANT
        else:
            recording.leaves[place] = leaf
    for place, (op, inputs) in enumerate(zip(recording.ops, recording.inputs, strict=True)):
        if op is not None:
            recording.levels[place] = max(recording.levels[i] for i in inputs)
    return recording


def _read(
    function: Callable[..., Any], batch: Batch, index: int, recording: Recording
) -> list[tuple[int, weakref.ref[Value]]]:
    arguments, values = batch.example(index)
    with enable_grad(), program_recording():
        root = function(*arguments)
    if not isinstance(root, Value):
        raise OperationError(
            f"replay: the function returned {type(root).__name__}; one Value is needed, the loss "
            "of one example"
        )
    found: dict[Any, int] = {}
    for value in values:
        found[value] = recording.add(None, (), value.number, EXAMPLE)
    recording.given = len(values)
    constants: dict[str, int] = {}
    leaves = []
    for node in topological_order(root):
        if node in found:
            continue
        if not isinstance(node, Value) or (node.op is not None and node.op.name == "pick"):
            raise OperationError(
                "replay: a Tensor is part of this program, and only programs of Values are "
                "replayed: Tensors work on whole batches by themselves"
            )
        places = []
        for item in node.inputs:
            if isinstance(item, Value):
                places.append(found[item])
                continue
            key = repr(float(item))
            if key not in constants:
                constants[key] = recording.add(None, (), float(item), CONSTANT)
            places.append(constants[key])
        found[node] = recording.add(node.op, tuple(places), node.number, SHARED)
        if node.op is None:
            leaves.append((found[node], weakref.ref(node)))
    recording.root = found[root]
    return leaves
