"""A graph as equations in LaTeX: how its nodes are made of one another."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import Any

from autograd.edge_formulas import latex_name
from autograd.trace import Trace, TraceNode
from viz.formulas.known import Known, added, product
from viz.formulas.latex_signs import MOST_TERMS, abridged, mentions, written
from viz.formulas.reading import Unreadable, op_of, row_slices, sent_back

LONGEST = 8  # names in a formula that still stands inside another one
_SUMS = {"sum", "mean", "prod", "weighted_sum", "matmul"}
Line = tuple[str, str]


class Equations:
    """Writes how the nodes of a graph are made.

    A node that has a name, is used twice, or grew long gets an equation of its own; the others
    stand inside the formulas of the nodes made of them.

    Attributes:
        trace: the graph.
        lines: (left side, right side) of every equation.
        symbols: index of a node -> its symbol or formula; the plain number of a constant number.
        apart: indices of the nodes that have an equation of their own.
        names: LaTeX by the head of a symbol.
    """

    def __init__(self, trace: Trace) -> None:
        """Write the equations of a graph.

        Args:
            trace: the graph.
        """
        self.trace = trace
        self.names: dict[str, str] = {}
        self.symbols: dict[int, Any] = {}
        self.lines: list[Line] = []
        self._sizes: dict[int, int] = {}
        uses = Counter(i for node in trace.nodes for i in node.inputs)
        self.apart = {n.index for n in trace.nodes if n.named or uses[n.index] > 1}
        self.apart |= set(trace.roots)
        for node in trace.nodes:
            self._sizes[node.index] = 1
            if node.op is None:
                self._make_leaf(node)
            else:
                self._make_equation(node)

    def written(self, formula: Any) -> str:
        """Write a formula over the symbols of this graph as LaTeX."""
        return written(formula, self.names)

    def _make_leaf(self, node: TraceNode) -> None:
        if node.kind == "constant" and not node.shape:
            self.symbols[node.index] = float(node.value)
            return
        unnamed = node.kind == "constant" and node.label == "constant"
        self._name(node, f"C_{{{node.index}}}" if unnamed else latex_name(node.label))

    def _name(self, node: TraceNode, name: str) -> None:
        head = f"<{node.index}>"
        self.names[head] = name
        self.symbols[node.index] = Known(head, number=node.value)

    def _make_equation(self, node: TraceNode) -> None:
        size = 1 + sum(self._sizes[i] for i in node.inputs)
        inputs = [self.symbols[i] for i in node.inputs]
        listed = bool(row_slices(node))
        if listed:
            made = self._of_list(node, inputs)
        else:
            made = Known(op_of(node), inputs, node.settings, node.value)
        long = size > LONGEST or (listed and len(inputs) > MOST_TERMS)
        if node.index in self.apart or long or self._is_felt_by_result(node):
            self.apart.add(node.index)
            self.lines.append((latex_name(node.label), self.written(made)))
            self._name(node, latex_name(node.label))
        else:
            self._sizes[node.index] = size
            self.symbols[node.index] = made

    def _of_list(self, node: TraceNode, inputs: list[Any]) -> Any:
        """A list of Values: a sum or product is written out, another op gets the list."""
        op, slices = op_of(node), row_slices(node)
        terms: list[Any] = []
        if op.name in ("weighted_sum", "matmul"):
            pairs = zip(inputs[slices[0]], inputs[slices[1]], strict=True)
            terms = [a * b for a, b in pairs] + (inputs[slices[2]] if len(slices) > 2 else [])
        elif op.name in ("sum", "mean"):
            terms = inputs
        elif op.name == "prod" and len(inputs) <= MOST_TERMS:
            return reduce(product, inputs)
        if terms and len(terms) <= MOST_TERMS:
            total = added(terms)
            return total / len(inputs) if op.name == "mean" else total
        words = abridged([self.written(part) for part in terms or inputs])
        joined = " + ".join(words) if terms else rf"\left({', '.join(words)}\right)"
        if op.name == "mean":
            joined = rf"\frac{{{joined}}}{{{len(inputs)}}}"
        head = f"<list {node.index}>"
        self.names[head] = joined
        listed = Known(head, number=node.value)
        return listed if terms else Known(op, (listed,), node.settings, node.value)

    def _is_felt_by_result(self, node: TraceNode) -> bool:
        """Whether what the op sends back is said with its result, which then needs a name."""
        op = op_of(node)
        if op.partials is not None or node.op in ("pick", "assemble"):
            return False
        if row_slices(node):
            return op.name not in _SUMS
        inputs = [Known("in", number=self.trace.nodes[i].value) for i in node.inputs]
        out, arriving = Known("out", number=node.value), Known("g", number=node.value)
        try:
            return mentions(sent_back(node, 0, arriving, out, inputs), "out")
        except Unreadable:
            return False
