"""The backward pass of a graph as lines of NumPy, one per contribution to a gradient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.op import OPS
from autograd.ops.index import is_basic
from autograd.trace import TraceEdge, TraceNode
from viz.formulas.code_forward import Forward
from viz.formulas.code_literals import WIDTH, short_reason, with_comment
from viz.formulas.known import Known
from viz.formulas.reading import ROW, Unreadable, fitted, op_of, sent_back, sums_of
from viz.formulas.rewriting import relaxed, unguarded
from viz.words.rules import passes_gradient

_UNUSABLE = (ArithmeticError, np.linalg.LinAlgError, ValueError)


class Backward:
    """Writes down what every edge adds to a gradient.

    Attributes:
        lines: the lines.
    """

    def __init__(self, forward: Forward, sent: Mapping[tuple[int, int], Any]) -> None:
        """Write the backward pass of a graph.

        Args:
            forward: its forward pass, written.
            sent: what every edge sent back, by (index, slot), as far as it is known.
        """
        self.trace, self.names, self.writer = forward.trace, forward.names, forward.writer
        self.forward, self.sent = forward, sent
        self._into: dict[int, list[TraceEdge]] = {}
        for edge in self.trace.edges:
            self._into.setdefault(edge.target, []).append(edge)
        self.reached, self.arrivals = self._reached()
        body: list[str] = []
        self._plain: set[int] = set()  # arrays with one contribution, which is written with "="
        for node in reversed(self.trace.nodes):
            if node.op is not None and node.index in self.reached:
                body += self._sent_from(node)
        self.lines = [*self._starts("\n".join(body)), *body]

    def _reached(self) -> tuple[list[int], Counter[int]]:
        """The nodes that a gradient comes to, in the order of the pass, and how often."""
        arrivals = Counter(i for i in self.trace.roots if self.trace.nodes[i].requires_grad)
        for node in reversed(self.trace.nodes):
            if node.index in arrivals:
                arrivals.update(edge.source for edge in self._edges(node))
        return sorted(arrivals, reverse=True), arrivals

    def _edges(self, node: TraceNode) -> list[TraceEdge]:
        edges = sorted(self._into.get(node.index, ()), key=lambda edge: edge.slot)
        return [edge for edge in edges if passes_gradient(edge, self.trace)]

    def _starts(self, body: str) -> list[str]:
        """Gradients that are added to start at 0, that of a result at 1."""
        lines: list[str] = []
        single: list[str] = []
        for index in self.reached:
            name, own = self.names.gradient[index], self.names.of[index]
            node = self.trace.nodes[index]
            if index in self.trace.roots:
                array = node.shape or f"{name}." in body or f"{name}[" in body
                start = f"np.ones_like({own})" if array else "1.0"
                told = f"every element of {own} counts once" if node.shape else f"d{own}/d{own}"
                lines.append(f"{name} = {start}  # {told}")
            elif node.kind == "value":
                single.insert(0, name)
            elif index not in self._plain:
                told = f"  # {own} is used {self.arrivals[index]} times"
                told = told if self.arrivals[index] > 1 else ""
                lines.append(f"{name} = np.zeros_like({own}){told}")
        while single:
            count = 1
            while count < len(single) and len(" = ".join(single[: count + 1])) < WIDTH - 20:
                count += 1
            lines.append(" = ".join([*single[:count], "0.0"]))
            single = single[count:]
        return lines

    def _sent_from(self, node: TraceNode) -> list[str]:
        """All contributions that one node sends to its inputs."""
        lines: list[str] = []
        made = self.forward.made[node.index]
        told = made if len(made) <= 36 and "\n" not in made else self.names.of[node.index]
        reason = short_reason(node.op)
        for edge in self._edges(node):
            statement, note = self._contribution(node, edge)
            said = f"{told}: {reason}" if reason and not lines else told
            lines.append(with_comment(statement, f"{said}; {note}" if note else said))
        return lines

    def _contribution(self, node: TraceNode, edge: TraceEdge) -> tuple[str, str]:
        source = self.trace.nodes[edge.source]
        receiver, shape = self.names.gradient[edge.source], source.shape
        formula = self._formula(node, edge)
        if isinstance(formula, Known) and formula.head is OPS["place"] and formula.shape == shape:
            values, index = formula.args[0], formula.settings["index"]
            written = self.writer.source(relaxed(values))
            if is_basic(index):
                return f"{receiver}[{self.writer.index(index)}] += {written}", ""
            return f"np.add.at({receiver}, {self.writer.literal(index)}, {written})", ""
        axes = sums_of(np.shape(getattr(formula, "number", formula)), shape)
        note, sign = "", "+="
        if axes:
            where = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
            note = f"{self.names.of[edge.source]} was stretched along {where}: its copies add up"
            formula = fitted(formula, shape)
        else:
            formula = relaxed(formula)
        whole = isinstance(formula, Known) and formula.shape == shape
        if source.kind == "tensor" and self.arrivals[edge.source] == 1 and whole:
            self._plain.add(edge.source)
            sign = "="
        return f"{receiver} {sign} {self.writer.source(formula)}", note

    def _formula(self, node: TraceNode, edge: TraceEdge) -> Any:
        """What the edge sends back; where no symbols can say it, the op's own formula is called."""
        inputs = [self.names.symbols[i] for i in node.inputs]
        arrived, out = self.names.arrived[node.index], self.names.symbols[node.index]
        self.names.texts[ROW.format(0)] = self.forward.rows.get(node.index, "")
        try:
            formula = sent_back(node, edge.slot, arrived, out, inputs)
            if self._is_right(formula, node, edge):
                return unguarded(formula)
        except Unreadable:
            pass
        return self._borrowed(node, edge, inputs)

    def _is_right(self, formula: Any, node: TraceNode, edge: TraceEdge) -> bool:
        """Whether a formula gives what was really sent; some ops choose by looking at numbers."""
        expected = self.sent.get((node.index, edge.slot))
        if expected is None:
            return True
        try:
            found = fitted(formula, np.shape(expected))
            number = getattr(found, "number", found)
        except _UNUSABLE:
            return False
        close = 1e-3 if np.asarray(expected).dtype.itemsize < 8 else 1e-9
        return bool(np.allclose(number, expected, rtol=close, atol=close, equal_nan=True))

    def _borrowed(self, node: TraceNode, edge: TraceEdge, inputs: list[Any]) -> Any:
        """A call of the op's own formula."""
        op, slot, picked = op_of(node), edge.slot, ""
        self.writer.borrows.add(op.forward.__module__)
        given = [self.writer.source(i) for i in inputs]
        if node.index in self.forward.rows:
            given, slot, picked = [self.forward.rows[node.index]], 0, f"[{edge.slot}]"
        kind = "partials" if op.partials is not None else "vjp"
        one_for_all = not isinstance(getattr(op, kind), tuple)
        settings = [f"{k}={self.writer.literal(v)}" for k, v in node.settings.items()]
        arriving, out = self.names.gradient[node.index], self.names.of[node.index]
        if kind == "partials":
            called = ", ".join([out, *given, *settings])
            source = f"({arriving} * OPS[{op.name!r}].partials[{slot}]({called}))"
        else:
            called = ", ".join([f"np.asarray({arriving})", f"np.asarray({out})", *given, *settings])
            chosen = "" if one_for_all else f"[{slot}]"
            source = f"OPS[{op.name!r}].vjp{chosen}({called}){picked}"
            source += f"[{slot}]" if one_for_all else ""
        head = f"<{source}>"
        self.names.texts[head] = source
        return Known(head, number=self._sent_number(node, edge))

    def _sent_number(self, node: TraceNode, edge: TraceEdge) -> Any:
        """What an op's own formula gives, before it is summed to the input's shape."""
        op, values = op_of(node), [np.asarray(self.trace.nodes[i].value) for i in node.inputs]
        shape = self.trace.nodes[edge.source].shape
        if node.kind == "value" or op.partials is not None:
            return np.zeros(node.shape if op.partials is not None else shape)
        arrived = np.asarray(self.names.arrived[node.index].number)
        with np.errstate(all="ignore"):
            if isinstance(op.vjp, tuple):
                formula = op.vjp[edge.slot]
                assert formula is not None
                return formula(arrived, np.asarray(node.value), *values, **node.settings)
            assert op.vjp is not None
            return op.vjp(arrived, np.asarray(node.value), *values, **node.settings)[edge.slot]
