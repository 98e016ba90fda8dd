"""Symbols that know the number or array they stand for, so that every formula can be read."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.numpy_names import LIKE, LOOKS, QUESTIONS
from autograd.numpy_protocol import array_function, array_ufunc
from autograd.op import OPS, Op
from autograd.symbol import Symbol

_COMPARISONS = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_SIGNS = {ufunc.__name__: sign for sign, ufunc in _COMPARISONS.items()}


class Known(Symbol):
    """A name or a formula together with the number or array that it stands for.

    A formula may ask it for its shape or add it up with NumPy; what it may not do is look at the
    numbers and write something else for others.

    Example:
        >>> x = Known("x", number=np.array([1.0, 3.0]))
        >>> (x * 2 > 4).number, np.sum(x, axis=0).shape
        (array([False,  True]), ())
    """

    __slots__ = ("_number",)
    apply_rank = 6  # a plain symbol beside it would lose the numbers

    def __init__(
        self,
        head: str | Op,
        args: Sequence[Any] = (),
        settings: Mapping[str, Any] | None = None,
        number: Any = None,
    ) -> None:
        super().__init__(head, args, settings)
        self._number = number

    @staticmethod
    def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Known:
        """Write the operation down."""
        return Known(op, args, settings)

    @property
    def number(self) -> Any:
        """What it stands for; computed by the ops' own forward functions when first asked for."""
        if self._number is None:
            inputs = [a.number if isinstance(a, Known) else a for a in self.args]
            with np.errstate(all="ignore"):
                if isinstance(self.head, str):
                    self._number = _COMPARISONS[self.head](*inputs)
                else:
                    self._number = self.head.compute(inputs, self.settings)
        return self._number

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]  # a plain symbol is told it
        """The shape of what it stands for."""
        return np.shape(self.number)

    @property
    def ndim(self) -> int:
        """How many axes that has."""
        return len(self.shape)

    @property
    def dtype(self) -> Any:
        """Its kind of number."""
        return np.asarray(self.number).dtype

    def reshape(self, *shape: Any) -> Known:
        """Write a change of shape down, as of an array."""
        wanted = tuple(shape[0]) if isinstance(shape[0], (tuple, list)) else shape
        return Known(OPS["reshape"], (self,), {"shape": wanted})

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, **more: Any) -> Known:
        """Write a sum down; NumPy calls this too."""
        keepdims = bool(more.get("keepdims", False))
        return Known(OPS["sum"], (self,), {"axis": axis, "keepdims": keepdims})

    def _compare(sign: str) -> Any:  # type: ignore[misc]
        return lambda self, other: Known(sign, (self, other))

    __gt__ = _compare(">")
    __ge__ = _compare(">=")
    __lt__ = _compare("<")
    __le__ = _compare("<=")
    __eq__ = _compare("==")
    __ne__ = _compare("!=")
    __hash__ = None

    def __getitem__(self, index: Any) -> Known:
        return Known(OPS["getitem"], (self,), {"index": index})

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Known]:
        return (self[i] for i in range(len(self)))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a symbol stands for any numbers, so it cannot become an array of some")

    def __array_ufunc__(  # type: ignore[override]  # a plain symbol refuses arrays on its left
        self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any
    ) -> Any:
        """Write NumPy's element-by-element functions down as ops."""
        sign = _SIGNS.get(ufunc.__name__)
        if sign is not None and method == "__call__":
            return Known(sign, inputs)
        if ufunc.__name__ in QUESTIONS:
            raise TypeError(f"np.{ufunc.__name__} has no symbol")
        return array_ufunc(self, ufunc, method, *inputs, **settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """Write NumPy's functions of whole arrays down as ops."""
        if function in (np.shape, np.ndim, np.size):
            return function(self.number)
        if function.__name__ in LOOKS | LIKE:
            raise TypeError(f"np.{function.__name__} has no symbol")
        return array_function(self, function, types, args, settings)


def number_of_part(part: Any) -> Any:
    """Give the number behind a part of a formula, symbol or not."""
    return part.number if isinstance(part, Known) else part


def is_number(part: Any, wanted: float) -> bool:
    """Say whether a part of a formula is a certain plain number."""
    return isinstance(part, (int, float)) and operator.eq(part, wanted)


def product(gradient: Any, slope: Any) -> Any:
    """Multiply an arriving gradient by a local derivative, as a person would write it.

    Args:
        gradient: A symbol, or the number 1.
        slope: A symbol or a number; a yes or no selects, so that its 0 is exactly 0.

    Returns:
        A symbol or a number.
    """
    if isinstance(slope, (bool, np.bool_)):
        slope = int(slope)
    if is_number(slope, 1) or is_number(gradient, 1):
        return gradient if is_number(slope, 1) else slope
    if is_number(slope, -1):
        return -gradient
    if is_number(slope, 0):
        return 0.0
    chooses = isinstance(slope, Known) and isinstance(slope.head, str) and bool(slope.args)
    if chooses and (slope.shape or np.shape(number_of_part(gradient))):
        return OPS["where"](slope, gradient, 0.0)
    return gradient * slope


def added(parts: Sequence[Any]) -> Any:
    """Add several parts of a formula."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def replaced(formula: Any, by: Mapping[str, Any]) -> Any:
    """Put other formulas in the place of names.

    Example:
        >>> from autograd.symbol import python
        >>> x = Known("x", number=2.0)
        >>> python(replaced(x * x + 1, {"x": Known("y", number=2.0)}))
        'y * y + 1'
    """
    if not isinstance(formula, Known):
        return formula
    if not formula.args:
        return by.get(formula.head, formula) if isinstance(formula.head, str) else formula
    return Known(formula.head, [replaced(a, by) for a in formula.args], formula.settings)
