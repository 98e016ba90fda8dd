"""Arrays and texts as a safetensors file, through the library of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.saving.errors import SavedFileError
from nn.saving.named_arrays import KINDS, Array
from nn.saving.strict_json import parsed

__all__ = ["pack", "unpack"]

_DTYPES = {kind: np.dtype(name).newbyteorder("<") for name, kind in KINDS.items()}
_HEAD = 8  # the first bytes: how long the header is


def pack(arrays: Mapping[str, Array], texts: Mapping[str, str]) -> bytes:
    """Lay out a file.

    Args:
        arrays: The arrays by name, each in one piece.
        texts: Texts by name, which become the metadata.

    Returns:
        The file's bytes.

    Raises:
        ImportError: If the library is not installed.
    """
    library = _library("save")
    # programs that look for it read "pt" as: the names and layouts are PyTorch's, which is so
    return bytes(library.numpy.save(dict(arrays), metadata={"format": "pt", **texts}))


def unpack(contents: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """Take a file apart.

    Args:
        contents: The file's bytes.

    Returns:
        Arrays by name, and texts by name. bfloat16 becomes float32, which holds each such number
        exactly.

    Raises:
        SavedFileError: If it is no such file, or damaged.
        ImportError: If the library is not installed.
    """
    library = _library("load")
    entries = library.deserialize(contents)  # checks that header, sizes and places agree
    header = parsed(contents[_HEAD : _HEAD + int.from_bytes(contents[:_HEAD], "little")])
    texts = header.pop("__metadata__", {})
    if sorted(header) != sorted(name for name, _ in entries):
        raise SavedFileError("the header names other arrays than there are")
    return {name: _array(name, entry) for name, entry in entries}, texts


def _array(name: str, entry: Mapping[str, Any]) -> Array:
    kind, shape, raw = entry["dtype"], tuple(entry["shape"]), entry["data"]
    if kind == "BF16":  # the upper half of a float32
        upper = np.frombuffer(raw, "<u2").astype(np.uint32)
        numbers: Array = (upper << np.uint32(16)).view(np.float32).reshape(shape)
        return numbers
    if kind not in _DTYPES:
        raise SavedFileError(f"{name} is of the kind {kind}; known are BF16, {', '.join(_DTYPES)}")
    if kind == "BOOL" and max(raw, default=0) > 1:
        raise SavedFileError(f"{name}: a truth value is neither 0 nor 1")
    return np.frombuffer(raw, _DTYPES[kind]).reshape(shape)


def _library(asked_by: str) -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            f"{asked_by}: .safetensors files need the library safetensors: "
            "pip install 'glassgrad[io]'; or use the suffix .npz, which needs nothing"
        ) from error
    return safetensors
