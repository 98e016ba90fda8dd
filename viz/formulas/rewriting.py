"""Formulas of symbols rewritten the way a person writes them; their meaning stays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from viz.formulas.known import Known, is_number


def simplified(formula: Any) -> Any:
    """Leave out what changes nothing, and say a product by its usual name.

    Args:
        formula: a symbol or a number.

    Returns:
        A formula that stands for the same array.

    Example:
        >>> import numpy as np
        >>> from autograd.symbol import text
        >>> x = Known("x", number=np.ones((2, 3)))
        >>> text(simplified(OPS["reshape"](OPS["swapaxes"](x, -1, -2) * 1, (3, 2))))
        'xᵀ'
    """
    if not isinstance(formula, Known) or not formula.args:
        return formula
    parts = [simplified(a) for a in formula.args]
    rebuilt = Known(formula.head, parts, formula.settings, formula._number)
    if not isinstance(formula.head, Op):
        return rebuilt
    rule = _RULES.get(formula.head.name)
    return rebuilt if rule is None else rule(rebuilt)


def relaxed(formula: Any) -> Any:
    """Drop what only stretches a gradient to an array's shape: adding it does that by itself.

    Args:
        formula: what is added to an array of at least its size.

    Returns:
        A formula whose array broadcasts to the same one.
    """
    if not isinstance(formula, Known) or not isinstance(formula.head, Op):
        return formula
    name = formula.head.name
    if name in ("broadcast_to", "astype"):
        return relaxed(formula.args[0])
    if name in ("reshape", "expand_dims") and isinstance(formula.args[0], Known):
        before, after = formula.args[0].shape, formula.shape
        if after == (1,) * (len(after) - len(before)) + before:
            return relaxed(formula.args[0])
    if formula.head.partials is not None:
        return Known(formula.head, [relaxed(a) for a in formula.args], formula.settings)
    return formula


def unguarded(formula: Any) -> Any:
    """Drop the cases that only keep a divisor from being 0, if none of them is met.

    Args:
        formula: a symbol or a number.

    Returns:
        The formula as a person writes it; it stands for the same array at these numbers.
    """
    if not isinstance(formula, Known) or not formula.args:
        return formula
    if isinstance(formula.head, Op) and formula.head.name == "where":
        test, yes, no = formula.args
        if not isinstance(yes, Known) and _asks_for_equality(test) and not np.any(test.number):
            return unguarded(no)
    return Known(formula.head, [unguarded(a) for a in formula.args], formula.settings)


def _asks_for_equality(test: Any) -> bool:
    if not isinstance(test, Known):
        return False
    return test.head == "==" or (_is(test, "mul") and any(map(_asks_for_equality, test.args)))


def _is(part: Any, name: str, **settings: Any) -> bool:
    return (
        isinstance(part, Known)
        and isinstance(part.head, Op)
        and part.head.name == name
        and all(part.settings.get(key) == value for key, value in settings.items())
    )


def _unchanged_shape(formula: Known) -> Any:
    inner = formula.args[0]
    if getattr(inner, "shape", None) == formula.shape:
        return inner
    if _is(inner, "reshape") and _is(formula, "reshape"):
        return _unchanged_shape(Known(formula.head, inner.args, formula.settings, formula._number))
    return formula


def _unchanged_dtype(formula: Known) -> Any:
    inner = formula.args[0]
    return inner if getattr(inner, "dtype", None) == formula.dtype else formula


def _moved(formula: Known) -> Any:
    """A move of axes that leaves every axis where it is changes nothing."""
    inner, ends = formula.args[0], []
    for key in ("source", "destination"):
        axes = formula.settings[key]
        axes = axes if isinstance(axes, (tuple, list)) else (axes,)
        ends.append([axis % inner.ndim for axis in axes])
    return inner if ends[0] == ends[1] and ends[0] == sorted(ends[0]) else formula


def _swapped(formula: Known) -> Any:
    inner = formula.args[0]
    axes = {formula.settings["axis1"] % inner.ndim, formula.settings["axis2"] % inner.ndim}
    if len(axes) == 1:
        return inner
    if inner.ndim == 2:
        return _turned(Known(OPS["transpose"], (inner,), {"axes": None}, formula._number))
    return formula


def _turned(formula: Known) -> Any:
    """Two transposes undo each other."""
    inner = formula.args[0]
    plain = _is(formula, "transpose", axes=None) and _is(inner, "transpose", axes=None)
    return inner.args[0] if plain else formula


def _summed(formula: Known) -> Any:
    """A sum to a shape, said by its axes."""
    inner, wanted = formula.args[0], tuple(formula.settings["shape"])
    if getattr(inner, "shape", wanted) == wanted:
        return inner
    extra = inner.ndim - len(wanted)
    kept = [i + extra for i, n in enumerate(wanted) if n == 1 != inner.shape[i + extra]]
    return summed_over(inner, (*range(extra), *kept), wanted)


def summed_over(formula: Known, axes: tuple[int, ...], wanted: tuple[int, ...]) -> Known:
    """Sum over axes, so that an array of the wanted shape comes out."""
    axis = None if len(axes) == formula.ndim else axes[0] if len(axes) == 1 else axes
    same = formula.ndim == len(wanted) and axis is not None
    total = Known(OPS["sum"], (formula,), {"axis": axis, "keepdims": same})
    return total if total.shape == wanted else Known(OPS["reshape"], (total,), {"shape": wanted})


def _row_of(part: Any, axis: int) -> Any:
    """The vector that was made a matrix of one column (-1) or of one row (-2)."""
    return part.args[0] if _is(part, "expand_dims", axis=axis) and part.ndim == 2 else None


def _times(formula: Known) -> Any:
    left, right = formula.args
    if is_number(left, 1):
        return right
    if is_number(right, 1):
        return left
    if _is(left, "neg") or _is(right, "neg"):
        bare = [a.args[0] if _is(a, "neg") else a for a in (left, right)]
        both = _is(left, "neg") and _is(right, "neg")
        return _times(Known(formula.head, bare)) if both else OPS["neg"](Known(formula.head, bare))
    if _is(right, "mul"):  # from left to right no brackets are needed
        first, second = right.args
        return _times(Known(formula.head, [_times(Known(formula.head, [left, first])), second]))
    column = _row_of(left, -1)
    if column is not None:
        row = _row_of(right, -2)
        row = right if row is None and getattr(right, "ndim", 0) == 1 else row
        if row is not None:  # a column times a row
            return Known(OPS["outer"], (column, row), {}, formula._number)
    return formula


def _picked(formula: Known) -> Any:
    """A matrix times a column, the column's axis dropped again: a matrix times a vector."""
    inner = formula.args[0]
    if _is(inner, "matmul") and formula.settings["index"] == (Ellipsis, 0):
        vector = _row_of(inner.args[1], -1)
        if vector is not None and inner.args[0].ndim == 2:
            return Known(OPS["matmul"], (inner.args[0], vector), {}, formula._number)
    return formula


