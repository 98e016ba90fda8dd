"""Symbols that know their shape, so that the formulas of reductions can be read too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.symbol import Symbol

_REDUCTIONS: dict[Callable[..., Any], str] = {np.sum: "sum", np.max: "max", np.min: "min"}


class RowSymbol(Symbol):
    """A symbol for an array: every operation on it gives another one of the fitting shape.

    Example:
        >>> x = RowSymbol("x", shape=(3,))
        >>> (x * 2).shape, OPS["sum"](x, axis=0, keepdims=True).shape
        ((3,), (1,))
    """

    __slots__ = ()
    apply_rank = 5  # a plain symbol beside it would lose the shape

    @staticmethod
    def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Symbol:
        """Write the operation down; the shape is that of the op on ones."""
        result = op.compute([_like(a) for a in args], settings)
        return RowSymbol(op, args, settings, np.shape(result))

    def __array_function__(
        self, function: Any, types: Any, args: Any, settings: Mapping[str, Any]
    ) -> Any:
        """Let a formula count with NumPy's own sums; they become ops."""
        if function not in _REDUCTIONS:
            return NotImplemented
        return OPS[_REDUCTIONS[function]](*args, **settings)

    def _compare(sign: str) -> Any:  # type: ignore[misc]
        def method(self: RowSymbol, other: Any) -> RowSymbol:
            shape = np.broadcast_shapes(np.shape(_like(self)), np.shape(_like(other)))
            return RowSymbol(sign, (self, other), shape=shape)

        return method

    __gt__ = _compare(">")
    __ge__ = _compare(">=")
    __lt__ = _compare("<")
    __le__ = _compare("<=")
    __eq__ = _compare("==")
    __ne__ = _compare("!=")
    __hash__ = None

    def __getitem__(self, index: Any) -> Symbol:
        return RowSymbol.apply_op(OPS["getitem"], (self,), {"index": index})


def _like(argument: Any) -> Any:
    return np.ones(argument.shape) if isinstance(argument, Symbol) else argument
