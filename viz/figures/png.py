"""The PNG format, as far as it is needed here: written, and cut off at the bottom."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BYTES_PER_PIXEL = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the header's kind of colour, 8 bits each


def png_file(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write a file from its chunks.

    Args:
        chunks: pairs of a chunk's name and its content, from IHDR to IEND.

    Returns:
        The bytes of the file.
    """
    parts = [SIGNATURE]
    for name, content in chunks:
        checksum = zlib.crc32(name + content)
        parts += [struct.pack(">I", len(content)), name, content, struct.pack(">I", checksum)]
    return b"".join(parts)


def chunks_of(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Read the chunks of a file, in order.

    Args:
        file: a PNG file.

    Yields:
        The name and the content of each.

    Raises:
        ValueError: if it is not a PNG file.
    """
    if not file.startswith(SIGNATURE):
        raise ValueError("png: this is not a PNG file; save the picture as .svg instead")
    place = len(SIGNATURE)
    while place < len(file):
        (length,) = struct.unpack_from(">I", file, place)
        yield file[place + 4 : place + 8], file[place + 8 : place + 8 + length]
        place += 12 + length


def size_of(file: bytes) -> tuple[int, int]:
    """Read width and height of a PNG file, in pixels."""
    _, header = next(chunks_of(file))
    width, height = struct.unpack_from(">II", header)
    return width, height


def top_of(file: bytes, height: int) -> bytes:
    """Keep the uppermost lines of a picture.

    A line is stored as what differs from the line above it, so the lines below can go unread.

    Args:
        file: a PNG file, 8 bits per channel, not interlaced.
        height: how many lines to keep.

    Returns:
        The smaller PNG file.

    Raises:
        ValueError: if it is some other kind of file.
    """
    pieces = list(chunks_of(file))
    width, old, depth, colour, packing, filtering, interlaced = struct.unpack(
        ">IIBBBBB", pieces[0][1]
    )
    if depth != 8 or interlaced or colour not in _BYTES_PER_PIXEL:
        raise ValueError(
            "png: an unusual kind of PNG came; needs 8 bits per channel and no interlacing"
        )
    height = min(height, old)
    lines = zlib.decompress(b"".join(content for name, content in pieces if name == b"IDAT"))
    kept = lines[: height * (1 + width * _BYTES_PER_PIXEL[colour])]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, packing, filtering, 0)
    rest = [piece for piece in pieces[1:] if piece[0] in (b"PLTE", b"tRNS")]
    return png_file([(b"IHDR", header), *rest, (b"IDAT", zlib.compress(kept)), (b"IEND", b"")])
