"""Settings that are whole numbers: of either sign, sizes from 1 on, and counts from a least on."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

__all__ = ["at_least_one", "count_of", "is_whole", "whole_number"]


def is_whole(given: Any) -> bool:
    """Tell whether something is a whole number of Python or NumPy; True and False are none.

    Args:
        given: What came.

    Returns:
        Whether it is one.

    Example:
        >>> is_whole(2), is_whole(np.int8(2)), is_whole(2.0), is_whole(True)
        (True, True, False, False)
    """
    return isinstance(given, (int, np.integer)) and not isinstance(given, bool)


def whole_number(asked_by: str, what: str, given: Any) -> int:
    """Check a setting that is one whole number, of either sign.

    Args:
        asked_by: The function or class, for the error.
        what: What is given, such as "dim".
        given: A Python or NumPy number.

    Returns:
        The number.

    Raises:
        TypeError: If it is no whole number.

    Example:
        >>> whole_number("Flatten", "start_dim", -1)
        -1
    """
    if not is_whole(given):
        raise TypeError(f"{asked_by}: {what}={given!r} came; a whole number is needed")
    return int(given)


def at_least_one(asked_by: str, what: str, given: Any) -> int:
    """Check a size of a layer.

    Args:
        asked_by: The class that asks, for the error.
        what: The argument, for the error.
        given: What came.

    Returns:
        The number.

    Raises:
        TypeError: If it is no whole number.
        ValueError: If it is below 1.

    Example:
        >>> at_least_one("Linear", "in_features", 2)
        2
    """
    if not is_whole(given):
        raise TypeError(f"{asked_by}: {what} is {given!r}: give a whole number, at least 1")
    if given < 1:
        raise ValueError(f"{asked_by}: {what} is {given}: at least 1 is needed")
    return int(given)


def count_of(asked_by: str, what: str, given: Any, least: int) -> int:
    """Check how many of something are asked for; whatever Python takes as an index will do.

    Args:
        asked_by: The function or class, for the error.
        what: The argument, for the error.
        given: What came.
        least: The smallest number allowed.

    Returns:
        The number.

    Raises:
        TypeError: If it is no whole number.
        ValueError: If it is below ``least``.

    Example:
        >>> count_of("batches", "batch_size", 32, least=1)
        32
    """
    if isinstance(given, bool):
        raise TypeError(f"{asked_by}: {what} is {given!r}: pass a whole number >= {least}")
    try:
        number = operator.index(given)
    except TypeError:
        raise TypeError(
            f"{asked_by}: {what} is {given!r}, a {type(given).__name__}: "
            f"pass a whole number >= {least}"
        ) from None
    if number < least:
        raise ValueError(f"{asked_by}: {what} is {number}: pass a whole number >= {least}")
    return number
