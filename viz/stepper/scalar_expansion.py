"""A graph of arrays as a graph of single numbers, small enough to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import OPS, Value
from autograd.trace import Trace, TraceNode, places_in
from viz.stepper.scalar_operations import Elements, apply_to_elements, count_of

MOST_SCALARS = 120
MOST_SCALARS_IN_ALL = 2000

Places = npt.NDArray[np.intp]


def expand(
    trace: Trace, index: int, upstream: Any = None, *, most: int = MOST_SCALARS
) -> Trace | None:
    """Take one operation on small arrays apart into its graph of numbers.

    Args:
        trace: a graph of Tensors.
        index: the node whose operation is wanted.
        upstream: the gradient that arrives there, of the node's shape; by default the one in the
            trace, or ones.
        most: the largest graph that is given.

    Returns:
        A graph of Values named `x[0,1]`; its roots are the node's elements, each with the element
        of the arriving gradient as its `grad`, from which all other gradients follow. None for a
        leaf, for arrays that are too large and for operations that cannot be taken apart.

    Example:
        >>> from autograd import Tensor, trace
        >>> x = Tensor([[1.0, 2.0]], requires_grad=True, label="x")
        >>> y = x @ Tensor([[3.0], [4.0]], requires_grad=True, label="w")
        >>> inner = expand(trace(y, {"y": y}), 2)
        >>> [node.label for node in inner.nodes if node.op is None]
        ['x[0,0]', 'w[0,0]', 'x[0,1]', 'w[1,0]']
        >>> inner.root.op, inner.root.value, inner.nodes[0].grad
        ('add', 11.0, 3.0)
    """
    node = trace.nodes[index]
    op = OPS.get(node.op or "")
    sources = [trace.nodes[place] for place in node.inputs]
    if op is None or count_of([node.shape, *(item.shape for item in sources)]) > most:
        return None
    made: dict[int, Elements] = {}
    fixed: set[Value] = set()
    for source in sources:
        if source.index not in made:
            made[source.index] = _leaves(source)
            if not source.requires_grad:
                fixed.update(made[source.index].reshape(-1))
    try:
        result = apply_to_elements(op, [made[item.index] for item in sources], node.settings)
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        return None
    if result is None or result.shape != node.shape:
        return None
    outputs = _outputs(result, made.values(), node)
    if not outputs:
        return None
    _send_back(outputs, _upstream(node, upstream))
    inner = places_in(list(outputs.values()))
    return _with_fixed(*inner, fixed) if len(inner[0].nodes) <= most else None


def scalarise(
    trace: Trace, *, most: int = MOST_SCALARS_IN_ALL
) -> tuple[Trace, dict[int, Places]] | None:
    """Turn a whole small graph of Tensors into one of Values.

    Args:
        trace: the graph; Values in it stay what they are.
        most: the largest graph that is given, in numbers.

    Returns:
        The graph of Values with its gradients, and by node of the given graph the places of its
        elements among the new graph's nodes (-1 for a constant); None if it is too large or an
        operation cannot be taken apart.
    """
    if count_of([node.shape for node in trace.nodes]) > most:
        return None
    made: dict[int, Elements] = {}
    for node in trace.nodes:
        op = OPS.get(node.op or "")
        if node.op is None:
            made[node.index] = _leaves(node) if node.requires_grad else _numbers(node)
            continue
        inputs = [made[place] for place in node.inputs]
        try:
            result = apply_to_elements(op, inputs, node.settings) if op is not None else None
        except (ArithmeticError, RuntimeError, TypeError, ValueError):
            return None
        if result is None or result.shape != node.shape:
            return None
        made[node.index] = result
        if node.named:
            _name(result, node.label)
    roots = [item for place in trace.roots for item in made[place].reshape(-1)]
    wanted = list(dict.fromkeys(item for item in roots if isinstance(item, Value)))
    if not wanted:
        return None
    for root in wanted:
        root.backward()
    every = (item for elements in made.values() for item in elements.reshape(-1))
    loose = [item for item in every if isinstance(item, Value)]  # also what was not picked
    inner, places = places_in([*loose, *wanted])
    inner = Trace(inner.nodes, inner.edges, inner.roots[-len(wanted) :])
    if len(inner.nodes) > most:
        return None
    mapping = {
        index: np.array(
            [
                places.get(item, -1) if isinstance(item, Value) else -1
                for item in elements.reshape(-1)
            ],
            dtype=np.intp,
        ).reshape(elements.shape)
        for index, elements in made.items()
    }
    return inner, mapping


def _leaves(node: TraceNode) -> Elements:
    """Make a Value of every element, named by its place."""
    elements = _numbers(node)
    for place in np.ndindex(elements.shape):
        elements[place] = Value(elements[place], label=_element_name(node.label, place))
    return elements


def _numbers(node: TraceNode) -> Elements:
    elements = np.empty(node.shape, dtype=object)
    values = np.asarray(node.value, dtype=float)
    for place in np.ndindex(elements.shape):
        elements[place] = float(values[place])
    return elements


def _element_name(name: str, place: Sequence[int]) -> str:
    return f"{name}[{','.join(map(str, place))}]" if place else name


def _name(elements: Elements, name: str) -> None:
    """Name results that have no name of their own yet."""
    for place in np.ndindex(elements.shape):
        item = elements[place]
        if isinstance(item, Value) and item.label is None:
            item.label = _element_name(name, place)


def _outputs(result: Elements, inputs: Any, node: TraceNode) -> dict[tuple[int, ...], Value]:
    """Give every element of the result a node of its own, also where it is only handed on."""
    taken: set[Value] = {item for elements in inputs for item in elements.reshape(-1)}
    inner: set[Any] = set()
    waiting: list[Any] = [item for item in result.reshape(-1) if isinstance(item, Value)]
    while waiting:  # everything that a result depends on, also another result
        parents = {item for item in waiting.pop().parents if item is not None} - inner
        inner |= parents
        waiting.extend(parents)
    outputs: dict[tuple[int, ...], Value] = {}
    for place in np.ndindex(result.shape):
        item = result[place]
        if not isinstance(item, Value):
            continue  # a number that no input changes, such as the border of a padded array
        if item in taken or item in inner:
            item = Value.apply_op(OPS["positive"], [item], {})
        taken.add(item)
        item.label = _element_name(node.label, place)
        outputs[place] = item
    return outputs


def _upstream(node: TraceNode, given: Any) -> Any:
    arriving = given if given is not None else node.grad
    return np.ones(node.shape) if arriving is None else np.asarray(arriving, dtype=float)


def _send_back(outputs: Mapping[tuple[int, ...], Value], upstream: Any) -> None:
    for place, output in outputs.items():
        seed = float(upstream[place])
        if seed == seed:  # nan is refused as a seed: the gradients behind it stay unreached
            output.backward(seed)


def _with_fixed(inner: Trace, places: Mapping[Any, int], fixed: set[Value]) -> Trace:
    """Mark the elements of inputs that no gradient is asked for."""
    still = {places[value] for value in fixed if value in places}
    nodes = tuple(
        replace(node, requires_grad=False, grad=None) if node.index in still else node
        for node in inner.nodes
    )
    edges = tuple(
        replace(edge, local=None, formula="", latex="") if edge.source in still else edge
        for edge in inner.edges
    )
    return Trace(nodes, edges, inner.roots)
