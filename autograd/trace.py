"""One read-only view of a graph, for everything that looks: pictures, steps, explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.edge_formulas import formula_texts
from autograd.engine import topological_order
from autograd.node import Node, line_text
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["Trace", "TraceEdge", "TraceNode", "trace"]


@dataclass(frozen=True)
class TraceNode:
    """A number or array in the graph.

    Attributes:
        index: Its position; inputs always have a smaller one.
        kind: ``"value"``, ``"tensor"`` or ``"constant"``.
        op: The name of the op that made it; None for a leaf or constant.
        symbol: What a picture writes in the box; empty for a leaf.
        inputs: The indices of its inputs in order, with repeats.
        settings: The op's settings.
        value: A float, or a read-only array.
        grad: None while no gradient has reached it; else a float or a read-only array.
        shape: The array's shape; () for a Value.
        dtype: The kind of number.
        label: The name to show.
        named: False when the label is the automatic one (``v7``).
        scope: The module or neuron it belongs to, such as ``layers.0.neurons.2``.
        line: Where it was made, ``lesson.py:12``, if recorded.
        requires_grad: False for a constant.
    """

    index: int
    kind: str
    op: str | None
    symbol: str
    inputs: tuple[int, ...]
    settings: Mapping[str, Any]
    value: Any
    grad: Any
    shape: tuple[int, ...]
    dtype: str
    label: str
    named: bool
    scope: str
    line: str | None
    requires_grad: bool


@dataclass(frozen=True)
class TraceEdge:
    """An input of a node.

    Attributes:
        source: Index of the input.
        target: Index of the node it goes into.
        slot: Which of the target's inputs it is.
        local: d target / d source as a number, for Values; None for tensors and constants.
        formula: The local derivative, or for tensors what is sent back, as text.
        latex: The same as LaTeX.
    """

    source: int
    target: int
    slot: int
    local: float | None
    formula: str
    latex: str


@dataclass(frozen=True, repr=False)
class Trace:
    """A graph as plain data: inputs before what was made of them.

    Attributes:
        nodes: All numbers and arrays in the graph.
        edges: All inputs of all nodes, in the order of the nodes.
        roots: The indices of the results that were asked for.
    """

    nodes: tuple[TraceNode, ...]
    edges: tuple[TraceEdge, ...]
    roots: tuple[int, ...]

    @property
    def root(self) -> TraceNode:
        """The (last) result."""
        return self.nodes[self.roots[-1]]

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        return f"Trace of {_plain(self.root.label)}: {len(self.nodes)} nodes; print it for a table"

    def __str__(self) -> str:
        rows = [("name", "op", "inputs", "value", "grad", "local derivatives")]
        into: dict[int, list[TraceEdge]] = {}
        for edge in self.edges:
            into.setdefault(edge.target, []).append(edge)
        for node in self.nodes:
            edges = into.get(node.index, [])
            locals_ = [
                _short(e.local) if e.local is not None else e.formula
                for e in edges
                if e.local is not None or e.formula
            ]
            rows.append(
                (
                    _plain(node.label),
                    node.op or ("constant" if node.kind == "constant" else "leaf"),
                    ", ".join(_plain(self.nodes[i].label) for i in node.inputs),
                    _short(node.value),
                    "-"
                    if node.kind == "constant"
                    else "not reached"
                    if node.grad is None
                    else _short(node.grad),
                    "; ".join(locals_),
                )
            )
        widths = [min(40, max(len(row[i]) for row in rows)) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _plain(label: str) -> str:
    """A label without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in label)


def _short(number: Any) -> str:
    if np.ndim(number) == 0:
        return f"{float(number):.4g}"
    array = np.asarray(number)
    if array.size <= 4:
        return np.array2string(array, precision=3, separator=", ").replace("\n", "")
    return f"{'x'.join(map(str, array.shape))} array"


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
    return Trace(tuple(nodes), tuple(edges), tuple(found[r] for r in roots))


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
        name = _short(array) if shape == () else "constant"
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
