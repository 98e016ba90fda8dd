"""What an edge sends back, in words: the derivative's own formula, read from the operation."""

from __future__ import annotations

from autograd import OPS
from autograd.trace import Trace, TraceEdge
from viz.labels import clean

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
    elif " " in factor and not (factor.startswith("[") and factor.endswith("]")):
        product = f"{gradient}{times}({factor})"
    else:
        product = f"{gradient}{times}{factor}"
    return f"Σ {product}" if is_broadcast(edge, trace) else product


def is_broadcast(edge: TraceEdge, trace: Trace) -> bool:
    """Say whether an elementwise input was stretched to the result's shape."""
    target = trace.nodes[edge.target]
    operation = OPS.get(target.op or "")
    elementwise = operation is not None and operation.partials is not None
    return elementwise and trace.nodes[edge.source].shape != target.shape
