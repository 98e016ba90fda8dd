"""The points that gradient descent visits, one step after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value
from viz.plots.surface import Array, Surface


def walk(
    surface: Surface,
    start: tuple[float, float],
    learning_rate: float,
    steps: int,
    optimizer: Callable[..., Any] | None,
) -> tuple[Array, Array, bool]:
    """Take the steps; stop where there is no number any more.

    Args:
        surface: the function.
        start: the first point.
        learning_rate: of plain gradient descent, or for the optimizer's class.
        steps: how many.
        optimizer: makes what takes the steps; None for plain gradient descent.

    Returns:
        The points, shape (n, 2); the values there, shape (n,); and whether the path broke off.

    Raises:
        TypeError: if the optimizer cannot be made.

    Example:
        >>> surface = Surface(lambda x, y: x * x + y, (1.0, 0.0), "descent")
        >>> walk(surface, (1.0, 0.0), 0.25, 2, None)[0].tolist()
        [[1.0, 0.0], [0.5, -0.25], [0.25, -0.5]]
    """
    place = [Value(start[0]), Value(start[1])]  # what the optimizer moves; no graph is made of it
    mover = _mover(optimizer, place, learning_rate)
    path, (value, gradient) = [start], surface.gradient(start)
    values = [value]
    for _ in range(steps):
        for coordinate, slope in zip(place, gradient, strict=True):
            coordinate.grad = slope
        mover()
        point = (float(place[0].data), float(place[1].data))
        try:
            value, gradient = surface.gradient(point)
        except (ArithmeticError, ValueError):  # outside of where the function is defined
            return np.array(path), np.array(values), True
        if not all(map(math.isfinite, (*point, value))):
            return np.array(path), np.array(values), True
        path.append(point)
        values.append(value)
    return np.array(path), np.array(values), False


def _mover(
    optimizer: Callable[..., Any] | None, place: Sequence[Value], learning_rate: float
) -> Callable[[], None]:
    if optimizer is None:

        def down() -> None:
            for coordinate in place:
                coordinate.data = coordinate.data - learning_rate * (coordinate.grad or 0.0)

        return down
    if hasattr(optimizer, "step") and not isinstance(optimizer, type):
        raise TypeError(
            "descent: optimizer is made already, for other parameters; give its class, or a "
            "function that makes it: lambda p: nn.SGD(p, lr=0.1, momentum=0.9)"
        )
    if not callable(optimizer):
        raise TypeError(
            f"descent: optimizer is a {type(optimizer).__name__}; needs a class such as nn.Adam"
        )
    settings = {"lr": learning_rate} if isinstance(optimizer, type) else {}
    made = optimizer(list(place), **settings)
    if not hasattr(made, "step"):
        raise TypeError(
            f"descent: optimizer made a {type(made).__name__}; needs an object with step()"
        )
    return made.step  # type: ignore[no-any-return]
