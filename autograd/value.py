"""Value: a node that holds one number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from autograd.engine import deposit, propagate
from autograd.errors import GradientError
from autograd.node import Node, caller_line, hooks_alive
from autograd.op import OPS, Op
from autograd.operands import as_float
from autograd.recording import mode
from autograd.sweep import Bridge, sweep
from autograd.value_graph import ValueGraph
from autograd.watching import listening, tell

__all__ = ["Value", "make_node"]

_new = object.__new__


class Value(ValueGraph):
    """A number that remembers how it was made.

    Args:
        data: The number.
        label: A name, shown in pictures and messages.

    Raises:
        TypeError: If data is not one real number.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> out = (a * b + 1).tanh()
        >>> out.backward()
        >>> round(out.data, 6), round(a.grad, 6), round(b.grad, 6)
        (-0.999909, -0.000545, 0.000363)
    """

    __slots__ = ()

    apply_rank = 1
    apply_op: ClassVar[Callable[..., Any]]  # set by value_operations

    if TYPE_CHECKING:
        # the operators and methods that value_operations makes from the op table
        __add__: Any
        __radd__: Any
        __sub__: Any
        __rsub__: Any
        __mul__: Any
        __rmul__: Any
        __truediv__: Any
        __rtruediv__: Any
        __floordiv__: Any
        __rfloordiv__: Any
        __mod__: Any
        __rmod__: Any
        __pow__: Any
        __rpow__: Any
        __neg__: Any
        __pos__: Any
        __abs__: Any

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, data: Any, label: str | None = None) -> None:
        self.number = data if type(data) is float else as_float(data)
        self.grad = None
        self.op = None
        self.mark = 0
        self.info = None
        self.left = self.left_slope = self.right = self.right_slope = None
        if label is not None:
            self.label = label

    def backward(self, gradient: float | None = None) -> None:
        """Send a gradient back through everything this was made of, adding it to every ``.grad``.

        Args:
            gradient: The gradient to start with; 1 by default.

        Raises:
            GradientError: If the gradient is not a number.

        Example:
            >>> x = Value(3.0)
            >>> y = x**3
            >>> y.backward()
            >>> x.grad
            27.0
            >>> y.backward()
            >>> x.grad
            54.0
        """
        if mode.special:
            mode.refuse("backward()")
        seed = 1.0 if gradient is None else _seed(gradient)
        if listening[0]:
            tell("before_backward", self)
        swept = not hooks_alive[0]
        if swept:
            try:
                sweep(self, seed)
            except Bridge:
                swept = False
        if not swept:
            deposit(propagate(self, seed))
        if listening[0]:
            tell("after_backward", self)

    def detach(self) -> Value:
        """Give a leaf with the same number, cut off from the graph.

        Example:
            >>> x = Value(2.0)
            >>> (x * (x * 3).detach()).backward()
            >>> x.grad
            6.0
        """
        if mode.special:
            mode.refuse("detach()")
        return Value(self.number, self.label)

    def item(self) -> float:
        """Give the number."""
        return self.data

    def where(self, condition: Any, other: Any) -> Any:
        """Keep this number if a condition holds, else take another; as Tensor's method.

        Example:
            >>> Value(2.0).where(True, 5.0)
            Value(2.0)
        """
        return OPS["where"](condition, self, other)

    # ------------------------------------------------------------------ Python's own protocols
    def __repr__(self) -> str:
        parts = [repr(self.number)]
        if self.grad is not None:
            parts.append(f"grad={self.grad!r}")
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        return f"Value({', '.join(parts)})"

    __hash__ = Node.__hash__

    def _compare(sign: Callable[[Any, Any], bool]) -> Any:  # type: ignore[misc]
        def method(self: Value, other: Any) -> Any:
            if mode.special:
                mode.refuse("a comparison of a Value")
            if isinstance(other, Value):
                return sign(self.number, other.number)
            if isinstance(other, (int, float, np.number)):
                return bool(sign(self.number, other))
            return NotImplemented

        return method

    __eq__ = _compare(lambda a, b: a == b)
    __ne__ = _compare(lambda a, b: a != b)
    __lt__ = _compare(lambda a, b: a < b)
    __le__ = _compare(lambda a, b: a <= b)
    __gt__ = _compare(lambda a, b: a > b)
    __ge__ = _compare(lambda a, b: a >= b)

    def __format__(self, spec: str) -> str:
        if spec and mode.special:
            mode.refuse("format() of a Value")
        return format(self.number, spec) if spec else repr(self)

    def __float__(self) -> float:
        if mode.special:
            mode.refuse("float() of a Value")
        return float(self.number)

    def __int__(self) -> int:
        if mode.special:
            mode.refuse("int() of a Value")
        return int(self.number)

    def __bool__(self) -> bool:
        if mode.special:
            mode.refuse("bool() of a Value")
        return bool(self.number)

    def __round__(self, decimals: int | None = None) -> Any:
        return OPS["round"](self, decimals=decimals or 0)

    def __floor__(self) -> Any:
        return OPS["floor"](self)

    def __ceil__(self) -> Any:
        return OPS["ceil"](self)

    def __trunc__(self) -> int:
        return math.trunc(float(self))

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __iter__(self) -> NoReturn:
        raise TypeError(
            "Value: this is one number and has no elements; use a list of Values, or a Tensor"
        )


def _seed(gradient: Any) -> float:
    try:
        seed = as_float(gradient)
    except TypeError:
        raise GradientError(
            f"backward: {type(gradient).__name__} came as the gradient; a Value needs one number"
        ) from None
    if seed != seed:
        raise GradientError(
            "backward: the gradient is nan; give a number, or every gradient would be nan"
        )
    return seed


def make_node(
    op: Op, out: float, left: Any, left_slope: Any, right: Any, right_slope: Any
) -> Value:
    """Make a recorded Value.

    Args:
        op: What made it.
        out: Its number.
        left: The first parent; None for a constant, or where the right side holds groups.
        left_slope: The local derivative towards it, or the constant.
        right: The second parent, None, or groups of parents.
        right_slope: The local derivative towards it, the constant, or groups of slopes.  What
            groups look like stands at the slots of ``ValueGraph``.

    Returns:
        The Value.
    """
    node = _new(Value)
    node.number = out
    node.grad = None
    node.op = op
    node.mark = 0
    node.info = None
    node.left = left
    node.left_slope = left_slope
    node.right = right
    node.right_slope = right_slope
    if mode.special and mode.lines():
        node._noted().line = caller_line()
    return node
