"""What may be saved under which name, and the checksum that tells whether it came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import Tensor, Value

__all__ = ["KINDS", "Array", "as_arrays", "checksum", "name_trouble"]

Array = npt.NDArray[Any]

# NumPy's names of the kinds of number that can be saved, and those of safetensors
KINDS = {
    "float64": "F64", "float32": "F32", "float16": "F16",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8",
    "bool": "BOOL",
}  # fmt: skip
_LONGEST_NAME = 1000


def name_trouble(name: Any) -> str | None:
    """Say what is wrong with a name, if anything.

    Args:
        name: What shall be an array's name, such as "layers.0.weight".

    Returns:
        A few words; None for a good name.

    Example:
        >>> name_trouble("layers.0.weight"), name_trouble("../../weight")
        (None, 'leads out of the file')
    """
    if not isinstance(name, str) or not name:
        return "is no name"
    if len(name) > _LONGEST_NAME:
        return f"has more than {_LONGEST_NAME} characters"
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in name):
        return "has characters that cannot be printed"
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        return "leads out of the file"
    if name == "__metadata__":
        return "is a word of the file format"
    return None


def as_arrays(asked_by: str, things: Mapping[Any, Any]) -> dict[str, Array]:
    """Turn what came into plain arrays, each in one piece, that nothing else writes into.

    Args:
        asked_by: The function that asks, for errors.
        things: Arrays, Tensors, Values or numbers by name.

    Returns:
        Arrays by name.

    Raises:
        ValueError: If a name cannot be used.
        TypeError: If something holds no real numbers.

    Example:
        >>> as_arrays("save", {"slope": Value(2.0)})
        {'slope': array(2.)}
    """
    arrays = {}
    for name, thing in things.items():
        if trouble := name_trouble(name):
            raise ValueError(f"{asked_by}: the name {name!r} {trouble}; give another")
        if isinstance(thing, (Tensor, Value)):
            thing = thing.numpy() if isinstance(thing, Tensor) else thing.data
        try:
            array = np.asarray(thing)
        except ValueError as error:
            raise TypeError(
                f"{asked_by}: {name} makes no array ({error}); give numbers in rows of one length"
            ) from error
        if array.dtype.name not in KINDS:
            what = type(thing).__name__ if array.dtype == object else array.dtype
            raise TypeError(f"{asked_by}: {name} is {what}; needs an array of {', '.join(KINDS)}")
        # ascontiguousarray alone would make a row of a single number
        arrays[name] = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(
            array.shape
        )
    return arrays


def checksum(name: str, array: Array) -> str:
    """Compute the SHA-256 of an array with its name, kind and shape.

    Args:
        name: Its name.
        array: The array.

    Returns:
        64 hexadecimal digits: of the JSON text ``["name", "float64", [2, 3]]``, a line end, and the
        numbers' bytes, row by row, lowest byte first.

    Example:
        >>> checksum("weight", np.zeros(2))[:16]
        '113f2fa89af445bf'
    """
    head = json.dumps([name, array.dtype.name, list(array.shape)])
    digest = hashlib.sha256(head.encode() + b"\n")
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    digest.update(plain.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
