"""The numbers of one iteration of a training, and the checks on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd import OPS
from autograd.stepper import Watched
from autograd.trace import Trace
from viz.films.words import ArrayWords, Words, words_of, words_of_steps
from viz.story.records import steps_of
from viz.words.rules import local_of, passes_gradient
from viz.words.wording import name_of


@dataclass(frozen=True)
class Frame:
    """One iteration. Arrays are held until the next one has come, and then only told of.

    Attributes:
        iteration: its number, from 1.
        loss: the result.
        rate: the learning rate, if it is known.
        norm: length of all the leaves' gradients taken together.
        values: by node its number; None for an array.
        locals: by edge the local derivative; None for an array.
        leaves: by index of each leaf that asks for a gradient its value; an array as `Words`.
        gradients: by the same index the gradient.
        moved: by index of each parameter its value in the next iteration; None for the last.
        changes: by index of each parameter that is an array the length of its change.
        plain: whether every parameter moved by the learning rate times its gradient.
        words: for graphs of arrays what stands in the boxes and in the steps.
    """

    iteration: int
    loss: float
    rate: float | None
    norm: float
    values: list[float | None]
    locals: list[float | None]
    leaves: Mapping[int, Any]
    gradients: Mapping[int, Any]
    moved: Mapping[int, Any] | None = None
    changes: Mapping[int, float] = field(default_factory=dict)
    plain: bool = False
    words: ArrayWords | None = field(default=None, repr=False)

    def finished(self, moved: Mapping[int, Any]) -> Frame:
        """Note what the optimizer made of the parameters, and let go of the arrays.

        Args:
            moved: by index the parameters' new values.

        Returns:
            The same iteration, complete.
        """
        changes = {
            index: _length(np.asarray(new) - np.asarray(self.leaves[index]))
            for index, new in moved.items()
            if np.ndim(new)
        }
        return replace(
            self,
            leaves=_in_words(self.leaves),
            gradients=_in_words(self.gradients, signed=True),
            moved=_in_words(moved),
            changes=changes,
            plain=_is_plain(self, moved),
        )


def frame_of(graph: Trace | Watched, iteration: int, rate: float | None) -> Frame:
    """Take down the numbers of an iteration.

    Args:
        graph: the graph of its loss.
        iteration: its number.
        rate: the learning rate, if it is known.

    Returns:
        A frame without what comes next.
    """
    if isinstance(graph, Watched):
        trace, final = graph.trace, dict(graph.arrived)
        words = words_of_steps(trace, steps_of(graph), final)
    else:
        trace, final, words = graph, _gradients(graph), None
    leaves = {n.index: n for n in trace.nodes if n.op is None and n.requires_grad}
    gradients = {index: final[index] for index in leaves if index in final}
    return Frame(
        iteration,
        float(np.sum(trace.root.value)),
        rate,
        math.hypot(*(_length(gradient) for gradient in gradients.values())),
        [None if node.shape else float(node.value) for node in trace.nodes],
        [local_of(edge, trace) for edge in trace.edges],
        {index: node.value for index, node in leaves.items()},
        gradients,
        words=words,
    )


def _gradients(trace: Trace) -> dict[int, float]:
    """Follow the chain rule through a graph of single numbers."""
    final: dict[int, float] = dict.fromkeys(trace.roots, 1.0)
    for edge in reversed(trace.edges):  # edges stand in the order of their targets
        local = local_of(edge, trace)
        if edge.target in final and local is not None and passes_gradient(edge, trace):
            sent = final[edge.target] * local
            final[edge.source] = final[edge.source] + sent if edge.source in final else sent
    return final


def structure_of(trace: Trace) -> tuple[Any, ...]:
    """Say how a graph is built, without its numbers: equal for iterations that can be compared."""
    return tuple((node.kind, node.op, node.inputs, node.shape) for node in trace.nodes)


def changed_leaf(trace: Trace) -> str | None:
    """Find a leaf that no longer has the value that the graph was computed from.

    Args:
        trace: the graph.

    Returns:
        Its name; None if there is none, as far as can be told from what was made of the leaves.
    """
    seen: set[int] = set()
    for node in trace.nodes:
        op = OPS.get(node.op or "")
        sources = [trace.nodes[index] for index in node.inputs]
        leaves = [
            item
            for item in sources
            if item.op is None and item.requires_grad and item.index not in seen
        ]
        if op is None or not leaves or not (op.partials is not None or op.name == "matmul"):
            continue
        seen.update(leaf.index for leaf in leaves)  # one look at each will do
        try:
            with np.errstate(all="ignore"):
                again = op.compute([np.asarray(item.value) for item in sources], node.settings)
        except (ArithmeticError, TypeError, ValueError):
            continue
        if not _alike(again, node.value):
            return name_of(leaves[0])
    return None


def _alike(one: Any, other: Any) -> bool:
    if np.ndim(other):
        return bool(np.allclose(one, other, rtol=1e-4, atol=1e-8, equal_nan=True))
    one, other = float(one), float(other)
    return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-8) or (one != one and other != other)


def _is_plain(frame: Frame, moved: Mapping[int, Any]) -> bool:
    """Say whether the update was the learning rate times the gradient, and nothing else."""
    if frame.rate is None:
        return False
    for index, new in moved.items():
        old = np.asarray(frame.leaves[index], dtype=float)
        step = frame.rate * np.asarray(frame.gradients.get(index, 0.0), dtype=float)
        digits = 1e-6 if getattr(new, "dtype", np.dtype(float)).itemsize < 8 else 1e-14
        with np.errstate(all="ignore"):
            wanted = old - step
            room = 1e-6 * np.abs(step) + digits * np.abs(old) + 1e-15
            near = np.abs(np.asarray(new) - wanted) <= room
            same = (np.asarray(new) == wanted) | (np.isnan(new) & np.isnan(wanted))
        if not np.all(near | same):
            return False
    return True


def _in_words(table: Mapping[int, Any], *, signed: bool = False) -> dict[int, float | Words]:
    return {
        index: words_of(value, signed=signed) if np.ndim(value) else float(value)
        for index, value in table.items()
    }


def _length(value: Any) -> float:
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(np.asarray(value, dtype=np.float64).reshape(-1)))
