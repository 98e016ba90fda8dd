"""Forward mode: a number or array that carries how fast it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, ClassVar

import numpy as np

from autograd import numpy_protocol
from autograd.arrays import own_index
from autograd.conversions import Conversions
from autograd.node import Node
from autograd.numpy_names import LOOKS, QUESTIONS
from autograd.op import OPS
from autograd.operators import Operators
from autograd.synonyms import PUBLIC
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["Dual", "new_level", "primal", "raw", "requires_grad", "shape_of", "zeros_for"]

_levels = count(1)


def new_level() -> int:
    """Give the number of a new forward pass; one inside another has the greater number."""
    return next(_levels)


class Dual(Operators, Conversions):
    """A value together with its tangent: how fast it changes.

    Args:
        value: A number, an array, a Value or a Tensor; or a Dual of an outer forward pass.
        tangent: The same kind and shape.
        level: Which forward pass it belongs to, when one runs inside another.

    Example:
        >>> x = Dual(3.0, 1.0)
        >>> y = x * x + 1
        >>> y.value, y.tangent
        (10.0, 6.0)
    """

    # no ``data`` and no ``grad``: code that reads those would lose the tangent without a word
    __slots__ = ("level", "tangent", "value")
    apply_rank = 3
    apply_op: ClassVar[Callable[..., Any]]  # set by dual_operations

    def __init__(self, value: Any, tangent: Any, level: int = 0) -> None:
        self.value = value
        self.tangent = tangent
        self.level = level

    @property
    def _data(self) -> Any:
        return raw(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return shape_of(self)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there are."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> Any:
        """The kind of number."""
        return np.result_type(raw(self))

    @property
    def requires_grad(self) -> bool:
        """True: a derivative is asked for."""
        return True

    def item(self) -> float:
        """Give the one number, without its tangent."""
        return float(raw(self))

    def detach(self) -> Any:
        """Give the value as a constant."""
        value = primal(self)
        return value.detach() if isinstance(value, (Value, Tensor)) else value

    def reshape(self, *shape: Any) -> Any:
        """Same elements in another shape, given as one tuple or as numbers."""
        return OPS["reshape"](self, shape=shape[0] if len(shape) == 1 else shape)

    def to_values(self) -> Any:
        """Turn into numbers that carry their tangents, in (nested) lists of this shape."""
        if self.shape:
            return [part.to_values() for part in self]
        return Dual(_single(self.value), _single(self.tangent), self.level)

    @property
    def at(self) -> Any:
        """Places to set or add to in a copy: ``x.at[index].set(values)``."""
        return Tensor.at.fget(self)  # type: ignore[attr-defined]

    def __getitem__(self, index: Any) -> Any:
        return OPS["getitem"](self, index=own_index(index))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len: a single number has no length; .reshape(1) gives it an axis")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return self.item()

    def __bool__(self) -> bool:
        return bool(primal(self))

    def __round__(self, decimals: int | None = None) -> Any:
        return OPS["round"](self, decimals=decimals or 0)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:
        if ufunc.__name__ in QUESTIONS:
            return ufunc(*(raw(item) if isinstance(item, Dual) else item for item in inputs))
        return numpy_protocol.array_ufunc(self, ufunc, method, *inputs, **settings)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, settings: dict[str, Any]
    ) -> Any:
        if function.__name__ in LOOKS or (function.__name__ == "where" and len(args) == 1):
            return function(*map(_raw_inside, args), **settings)
        return numpy_protocol.array_function(self, function, types, args, settings)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise TypeError(
            "NumPy: a number came that carries its tangent (forward mode); use the function of "
            "the same name from autograd"
        )

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.tangent!r})"

    __hash__ = object.__hash__

    def _compare(sign: str) -> Any:  # type: ignore[misc]
        def method(self: Dual, other: Any) -> Any:
            return getattr(_comparable(self), sign)(_comparable(other))

        return method

    __eq__ = _compare("__eq__")
    __ne__ = _compare("__ne__")
    __lt__ = _compare("__lt__")
    __le__ = _compare("__le__")
    __gt__ = _compare("__gt__")
    __ge__ = _compare("__ge__")


def _method(function: Any) -> Any:
    return lambda self, *args, **settings: function(self, *args, **settings)


for _name, _function in PUBLIC.items():
    if _name not in Dual.__dict__:
        setattr(Dual, _name, _method(_function))


# ---------------------------------------------------------------------- looking inside
def primal(x: Any) -> Any:
    """Strip all tangents: the number, array, Value or Tensor underneath."""
    while isinstance(x, Dual):
        x = x.value
    return x


def raw(x: Any) -> Any:
    """The plain number or array underneath a Dual, a Value or a Tensor."""
    x = primal(x)
    return x.data if isinstance(x, Value) else x._data if isinstance(x, Tensor) else x


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a number, an array, a node or a Dual."""
    return tuple(np.shape(raw(x)))


def _raw_inside(item: Any) -> Any:
    if isinstance(item, (list, tuple)):
        return type(item)(_raw_inside(part) for part in item)
    return raw(item)


def requires_grad(x: Any) -> bool:
    """Whether anything in a number, node or Dual is recorded, so that gradients flow through it."""
    if isinstance(x, Dual):
        return requires_grad(x.value) or requires_grad(x.tangent)
    return isinstance(x, Node) and x.requires_grad


def zeros_for(x: Any) -> Any:
    """Zero, in the shape and dtype of a number, array, node or Dual: a float for a Value."""
    value = raw(x)
    return 0.0 if isinstance(value, (int, float)) else np.zeros_like(value)


def _comparable(x: Any) -> Any:
    value = primal(x)
    return np.float64(value) if isinstance(value, (int, float)) else value


def _single(x: Any) -> Any:
    """The number in an array of one: a Value out of a Tensor."""
    return (
        x.to_values() if isinstance(x, (Dual, Tensor)) else x if isinstance(x, Value) else float(x)
    )
