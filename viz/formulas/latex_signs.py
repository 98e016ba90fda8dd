"""The signs that LaTeX needs beyond those of the ops: two products of arrays, lists cut short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.symbol import PLUMBING, latex
from viz.formulas.known import Known, is_number

MOST_TERMS = 6

_ELEMENTS = replace(OPS["mul"], latex=r"{x} \odot {y}", _bound={})
_NUMBERS = replace(OPS["mul"], latex=r"{x} \cdot {y}", _bound={})
_MATRICES = replace(OPS["matmul"], latex=r"{a} \, {b}", _bound={})


def written(formula: Any, names: Mapping[str, str]) -> str:
    r"""Write a formula as LaTeX, products of arrays element by element with a sign of their own.

    Args:
        formula: a symbol or a number.
        names: LaTeX by the head of a symbol.

    Returns:
        LaTeX for a mathematics environment.

    Example:
        >>> import numpy as np
        >>> x, y = (Known(name, number=np.ones((2, 2))) for name in "xy")
        >>> print(written(x * y, {}), written(x @ y, {}), written(2 * x, {}))
        x \odot y x \, y 2 \, x
    """
    return latex(_spelled(formula), names)


def abridged(words: Sequence[str]) -> list[str]:
    r"""Leave the middle of a long list out.

    Example:
        >>> print(*abridged("abcdefgh"))
        a b \cdots h
    """
    return list(words) if len(words) <= MOST_TERMS else [*words[:2], r"\cdots", words[-1]]


def mentions(formula: Any, head: str) -> bool:
    """Say whether a name stands in a formula."""
    if not isinstance(formula, Known):
        return False
    if not formula.args:
        return formula.head == head
    return any(mentions(part, head) for part in formula.args)


def renamed(formula: Any, old: str, new: str) -> Any:
    """Give one name in a formula another one; it stands for the same numbers."""
    if not isinstance(formula, Known):
        return formula
    if not formula.args:
        return Known(new, number=formula.number) if formula.head == old else formula
    parts = [renamed(part, old, new) for part in formula.args]
    return Known(formula.head, parts, formula.settings, formula._number)


def _spelled(formula: Any) -> Any:
    if isinstance(formula, np.ndarray) and formula.ndim:
        return Known(_constant(formula), number=formula)
    if not isinstance(formula, Known) or not formula.args:
        return formula
    parts = [_spelled(part) for part in formula.args]
    head: str | Op = formula.head
    if isinstance(head, Op):
        if head.name == "where" and is_number(parts[2], 0) and _is_test(parts[0]):
            head, parts = OPS["mul"], [parts[1], parts[0]]  # a condition as a factor
        if head.name == "mul":
            parts = [part for part in parts if not is_number(_bare(part), 1)]
            if len(parts) < 2:
                return parts[0] if parts else 1.0
            head = _ELEMENTS if all(map(_is_array, parts)) else head
            head = _NUMBERS if not isinstance(parts[1], Known) else head
        elif head.name == "matmul":
            head = _MATRICES
    return Known(head, parts, formula.settings, formula._number)


def _constant(array: Any) -> str:
    """An array that stands in an op's formula: ones, the identity, or some other constant."""
    if np.all(array == 1):
        return r"\mathbf{1}"
    if array.ndim == 2 and np.array_equal(array, np.eye(*array.shape)):
        return "I"
    return "C"


def _is_test(part: Any) -> bool:
    return isinstance(part, Known) and isinstance(part.head, str) and bool(part.args)


def _bare(part: Any) -> Any:
    """A part without what only gives it another shape, which LaTeX leaves out."""
    while isinstance(part, Known) and isinstance(part.head, Op) and part.head.name in PLUMBING:
        part = part.args[0]
    return part


def _is_array(part: Any) -> bool:
    """Whether a part stands for an array, and not for one number repeated in its shape."""
    if not isinstance(part, Known):
        return bool(getattr(part, "shape", ()))
    return bool(part.shape) and (not part.args or any(map(_is_array, part.args)))
