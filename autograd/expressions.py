"""An op's formulas read as the NumPy calls that they make: what a program's source is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["OUT_BY_NAME", "Call", "Unreadable", "read"]

OUT_BY_NAME = ("maximum", "minimum")  # a third argument is no longer taken for the output


class Unreadable(Exception):
    """A formula does something else than calling NumPy's elementwise functions."""


class Call(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that is not there: a formula that is given it leaves behind what it would compute.

    Attributes:
        function: What is called; None for an input.
        arguments: Calls and plain numbers; of an input its name.
        wide: Whether every example has its own numbers.
        kind: The dtype.

    Example:
        >>> x = Call(None, ("x",), True, np.dtype(float))
        >>> made = np.exp(-x)
        >>> made.function.__name__, made.arguments[0].function.__name__
        ('exp', 'negative')
    """

    __slots__ = ("arguments", "function", "kind", "wide")

    def __init__(self, function: Any, arguments: Any, wide: bool, kind: np.dtype[Any]) -> None:
        self.function = function
        self.arguments = arguments
        self.wide = wide
        self.kind = kind

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Call:
        if method != "__call__" or settings or ufunc.nout != 1 or ufunc.signature is not None:
            raise Unreadable
        return _called(ufunc, inputs)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Call:
        if function is not np.where or settings or len(inputs) != 3:
            raise Unreadable
        return _called(function, inputs)

    def __bool__(self) -> bool:
        raise Unreadable

    @property
    def key(self) -> Any:
        """What it is: two calls with the same key are the same number."""
        if self.function is None:
            return self.arguments[0]
        return (self.function, *(a.key if isinstance(a, Call) else repr(a) for a in self.arguments))


def _called(function: Any, inputs: Any) -> Call:
    if function not in (getattr(np, function.__name__, None),):
        raise Unreadable  # the source names it
    plain: list[Any] = []
    for item in inputs:
        if isinstance(item, Call):
            plain.append(item)
        elif isinstance(item, (bool, int, float, np.bool_, np.integer, np.floating)):
            plain.append(item.item() if isinstance(item, np.generic) else item)
        else:
            raise Unreadable
    samples = [np.ones(1, a.kind) if isinstance(a, Call) else a for a in plain]
    with np.errstate(all="ignore"):
        kind = function(*samples).dtype
    wide = any(isinstance(a, Call) and a.wide for a in plain)
    return Call(function, tuple(plain), wide, kind)


def read(formula: Callable[..., Any], *inputs: Any) -> Any:
    """Call a formula on arrays that are not there.

    Args:
        formula: An op's forward function, or one of its local derivatives.
        inputs: Calls, and numbers.

    Returns:
        What it computes, as a Call or a plain number; None if it cannot be read and has to be
        called as it is.

    Example:
        >>> from autograd import OPS
        >>> x = Call(None, ("x",), True, np.dtype(float))
        >>> read(OPS["sqrt"].forward, x).function.__name__
        'sqrt'
        >>> read(OPS["add"].partials[0], x, x, x)
        1
        >>> read(OPS["erf"].forward, x) is None
        True
    """
    try:
        made = formula(*inputs)
    except Exception:  # whatever a formula does with what is no array: then it is called instead
        return None
    return made if isinstance(made, (Call, bool, int, float)) else None
