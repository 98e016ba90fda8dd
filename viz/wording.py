"""How a node and its operation are said in one line of Python-like notation."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.trace import Trace, TraceNode
from viz.boxes import constant_text
from viz.labels import clean
from viz.numbers import number, spread

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}
MOST_ARGUMENTS = 6
LONGEST_NAME = 24
_BREAKS_A_NAME = set(" +-*/^@=<>,()")


def name_of(node: TraceNode) -> str:
    """Name a node; a label that is a formula itself is put in parentheses.

    A constant is said as its number, without the true minus sign.
    """
    if node.kind == "constant" and not node.shape and "=" not in constant_text(node):
        return number_of(node)
    label = clean(node.label, LONGEST_NAME)
    if set(label) & _BREAKS_A_NAME and not (label[:1] == "(" and label[-1:] == ")"):
        return f"({label})"
    return label


def number_of(node: TraceNode) -> str:
    """Write a node's value: a number, or the shape of an array."""
    if node.shape:
        return str(node.shape)
    return spread(node.value, ascii_only=True)


def slope_name(target: TraceNode, source: TraceNode) -> str:
    """Write the local gradient's symbol, such as dd/dw1."""
    return f"d{name_of(target)}/d{name_of(source)}"


def formula(trace: Trace, node: TraceNode, *, with_numbers: bool = False) -> str:
    """Say how a node was made.

    Args:
        trace: the graph the node belongs to.
        node: a node that has an operation.
        with_numbers: write the inputs' values instead of their names.

    Returns:
        For example "x1 * w1", "tanh(n)" or "sum(h, axis=1)".
    """
    inputs = [trace.nodes[index] for index in node.inputs]
    words = [number_of(item) if with_numbers else name_of(item) for item in inputs]
    name = node.op or ""
    if name in INFIX and len(words) == 2:
        right = f"({words[1]})" if words[1].startswith("-") else words[1]
        left = f"({words[0]})" if name == "pow" and words[0].startswith("-") else words[0]
        return f"{left} {INFIX[name]} {right}"
    if name == "neg":
        return f"-({words[0]})" if words[0].startswith("-") else f"-{words[0]}"
    if pairs := weighted_pairs(trace, node):
        bracketed = [f"({word})" if word.startswith("-") else word for word in words]
        terms = [f"{words[first]}*{bracketed[second]}" for first, second in pairs]
        if len(words) % 2:
            terms.append(words[-1])
        return " + ".join(_shortened(terms)).replace("+ -", "- ")
    settings = [
        f"{key}={_setting(value)}"
        for key, value in node.settings.items()
        if value is not None and value is not False
    ]
    return f"{name}({', '.join([*_shortened(words), *settings])})"


def _setting(value: object) -> str:
    """Write a setting in one short line; an array, such as the labels of a loss, by its shape."""
    if isinstance(value, (tuple, list)):
        inner = ", ".join(_setting(item) for item in value)
        return f"({inner}{',' * (len(value) == 1)})" if len(inner) <= LONGEST_NAME else "(...)"
    shape = getattr(value, "shape", ())
    return f"<array of shape {shape}>" if shape else clean(str(value), LONGEST_NAME)


def _shortened(words: Sequence[str]) -> list[str]:
    if len(words) <= MOST_ARGUMENTS:
        return list(words)
    return [*words[: MOST_ARGUMENTS - 2], f"... {len(words) - MOST_ARGUMENTS + 1} more", words[-1]]


def weighted_pairs(trace: Trace, node: TraceNode) -> list[tuple[int, int]]:
    """Find which inputs of a weighted sum are multiplied with each other.

    Each factor's local gradient is the other factor, which tells how the inputs are arranged:
    all weights and then all inputs, or in turns.
    """
    count = len(node.inputs) // 2
    if node.op is None or "weighted" not in node.op or count == 0:
        return []
    values = [trace.nodes[index].value for index in node.inputs]
    halves = [(index, count + index) for index in range(count)]
    turns = [(2 * index, 2 * index + 1) for index in range(count)]
    for pairs in (halves, turns):
        total = sum(values[first] * values[second] for first, second in pairs)
        total += values[-1] if len(values) % 2 else 0.0
        if abs(total - node.value) <= 1e-9 * (1 + abs(total)):
            return pairs
    return []


def value_line(node: TraceNode) -> str:
    """Write a tensor's shape and range, for the line under its step."""
    return f"{number(node.value, ascii_only=True) if not node.shape else _array(node)}"


def _array(node: TraceNode) -> str:
    return f"shape {node.shape}, values {spread(node.value, ascii_only=True)}"
