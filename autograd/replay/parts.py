"""A program as plain data: its parts and what each is made from, for pictures and tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.replay.recording import EXAMPLE, SHARED

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True)
class Part:
    """Instructions of a program that are done together.

    Attributes:
        kind: ``"inputs"``, ``"parameters"``, ``"matmul"``, ``"convolution"``, ``"sum"``,
            ``"sum of squares"``, ``"elementwise"``, ``"reduction"``, ``"one by one"`` or
            ``"straight line"``.
        text: What was recognised, in one line.
        shape: The shape of the result; B stands for the number of examples.
        inputs: The indices of the parts that it reads, all earlier.
        level: ``"example"`` if each example has its own, ``"batch"`` if it is the same for all.
        ops: How many recorded ops it stands for.
    """

    kind: str
    text: str
    shape: str
    inputs: tuple[int, ...]
    level: str
    ops: int


def parts_of(steps: Iterable[Any], given: int, parameters: int) -> tuple[Part, ...]:
    """List the parts of a program.

    Args:
        steps: The steps, in order.
        given: How many inputs an example has.
        parameters: How many parameters there are.

    Returns:
        The inputs and the parameters, where there are any, then one part per step.
    """
    parts: list[Part] = []
    owners: dict[int, Any] = {EXAMPLE: np.empty(0, int), SHARED: np.empty(0, int)}

    def own(level: int, rows: slice) -> None:
        owner = owners[level]
        if rows.stop > len(owner):
            owner = owners[level] = np.concatenate([owner, np.full(rows.stop - len(owner), -1)])
        owner[rows] = len(parts)

    if given:
        own(EXAMPLE, slice(0, given))
        parts.append(Part("inputs", _many(given, "input"), f"({given},B)", (), "example", 0))
    if parameters:
        own(SHARED, slice(0, parameters))
        text = _many(parameters, "parameter")
        parts.append(Part("parameters", text, f"({parameters},)", (), "batch", 0))
    for step in steps:
        found: set[int] = set()
        for operand in step.reads():
            owner = owners[operand.level]
            rows = operand.places.rows
            found.update(np.unique(owner[rows[rows < len(owner)]]).tolist())
        found.discard(-1)  # constants
        count = step.out.stop - step.out.start
        example = step.level == EXAMPLE
        shape = f"({count},B)" if example else f"({count},)"
        level = "example" if example else "batch"
        inputs = tuple(sorted(found))
        own(step.level, step.out)
        parts.append(Part(step.kind, str(step), shape, inputs, level, step.ops))
    return tuple(parts)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
