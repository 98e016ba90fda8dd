"""A function of two numbers: its value, its gradient by autograd, and its values over the plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value, no_grad, value_and_grad

Array: TypeAlias = NDArray[np.float64]

ALL_AT_ONCE, ONE_BY_ONE = 160, 45  # steps of the grid on each side


class Surface:
    """A user's function, called with two Values or, where it needs them, two Tensors."""

    def __init__(
        self, function: Callable[[Any, Any], Any], start: tuple[float, float], asked_by: str
    ) -> None:
        """Find out what the function takes.

        Args:
            function: of two Values or Tensors, with a single number as its result.
            start: a point where it is defined.
            asked_by: the public function, for error messages.

        Raises:
            TypeError: if it takes neither, or does not return one number.
            ValueError: if it has no finite value there.
        """
        if not callable(function):
            raise TypeError(
                f"{asked_by}: function is a {type(function).__name__}; needs a function of two "
                "Values or Tensors"
            )
        self._function = function
        troubles = []
        for kind in (float, np.array):
            self._kind: Callable[[float], Any] = kind
            try:
                value, _ = self.gradient(start)
            except Exception as error:
                troubles.append(error)
                continue
            if not np.isfinite(value):
                raise ValueError(
                    f"{asked_by}: the function is {value:g} at the start {start}; start where it "
                    "is finite"
                )
            return
        told = [" ".join(str(trouble).split()) for trouble in troubles]
        also = f"; and on two Tensors: {told[1]}" if told[1] != told[0] else ""
        raise TypeError(
            f"{asked_by}: the function failed on two Values at {start}: {told[0]}{also}"
        ) from troubles[0]

    def gradient(self, point: tuple[float, float]) -> tuple[float, tuple[float, float]]:
        """Give value and gradient at a point; no gradient that is kept anywhere is changed."""
        with np.errstate(all="ignore"):
            value, (by_x, by_y) = value_and_grad(self._function, argnums=(0, 1))(
                self._kind(point[0]), self._kind(point[1])
            )
        return float(value), (float(by_x), float(by_y))

    def value(self, x: float, y: float) -> float:
        """Give the value at a point, or nan where there is none."""
        wrap = Value if self._kind is float else Tensor
        try:
            with no_grad(), np.errstate(all="ignore"):
                return float(self._function(wrap(float(x)), wrap(float(y))))
        except (ArithmeticError, ValueError):
            return float("nan")

    def over(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> list[Array]:
        """Measure the function over a rectangle.

        Args:
            x_range: its lowest and highest first number.
            y_range: its lowest and highest second number.

        Returns:
            Places along x, shape (c,); along y, shape (r,); and the values, shape (r, c).
        """
        sides = [np.linspace(*each, ALL_AT_ONCE) for each in (x_range, y_range)]
        plane = list(np.meshgrid(*sides))
        values = self._all_at_once(plane)
        if values is None:
            sides = [np.linspace(*each, ONE_BY_ONE) for each in (x_range, y_range)]
            values = np.array([[self.value(x, y) for x in sides[0]] for y in sides[1]])
        return [*sides, values]

    def _all_at_once(self, plane: list[Array]) -> Array | None:
        """Call the function with whole arrays, if that gives what single points give."""
        try:
            with no_grad(), np.errstate(all="ignore"):
                result = self._function(Tensor(plane[0]), Tensor(plane[1]))
            values = np.asarray(result.numpy(), dtype=float)
        except Exception:
            return None
        if values.shape != plane[0].shape:
            return None
        for place in ((0, 0), (-1, 3), (7, -1), (ALL_AT_ONCE // 2, ALL_AT_ONCE // 3)):
            alone = self.value(plane[0][place], plane[1][place])
            if not np.isclose(alone, values[place], rtol=1e-6, equal_nan=True):
                return None  # it mixes the points, say by a sum over its data
        return values
