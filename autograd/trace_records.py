"""A graph as plain, read-only data: what everything that looks at a graph is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Trace", "TraceEdge", "TraceNode", "in_short", "plain_label"]


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
        place: The same as the whole name of the file and the number of the line.
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
    place: tuple[str, int] | None = None


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
        name = plain_label(self.root.label)
        return f"Trace of {name}: {len(self.nodes)} nodes; print it for a table"

    def __str__(self) -> str:
        rows = [("name", "op", "inputs", "value", "grad", "local derivatives")]
        into: dict[int, list[TraceEdge]] = {}
        for edge in self.edges:
            into.setdefault(edge.target, []).append(edge)
        for node in self.nodes:
            edges = into.get(node.index, [])
            locals_ = [
                in_short(e.local) if e.local is not None else e.formula
                for e in edges
                if e.local is not None or e.formula
            ]
            rows.append(
                (
                    plain_label(node.label),
                    node.op or ("constant" if node.kind == "constant" else "leaf"),
                    ", ".join(plain_label(self.nodes[i].label) for i in node.inputs),
                    in_short(node.value),
                    "-"
                    if node.kind == "constant"
                    else "not reached"
                    if node.grad is None
                    else in_short(node.grad),
                    "; ".join(locals_),
                )
            )
        widths = [min(40, max(len(row[i]) for row in rows)) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def plain_label(label: str, most: int = 80) -> str:
    r"""Write a label without what a terminal or a notebook would obey.

    Args:
        label: Any text, hostile or not.
        most: The longest result, in characters; the middle is left out.

    Returns:
        One line of printable characters; a dollar sign, which begins a formula, is a wide one.

    Example:
        >>> plain_label("a\x00b"), plain_label("weight" * 20, 9)
        ('a�b', 'weig…ight')
    """
    if len(label) > most:
        label = f"{label[: most // 2]}…{label[len(label) - (most - 1) // 2 :]}"
    if label.isprintable() and "$" not in label:
        return label
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in label).replace(
        "$", "\N{FULLWIDTH DOLLAR SIGN}"
    )


def in_short(number: Any) -> str:
    """Write a number with four digits, and an array by its few elements or its shape."""
    if np.ndim(number) == 0:
        value = float(number)
        if abs(value) < 1e6 and value == int(value):
            return str(int(value))
        digits, power, exponent = f"{value:.4g}".partition("e")
        return f"{digits}e{int(exponent)}" if power else digits
    array = np.asarray(number)
    if array.size <= 4:
        return np.array2string(array, precision=3, separator=", ").replace("\n", "")
    return f"{'x'.join(map(str, array.shape))} array"
