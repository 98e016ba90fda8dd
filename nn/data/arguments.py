"""What every function of this package asks of its arguments, and the sentence when it is not so."""

import math
import numbers
import operator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
LabelArray: TypeAlias = npt.NDArray[np.int64]
Seed: TypeAlias = int | np.random.Generator


def generator_from(function: str, seed: Seed) -> np.random.Generator:
    """Turn a seed into a generator; a generator passes through and keeps its own state.

    Args:
        function: name of the function that asks, for the error.
        seed: a whole number >= 0, or a ``numpy.random.Generator``.

    Returns:
        The generator to draw from.

    Raises:
        TypeError: ``seed`` is neither.
        ValueError: ``seed`` is negative.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    cure = "pass a whole number such as 0, or numpy.random.default_rng(...)"
    if isinstance(seed, bool):
        raise TypeError(f"{function}: seed is {seed!r}: {cure}")
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"{function}: seed is a {type(seed).__name__}: {cure}") from None
    if number < 0:
        raise ValueError(f"{function}: seed is {number}: {cure}")
    return np.random.default_rng(number)


def finite_number(function: str, name: str, value: float, least: float = -math.inf) -> float:
    """Return ``value`` as a float, or say that it is not finite, or too small.

    Args:
        function: name of the function that asks, for the error.
        name: the argument's name, for the error.
        value: what came.
        least: the smallest number allowed.

    Returns:
        The number.

    Raises:
        TypeError: ``value`` is not a real number.
        ValueError: ``value`` is nan, infinite, or below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{function}: {name} is {value!r}, a {type(value).__name__}: pass a number")
    number = float(value)
    if not math.isfinite(number) or number < least:
        wanted = "a finite number" if least == -math.inf else f"a finite number >= {least:g}"
        raise ValueError(f"{function}: {name} is {value}: pass {wanted}")
    return number


def rows_and_labels(
    function: str, X: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return both as arrays of the same, nonzero length, or say which lengths came.

    Args:
        function: name of the function that asks, for the error.
        X: inputs, one example per row.
        y: what each row is labelled with.

    Returns:
        ``X`` and ``y`` as NumPy arrays, not copied.

    Raises:
        ValueError: one of them has no rows, or their lengths differ.
    """
    X, y = np.asarray(X), np.asarray(y)
    for name, array in (("X", X), ("y", y)):
        if array.ndim == 0:
            raise ValueError(f"{function}: {name} is a single number: pass an array with rows")
    if len(X) != len(y):
        raise ValueError(
            f"{function}: X has {len(X)} rows and y has {len(y)}: pass one label for each row of X"
        )
    if len(X) == 0:
        raise ValueError(f"{function}: X and y are empty: pass at least one row")
    return X, y
