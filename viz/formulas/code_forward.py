"""The forward pass of a graph as lines of NumPy, one per node."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.trace import Trace, TraceNode
from viz.formulas.code_literals import folded, with_comment
from viz.formulas.code_names import Names
from viz.formulas.known import Known
from viz.formulas.numpy_source import NumpyWriter
from viz.formulas.reading import ROW, op_of, row_slices, row_symbols
from viz.words.numbers import number

_SUMS = {"sum", "mean", "prod", "weighted_sum", "matmul"}


class Forward:
    """Writes down how every node is computed.

    Attributes:
        trace: the graph.
        names: the names of everything in it.
        writer: writes formulas.
        rows: index of a node made of a list -> the name of that list as an array.
        made: index of a node -> its line without the comment.
        lines: the lines.
    """

    def __init__(self, trace: Trace, names: Names) -> None:
        """Write the forward pass of a graph.

        Args:
            trace: the graph.
            names: the names of everything in it.
        """
        self.trace, self.names = trace, names
        self.writer = NumpyWriter(names.texts, names.hoist)
        self.rows: dict[int, str] = {}
        self.made: dict[int, str] = {}
        self.lines: list[str] = []
        for node in trace.nodes:
            if node.op is not None:
                self._compute(node)

    def _compute(self, node: TraceNode) -> None:
        name = self.names.of[node.index]
        source = self._of_list(node) if row_slices(node) else self._of_node(node)
        line = self.made[node.index] = f"{name} = {source}"
        self.lines.append(with_comment(line, self._result(node)))

    def _of_node(self, node: TraceNode) -> str:
        inputs = [self.names.symbols[i] for i in node.inputs]
        return self.writer.source(Known(op_of(node), inputs, node.settings, node.value))

    def _of_list(self, node: TraceNode) -> str:
        """The value of a list of Values; where it is no plain sum, the list becomes an array."""
        words = [self.writer.source(self.names.symbols[i]) for i in node.inputs]
        texts = [f"({word})" if word.startswith("-") else word for word in words]
        slices, name = row_slices(node), node.op or ""
        if name in _SUMS:
            if len(slices) > 1:
                pairs = zip(texts[slices[0]], texts[slices[1]], strict=True)
                terms = [f"{a} * {b}" for a, b in pairs]
                return " + ".join(terms + (texts[slices[2]] if len(slices) > 2 else []))
            joined = (" * " if name == "prod" else " + ").join(texts)
            return f"({joined}) / {len(texts)}" if name == "mean" else joined
        row = self.names.fresh(f"{self.names.of[node.index]}_inputs")
        self.rows[node.index] = self.names.texts[ROW.format(0)] = row
        self.lines.append(folded(f"{row} = np.array([{', '.join(words)}])"))
        symbol = row_symbols(node, [self.names.symbols[i] for i in node.inputs])[0]
        settings = {**node.settings} | ({"keepdims": False} if "keepdims" in node.settings else {})
        return self.writer.source(Known(op_of(node), (symbol,), settings, np.float64(node.value)))

    def _result(self, node: TraceNode) -> str:
        shapes: list[Any] = [self.trace.nodes[i].shape for i in node.inputs]
        if node.op == "matmul" and node.kind == "tensor":
            return f"{shapes[0]} @ {shapes[1]} -> {node.shape}"
        if node.shape:
            return f"shape {node.shape}"
        return number(float(node.value), ascii_only=True)
