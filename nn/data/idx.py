"""The IDX format, in which MNIST and its relatives come."""

from __future__ import annotations

import gzip
import math
import os
import stat
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

__all__ = ["read_idx"]

# the third byte of a file says what its numbers are; all have the largest byte first
KINDS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PIECE = 2**20


def read_idx(path: str | os.PathLike[str], limit: int = 2**30) -> npt.NDArray[Any]:
    """Read an IDX file, plain or compressed by gzip.

    The header is checked before anything is unpacked, and no more is unpacked than it says, so that
    a small file cannot fill the memory.

    Args:
        path: The file; whether it is compressed is seen from its first bytes.
        limit: How many bytes of numbers are read at most.

    Returns:
        The array.

    Raises:
        SavedFileError: If the file is no IDX file, is cut off, damaged, goes on after its end, or
            is larger than ``limit``. It is a ``ValueError``.
        OSError: If it cannot be read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "labels-idx1-ubyte")
        ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
        ...     read_idx(file)
        array([7, 2, 1], dtype=uint8)

    Source:
        Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits", 1998,
        "The IDX file format".
    """
    from nn.saving.errors import SavedFileError  # here, because nn.saving comes after nn.data

    path = Path(path)
    with path.open("rb") as plain:
        if not stat.S_ISREG(os.fstat(plain.fileno()).st_mode):
            raise SavedFileError(f"read_idx: {path} is no plain file; give the path of one")
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        try:
            if not packed:
                return _read(plain, limit)
            with gzip.GzipFile(fileobj=plain) as unpacked:
                return _read(unpacked, limit)  # type: ignore[arg-type]
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise SavedFileError(
                f"read_idx: {path} is cut off or damaged ({error}): get it again"
            ) from error
        except _NotSo as error:
            raise SavedFileError(f"read_idx: {path} {error}") from None


class _NotSo(Exception):
    """What is wrong with a file, as the end of a sentence."""


def _read(file: BinaryIO, limit: int) -> npt.NDArray[Any]:
    head = file.read(4)
    if len(head) < 4:
        raise _NotSo(
            f"is cut off: it has {len(head)} bytes and the header begins with 4; get it again"
        )
    if head[:2] != b"\0\0" or head[2] not in KINDS:
        raise _NotSo(
            f"is no IDX file: it begins with the bytes {head.hex(' ')}, and 00 00, the kind of "
            f"number ({', '.join(f'{kind:02x}' for kind in KINDS)}) and the number of axes are "
            "needed"
        )
    dtype, axes = np.dtype(KINDS[head[2]]), head[3]
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise _NotSo(
            f"is cut off: its header ends after {4 + len(sizes)} bytes, for {axes} axes "
            f"{4 + 4 * axes} are needed; get it again"
        )
    shape = struct.unpack(f">{axes}I", sizes)
    length = math.prod(shape) * dtype.itemsize
    if not 0 < axes <= 8:
        raise _NotSo(f"has {axes} axes; 1 to 8 are needed")
    if length > limit:
        raise _NotSo(
            f"says that it holds shape {shape}, {length} bytes, and the limit is {limit}: it is "
            "damaged, or give a larger limit"
        )
    numbers = _read_at_most(file, length + 1)
    if len(numbers) < length:
        raise _NotSo(
            f"is cut off: shape {shape} of {dtype.name} takes {length} bytes after the header and "
            f"{len(numbers)} are there; get it again"
        )
    if len(numbers) > length:
        raise _NotSo(
            f"goes on after its end: shape {shape} of {dtype.name} takes {length} bytes after the "
            "header and more are there; get it again"
        )
    array = np.frombuffer(bytes(numbers), dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="))  # a copy that may be written to


def _read_at_most(file: BinaryIO, length: int) -> bytearray:
    """Read piece by piece, so that memory is taken only for what is there."""
    numbers = bytearray()
    while len(numbers) < length and (piece := file.read(min(_PIECE, length - len(numbers)))):
        numbers += piece
    return numbers
