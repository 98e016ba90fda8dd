"""What comes into a layer or loss: numbers with a shape, or a sentence about what came instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, Value, tensor
from autograd.arrays import as_array

__all__ = ["brief", "float_kind", "node_of", "number_or_numbers", "numbers_of"]


def numbers_of(asked_by: object, given: Any) -> Any:
    """Give what came as something with a shape and a dtype.

    Args:
        asked_by: The layer or function, for the error.
        given: A Tensor, an array, a number, or (nested) lists of numbers.

    Returns:
        A Tensor or an array as it is; an array of anything else.

    Raises:
        TypeError: If it does not consist of real numbers.
        ShapeError: If lists of different lengths came.

    Example:
        >>> numbers_of("linear", [[1.0, 2.0]]).shape
        (1, 2)
        >>> numbers_of("linear", "text")
        Traceback (most recent call last):
        ...
        TypeError: linear: str of <U4 came; real numbers are needed (float, int or bool: no ...)
    """
    if isinstance(given, Tensor):
        return given
    if isinstance(given, np.ndarray) and given.dtype.kind in "fiub":
        return given
    if isinstance(given, Value):
        raise TypeError(
            f"{brief(asked_by)}: a Value came; a Tensor is needed: tensor_from_values([...]) makes "
            "one"
        )
    if hasattr(type(given), "apply_op"):  # the dual numbers of forward mode
        return given
    try:
        return as_array(given, None, copy=False)
    except (TypeError, ShapeError) as error:
        said = str(error).removeprefix("Tensor: ")
        raise type(error)(f"{brief(asked_by)}: {said}") from None


def number_or_numbers(asked_by: object, given: Any) -> Any:
    """Give what came as ``numbers_of`` does, but a Value or a single number as it is.

    Example:
        >>> number_or_numbers("ReLU", Value(2.0)), number_or_numbers("ReLU", 3.0)
        (Value(2.0), 3.0)
    """
    return given if isinstance(given, (Value, int, float)) else numbers_of(asked_by, given)


def node_of(asked_by: object, given: Any) -> Any:
    """Give what came as ``numbers_of`` does, with arrays turned into Tensors.

    Example:
        >>> node_of("lstm", [1.0, 2.0])
        Tensor([1., 2.])
    """
    found = numbers_of(asked_by, given)
    return found if hasattr(type(found), "apply_op") else tensor(found)


def float_kind(asked_by: str, dtype: Any) -> Any:
    """Give the kind of number that a layer shall be made of.

    Args:
        asked_by: The layer, for the error.
        dtype: A kind of float; None for float64.

    Returns:
        The dtype.

    Raises:
        TypeError: If it is none.

    Example:
        >>> float_kind("Linear", "float32")
        dtype('float32')
    """
    try:
        kind = np.dtype(float if dtype is None else dtype)
    except TypeError:
        kind = None
    if kind is None or kind.kind != "f":
        said = repr(dtype) if kind is None else str(kind)
        raise TypeError(f"{asked_by}: dtype={said} came; a float is needed: float64 or float32")
    return kind


def brief(asked_by: Any) -> str:
    """Name a function or a module in one line, without the modules inside.

    Example:
        >>> from nn import Residual, Tanh
        >>> brief(Residual(Tanh()))
        'Residual()'
    """
    if isinstance(asked_by, str):
        return asked_by
    return f"{type(asked_by).__name__}({asked_by.extra_repr()})"
