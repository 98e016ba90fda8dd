"""A graph as a small program that the page can run: other numbers in, values and gradients out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograd.op import OPS
from autograd.trace import Trace, TraceNode
from viz.stepper.cells import cell_data, cells_of
from viz.stepper.javascript_ops import OpSource, list_source, op_source
from viz.stepper.javascript_writer import javascript
from viz.words.wording import name_of

__all__ = ["Program", "javascript", "page_data", "program_of"]


@dataclass(frozen=True)
class Program:
    """A graph of single numbers as instructions; `recompute.js` runs them, and back again.

    Attributes:
        source: JavaScript that returns one object per function: its value, slopes and domain.
        functions: By the same place: the op's name, how its inputs divide into lists, and what its
            domain asks for.
        code: (node, place of its function, its inputs), inputs before what is made of them.
        given: By index the numbers to start from: leaves and constants.
        leaves: Which of those are leaves.
        passes: Per edge of the trace whether it carries a gradient.
        roots: The results whose gradient is 1.
        size: How many nodes there are.
    """

    source: str
    functions: tuple[Mapping[str, Any], ...]
    code: tuple[tuple[int, int, tuple[int, ...]], ...]
    given: Mapping[int, float]
    leaves: tuple[int, ...]
    passes: tuple[bool, ...]
    roots: tuple[int, ...]
    size: int

    def data(self) -> dict[str, Any]:
        """Give it as what JSON can hold; nan and the infinities become texts."""
        return {
            "source": self.source,
            "functions": [dict(function) for function in self.functions],
            "code": [[node, function, list(inputs)] for node, function, inputs in self.code],
            "given": [[index, _plain(number)] for index, number in self.given.items()],
            "leaves": list(self.leaves),
            "passes": [int(carries) for carries in self.passes],
            "roots": list(self.roots),
            "size": self.size,
        }


def program_of(trace: Trace) -> Program | str:
    """Make a program of a graph of Values.

    Args:
        trace: The graph.

    Returns:
        The program; or, in a sentence for people, why the page cannot compute this graph.

    Example:
        >>> from autograd import Value, trace
        >>> a = Value(2.0)
        >>> program_of(trace((a * a).tanh())).code
        ((1, 0, (0, 0)), (2, 1, (1,)))
    """
    known: dict[tuple[Any, ...], int | str] = {}
    sources: list[OpSource] = []
    functions: list[Mapping[str, Any]] = []
    code: list[tuple[int, int, tuple[int, ...]]] = []
    for node in trace.nodes:
        if node.kind == "tensor" or node.shape:
            return f"{name_of(node)} is a Tensor"
        if node.op is None:
            continue
        key = (node.op, len(node.inputs), *((k, repr(v)) for k, v in node.settings.items()))
        place = known.get(key)
        if place is None:
            made = _source_for(node)
            place = made if isinstance(made, str) else len(sources)
            known[key] = place
            if not isinstance(made, str):
                sources.append(made)
                needed = list(made.needed) if any(made.needed) else []
                functions.append({"op": node.op, "sizes": list(made.sizes), "needed": needed})
        if isinstance(place, str):
            return place
        code.append((node.index, place, node.inputs))
    return Program(
        source=_together(sources),
        functions=tuple(functions),
        code=tuple(code),
        given={n.index: float(n.value) for n in trace.nodes if n.op is None},
        leaves=tuple(n.index for n in trace.nodes if n.op is None and n.requires_grad),
        passes=tuple(edge.local is not None for edge in trace.edges),
        roots=tuple(index for index in trace.roots if trace.nodes[index].requires_grad),
        size=len(trace.nodes),
    )


def page_data(trace: Trace) -> dict[str, Any]:
    """Give the page what it needs for computing with other numbers.

    Args:
        trace: The graph; of arrays too, if they are small.

    Returns:
        What JSON can hold: the program (for arrays with ``"cells"``, which says what its numbers
        are), or under ``"reason"`` why there is none, in a clause.

    Example:
        >>> from autograd import Tensor, trace
        >>> page_data(trace(Tensor([0.0] * 500, requires_grad=True) * 2))["reason"]
        'the arrays hold 1,001 numbers together, and up to 400 can be recomputed'
    """
    if all(node.kind != "tensor" and not node.shape for node in trace.nodes):
        made = program_of(trace)
        return {"reason": made} if isinstance(made, str) else made.data()
    cells = cells_of(trace)
    made = cells if isinstance(cells, str) else program_of(cells.trace)
    if isinstance(made, str) or isinstance(cells, str):
        return {"reason": str(made)}
    named = cell_data(trace, cells)
    return {**made.data(), "leaves": named.pop("leaves"), "cells": named}


def _source_for(node: TraceNode) -> OpSource | str:
    op = OPS.get(node.op or "")
    if op is None:
        return f"{node.op} is not in the table of ops any more"
    filled = op.with_settings(dict(node.settings)) if node.settings else op
    return op_source(filled) if op.partials is not None else list_source(filled, len(node.inputs))


def _together(sources: list[OpSource]) -> str:
    callees = {name: source for made in sources for name, source in made.callees}
    lines = [f"const {name} = {source};" for name, source in callees.items()]
    lines.append("return [")
    for made in sources:
        slopes = ", ".join(slope or "null" for slope in made.slopes)
        domain = ", ".join(test or "null" for test in made.domain)
        lines.append(f"{{value: {made.value}, slopes: [{slopes}], domain: [{domain}]}},")
    return "\n".join([*lines, "];"])


def _plain(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)
