"""What an edge sends back, in words: the derivative's own formula, read from the operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import OPS
from autograd.trace import Trace, TraceEdge
from viz.words.labels import clean

LONGEST_FORMULA = 200
# Formulas come in the signs of mathematics; a terminal reads them in Python's.
_PYTHON_SIGNS = str.maketrans(
    {"·": "*", "×": "*", "÷": "/", "−": "-", "ᵀ": ".T", "²": "**2", "³": "**3", "^": "**"}
    | {"≥": ">=", "≤": "<=", "≠": "!="}
)


def reason_of(op: str | None) -> str:
    """Look up why an operation's gradient looks as it does; empty for an unknown operation."""
    known = OPS.get(op or "")
    return known.reason if known is not None else ""


def python_signs(formula: str) -> str:
    """Write a formula with the signs of a keyboard, the labels in it made harmless.

    Example:
        >>> python_signs("(1 − o)·(1 + o)")
        '(1 - o)*(1 + o)'
    """
    return clean(formula, LONGEST_FORMULA).translate(_PYTHON_SIGNS)


def keyboard_signs(piece: str) -> str:
    """Write a piece of an operation's own formula with the signs of a keyboard, set apart.

    Example:
        >>> keyboard_signs("2·")
        '2 * '
    """
    return piece.replace("·", " * ").translate(_PYTHON_SIGNS)


def sent_back(edge: TraceEdge, trace: Trace, gradient: str = "g", times: str = "·") -> str:
    """Say what a tensor's input receives when a gradient arrives at the operation.

    Args:
        edge: an edge between tensors.
        trace: the graph it belongs to.
        gradient: the name of the arriving gradient.
        times: the sign of multiplication.

    Returns:
        For example "g·a" for a product, "Σ g" where a broadcast input collects its copies, or the
        operation's own formula; empty when it has none.
    """
    target = trace.nodes[edge.target]
    operation = OPS.get(target.op or "")
    if operation is None or operation.partials is None or not edge.formula:
        return edge.formula
    factor = edge.formula
    if factor in ("1", "−1"):
        product = gradient if factor == "1" else "−" + gradient
    elif " " in factor and not is_condition(factor):
        product = f"{gradient}{times}({factor})"
    else:
        product = f"{gradient}{times}{factor}"
    return f"Σ {product}" if is_broadcast(edge, trace) else product


def is_condition(factor: str) -> bool:
    """Say whether a formula is one condition such as "[x > 0]", which needs no parentheses.

    Example:
        >>> is_condition("[x > 0]"), is_condition("[x > y] + 0.5·[x = y]")
        (True, False)
    """
    return factor.startswith("[") and factor.endswith("]") and factor.count("[") == 1


def is_broadcast(edge: TraceEdge, trace: Trace) -> bool:
    """Say whether an elementwise input was stretched to the result's shape."""
    target = trace.nodes[edge.target]
    operation = OPS.get(target.op or "")
    elementwise = operation is not None and operation.partials is not None
    return elementwise and trace.nodes[edge.source].shape != target.shape


def passes_gradient(edge: TraceEdge, trace: Trace) -> bool:
    """Say whether a gradient that arrives at an edge's target is sent on to its source."""
    if not trace.nodes[edge.source].requires_grad:
        return False
    operation = OPS.get(trace.nodes[edge.target].op or "")
    if operation is None or not isinstance(operation.partials, tuple):
        return True
    return edge.slot >= len(operation.partials) or operation.partials[edge.slot] is not None


def local_of(edge: TraceEdge, trace: Trace) -> float | None:
    """Give the local derivative as a number, where both ends are single numbers.

    A Value saved it when it was computed; between Tensors of shape () the formula is asked.
    """
    if edge.local is not None:
        return edge.local
    ends = (trace.nodes[edge.source], trace.nodes[edge.target])
    if any(node.kind == "value" or node.shape for node in ends):
        return None
    slope = elementwise_slope(edge, trace)
    return None if slope is None else float(slope)


def elementwise_slope(edge: TraceEdge, trace: Trace) -> Any:
    """Compute the derivative of an elementwise operation towards one input, element by element.

    Args:
        edge: any edge.
        trace: the graph it belongs to.

    Returns:
        A number or an array that broadcasts to the result's shape; None for other operations.
    """
    target = trace.nodes[edge.target]
    operation = OPS.get(target.op or "")
    if operation is None or not isinstance(operation.partials, tuple):
        return None
    formula = operation.partials[edge.slot] if edge.slot < len(operation.partials) else None
    if formula is None:
        return None
    values = [np.asarray(trace.nodes[index].value) for index in target.inputs]
    try:
        with np.errstate(all="ignore"):  # an infinite slope is a fact to show
            return formula(np.asarray(target.value), *values, **target.settings)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None


def copies_sent(edge: TraceEdge, trace: Trace, upstream: Any) -> Any:
    """Compute what every copy of a stretched input is sent, before these are added up.

    Args:
        edge: an edge whose source was broadcast, of an elementwise operation or a matrix product.
        trace: the graph it belongs to.
        upstream: the gradient that arrived at the target, an array of its shape.

    Returns:
        An array of the stretched shape; None where it is not known.
    """
    target = trace.nodes[edge.target]
    with np.errstate(all="ignore"):
        if target.op == "matmul":
            other = np.asarray(trace.nodes[target.inputs[1 - edge.slot]].value)
            turned = np.swapaxes(other, -1, -2)
            return upstream @ turned if edge.slot == 0 else turned @ upstream
        slope = elementwise_slope(edge, trace)
        if slope is None:
            return None
        return np.broadcast_to(upstream * slope, target.shape)


def stretched_shape(edge: TraceEdge, trace: Trace) -> tuple[int, ...]:
    """Give the shape that an edge's source was stretched to by broadcasting; its own if it was not.

    Example:
        >>> from autograd import Tensor, trace
        >>> graph = trace(Tensor([1.0, 2.0], requires_grad=True) + Tensor([[1.0], [2.0], [3.0]]))
        >>> stretched_shape(graph.edges[0], graph)
        (3, 2)
    """
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    if is_broadcast(edge, trace) and 0 not in target.shape:
        return target.shape
    if target.op == "matmul" and len(target.inputs) == 2:
        shapes = [trace.nodes[index].shape for index in target.inputs]
        if all(len(shape) >= 2 for shape in shapes) and 0 not in target.shape:
            return (*target.shape[:-2], *source.shape[-2:])
    return source.shape


def summed_axes(stretched: tuple[int, ...], own: tuple[int, ...]) -> tuple[int, ...]:
    """List the axes over which the gradients of copies are added up.

    Example:
        >>> summed_axes((8, 3), (3,)), summed_axes((2, 8, 3), (8, 1))
        ((0,), (0, 2))
    """
    extra = len(stretched) - len(own)
    kept = [axis for axis, size in enumerate(own, start=extra) if size == 1 != stretched[axis]]
    return (*range(extra), *kept)
