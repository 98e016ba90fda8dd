"""Nested data as JSON, and the arrays in it beside the JSON; and back, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.saving.errors import SavedFileError
from nn.saving.layout import axes_in_memory, laid_out
from nn.saving.named_arrays import KINDS, Array, name_trouble

__all__ = ["packed", "unpacked"]

_MARK = "$"  # an object with this name stands for something that JSON does not have


def packed(asked_by: str, thing: Any, path: str, arrays: dict[str, Array]) -> Any:
    """Turn nested data into what JSON has.

    None, truth values, whole numbers of any size, floats (also inf and nan), strings, lists, tuples
    and dicts with such keys, arrays and NumPy's own numbers come back as they were; an array also
    with its order in memory.

    Args:
        asked_by: The function that asks, for errors.
        thing: The data.
        path: What it is called, such as "optimizer"; arrays are named after it.
        arrays: Where the arrays go.

    Returns:
        Data for JSON.

    Raises:
        TypeError: If there is something else in it.

    Example:
        >>> arrays = {}
        >>> packed("demo", {"betas": (0.9, 1), "mean": np.zeros(2)}, "it", arrays)
        {'betas': {'$': 'tuple', 'of': [0.9, 1]}, 'mean': {'$': 'array', 'name': 'it.mean'}}
        >>> arrays
        {'it.mean': array([0., 0.])}
    """
    if isinstance(thing, (np.ndarray, np.generic)):
        return _array(asked_by, thing, path, arrays)
    if thing is None or isinstance(thing, (bool, str)):
        return thing
    if isinstance(thing, int):
        return int(thing)
    if isinstance(thing, float):
        return float(thing) if math.isfinite(thing) else {_MARK: "float", "is": repr(float(thing))}
    if isinstance(thing, (list, tuple)):
        items = [packed(asked_by, item, f"{path}.{i}", arrays) for i, item in enumerate(thing)]
        return {_MARK: "tuple", "of": items} if isinstance(thing, tuple) else items
    if isinstance(thing, Mapping):
        pairs = [
            (packed(asked_by, key, path, arrays), packed(asked_by, v, f"{path}.{key}", arrays))
            for key, v in thing.items()
        ]
        if all(isinstance(key, str) and key != _MARK for key in thing):
            return dict(pairs)
        if all(isinstance(key, (str, int, float, bool, type(None))) for key in thing):
            return {_MARK: "dict", "of": [list(pair) for pair in pairs]}
    raise TypeError(
        f"{asked_by}: {path} is {_what(thing)}, which cannot be saved; needs numbers, strings, "
        "arrays, and lists, tuples and dicts of them"
    )


def unpacked(thing: Any, arrays: Mapping[str, Array]) -> Any:
    """Turn what ``packed`` gave back into the data.

    Args:
        thing: Data from JSON.
        arrays: The arrays.

    Returns:
        What was packed; every array is one of its own.

    Raises:
        SavedFileError: If it names an array that is not there, or something unknown.

    Example:
        >>> unpacked({"betas": {"$": "tuple", "of": [0.9, 1]}}, {})
        {'betas': (0.9, 1)}
    """
    if isinstance(thing, list):
        return [unpacked(item, arrays) for item in thing]
    if not isinstance(thing, dict):
        return thing
    kind = thing.get(_MARK)
    if kind is None:
        return {key: unpacked(value, arrays) for key, value in thing.items()}
    content = thing.get("of")
    if kind == "tuple" and isinstance(content, list):
        return tuple(unpacked(content, arrays))
    if kind == "dict" and isinstance(content, list):
        return {unpacked(key, {}): unpacked(value, arrays) for key, value in content}
    if kind == "float" and thing.get("is") in ("inf", "-inf", "nan"):
        return float(thing["is"])
    if kind in ("array", "number") and thing.get("name") in arrays:
        array = arrays[thing["name"]]
        return array.copy()[()] if kind == "number" else laid_out(array.copy(), thing.get("axes"))
    raise SavedFileError(f"its notes hold {str(thing)[:80]}, which stands for nothing")


def _array(asked_by: str, thing: Any, path: str, arrays: dict[str, Array]) -> dict[str, Any]:
    if thing.dtype.name not in KINDS:
        raise TypeError(
            f"{asked_by}: {path} is {_what(thing)} of {thing.dtype}, which cannot be saved; "
            f"known are {', '.join(KINDS)}"
        )
    start = path if name_trouble(path) is None else f"array {len(arrays)}"
    name, number = start, 1
    while name in arrays:  # {"a.b": ...} and {"a": {"b": ...}} have the same path
        number += 1
        name = f"{start} ({number})"
    arrays[name] = np.asarray(thing)
    note = {_MARK: "array" if isinstance(thing, np.ndarray) else "number", "name": name}
    axes = axes_in_memory(arrays[name])
    return note if axes is None else {**note, "axes": axes}


def _what(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}".removeprefix("builtins.")
