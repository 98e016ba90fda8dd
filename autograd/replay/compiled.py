"""A program's steps as Python source that is run, and the arrays that it works on."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from autograd.replay.joining import joined
from autograd.replay.plan import Plan
from autograd.replay.recording import EXAMPLE, SHARED
from autograd.replay.steps import Step
from autograd.replay.straight import StraightLine, floats_known
from autograd.replay.writer import Writer

__all__ = ["Compiled", "Memory"]

_CHUNK = 150  # steps in one function
_numbers = count(1)
_NAMES: dict[str, Any] = {
    name: getattr(np, name)
    for name in ("add", "array", "copyto", "empty", "matmul", "multiply", "not_equal")
} | {
    "CLIP": "clip",  # rows exist; unlike "raise", no copy is needed
    "dot": np.ndarray.dot,  # np.dot asks first whether these are arrays, a third of its time
    "inf": np.inf,
    "nan": np.nan,
}


class Memory:
    """The arrays of one call: they are kept from the forward to the backward pass.

    Args:
        plan: The plan.
        examples: How many examples.
        compiled: The work that is done on them.

    Attributes:
        examples: How many examples.
        key: Under which the program keeps it.
        arrays: The numbers by level: a row per place, a column per example, or one for all.
        leaves: Those of the parameters.
        losses: Those of the result.
    """

    def __init__(self, plan: Plan, examples: int, compiled: Compiled) -> None:
        self.examples = examples
        self.key = -examples if compiled.careful else examples
        self.rows = np.empty((plan.rows, examples))
        shared = np.empty((plan.shared, 1))
        self.arrays = {SHARED: shared, EXAMPLE: self.rows}
        leaves = len(plan.leaves)
        self.leaves = shared[:leaves, 0]
        shared[leaves : leaves + len(plan.constants)] = plan.constants
        gradients = {level: np.zeros(array.shape) for level, array in self.arrays.items()}
        self._grad_leaves = gradients[SHARED][:leaves, 0]
        level, row = plan.root
        self.losses = self.arrays[level][row]
        self._seeds, self._same_for_all = gradients[level][row], level == SHARED
        blocks: dict[Any, Any] = {}
        most = max(plan.rows * examples, plan.shared)

        def scratch(slot: int, many: int, width: int, kind: str) -> Any:
            block = blocks.get((slot, kind))
            if block is None or block.size < many * width:
                block = blocks[slot, kind] = np.empty(max(most, many * width), kind)
            return block[: many * width].reshape(many, width)

        given = (self.rows, shared, gradients[EXAMPLE], gradients[SHARED], scratch)
        self._forward, self._backward = compiled.functions(examples, np.ones(examples), *given)

    def forward(self) -> None:
        """Fill all rows."""
        for part in self._forward:
            part()

    def backward(self, seed: float) -> Any:
        """Send a gradient back from every example's result.

        Args:
            seed: The gradient.

        Returns:
            The gradients of the parameters: a copy.
        """
        self._seeds.fill(seed * self.examples if self._same_for_all else seed)
        for part in self._backward:
            part()
        return self._grad_leaves.copy()


class Compiled:
    """Source for some number of examples.

    Args:
        plan: The plan.
        examples: For how many examples it shall be quick; 0 for arrays only.

    Attributes:
        careful: Whether it works on arrays only.
        steps: The steps, thin ones joined to straight-line Python.
        code: The source.
    """

    def __init__(self, plan: Plan, examples: int) -> None:
        self._plan = plan
        self.careful = not examples
        self.steps = joined(plan, examples)
        lines = [step for step in self.steps if isinstance(step, StraightLine)]
        floats = floats_known() if lines else {}  # exp is Python's in these, NumPy's in the others
        straight = "".join(f"{line.source(floats)}\n\n\n" for line in lines)
        known: dict[str, Any] = {**_NAMES}
        chunks = _written(plan, self.steps, known, examples)
        arrays = _source(chunks)
        self.code = straight + arrays
        filename = f"<replay {next(_numbers)}>"
        linecache.cache[filename] = (len(self.code), None, self.code.splitlines(True), filename)
        weakref.finalize(self, linecache.cache.pop, filename, None)
        exec(compile(straight, filename, "exec"), floats)
        known |= {f"straight_{line.number}": floats[f"straight_{line.number}"] for line in lines}
        exec(compile("\n" * straight.count("\n") + arrays, filename, "exec"), known)
        self._functions = [known[f"memory_{k}"] for k in range(1, len(chunks) + 1)]

    def memory(self, examples: int) -> Memory:
        """Arrays for so many examples."""
        return Memory(self._plan, examples, self)

    def functions(self, *arrays: Any) -> tuple[list[Any], list[Any]]:
        """What is called with no arguments, forward and backward, to work on these arrays."""
        made = [function(*arrays) for function in self._functions]
        return [forward for forward, _ in made], [backward for _, backward in reversed(made)]


def _written(
    plan: Plan, steps: Sequence[Step], known: dict[str, Any], examples: int
) -> list[Writer]:
    """Let the steps write their source, in functions of limited length."""
    done = {SHARED: np.zeros(plan.shared, bool), EXAMPLE: np.zeros(plan.rows, bool)}
    done[plan.root[0]][plan.root[1]] = True
    counts: dict[str, int] = {}
    starts = range(0, len(steps), _CHUNK)
    parts = [(Writer(known, done, counts, examples), steps[s : s + _CHUNK]) for s in starts]
    for writer, part in parts:
        for step in part:
            writer.next_step()
            writer.forward.append(f"# {step}")
            step.write_forward(writer)
    for writer, part in reversed(parts):
        for step in reversed(part):
            if step.reached:
                writer.next_step()
                writer.backward.append(f"# {step}")
                step.write_backward(writer)
    return [writer for writer, _ in parts]


def _source(chunks: Sequence[Writer]) -> str:
    texts = []
    for number, chunk in enumerate(chunks, start=1):
        body = [
            f"def memory_{number}(B, ones, rows, shared, grad_rows, grad_shared, scratch):",
            *(f"    {line}" for line in chunk.head),
            "",
            "    def forward():",
            *(f"        {line}" for line in (*chunk.forward, "return None")),
            "",
            "    def backward():",
            *(f"        {line}" for line in (*chunk.backward, "return None")),
            "",
            "    return forward, backward",
        ]
        texts.append("\n".join(body))
    return "\n\n\n".join(texts) + "\n"
