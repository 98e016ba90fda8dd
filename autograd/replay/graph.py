"""Replaying a graph that is recorded already: the same result for other numbers in its leaves."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.collector import gc_paused
from autograd.errors import GradcheckError, OperationError, ShapeError
from autograd.replay.batches import Batch, NoInputs
from autograd.replay.program import Losses, Program
from autograd.replay.recording import record_graph
from autograd.sweep import sweep
from autograd.value import Value

__all__ = ["ReplayedGraph"]


class ReplayedGraph:
    """A recorded result that is computed anew whenever it is called; made by ``replay``.

    Args:
        root: The result.
        inputs: Leaves, or (nested) lists of them, for which batches are given; all others are
            parameters, whose numbers are read at every call.
        reduction: ``"mean"`` or ``"sum"``.
        check: Whether the recorded numbers are compared with the replayed ones.

    Attributes:
        program: The program; print it to see what was recognised.
    """

    def __init__(self, root: Value, inputs: Any, reduction: str, check: bool) -> None:
        given = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
        found: list[Value] = []
        self._form = tuple(_form(item, found) for item in given if item is not None)
        self.reduction = reduction
        with gc_paused():
            recording = record_graph(root, found)
            self._kept = [leaf() for leaf in recording.leaves.values()]  # as the graph may go
            self.program = Program(recording)
        if check:
            self._compare(root, found)

    def __call__(self, *batch: Any) -> Losses:
        """Compute the result from what the leaves hold now.

        Args:
            batch: A batch for each of the inputs; nothing if there are none.

        Returns:
            The result, with ``.value`` and ``.backward()``.

        Raises:
            ShapeError: If the batches do not fit the inputs.
            DomainError: If a number lies where an op is not defined.
        """
        examples: Any = Batch(batch) if self._form else NoInputs(batch)
        if examples.structure != self._form:
            raise ShapeError(
                f"replay: examples of shapes {examples.structure} came; the inputs that were named "
                f"have {self._form}"
            )
        parameters = self.program.parameters()
        assert parameters is not None
        return Losses(self.program, parameters, examples, self.reduction == "mean")

    def _compare(self, root: Value, inputs: list[Value]) -> None:
        """Refuse if the recorded numbers come out otherwise."""
        examples: Any = NoInputs(())
        if inputs:
            examples = Batch(tuple(np.array([v.number]) for v in inputs))
        parameters = self.program.parameters()
        assert parameters is not None
        memory = self.program.forward(parameters, examples)
        eager = sweep(root, 1.0, tuple(parameters.leaves())) or []
        _, found = self.program.backward(memory, 1.0)
        right = np.array([root.number, *(0.0 if g is None else g for g in eager)])
        got = np.array([*memory.losses.tolist(), *found.tolist()])
        scale = np.max(np.abs(right), initial=1e-300)
        if not np.allclose(got, right, rtol=1e-9, atol=1e-9 * scale, equal_nan=True):
            worst = int(np.argmax(np.abs(got - right)))
            what = f"gradient {worst - 1}" if worst else "the result"
            wrong, expected = float(got[worst]), float(right[worst])
            raise GradcheckError(
                f"replay: {what} is {wrong!r}, and {expected!r} in the graph: a leaf was "
                "changed since it was recorded",
                expected=expected,
                got=wrong,
            )


def _form(item: Any, found: list[Value]) -> Any:
    """The shape of the examples of an input, as a batch has it; fills in its leaves, in order."""
    if isinstance(item, Value) and item.op is None:
        found.append(item)
        return ()
    if isinstance(item, tuple):
        return ("tuple", *(_form(part, found) for part in item))
    if isinstance(item, dict):
        return ("dict", *((name, _form(part, found)) for name, part in item.items()))
    if isinstance(item, list) and item:
        inner = [_form(part, found) for part in item]
        if all(form == inner[0] for form in inner):
            return (len(item), *inner[0])
    raise OperationError(
        f"replay: {type(item).__name__} came among the inputs; name leaves of the graph, or "
        "equally long lists of them"
    )
