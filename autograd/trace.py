"""One read-only view of a graph, for everything that looks: pictures, steps, explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.edge_formulas import formula_texts
from autograd.engine import topological_order
from autograd.node import Node, line_text, place_of
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.trace_records import Trace, TraceEdge, TraceNode, in_short
from autograd.value import Value

__all__ = ["Trace", "TraceEdge", "TraceNode", "places_in", "trace"]


def trace(root: Any, names: Mapping[str, Any] | None = None) -> Trace:
    """Look at the graph behind a result.

    Args:
        root: A Value or a Tensor, or a list of them.
        names: Names for nodes, such as ``locals()``; a node's own label comes first.

    Returns:
        The graph as plain data; nothing in it can change a gradient.

    Raises:
        TypeError: If root is neither.

    Example:
        >>> a = Value(2.0, label="a")
        >>> out = a * a
        >>> out.backward()
        >>> print(trace(out, {"out": out}))
        name  op    inputs  value  grad  local derivatives
        --------------------------------------------------
        a     leaf          2      4
        out   mul   a, a    4      1     2; 2
    """
    return places_in(root, names)[0]


def places_in(root: Any, names: Mapping[str, Any] | None = None) -> tuple[Trace, dict[Node, int]]:
    """Trace a graph, and say which place in the trace each of its nodes has.

    Args:
        root: A Value or a Tensor, or a list of them.
        names: Names for nodes.

    Returns:
        The trace, and the index of every recorded node.

    Raises:
        TypeError: If root is neither.

    Example:
        >>> a = Value(2.0)
        >>> places_in(a * a)[1][a]
        0
    """
    roots = list(root) if isinstance(root, (list, tuple)) else [root]
    for node in roots:
        if not isinstance(node, Node):
            raise TypeError(
                f"trace: {type(node).__name__} came; give a Value or a Tensor, or a list of them"
            )
    given = _names_of(names)
    found: dict[Node, int] = {}
    order = [n for r in roots for n in topological_order(r)]
    nodes: list[TraceNode] = []
    edges: list[TraceEdge] = []
    for node in order:
        if node in found:
            continue
        inputs = node.inputs if isinstance(node, Value) else _tensor_inputs(node)
        indices = []
        for slot, item in enumerate(inputs):
            if isinstance(item, Node) and item in found:
                indices.append(found[item])
            else:
                name = node.info.names.get(slot) if node.info is not None else None
                nodes.append(
                    _constant(len(nodes), item, name or _name_of_array(item, given, names))
                )
                indices.append(len(nodes) - 1)
        found[node] = index = len(nodes)
        nodes.append(_node(index, node, tuple(indices), given))
        edges.extend(_edges(node, index, indices, nodes))
    return Trace(tuple(nodes), tuple(edges), tuple(found[r] for r in roots)), found


def _names_of(names: Mapping[str, Any] | None) -> dict[int, str]:
    """Names by identity; items of lists and dicts of nodes get an index."""
    given: dict[int, str] = {}
    for name, thing in (names or {}).items():
        if name.startswith("_"):
            continue
        if isinstance(thing, (Node, np.ndarray)):
            given.setdefault(id(thing), name)
            if isinstance(thing, Tensor):  # a constant is known to the graph by its array alone
                given.setdefault(id(thing._data), thing.label or name)
        elif isinstance(thing, (list, tuple)) and len(thing) <= 1000:
            for i, item in enumerate(thing):
                if isinstance(item, Node):
                    given.setdefault(id(item), f"{name}[{i}]")
    return given


def _tensor_inputs(node: Any) -> Iterable[Any]:
    return (
        parent if parent is not None else recorded
        for parent, recorded in zip(node.inputs, node.args, strict=True)
    )


def _frozen(array: Any) -> Any:
    if type(array) is not np.ndarray:
        return array
    copied = array.copy()  # a view would follow later writes, and would hand out a way to write
    copied.flags.writeable = False
    return copied


def _node(index: int, node: Any, inputs: tuple[int, ...], given: Mapping[int, str]) -> TraceNode:
    op: Op | None = node.op
    label = node.label or given.get(id(node))
    scope = node.info.scope if node.info is not None else ""
    is_value = isinstance(node, Value)
    line = node.info.line if is_value and node.info is not None else None if is_value else node.line
    settings = (op.filled if is_value else node.settings) if op is not None else {}
    kind = "value" if is_value else "tensor" if node.requires_grad or op is not None else "constant"
    return TraceNode(
        index=index,
        kind=kind,
        op=op.name if op is not None else None,
        symbol=(op.symbol or op.name) if op is not None else "",
        inputs=inputs,
        settings=MappingProxyType({k: v for k, v in settings.items() if k != "sizes"}),
        value=node.data if is_value else _frozen(node._data),
        grad=node.grad if is_value else _frozen(node._grad),
        shape=() if is_value else node.shape,
        dtype="float64" if is_value else str(node.dtype),
        label=label or f"v{index}",
        named=label is not None,
        scope=scope,
        line=line_text(line),
        requires_grad=node.requires_grad,
        place=place_of(line) if line is not None else None,
    )


def _name_of_array(
    number: Any, given: Mapping[int, str], names: Mapping[str, Any] | None
) -> str | None:
    """The caller's name for a constant: by identity, or by content, as arrays are copied."""
    if np.ndim(number) == 0 or id(number) in given:
        return given.get(id(number))
    for name, thing in (names or {}).items():
        if (
            type(thing) is np.ndarray
            and thing.shape == np.shape(number)
            and thing.dtype == number.dtype
            and not name.startswith("_")
            and np.array_equal(thing, number)
        ):
            return name
    return None


def _constant(index: int, number: Any, name: str | None) -> TraceNode:
    array = number._data if isinstance(number, Tensor) else number
    shape = np.shape(array)
    if name is None:
        name = in_short(array) if shape == () else "constant"
    return TraceNode(
        index=index, kind="constant", op=None, symbol="", inputs=(), settings=MappingProxyType({}),
        value=float(array) if shape == () else _frozen(array), grad=None, shape=shape,
        dtype=str(getattr(array, "dtype", "float64")), label=name, named=True, scope="", line=None,
        requires_grad=False,
    )  # fmt: skip


def _edges(
    node: Any, target: int, sources: Sequence[int], nodes: Sequence[TraceNode]
) -> list[TraceEdge]:
    op: Op | None = node.op
    if op is None:
        return []
    if isinstance(node, Value):
        slopes: Sequence[float | None] = node.slopes
    else:
        slopes = [None] * len(sources)
    texts = formula_texts(op, [nodes[s].label for s in sources], nodes[target].label, node)
    edges = []
    for slot, source in enumerate(sources):
        differentiable = nodes[source].requires_grad
        line, latex = texts[slot] if differentiable else ("", "")
        edges.append(
            TraceEdge(source, target, slot, slopes[slot] if differentiable else None, line, latex)
        )
    return edges
