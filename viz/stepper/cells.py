"""A small graph of arrays as a program on single numbers, so that the page can compute it anew."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import OPS, Value
from autograd.trace import Trace, TraceNode, places_in
from viz.stepper.replay import replay
from viz.stepper.scalar_operations import Elements, apply_to_elements
from viz.words.rules import stretched_shape
from viz.words.wording import name_of

MOST_NUMBERS = 400  # in all arrays together
MOST_CELLS = 6000
TRIALS = 2

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Cells:
    """A graph of single numbers that computes what a graph of arrays does.

    Attributes:
        trace: The graph of numbers.
        places: By node of the graph of arrays, where its elements are among these numbers.
        sent: By (node, slot), where the copies of that input are that the node reads: what flows
            back to them is what the edge passes on, before copies are added up.
    """

    trace: Trace
    places: Mapping[int, Places]
    sent: Mapping[tuple[int, int], Places]


def cells_of(trace: Trace, most: int = MOST_NUMBERS) -> Cells | str:
    """Take a graph of arrays apart into one of numbers.

    Every element of every node gets a number of its own, and so does every element that goes over
    an edge: their gradients are then the gradients of the arrays, and what each edge passes on.

    Args:
        trace: the graph; Values in it stay what they are.
        most: how many numbers its arrays may hold together.

    Returns:
        The graph of numbers; or why it cannot be had, in a clause.

    Example:
        >>> from autograd import Tensor, trace
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> cells = cells_of(trace((x * x).sum()))
        >>> [cells.trace.nodes[place].value for place in cells.places[1]]
        [1.0, 4.0]
    """
    count = sum(math.prod(node.shape) for node in trace.nodes)
    if count > most:
        return f"the arrays hold {count:,} numbers together, and up to {most} can be recomputed"
    made: dict[int, Elements] = {}
    read: dict[tuple[int, int], Elements] = {}
    for node in trace.nodes:
        if node.op is None:
            made[node.index] = _leaf(node)
            continue
        for slot, inputs in enumerate(_stretched(trace, node, made)):
            read[node.index, slot] = _copied(inputs)
        result = _applied(node, [read[node.index, slot] for slot in range(len(node.inputs))])
        if result is None:
            return f"{node.op}, which makes {name_of(node)}, cannot be taken apart into numbers"
        made[node.index] = result
    roots = [item for index in trace.roots for item in made[index].reshape(-1)]
    every = [item for array in (*made.values(), *read.values()) for item in array.reshape(-1)]
    inner, found = places_in([*every, *roots])
    if len(inner.nodes) > MOST_CELLS:
        return f"taken apart, it has {len(inner.nodes):,} numbers"

    def where(array: Elements) -> Places:
        flat = [found[item] for item in array.reshape(-1)]
        return np.array(flat, dtype=np.intp).reshape(array.shape)

    cells = Cells(
        Trace(inner.nodes, inner.edges, tuple(found[item] for item in roots)),
        {index: where(array) for index, array in made.items()},
        {edge: where(array) for edge, array in read.items()},
    )
    frozen = _frozen_in(trace, cells)
    if frozen is not None:
        return f"{frozen.op}, which makes {name_of(frozen)}, chooses by the numbers it is given"
    return cells


def _frozen_in(trace: Trace, cells: Cells) -> TraceNode | None:
    """Find an operation that would not follow other numbers, as a sort that keeps today's order.

    It is looked for by trying: with other inputs the numbers must still be those of the arrays.
    """
    draws = np.random.default_rng(0)
    leaves = [node for node in trace.nodes if node.op is None and node.requires_grad]
    for _ in range(TRIALS):
        moved = {
            n.index: n.value + draws.normal(size=n.shape) * (1 + np.abs(n.value)) for n in leaves
        }
        flat = {
            int(place): float(number)
            for index, array in moved.items()
            for place, number in zip(np.ravel(cells.places[index]), np.ravel(array), strict=True)
        }
        numbers = replay(cells.trace, flat)
        for node, array in zip(trace.nodes, replay(trace, moved), strict=True):
            mine = [numbers[place] for place in np.ravel(cells.places[node.index])]
            if not np.allclose(mine, np.ravel(array), rtol=1e-4, atol=1e-6, equal_nan=True):
                return node
    return None


def cell_data(trace: Trace, cells: Cells) -> dict[str, Any]:
    """Say for the page which numbers make up which arrays.

    Args:
        trace: the graph of arrays.
        cells: the same graph of numbers.

    Returns:
        What JSON can hold: per node its places, per edge the places of its copies and the element
        of the source that each is a copy of, the places of single local derivatives, names.
    """
    inner = {(edge.source, edge.target): k for k, edge in enumerate(cells.trace.edges)}
    edges, slopes = [], []
    for number, edge in enumerate(trace.edges):
        if not trace.nodes[edge.source].requires_grad:
            continue
        copies = cells.sent[edge.target, edge.slot]
        shape = trace.nodes[edge.source].shape
        onto = np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), copies.shape)
        edges.append([number, _flat(copies), _flat(onto), list(copies.shape)])
        if copies.size == 1 and cells.places[edge.target].size == 1:
            slope = inner.get((int(copies.flat[0]), int(cells.places[edge.target].flat[0])))
            if slope is not None:
                slopes.append([number, slope])
    leaves = [node for node in trace.nodes if node.op is None]
    return {
        "nodes": [_flat(cells.places[node.index]) for node in trace.nodes],
        "edges": edges,
        "slopes": slopes,
        "names": [
            [int(place), element_name(node, element)]
            for node in leaves
            for element, place in np.ndenumerate(cells.places[node.index])
        ],
        "leaves": [k for n in leaves if n.requires_grad for k in _flat(cells.places[n.index])],
    }


def element_name(node: TraceNode, element: Sequence[int]) -> str:
    """Name one number of an array.

    Example:
        >>> from autograd import Tensor, trace
        >>> element_name(trace(Tensor([[1.0]], requires_grad=True, label="W")).root, (0, 0))
        'W[0,0]'
    """
    return name_of(node) + (f"[{','.join(map(str, element))}]" if len(element) else "")


def _leaf(node: TraceNode) -> Elements:
    elements = np.empty(node.shape, dtype=object)
    numbers = np.asarray(node.value, dtype=float)
    for place in np.ndindex(elements.shape):
        elements[place] = Value(float(numbers[place]))
    return elements


def _stretched(trace: Trace, node: TraceNode, made: Mapping[int, Elements]) -> list[Elements]:
    edges = sorted((e for e in trace.edges if e.target == node.index), key=lambda e: e.slot)
    return [np.broadcast_to(made[edge.source], stretched_shape(edge, trace)) for edge in edges]


def _copied(elements: Elements) -> Elements:
    """The same numbers, each as a node of its own, also the border of a padded array."""
    copies = np.empty(elements.shape, dtype=object)
    for place in np.ndindex(elements.shape):
        item = elements[place]
        copies[place] = OPS["positive"](item if isinstance(item, Value) else Value(float(item)))
    return copies


def _applied(node: TraceNode, inputs: Sequence[Elements]) -> Elements | None:
    """The node's operation on nodes; None if it cannot be carried out so."""
    op = OPS.get(node.op or "")
    try:
        result = None if op is None else apply_to_elements(op, inputs, node.settings)
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        return None
    if result is None or result.shape != node.shape:
        return None
    if op is not None and op.partials is not None:
        return result
    # a running sum is made of the one before, and a reshape only hands on: so each gets its own
    return _copied(result)


def _flat(places: Any) -> list[int]:
    return [int(place) for place in np.ravel(places)]
