"""One file with named arrays and a record of them: the checksums, and whatever else is noted."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd.files import write_atomically
from nn.checks.choices import check_name
from nn.saving import npz_file, safetensors_file
from nn.saving.errors import SavedFileError
from nn.saving.named_arrays import Array, as_arrays, checksum, name_trouble
from nn.saving.strict_json import parsed

__all__ = ["Contents", "read_contents", "write_contents"]

FORMATS = {".npz": npz_file, ".safetensors": safetensors_file}
VERSION = 1
_RECORD, _SEAL = "glassgrad.json", "glassgrad.sha256"
_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")


@dataclass(frozen=True)
class Contents:
    """What is in a file.

    Attributes:
        arrays: The arrays by name, in the order in which they were saved.
        kind: "arrays" or "checkpoint"; None in files of others.
        notes: Plain data that was saved with them.
    """

    arrays: dict[str, Array]
    kind: str | None
    notes: dict[str, Any]


def write_contents(
    asked_by: str,
    path: str | os.PathLike[str],
    arrays: Mapping[Any, Any],
    kind: str = "arrays",
    notes: Mapping[str, Any] | None = None,
) -> None:
    """Write arrays and notes into one file, whole or not at all.

    Args:
        asked_by: The function that asks, for errors.
        path: Where to; the suffix says in which format.
        arrays: Arrays, Tensors, Values or numbers by name.
        kind: What the file is.
        notes: Plain data for JSON.

    Raises:
        ValueError: If the suffix is unknown or a name cannot be used.
        TypeError: If something holds no real numbers.
        OSError: If it cannot be written; what was there is unchanged.
    """
    form = FORMATS[_suffix(asked_by, path)]
    plain = as_arrays(asked_by, arrays)
    record = json.dumps(
        {
            "glassgrad": kind,
            "version": VERSION,
            "sha256": {name: checksum(name, array) for name, array in plain.items()},
            "notes": notes or {},
        },
        allow_nan=False,
    )
    packed = form.pack(plain, {_RECORD: record, _SEAL: _digest(record)})
    write_atomically(path, lambda file: file.write(packed), asked_by=asked_by)


def read_contents(asked_by: str, path: str | os.PathLike[str]) -> Contents:
    """Read a file and check all that can be checked.

    Args:
        asked_by: The function that asks, for errors.
        path: The file; the suffix says in which format.

    Returns:
        What is in it; the arrays belong to nobody else.

    Raises:
        SavedFileError: If it is damaged, or no such file.
        ValueError: If the suffix is unknown.
        OSError: If it cannot be read.
    """
    suffix = _suffix(asked_by, path)
    raw = _bytes_of(asked_by, Path(path))
    try:
        arrays, texts = FORMATS[suffix].unpack(raw)
        for name in arrays:
            if trouble := name_trouble(name):
                raise SavedFileError(f"the name {name[:80]!r} {trouble}")
        contents = _checked(arrays, texts)
    except (ImportError, MemoryError, OSError):
        raise
    except Exception as error:  # the readers have many; to a user they all say: damaged
        raise SavedFileError(
            f"{asked_by}: {path} is damaged, or no {suffix} file: {_words(error)}; "
            "nothing was loaded: take an older copy, or save it again"
        ) from error
    own = {
        # native, in one piece, and written into by nobody else
        name: np.array(array, array.dtype.newbyteorder("="), order="C")
        for name, array in contents.arrays.items()
    }
    return Contents(own, contents.kind, contents.notes)


def _checked(arrays: dict[str, Array], texts: Mapping[str, str]) -> Contents:
    """Compare with the record, if one came; others' files have none."""
    if _RECORD not in texts and _SEAL not in texts:
        return Contents(arrays, None, {})
    text = texts.get(_RECORD, "")
    if _digest(text) != texts.get(_SEAL):
        raise SavedFileError("its record does not have the checksum that was noted")
    record = parsed(text)
    version, sums = record.get("version"), record.get("sha256")
    if not isinstance(version, int) or version > VERSION:
        raise SavedFileError(
            f"it is in version {version!r} of the format; this glassgrad knows {VERSION}: install "
            "a newer one"
        )
    if not isinstance(sums, dict) or not isinstance(record.get("notes"), dict):
        raise SavedFileError("its record is not complete")
    troubles = [f"{name} is missing" for name in sums if name not in arrays]
    troubles += [f"{name} has no checksum" for name in arrays if name not in sums]
    troubles += [
        f"{name} does not have the checksum that was noted"
        for name, array in arrays.items()
        if name in sums and checksum(name, array) != sums[name]
    ]
    if troubles:
        more = f", and {len(troubles) - 5} more" if len(troubles) > 5 else ""
        raise SavedFileError(", ".join(troubles[:5]) + more)
    return Contents({name: arrays[name] for name in sums}, record["glassgrad"], record["notes"])


def _bytes_of(asked_by: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(
                    errno.EINVAL, f"{asked_by}: {path} is no plain file; give the path of one"
                )
            return file.read()
    except FileNotFoundError:
        raise FileNotFoundError(
            errno.ENOENT, f"{asked_by}: there is no file {path}; check the path, or save it first"
        ) from None
    except (IsADirectoryError, PermissionError):
        if not path.is_dir():
            raise
        raise IsADirectoryError(
            errno.EISDIR, f"{asked_by}: {path} is a folder; give the path of a file"
        ) from None


def _suffix(asked_by: str, path: str | os.PathLike[str]) -> str:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{asked_by}: {type(path).__name__} came as path; give a str or a Path")
    suffix = Path(path).suffix.lower()
    if suffix in _PICKLES:
        raise ValueError(
            f"{asked_by}: {suffix} files are pickles, which can run any program when they are "
            "read; use .npz or .safetensors (in PyTorch: "
            "safetensors.torch.save_file(model.state_dict(), 'model.safetensors'))"
        )
    return check_name(asked_by, "suffix", suffix, FORMATS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _words(error: Exception) -> str:
    """The error's own words, in one line."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 300 else words[:300] + "..."
