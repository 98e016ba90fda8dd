"""Arrays as they come from the user: made, checked and copied where they must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.buffers import is_view
from autograd.errors import GradientError, ShapeError
from autograd.node import Node

__all__ = [
    "as_array",
    "check_float",
    "own_index",
    "own_settings",
    "replacement",
    "same_numbers",
    "seed_for",
]

_array = np.ndarray
_MUTABLE = frozenset({np.ndarray, list, tuple})  # what somebody may change, or something in it
_LASTING = frozenset({bool, int, slice, type(None), type(Ellipsis)})  # which nobody can change


def as_array(data: Any, dtype: Any, *, copy: bool) -> Any:
    """Make an array of real numbers of what came.

    Args:
        data: A number, a list, a Tensor, or any array that speaks NumPy's protocols.
        dtype: The dtype wanted; None for NumPy's choice.
        copy: Whether the result must be the caller's own.

    Returns:
        The array; arrays that are no ``numpy.ndarray`` (on a GPU, on a cluster) stay what they are.

    Raises:
        TypeError: If the data are not real numbers.
        ShapeError: If lists of different lengths came.
    """
    if isinstance(data, Node) and hasattr(data, "_data"):
        data = data._data
    if isinstance(data, Node) or (
        isinstance(data, (list, tuple)) and len(data) and isinstance(_first(data), Node)
    ):
        raise TypeError(
            "Tensor: Values or Tensors in a list came: use tensor_from_values(...), or stack(...)"
        )
    subclass = isinstance(data, _array) and type(data) is not _array
    if subclass and isinstance(data, np.ma.MaskedArray):  # np.ma is imported when first asked for
        raise TypeError(
            "Tensor: a masked array came; a mask is not kept: fill the gaps with .filled(value)"
        )
    # a subclass (memmap, matrix) is held as a plain array: its memory can be written to elsewhere
    if not isinstance(data, _array) and hasattr(data, "__array_function__"):
        array = data if dtype is None else data.astype(dtype)
    else:
        try:
            array = np.array(data, dtype=dtype) if copy else np.asarray(data, dtype=dtype)
        except ValueError as error:
            raise ShapeError(
                "Tensor: the rows came in different lengths, or with no numbers; all rows must be "
                f"equally long ({error})"
            ) from error
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Tensor: {type(data).__name__} of {array.dtype} came; real numbers are needed "
            "(float, int or bool: no complex, text or objects)"
        )
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def _first(data: Any) -> Any:
    while isinstance(data, (list, tuple)) and len(data):
        data = data[0]
    return data


def check_float(dtype: Any, what: str) -> None:
    """Refuse to differentiate what is not made of floats.

    Args:
        dtype: The dtype of the data.
        what: Who asks, for the message.

    Raises:
        TypeError: If the dtype is no float.
    """
    if dtype.kind != "f":
        raise TypeError(
            f"{what}: {dtype} data came; a gradient needs floats: "
            "write 1.0 for 1, or pass dtype=float"
        )


def replacement(data: Any, old: Any) -> Any:
    """Make an array that can stand in place of a tensor's.

    Args:
        data: What came.
        old: The array there now.

    Returns:
        An array of the same shape and dtype; what came itself, if it can be written to and is no
        view.

    Raises:
        ShapeError: If the shape differs.
        TypeError: If the kind of number does not fit.
    """
    new = as_array(data, None, copy=False)
    if new.shape != old.shape:
        raise ShapeError(
            f"data: an array of shape {new.shape} came for a tensor of {old.shape}: "
            "make a new Tensor to change the shape"
        )
    if new.dtype != old.dtype:
        if not np.can_cast(new.dtype, old.dtype, "same_kind"):
            raise TypeError(
                f"data: {new.dtype} came for a tensor of {old.dtype}: convert it first with .astype"
            )
        new = new.astype(old.dtype)
    if type(new) is _array and (is_view(new) or not new.flags.writeable):
        new = new.copy()
    return new


def same_numbers(a: Any, b: Any) -> bool:
    """Whether two arrays hold the same numbers in the same shape; nan equals nan."""
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=True))


def own_index(index: Any) -> Any:
    """Make an index without nodes, with its own copy of every array in it.

    Args:
        index: What stood between the brackets.

    Returns:
        The same index, which nobody can change later.

    Raises:
        TypeError: If no array can be indexed with it.
    """
    if isinstance(index, tuple):
        if type(index) is tuple and _LASTING.issuperset(map(type, index)):
            return index
        return tuple(own_index(part) for part in index)
    if isinstance(index, (float, str)):
        raise TypeError(
            f"index: {index!r} came; use whole numbers, slices, lists of them, or a mask of bools"
        )
    if isinstance(index, Node):
        index = np.asarray(index)
        if not index.shape and index.dtype != np.bool_:
            return int(index)
    if not isinstance(index, (np.ndarray, list)):
        return index
    copied = np.array(index)
    if copied.dtype.kind not in "iub":
        if copied.size:
            raise TypeError(
                f"index: {copied.dtype} came; use whole numbers, slices, lists of them, "
                "or a mask of bools"
            )
        copied = copied.astype(np.intp)  # an empty list is of floats by NumPy's rules
    copied.flags.writeable = False
    return copied


def own_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make settings that nobody can change later: arrays and lists in them are copied.

    Args:
        settings: An op's settings as they were given.

    Returns:
        The same settings.
    """
    for value in settings.values():
        kind = type(value)
        if (
            kind is _array
            or kind is list
            or (kind is tuple and not _LASTING.issuperset(map(type, value)) and not _lasts(value))
        ):
            return {
                name: _own(value) if type(value) in _MUTABLE else value
                for name, value in settings.items()
            }
    return settings


def _lasts(value: tuple[Any, ...]) -> bool:
    """Tell whether there is no array and no list in it, at any depth: these have no hash."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _own(value: Any) -> Any:
    if type(value) is _array and (value.flags.writeable or value.base is not None):
        return value.copy()
    if type(value) is tuple or type(value) is list:
        return type(value)(_own(part) for part in value)
    return value


def seed_for(root: Any, gradient: Any, name: str) -> Any:
    """Check the gradient that a backward pass starts with.

    Args:
        root: The tensor to start from.
        gradient: What was given; None for 1.
        name: Who asks, for the messages.

    Returns:
        An array of the root's shape and dtype, nobody else's.

    Raises:
        GradientError: If nothing was recorded, or the gradient is missing or no numbers.
        ShapeError: If the gradient has another shape.
    """
    if not root._requires_grad:
        raise GradientError(
            f"{name}: nothing was recorded: no input has requires_grad=True, "
            "or it was computed inside no_grad()"
        )
    if gradient is None:
        data = root._data
        if type(data) is _array and data.size == 1:
            return np.array(1, data.dtype, ndmin=data.ndim)
        if root.size != 1:
            raise GradientError(
                f"{name}: the result has shape {root.shape}; reduce it to one number first "
                "(.sum() or .mean()), or give the gradient of that shape"
            )
        return np.ones_like(root._data)
    try:
        array = as_array(gradient, None, copy=False)
    except TypeError as error:
        raise GradientError(f"{name}: the gradient: {error}") from None
    if array.shape != root.shape:
        raise ShapeError(
            f"{name}: the gradient has shape {array.shape}; the result has {root.shape}, so must it"
        )
    if type(array) is np.ndarray and array.dtype.kind == "f" and np.isnan(array).any():
        raise GradientError(
            f"{name}: the gradient holds nan; give numbers, or every gradient would be nan"
        )
    return array.astype(root.dtype)  # always a copy