def _length(formula: Known) -> Any:
    """A vector's length by its definition."""
    (x,), settings = formula.args, dict(formula.settings)
    order = settings.pop("ord")
    if order == 2:
        return OPS["sqrt"](OPS["sum"](OPS["square"](x), **settings))
    if order == math.inf:
        return OPS["max"](OPS["abs"](x), **settings)
    if order == 1:
        return OPS["sum"](OPS["abs"](x), **settings)
    return OPS["sum"](OPS["abs"](x) ** order, **settings) ** (1 / order)


def _power(formula: Known) -> Any:
    base, exponent = formula.args
    if is_number(exponent, 1):
        return base
    return Known(OPS["square"], (base,), {}) if is_number(exponent, 2) else formula


def _between(low: str, high: str) -> Callable[[Known], Any]:
    """A ramp that is cut off, by NumPy's name for cutting."""

    def rule(formula: Known) -> Any:
        ends = {"min": formula.settings.get(low, 0), "max": formula.settings.get(high, 6)}
        return Known(OPS["clip"], formula.args, ends)

    return rule


def _ramp(formula: Known) -> Any:
    return OPS["maximum"](formula.args[0], 0)


def _weighted(formula: Known) -> Any:
    """A layer's weighted sums as they are written: x Wᵀ + b."""
    x, weight, bias = formula.args
    product = OPS["matmul"](x, OPS["transpose"](weight))
    return product if is_number(bias, 0) else product + bias


_RULES: dict[str, Callable[[Known], Any]] = {
    "astype": _unchanged_dtype,
    "broadcast_to": _unchanged_shape,
    "getitem": _picked,
    "hardtanh": _between("min_val", "max_val"),
    "linear": _weighted,
    "moveaxis": _moved,
    "mul": _times,
    "norm": _length,
    "pow": _power,
    "relu": _ramp,
    "relu6": _between("", ""),
    "reshape": _unchanged_shape,
    "sum_to": _summed,
    "swapaxes": _swapped,
    "transpose": _turned,
}
