"""What deserves a second look in a graph: read off the Trace, said in a sentence each.

Marks are facts with a cause, such as a tanh that hardly lets a gradient through. An ordinary
healthy graph has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.trace import Trace, TraceNode
from viz.figures.flat_marks import flat_marks
from viz.figures.gradient_marks import gradient_marks
from viz.figures.mark import Mark, called, finite
from viz.words.numbers import number

__all__ = ["Mark", "marks_of"]


def marks_of(trace: Trace) -> list[Mark]:
    """Find everything in a graph that deserves a second look.

    Args:
        trace: the graph; gradients are judged if backward has run.

    Returns:
        Marks in the order of the graph, the gravest kind first.

    Example:
        >>> from autograd import Value
        >>> from autograd.trace import trace
        >>> x = Value(9.0, label="x")
        >>> out = x.tanh()
        >>> [(mark.kind, mark.node) for mark in marks_of(trace(out))]
        [('saturated', 1)]
    """
    odd = {node.index for node in trace.nodes if not finite(node.value)}
    odd_gradients = {node.index for node in trace.nodes if not finite(node.grad)}
    found = [
        *_odd_numbers(trace, odd, odd_gradients),
        *_steep_edges(trace, odd, odd_gradients),
    ]
    for node in trace.nodes:
        if node.op is not None and np.size(node.value) and node.requires_grad:
            found += flat_marks(node, trace)
    return [*found, *gradient_marks(trace)]


def _odd_numbers(trace: Trace, odd: set[int], odd_gradients: set[int]) -> Iterator[Mark]:
    """Find nan and infinity in values and in gradients, and say where they begin."""
    for node in trace.nodes:
        if node.index in odd and (node.shape or node.kind != "constant"):
            begins = odd.isdisjoint(node.inputs)
            where = ""
            if node.op is not None:
                where = f": {node.op} made it of finite numbers" if begins else ": it came in"
            yield _odd(node, node.value, "", where)
        if node.index in odd_gradients:
            yield _odd(node, node.grad, "grad ", "")


def _odd(node: TraceNode, value: Any, which: str, where: str) -> Mark:
    lost = int(np.count_nonzero(np.isnan(value)))
    endless = int(np.count_nonzero(np.isinf(value)))
    word = "nan" if lost else "inf"
    what = f"the {'gradient' if which else 'value'} of {called(node)}"
    if np.ndim(value) == 0:
        text = f"{what} is {'not a number (nan)' if lost else 'infinite'}{where}."
    else:
        counts = [f"{count} {name}" for count, name in ((lost, "nan"), (endless, "inf")) if count]
        word = " ".join(counts)
        text = f"{what} has {' and '.join(counts)} among its {np.size(value)} elements{where}."
    kind = ("nan" if lost else "infinite") + ("-gradient" if which else "")
    return Mark(kind, which + word, text[0].upper() + text[1:], node=node.index)


def _steep_edges(trace: Trace, odd: set[int], odd_gradients: set[int]) -> Iterator[Mark]:
    """Find edges whose local derivative is infinite, or undefined."""
    for place, edge in enumerate(trace.edges):
        source, target = trace.nodes[edge.source], trace.nodes[edge.target]
        if not source.requires_grad or not odd.isdisjoint(target.inputs):
            continue  # if an odd number came in, that is to blame and not the slope
        if edge.local is not None:
            if math.isfinite(edge.local):
                continue
            word = "infinite" if math.isinf(edge.local) else "undefined"
            at = f"{called(source)} = {number(source.value)}"
            text = f"The slope of {target.op} at {at} is {word}."
        else:  # arrays: what left the operation tells
            arrived = target.grad is not None and target.index not in odd_gradients
            if not arrived or source.index not in odd_gradients:
                continue
            word = "infinite"
            text = (
                f"A finite gradient arrives at {called(target)} and does not leave it finite: the "
                f"slope of {target.op} is infinite or undefined somewhere in {called(source)}."
            )
        yield Mark("infinite-slope", word, text, edge=place)
