"""A number's place in the graph: its parents, its slopes, and what it sends back to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import kernels
from autograd.errors import DomainError, StaleGraphError
from autograd.node import Node, line_text
from autograd.op import OPS, Op
from autograd.operands import as_float
from autograd.recording import mode
from autograd.tensor_sweep import Mixed
from autograd.writes import last_write, note_number

__all__ = ["ValueGraph"]


class ValueGraph(Node):
    """What a Value records: two parents, or groups of them, with the local derivatives.

    Attributes:
        data: The number.
        grad: The gradient that has arrived so far; None before.
    """

    # left and right are the two parents, with the local derivative towards each, saved when the
    # node was made.  A constant input has no parent; its number stands in place of the slope.  A
    # node of many parents has none on the left and groups of them on the right, with groups of
    # slopes, after them the raw inputs if there are constants among these.  A weighted sum of nodes
    # alone has (weights, inputs, bias) on the right, the slopes of the weights in left_slope and
    # those of the inputs in right_slope.  Ten slots fill a block.
    __slots__ = ("grad", "left", "left_slope", "number", "right", "right_slope")

    number: float
    grad: float | None
    left: Any
    left_slope: Any
    right: Any
    right_slope: Any

    @property
    def data(self) -> float:
        """The number; a recorded graph has kept the slopes that it needs, so it may be replaced."""
        if mode.special:
            mode.refuse("reading .data")
        return self.number

    @data.setter
    def data(self, number: Any) -> None:
        if mode.special:
            mode.refuse("writing .data")
        self.number = number if type(number) is float else as_float(number)
        if mode.special and mode.lines():
            note_number(self, self.number)

    @property
    def arrived(self) -> Any:
        """Refused: a sweep over Tensors that comes here is told so."""
        raise Mixed

    @arrived.setter
    def arrived(self, sent: Any) -> None:
        raise Mixed

    @property
    def parents(self) -> tuple[Node | None, ...]:
        """The recorded inputs by slot, with repeats; None for a constant."""
        return tuple(a if isinstance(a, Node) else None for a in self.inputs)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The inputs by slot, with repeats: nodes, and plain numbers for constants."""
        if self.op is None:
            return ()
        right = self.right
        if type(right) is tuple:
            if self.left_slope is not None:
                return (*right[0], *right[1], right[2])
            groups = right if len(right) == len(self.right_slope) else self.right_slope[-1]
            return tuple(item for group in groups for item in group)
        if len(self.op.inputs) == 1:
            return (self.left,)
        if self.left is None:
            return (self.left_slope, right)
        return (self.left, self.right_slope if right is None else right)

    @property
    def slopes(self) -> tuple[float | None, ...]:
        """The local derivative towards each input, by slot; None for a constant."""
        if type(self.right) is tuple:
            if self.left_slope is not None:
                return (*self.left_slope, *self.right_slope, 1.0)
            slopes: dict[int, list[float]] = {}
            for group, numbers in zip(self.right, self.right_slope, strict=False):
                for parent, number in zip(group, numbers, strict=True):
                    slopes[id(parent)] = [*slopes.get(id(parent), []), number]
            return tuple(
                slopes[id(item)].pop(0) if isinstance(item, Node) else None for item in self.inputs
            )
        known: tuple[float | None, ...] = (self.left_slope if self.left is not None else None,)
        if self.op is not None and len(self.op.inputs) == 2:
            known += (self.right_slope if self.right is not None else None,)
        return known

    def pull_back(self, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
        """Send an arriving gradient on to the parents: times the local derivative."""
        op, inputs = self.op, self.inputs
        if op is None:
            return []
        if op.name == "pick":
            tensor = inputs[0]
            seed = OPS["assemble"](g, shape=()) if create_graph else np.asarray(g, tensor.dtype)
            if seed.dtype != tensor.dtype:
                seed = OPS["astype"](seed, dtype=tensor.dtype)
            return [(0, tensor, OPS["place"](seed, index=op.filled["index"], shape=tensor.shape))]
        slopes = self._recorded_slopes(op, inputs) if create_graph else self.slopes
        return [
            (slot, parent, slope * g)
            for slot, (parent, slope) in enumerate(zip(inputs, slopes, strict=True))
            if isinstance(parent, Node)
        ]

    def _recorded_slopes(self, op: Op, inputs: Sequence[Any]) -> Sequence[Any]:
        """The local derivatives as nodes, from the op's formulas on the inputs as nodes."""
        self._check_fresh(op, inputs)
        if op.partials is not None:
            return [
                d(self, *inputs) if d is not None and isinstance(a, Node) else None
                for d, a in zip(op.partials, inputs, strict=True)
            ]
        if op.name == "weighted_sum":
            half = len(inputs) // 2
            return [*inputs[half : 2 * half], *inputs[:half], 1.0]
        parts, start = [], 0
        for size in op.filled["sizes"]:
            group = inputs[start : start + (1 if size is None else size)]
            start += len(group)
            parts.append(group[0] if size is None else OPS["assemble"](*group, shape=(size,)))
        one, out = np.float64(1.0), OPS["assemble"](self, shape=())
        slopes: list[Any] = []
        for sent, size in zip(
            kernels.all_sent(op, one, out, parts), op.filled["sizes"], strict=True
        ):
            if size is not None:
                slopes.extend(_numbers(sent, size))
            else:
                slopes.append(OPS["pick"](sent, index=()) if isinstance(sent, Node) else sent)
        return slopes

    def _check_fresh(self, op: Op, inputs: Sequence[Any]) -> None:
        """Refuse stale data: under ``create_graph`` the formulas read the nodes' data."""
        numbers = [a.number if isinstance(a, ValueGraph) else a for a in inputs]
        try:
            if op.partials is not None:
                out, slopes = kernels.evaluate(op, numbers)
            else:
                half = len(inputs) // 2
                sizes = (half, half, None) if op.name == "weighted_sum" else op.filled["sizes"]
                out, slopes, _ = kernels.evaluate_lists(op, numbers, sizes)
        except DomainError:  # the new data are not even something that the op takes
            out, slopes = math.nan, [math.nan] * len(inputs)
        for saved, now in zip((self.number, *self.slopes), (out, *slopes), strict=True):
            if saved is not None and now is not None and not _alike(saved, now):
                names = ", ".join(a.label or repr(a) for a in inputs if isinstance(a, Node))
                line = line_text(self.info.line) if self.info is not None else None
                wrote = last_write([self, *(a for a in inputs if isinstance(a, ValueGraph))])
                raise StaleGraphError(
                    f"{op.name}{f' ({line})' if line else ''}: the data of {names} or of the "
                    f"result was changed after this graph was recorded{wrote}, so it cannot be "
                    "differentiated again: compute it anew from the new data"
                    + ("" if line else " (record inside autograd.source_lines() to learn the line)")
                )

    def added_up(self, g: float) -> float:
        """What ``.grad`` is after one more gradient has arrived."""
        return float(g) if self.grad is None else self.grad + g

    def receive(self, total: float) -> None:
        """Take over what ``added_up`` told."""
        self.grad = total


def _alike(saved: float, now: float) -> bool:
    """Equal up to the last digits, in which NumPy's and Python's own functions may differ."""
    return saved == now or abs(saved - now) <= 1e-12 * abs(saved) or (saved != saved and now != now)


def _numbers(sent: Any, size: int) -> list[Any]:
    """The elements of what a formula sent: Values of a Tensor, floats of an array."""
    if isinstance(sent, Node):
        values: list[Any] = sent.to_values()  # type: ignore[attr-defined]  # a Tensor
        return values
    return [float(n) for n in np.broadcast_to(sent, (size,))]
