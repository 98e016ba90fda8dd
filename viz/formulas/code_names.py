"""The symbols and the Python names of a graph, and what stands at the top of its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.trace import Trace, TraceNode
from viz.formulas.code_literals import array_source, comment
from viz.formulas.identifiers import identifiers
from viz.formulas.known import Known
from viz.formulas.numpy_source import names_of_functions

MOST_PRINTED = 64  # elements; a longer array is an argument of the code
_OWN_NAMES = {"np", "math", "OPS", "gradients", "float", "int", "slice", "Ellipsis"}


class Names:
    """Names for the nodes of a trace and for their gradients.

    Attributes:
        trace: the graph.
        of: index of a node -> its name.
        gradient: index of a node -> the name of its gradient.
        symbols: index of a node -> its symbol; the plain number of a constant number.
        arrived: index of a node -> the symbol of its gradient.
        texts: what the head of every symbol is written as.
        arguments: arrays that are too long to print, by name.
        defined: names and arrays that the code defines at its top, in order.
    """

    def __init__(self, trace: Trace, arrived: Mapping[int, Any]) -> None:
        """Name everything in a graph.

        Args:
            trace: the graph.
            arrived: gradients by index; where one is missing only its shape is known.
        """
        self.trace = trace
        self._same: dict[int, int] = {}
        self._merge_constants()
        nodes = [n for n in trace.nodes if self._same.get(n.index, n.index) == n.index]
        nodes = [n for n in nodes if n.kind != "constant" or n.shape]
        taken = _OWN_NAMES | names_of_functions(trace)
        plain = identifiers([n.label for n in nodes], taken)
        self.of = {node.index: name for node, name in zip(nodes, plain, strict=True)}
        for index, first in self._same.items():
            self.of[index] = self.of[first]
        wanted = [n for n in nodes if n.requires_grad]
        slopes = identifiers([f"d{self.of[n.index]}" for n in wanted], taken | set(plain))
        self.gradient = {node.index: name for node, name in zip(wanted, slopes, strict=True)}
        self._used = taken | set(plain) | set(slopes)
        self.symbols: dict[int, Any] = {}
        self.arrived: dict[int, Known] = {}
        self.texts: dict[str, str] = {}
        self.arguments: dict[str, Any] = {}
        self.defined: dict[str, Any] = {}
        for node in trace.nodes:
            self._make_symbols(node, arrived)

    def _merge_constants(self) -> None:
        """One array that is used at several places is one constant."""
        seen: dict[Any, int] = {}
        for node in self.trace.nodes:
            if node.kind == "constant" and node.shape and isinstance(node.value, np.ndarray):
                key = (node.label, node.shape, node.dtype, node.value.tobytes())
                first = seen.setdefault(key, node.index)
                if first != node.index:
                    self._same[node.index] = first

    def _make_symbols(self, node: TraceNode, arrived: Mapping[int, Any]) -> None:
        index = node.index
        if index not in self.of:
            self.symbols[index] = float(node.value)
            return
        head = f"<{self._same.get(index, index)}>"
        self.symbols[index] = Known(head, number=node.value)
        self.texts[head] = self.of[index]
        if index in self.gradient:
            number = arrived.get(index)
            number = np.ones(node.shape) if number is None else number
            self.arrived[index] = Known(f"<d{index}>", number=number)
            self.texts[f"<d{index}>"] = self.gradient[index]

    def hoist(self, array: Any) -> str:
        """Give an array that stands in a setting a name, and define it at the top."""
        for known, other in (*self.arguments.items(), *self.defined.items()):
            if array is other:
                return known
        (name,) = identifiers(["places"], self._used)
        self._used.add(name)
        (self.arguments if array.size > MOST_PRINTED else self.defined)[name] = array
        return name

    def fresh(self, label: str) -> str:
        """Take a name that is not used yet."""
        (name,) = identifiers([label], self._used)
        self._used.add(name)
        return name

    def inputs(self) -> list[TraceNode]:
        """List the leaves and constants that have a name of their own."""
        return [
            node
            for node in self.trace.nodes
            if node.op is None and node.index in self.of and node.index not in self._same
        ]

    def definitions(self, wide: bool) -> list[str]:
        """Write the inputs down, and sort out those that are arguments.

        Args:
            wide: write single numbers as NumPy's, which divide by 0 without an error.
        """
        lines = []
        for node in self.inputs():
            name, value = self.of[node.index], node.value
            if node.kind == "value":
                number = _number(float(value), wide)
                line = f"{name} = {number}"
            elif getattr(value, "size", 1) > MOST_PRINTED:
                self.arguments[name] = value
                continue
            else:
                array = np.asarray(value)
                line = f"{name} = {array_source(array, len(name) + 3)}"
            told = comment(node.label)
            if told != name and node.named:
                line = f"{line}  # {told}" if "\n" not in line else f"# {told}\n{line}"
            lines.append(line)
        return lines


def _number(number: float, wide: bool) -> str:
    text = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}.get(repr(number), repr(number))
    return f"np.float64({text})" if wide else text
