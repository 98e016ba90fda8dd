"""Formulas of the op table written as JavaScript: over numbers, or over rows of numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.op import Op
from autograd.symbol import PLUMBING, bracket, infix, write

ATOM = 9.0
_COMPARISON = 0.5
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "neg": "-"}
# rows have no operators, so their comparisons are functions too
_COMPARISONS = {
    "==": "equal",
    "!=": "not_equal",
    ">": "greater",
    ">=": "greater_equal",
    "<": "less",
    "<=": "less_equal",
}


class Unwritable(Exception):
    """A formula that JavaScript cannot be given; the message says which, in a clause."""


def javascript(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as a JavaScript expression over numbers.

    Args:
        symbol: A Symbol, or a plain number.
        names: Other names for the symbols.

    Returns:
        An expression. Functions in it bear the names of their ops; a comparison gives a boolean,
        which JavaScript counts as 0 or 1.

    Raises:
        Unwritable: If a setting in it is not a number or a short text.

    Example:
        >>> from autograd.symbol import Symbol
        >>> x = Symbol("x")
        >>> javascript((1 - x) * (1 + x)), javascript(x**2 > 1)
        ('(1 - x) * (1 + x)', 'power(x, 2) > 1')
    """
    return write(symbol, names or {}, _call, _compare, literal)[0]


def javascript_rows(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as a JavaScript expression over numbers and rows of numbers.

    Args:
        symbol: A Symbol, a plain number or an array of one axis.
        names: Other names for the symbols.

    Returns:
        An expression in which everything is a function of the table ``rows``.

    Raises:
        Unwritable: If it needs more than one axis, or a function there is none for.

    Example:
        >>> from autograd.symbol import Symbol
        >>> javascript_rows(Symbol("g") * Symbol("x"))
        'rows.mul(g, x)'
    """
    return write(symbol, names or {}, _row_call, _row_compare, literal)[0]


def literal(number: Any) -> str:
    """Write a number, a row of them, or another setting of an op as JavaScript.

    Example:
        >>> literal(1e-5), literal(float("-inf")), literal(None), literal(np.ones(2))
        ('1e-05', '-Infinity', 'null', '[1.0, 1.0]')
    """
    if isinstance(number, np.ndarray):
        if number.ndim == 0:
            return literal(number.item())
        return "[" + ", ".join(literal(n) for n in number.reshape(-1).tolist()) + "]"
    if isinstance(number, np.generic):
        number = number.item()
    if isinstance(number, (list, tuple)):
        return "[" + ", ".join(literal(n) for n in number) + "]"
    if isinstance(number, float):
        if math.isnan(number):
            return "NaN"
        if math.isinf(number):
            return "Infinity" if number > 0 else "-Infinity"
        return repr(number)
    if number is None or isinstance(number, (bool, int)):
        return json.dumps(number)
    if isinstance(number, str):
        return json.dumps(number).replace("<", r"\u003c")
    raise Unwritable(f"a setting of the kind {type(number).__name__} has no JavaScript")


def settings_object(settings: Mapping[str, Any]) -> str:
    """Write an op's settings as the last argument of a call; nothing if there are none.

    Example:
        >>> settings_object({"slope": 0.01}), settings_object({})
        (', {slope: 0.01}', '')
    """
    inside = ", ".join(f"{name}: {literal(value)}" for name, value in settings.items())
    return f", {{{inside}}}" if inside else ""


def _call(op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]) -> tuple[str, float]:
    if op.name == "where":
        test = parts[0][0] if parts[0][1] == _COMPARISON else f"{bracket(parts[0], 0.6)} != 0"
        yes, no = (bracket(part, 0.2) for part in parts[1:])
        return f"{test} ? {yes} : {no}", 0.1
    if op.name == "square" and parts[0][0].isidentifier():
        return f"{parts[0][0]} * {parts[0][0]}", 2
    if op.name in _SIGNS and op.infix is not None:
        return infix(op, parts, _SIGNS[op.name])
    inside = ", ".join(part[0] for part in parts)
    # a formula may stand at the edge of the domain, where the op itself refuses: see `power`
    name = "power" if op.name == "pow" else op.name
    return f"{name}({inside}{settings_object(settings)})", ATOM


def _compare(sign: str, left: str, right: str) -> tuple[str, float]:
    # == and not ===: a comparison may itself be compared with a number
    return f"{left} {sign} {right}", _COMPARISON


def _row_call(
    op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]
) -> tuple[str, float]:
    inside = [part[0] for part in parts]
    if op.name == "broadcast_to":
        (size,) = settings["shape"] or (None,)
        return (f"rows.spread({inside[0]}, {size})" if size is not None else inside[0]), ATOM
    if op.name == "getitem":
        return f"rows.part({inside[0]}, {_ends(settings['index'])})", ATOM
    if op.name == "concatenate":
        return f"rows.joined([{', '.join(inside)}])", ATOM
    if op.name in PLUMBING - {"sum_to"} or op.name in ("moveaxis", "ravel"):
        return parts[0]  # with one axis there is nothing to move; a row of one is like a number
    kept = {name: value for name, value in settings.items() if name not in ("axis", "keepdims")}
    name = "power" if op.name == "pow" else op.name
    return f"rows.{name}({', '.join(inside)}{settings_object(kept)})", ATOM


def _row_compare(sign: str, left: str, right: str) -> tuple[str, float]:
    return f"rows.{_COMPARISONS[sign]}({left}, {right})", ATOM


def _ends(index: Any) -> str:
    """The two ends of a plain slice of a row."""
    parts = [i for i in (index if isinstance(index, tuple) else (index,)) if i is not Ellipsis]
    if len(parts) != 1 or not isinstance(parts[0], slice) or parts[0].step not in (None, 1):
        raise Unwritable(f"an index like {index!r} has no JavaScript")
    start, stop = parts[0].start, parts[0].stop
    return f"{start or 0}" + (f", {stop}" if stop is not None else "")
