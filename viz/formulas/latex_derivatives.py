"""The derivatives of a graph as equations in LaTeX, by the chain rule from the result backwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.edge_formulas import latex_name
from autograd.trace import Trace, TraceEdge, TraceNode
from viz.formulas.known import Known, added
from viz.formulas.latex_equations import Equations, Line
from viz.formulas.latex_signs import MOST_TERMS, abridged, renamed
from viz.formulas.reading import ROW, Unreadable, fitted, row_slices, sent_back
from viz.formulas.rewriting import unguarded
from viz.words.rules import passes_gradient

_UNREADABLE = (Unreadable, ArithmeticError, ValueError, np.linalg.LinAlgError)


class Derivatives:
    """Writes the derivatives of a graph's result.

    Attributes:
        lines: (left side, right side) of every equation, in the order of the backward pass.
    """

    def __init__(
        self,
        equations: Equations,
        targets: Iterable[int],
        arrived: Mapping[int, Any] | None = None,
    ) -> None:
        """Write the derivatives towards some nodes, and those that these need on the way.

        Args:
            equations: the graph, written.
            targets: indices of the nodes.
            arrived: gradients by index, as far as they are known; only their shapes matter.
        """
        self.trace, self.equations, self.arrived = equations.trace, equations, arrived or {}
        self.lines: list[Line] = []
        self._wanted = set(targets)
        collected: dict[int, list[Any]] = {}
        into: dict[int, list[TraceEdge]] = {}
        for edge in self._leading_to_targets():
            into.setdefault(edge.target, []).append(edge)
        for node in reversed(self.trace.nodes):
            parts = collected.pop(node.index, [])
            if not parts and node.index not in self.trace.roots:
                if node.index in self._wanted:
                    self.lines.append((derivative_name(self.trace, node.index), "0"))
                continue
            gradient = self._gradient(node, parts)
            for edge in into.get(node.index, ()):
                collected.setdefault(edge.source, []).append(self._sent(node, edge, gradient))

    def _leading_to_targets(self) -> list[TraceEdge]:
        leads, edges = set(self._wanted), []
        for edge in self.trace.edges:
            if edge.source in leads and passes_gradient(edge, self.trace):
                leads.add(edge.target)
                edges.append(edge)
        return edges

    def _gradient(self, node: TraceNode, parts: list[Any]) -> Any:
        """The gradient of a node: by a name if it has an equation of its own, else its formula."""
        index, wanted = node.index, node.index in self._wanted
        names = self.equations.names
        if index in self.trace.roots:
            one: Any = 1.0
            if node.shape:
                names[f"<one {index}>"] = r"\mathbf{1}"
                one = Known(f"<one {index}>", number=np.ones(node.shape))
            parts = [one, *parts]
        total = added(parts) if len(parts) <= MOST_TERMS else None
        simple = total is not None and not (isinstance(total, Known) and total.args)
        if not wanted and (simple or (len(parts) == 1 and index not in self.equations.apart)):
            return total
        words = abridged([self.equations.written(part) for part in parts]) if total is None else []
        right = " + ".join(words) if words else self.equations.written(total)
        left = derivative_name(self.trace, index)
        self.lines.append((left, right))
        if simple:
            return total
        names[f"<d{index}>"] = left
        number = self.arrived.get(index)
        return Known(f"<d{index}>", number=np.ones(node.shape) if number is None else number)

    def _sent(self, node: TraceNode, edge: TraceEdge, gradient: Any) -> Any:
        """What one input receives, summed to its shape."""
        equations = self.equations
        inputs = [equations.symbols[i] for i in node.inputs]
        shape = self.trace.nodes[edge.source].shape
        try:
            formula = sent_back(node, edge.slot, gradient, equations.symbols[node.index], inputs)
            return unguarded(fitted(self._with_lists(formula, node, inputs), shape))
        except _UNREADABLE:
            head = f"<sent {node.index} {edge.slot}>"
            vjp = rf"\operatorname{{vjp}}_{{\text{{{(node.op or '').replace('_', ' ')}}}}}"
            equations.names[head] = rf"{vjp}\left({equations.written(gradient)}\right)"
            return Known(head, number=np.ones(shape))

    def _with_lists(self, formula: Any, node: TraceNode, inputs: list[Any]) -> Any:
        """Name the rows that stand for whole lists of Values."""
        for position, part in enumerate(row_slices(node)):
            words = abridged([self.equations.written(item) for item in inputs[part]])
            head = f"<row {node.index} {position}>"
            self.equations.names[head] = rf"\left({', '.join(words)}\right)"
            formula = renamed(formula, ROW.format(position), head)
        return formula


def derivative_name(trace: Trace, index: int) -> str:
    r"""Write the derivative of a graph's result towards a node.

    Example:
        >>> from autograd import Value, trace
        >>> print(derivative_name(trace(Value(2.0, label="a") * 3.0), 0))
        \frac{\partial v_{2}}{\partial a}
    """
    roots = [trace.nodes[i] for i in trace.roots]
    words = [(r"\sum " if root.shape else "") + latex_name(root.label) for root in roots]
    above = words[0] if len(words) == 1 else rf"\left({' + '.join(words)}\right)"
    return rf"\frac{{\partial {above}}}{{\partial {latex_name(trace.nodes[index].label)}}}"
