"""Arrays and texts as an ``.npz`` file, which NumPy reads; nothing in it is ever unpickled."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.lib import format as npy

from nn.saving.errors import SavedFileError
from nn.saving.named_arrays import KINDS, Array

__all__ = ["pack", "unpack"]

_SUFFIX = ".npy"
_LARGEST, _TIMES = 2**28, 100  # compressed members may unpack to 256 MiB, or 100 times the file


def pack(arrays: Mapping[str, Array], texts: Mapping[str, str]) -> bytes:
    """Lay out a file.

    Args:
        arrays: The arrays by name, each in one piece.
        texts: Texts by name, which become members beside the arrays.

    Returns:
        The file's bytes; the same arrays always give the same.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(name + _SUFFIX), "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode())
    return out.getvalue()


def unpack(contents: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """Take a file apart, also one that ``numpy.savez`` or ``savez_compressed`` wrote.

    Args:
        contents: The file's bytes.

    Returns:
        Arrays by name, and texts by name.

    Raises:
        SavedFileError: If it is damaged, or made to do harm.
        Exception: Whatever ``zipfile`` says of a file that is none.
    """
    arrays: dict[str, Array] = {}
    texts: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        members = archive.infolist()
        _check_count(len(members), contents)
        _check_sizes(members, len(contents))
        seen: set[str] = set()
        for member in members:
            raw = archive.read(member)  # checks the member's own CRC
            name = member.filename
            if name in seen:
                raise SavedFileError(f"the name {name[:80]!r} comes twice")
            seen.add(name)
            if name.endswith(_SUFFIX):
                arrays[name.removesuffix(_SUFFIX)] = _array(name, raw)
            elif name.startswith("glassgrad."):
                texts[name] = raw.decode("utf-8")
            else:
                raise SavedFileError(f"it holds {name[:80]!r}, which is no array")
    return arrays, texts


def _check_count(found: int, contents: bytes) -> None:
    """Compare with the count at the end: one wrong length in the list can swallow the rest."""
    end = contents.rfind(b"PK\5\6")
    noted = int.from_bytes(contents[end + 10 : end + 12], "little")
    if noted != min(found, 0xFFFF):
        raise SavedFileError(f"it should hold {noted} members and holds {found}")


def _check_sizes(members: list[zipfile.ZipInfo], length: int) -> None:
    """Refuse, before anything is unpacked, what would fill the memory."""
    for member in members:
        if member.flag_bits & 1:
            raise SavedFileError(f"{member.filename[:80]!r} is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SavedFileError(f"{member.filename[:80]!r} is packed in an unusual way")
        if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
            raise SavedFileError(f"{member.filename[:80]!r} has two sizes")
    if sum(member.compress_size for member in members) > length:
        raise SavedFileError("its members are larger than the file")
    whole, limit = sum(member.file_size for member in members), max(_LARGEST, _TIMES * length)
    if whole > limit:
        raise SavedFileError(
            f"its {length} bytes would unpack to {whole}; at most {limit} are unpacked"
        )


def _array(name: str, raw: bytes) -> Array:
    stream = io.BytesIO(raw)
    version = npy.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise SavedFileError(f"{name} is in version {version} of NumPy's format; needs 1.0 or 2.0")
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran_order, dtype = read(stream)
    if dtype.hasobject:
        raise SavedFileError(f"{name} holds Python objects, which are never loaded")
    if dtype.name not in KINDS:
        raise SavedFileError(f"{name} is of the kind {dtype}; known are {', '.join(KINDS)}")
    if any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize != len(raw) - (
        start := stream.tell()
    ):
        raise SavedFileError(f"{name}: {len(raw)} bytes are not those of shape {shape}, {dtype}")
    if dtype.kind == "b" and max(raw[start:], default=0) > 1:
        raise SavedFileError(f"{name}: a truth value is neither 0 nor 1")
    flat = np.frombuffer(raw, dtype, offset=start)
    return flat.reshape(shape[::-1]).T if fortran_order else flat.reshape(shape)
