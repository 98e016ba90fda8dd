"""How a node and its operation are said in one line of Python-like notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from autograd.trace import Trace, TraceNode
from viz.figures.boxes import constant_text
from viz.words.labels import clean
from viz.words.numbers import spread
from viz.words.templates import MOST_INPUTS, bracketed, fill, input_place

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}
MOST_ARGUMENTS = 6
LONGEST_NAME = 24
_ELEMENT = re.compile(r"[\w.]+\[\d+(,\d+)*\]")  # w[0,1] is a name, not a formula
_BREAKS_A_NAME = set(" +-*/^@=<>,()")


def name_of(node: TraceNode) -> str:
    """Name a node; a label that is a formula itself is put in parentheses.

    A constant is said as its number, without the true minus sign.
    """
    if node.kind == "constant" and not node.shape and "=" not in constant_text(node):
        return number_of(node)
    return _as_name(node.label)


@lru_cache(maxsize=4096)
def _as_name(label: str) -> str:
    label = clean(label, LONGEST_NAME)
    if _ELEMENT.fullmatch(label):
        return label
    if set(label) & _BREAKS_A_NAME and not (label[:1] == "(" and label[-1:] == ")"):
        return f"({label})"
    return label


def number_of(node: TraceNode) -> str:
    """Write a node's value: a number, or the shape of an array."""
    if node.shape:
        return shape_words(node.shape)
    return spread(node.value, ascii_only=True)


def shape_words(shape: tuple[int, ...]) -> str:
    """Write a shape as in a formula.

    Example:
        >>> shape_words((8, 4)), shape_words((3,)), shape_words(())
        ('(8,4)', '(3,)', '()')
    """
    return str(tuple(shape)).replace(" ", "")


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
    if with_numbers:
        return fill(formula_template(trace, node), input_numbers(trace, node))
    words = [name_of(trace.nodes[index]) for index in node.inputs]
    return _arranged(trace, node, words, [_in_brackets(word) for word in words])


def formula_template(trace: Trace, node: TraceNode) -> str:
    """Say how a node was made, with places where the inputs' values belong.

    A negative number behind an operator's sign stands in parentheses, here as everywhere.
    """
    words, behind = [], []
    for slot, index in enumerate(node.inputs):
        item = trace.nodes[index]
        if item.shape or slot >= MOST_INPUTS:
            words.append(number_of(item))
            behind.append(_in_brackets(words[-1]))
        else:
            words.append(input_place(slot))
            behind.append(bracketed(words[-1]))
    return _arranged(trace, node, words, behind)


def input_numbers(trace: Trace, node: TraceNode) -> dict[str, float | None]:
    """Give the values of a node's inputs by their places in a template."""
    return {
        input_place(slot): float(trace.nodes[index].value)
        for slot, index in enumerate(node.inputs[:MOST_INPUTS])
        if not trace.nodes[index].shape
    }


def _in_brackets(word: str) -> str:
    return f"({word})" if word.startswith("-") else word


def _arranged(trace: Trace, node: TraceNode, words: list[str], behind: list[str]) -> str:
    """Put words into the form of the operation; `behind` are those for after a sign."""
    name = node.op or ""
    if name in INFIX and len(words) == 2:
        left = behind[0] if name == "pow" else words[0]
        return f"{left} {INFIX[name]} {behind[1]}"
    if name == "neg":
        return f"-{behind[0]}"
    if pairs := weighted_pairs(trace, node):
        terms = [f"{behind[first]}*{behind[second]}" for first, second in pairs]
        terms[0] = f"{words[pairs[0][0]]}*{behind[pairs[0][1]]}"
        if len(words) % 2:
            terms.append(behind[-1])
        return " + ".join(_shortened(terms))
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
    inputs = [trace.nodes[index] for index in node.inputs]
    if "weighted" not in (node.op or "") or count == 0 or any(item.shape for item in inputs):
        return []
    values = [item.value for item in inputs]
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
    return f"{shape_words(node.shape)}, values {spread(node.value, ascii_only=True)}"
