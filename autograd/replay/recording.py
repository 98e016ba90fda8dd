"""A program of one example as a flat list of instructions, freed from its graph.

Read from the nodes and not from a ``Trace``: that words the derivative of every edge for people,
which takes eight times as long, and tells neither lists apart nor which leaf is whose.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd.engine import topological_order
from autograd.errors import DomainError, OperationError
from autograd.op import OPS, Op
from autograd.recording import enable_grad, is_grad_enabled, program_recording
from autograd.replay.batches import Batch
from autograd.value import Value

__all__ = ["CONSTANT", "EXAMPLE", "SHARED", "Recording", "record", "record_graph"]

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
    recording = _record_one(function, batch.rows[:, 0], batch)
    try:
        again = _record_one(function, _other_numbers(batch.rows), batch)
    except DomainError:  # these numbers are nobody's: so look at the first ones once more
        again = _record_one(function, batch.rows[:, 0], batch)
    if not recording.same_as(again):
        raise OperationError(
            "replay: the function did something else the second time it ran, so one recording "
            "cannot stand for all examples: keep random numbers and anything that counts outside, "
            "and give them as inputs"
        )
    return recording


def record_graph(root: Value, inputs: Sequence[Value]) -> Recording:
    """Read a graph that is recorded already.

    Args:
        root: Its result.
        inputs: The leaves that differ from example to example.

    Returns:
        The instructions.

    Raises:
        OperationError: If an input is no leaf of the graph or came twice, or a choice in the graph
            is frozen.
    """
    recording = Recording()
    leaves = _read_graph(root, inputs, recording)
    recording.leaves.update(leaves)
    for place, op in enumerate(recording.ops):
        if op is not None and None in (op.partials or ()):
            chosen = recording.inputs[place][(op.partials or ()).index(None)]
            if recording.levels[chosen] == CONSTANT:
                raise OperationError(
                    f"replay: {op.name} in this graph knows its condition only as a number, so the "
                    "choice would be frozen: give replay the function that computes the result"
                )
    reached = {i for inputs_of in recording.inputs for i in inputs_of} | {recording.root}
    if len(set(inputs)) < len(inputs) or any(k not in reached for k in range(len(inputs))):
        raise OperationError(
            "replay: one of the inputs is no leaf of this graph, or came twice: name the Values "
            "from which it was computed"
        )
    _set_levels(recording)
    return recording


def _set_levels(recording: Recording) -> None:
    for place, (op, inputs) in enumerate(zip(recording.ops, recording.inputs, strict=True)):
        if op is not None:
            recording.levels[place] = max(recording.levels[i] for i in inputs)


def _other_numbers(rows: Any) -> Any:
    """An example unlike the first: the last one, moved a little wherever it is the same."""
    first, last = rows[:, 0], rows[:, -1]
    return np.where(first == last, last * (1 + 2**-10), last)


def _record_one(function: Callable[..., Any], numbers: Any, batch: Batch) -> Recording:
    recording = Recording()
    leaves = _read(function, numbers, batch, recording)
    for place, leaf in leaves:
        if leaf() is None:  # made inside the function and gone with it: nobody can change it
            recording.levels[place] = CONSTANT
        else:
            recording.leaves[place] = leaf
    _set_levels(recording)
    return recording


def _read(
    function: Callable[..., Any], numbers: Any, batch: Batch, recording: Recording
) -> list[tuple[int, weakref.ref[Value]]]:
    arguments, values = batch.example(numbers)
    with nullcontext() if is_grad_enabled() else enable_grad(), program_recording():
        root = function(*arguments)
    if not isinstance(root, Value):
        raise OperationError(
            f"replay: the function returned {type(root).__name__}; one Value is needed, the loss "
            "of one example"
        )
    return _read_graph(root, values, recording)


def _read_graph(
    root: Value, values: Sequence[Value], recording: Recording
) -> list[tuple[int, weakref.ref[Value]]]:
    """Read the nodes of a graph, the inputs of an example first; gives the other leaves."""
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
        op = node.op
        if op is OPS["pow"] and type(node.inputs[1]) is float and node.inputs[1] == 2.0:
            op = OPS["square"]  # the same, but quicker on arrays
            places.pop()
        found[node] = recording.add(op, tuple(places), node.number, SHARED)
        if node.op is None:
            leaves.append((found[node], weakref.ref(node)))
    recording.root = found[root]
    return leaves
