"""Parameters together: many Values whose numbers live in one array while a training loop runs."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import GradientError, OperationError
from autograd.operands import as_float
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["FlatParameters", "parameters_together"]


class FlatParameters(Tensor):
    """One array of parameters, each of which is also a Value; made by ``parameters_together``.

    ``.data`` and ``.grad`` are arrays as any Tensor's, and the Values are windows on them: what is
    written on either side is read on both.  A Value that no gradient has reached reads None, while
    the array holds 0 at its place.

    Attributes:
        intact: Whether all Values are still there, and windows on this array; a list of one bool.
        members: References to the Values.
    """

    __slots__ = ("_present", "_present_in", "intact", "members")

    def __init__(self, values: list[Value]) -> None:
        super().__init__(np.array([value.number for value in values]), requires_grad=True)
        intact = self.intact = [True]
        self._present: Any = None  # which Values a gradient has reached,
        self._present_in: Any = None  # in this gradient; in any other it has reached all

        def gone(_: Any) -> None:
            intact[0] = False

        self.members = [weakref.ref(value, gone) for value in values]

    def apart(self) -> None:
        """Give every Value its number and its gradient back; this array is then its own again."""
        self.intact[0] = False
        for member in self.members:
            value = member()
            if type(value) is _Window and value.right is self:
                number, gradient = value.number, value.grad
                value.__class__ = Value  # type: ignore[assignment]
                value.number, value.grad = number, gradient
                value.right = value.right_slope = None

    def __enter__(self) -> FlatParameters:
        return self

    def __exit__(self, *exc: object) -> None:
        self.apart()

    def __reduce_ex__(self, protocol: Any) -> Any:
        copied = Tensor(self._data, requires_grad=True, label=self.label)
        copied.grad = None if self._grad is None else self._grad.copy()
        return copied.__reduce_ex__(protocol)

    def gradient_of(self, place: int) -> float | None:
        """The gradient of one Value; None if none has reached it."""
        gradient = self._grad
        if gradient is None or (gradient is self._present_in and not self._present[place]):
            return None
        return float(gradient[place])

    def set_gradient_of(self, place: int, number: Any) -> None:
        """Write the gradient of one Value."""
        gradient = self.grad
        if gradient is None:
            if number is None:
                return
            gradient = self._grad = np.zeros(self._data.shape)
            self._present, self._present_in = np.zeros(len(gradient), bool), gradient
        elif gradient is not self._present_in:
            self._present, self._present_in = np.ones(len(gradient), bool), gradient
        self._present[place] = number is not None
        gradient[place] = 0.0 if number is None else number
        if number is None and not np.count_nonzero(self._present):
            self._grad = self._present_in = None

    def add_all_gradients(self, numbers: Any) -> None:
        """Add to the gradients of all Values.

        Args:
            numbers: What is added, in their order; the array is kept.
        """
        old = self._grad
        if old is not None:
            numbers = (old + numbers).astype(old.dtype, copy=False)
        self._grad = numbers
        self._borrowed = False

    def add_gradients(self, places: Any, numbers: Any) -> None:
        """Add to the gradients of some Values.

        Args:
            places: Which ones.
            numbers: What is added.
        """
        old = self._grad
        total = np.zeros(self._data.shape) if old is None else old.copy()
        total[places] += numbers
        if len(numbers) < len(total) and (old is None or old is self._present_in):
            if old is None:
                self._present = np.zeros(len(total), bool)
            self._present_in = total
            self._present[places] = True
        self._grad = total
        self._borrowed = False


class _Window(Value):
    """A Value whose number and gradient stand in an array; ``right`` says in which and where."""

    __slots__ = ()

    @property
    def number(self) -> float:
        """The number."""
        return float(self.right._data[self.right_slope])

    @number.setter
    def number(self, number: float) -> None:
        self.right.data[self.right_slope] = number

    @property
    def grad(self) -> float | None:
        """The gradient that has arrived so far; None before."""
        found: float | None = self.right.gradient_of(self.right_slope)
        return found

    @grad.setter
    def grad(self, number: Any) -> None:
        self.right.set_gradient_of(self.right_slope, number)

    def __reduce_ex__(self, protocol: Any) -> Any:
        copied = Value(self.number)
        copied.grad, copied.info = self.grad, self.info
        return copied.__reduce_ex__(protocol)


def parameters_together(values: Iterable[Value]) -> FlatParameters:
    """Let the numbers and gradients of many Values live in one array, so that loops are quick.

    The array is a Tensor, which optimizers take like any parameter.  The Values stay what they are:
    reading or writing ``.data`` and ``.grad`` of one reads or writes the array, a copied or pickled
    one is a Value of its own.  ``apart()``, or the end of a ``with`` block, gives them their
    numbers back: eager programs of Values run a little slower on windows.

    Args:
        values: Leaves, such as ``model.parameters()``.

    Returns:
        The array.

    Raises:
        OperationError: If something else than Values came, or one came twice.
        GradientError: If one was computed from others.

    Example:
        >>> a, b = Value(1.0), Value(2.0)
        >>> with parameters_together([a, b]) as flat:
        ...     (a * b).backward()
        ...     flat.data -= 0.5 * flat.grad
        ...     a.data, b.data, flat.grad
        (0.0, 1.5, array([2., 1.]))
        >>> a, b
        (Value(0.0, grad=2.0), Value(1.5, grad=1.0))
    """
    given = list(values)
    for value in given:
        if not isinstance(value, Value):
            raise OperationError(
                f"parameters_together: {type(value).__name__} came; give Values: Tensors are "
                "arrays already"
            )
        if value.op is not None:
            raise GradientError(
                f"parameters_together: {value!r} was computed from others; "
                "only what starts a graph can be learned"
            )
    if len(set(given)) < len(given) or not given:
        what = "a Value came twice" if given else "no Values came"
        raise OperationError(f"parameters_together: {what}; give model.parameters()")
    for value in given:
        if type(value) is _Window:
            value.right.apart()
    gradients = [value.grad for value in given]
    flat = FlatParameters(given)
    for place, value in enumerate(given):
        value.grad = None
        value.__class__ = _Window
        value.right, value.right_slope = flat, place
    for place, gradient in enumerate(gradients):
        if gradient is not None:
            flat.set_gradient_of(place, as_float(gradient))
    return flat
