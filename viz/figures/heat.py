"""Small pictures of arrays: blue above zero, orange below, clear at zero; as PNG files made here.

The colours lie between those of the light and the dark palette, and strength is opacity, so one
image serves on white and on black paper.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from viz.figures.png import png_file

Sheet: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.uint8]

PLUS, MINUS, ODD, BETWEEN = (31, 143, 208), (221, 111, 0), (224, 32, 138), (128, 128, 128)
LEVELS = 24  # shades of each sign; more cannot be told apart, and fewer make smaller files
BEND = 0.7  # below 1 shows small numbers more strongly than their share of the largest
MOST_PIXELS, MOST_TILES = 40, 10
_ODD_CODE, _BETWEEN_CODE = 2 * LEVELS + 1, 2 * LEVELS + 2


def heat_png(
    array: Any, *, most: int = MOST_PIXELS, peak: float | None = None, zoom: int = 1
) -> bytes:
    r"""Paint an array as a small PNG image, one pixel per element as long as that is small.

    Args:
        array: numbers of any shape; a row for one axis, as it is for two, tiles for more (of four
            axes the first counts the rows of tiles and the second the columns).
        most: width and height in pixels are at most this; larger arrays show the strongest
            element of each block, and of very many tiles the first ones.
        peak: the magnitude with full colour; by default the array's largest.
        zoom: pixels per element in both directions, for programs that blur small images.

    Returns:
        The PNG file. Blue is positive, orange negative, clear is zero, magenta is nan or infinite.

    Raises:
        TypeError: if the array does not hold real numbers.

    Example:
        >>> import numpy as np
        >>> heat_png(np.eye(3))[:8], heat_size((8, 4)), heat_size((100, 100))
        (b'\x89PNG\r\n\x1a\n', (4, 8), (40, 40))
    """
    given = np.asarray(array)
    if given.dtype.kind not in "fiub":
        raise TypeError(f"heat_png: an array of {given.dtype} came; needs real numbers")
    sheet, between = _sheet(given.astype(np.float64), most)
    codes = _codes(sheet, between, peak)
    return _png(codes.repeat(zoom, axis=0).repeat(zoom, axis=1))


def heat_uri(
    array: Any, *, most: int = MOST_PIXELS, peak: float | None = None, zoom: int = 1
) -> str:
    """Give the same image as a text for `href`, `src` and CSS; see `heat_png`."""
    data = base64.b64encode(heat_png(array, most=most, peak=peak, zoom=zoom)).decode("ascii")
    return f"data:image/png;base64,{data}"


def heat_size(shape: tuple[int, ...], most: int = MOST_PIXELS) -> tuple[int, int]:
    """Say how large the image of an array of this shape is.

    Args:
        shape: the array's shape.
        most: see `heat_png`.

    Returns:
        Width and height in pixels.
    """
    if 0 in shape:
        return 1, 1
    shape = _as_tiles(shape)
    rows, columns, high, wide = _grid(shape, most)
    return columns * (wide + 1) - 1, rows * (high + 1) - 1


def _as_tiles(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Write any shape as two, three or four axes that are not idle."""
    if len(shape) > 2 and shape[-2:] == (1, 1):
        shape = shape[:-2]  # tiles of one pixel are a row or a matrix
    shape = (1,) * (2 - len(shape)) + tuple(shape)
    if len(shape) > 4:
        shape = (math.prod(shape[:-2]), *shape[-2:])
    if len(shape) == 4 and 1 in shape[:2]:
        shape = (shape[0] * shape[1], *shape[2:])
    return shape[1:] if len(shape) == 3 and shape[0] == 1 else shape


def _grid(shape: tuple[int, ...], most: int) -> tuple[int, int, int, int]:
    """Give rows and columns of tiles, and height and width of a tile in pixels."""
    if len(shape) == 2:
        rows = columns = 1
    elif len(shape) == 3:
        columns = min(MOST_TILES, math.ceil(math.sqrt(shape[0])))
        rows = min(MOST_TILES, -(-shape[0] // columns))
    else:
        rows, columns = min(MOST_TILES, shape[0]), min(MOST_TILES, shape[1])
    high = min(shape[-2], max(1, (most + 1) // rows - 1))
    wide = min(shape[-1], max(1, (most + 1) // columns - 1))
    return rows, columns, high, wide


def _sheet(array: Sheet, most: int) -> tuple[Sheet, npt.NDArray[np.bool_]]:
    """Lay the tiles out on one sheet; say where the lines between them run."""
    if not array.size:
        return np.zeros((1, 1)), np.zeros((1, 1), bool)
    array = array.reshape(_as_tiles(array.shape))
    rows, columns, high, wide = _grid(array.shape, most)
    if array.ndim == 4:
        array = array[:rows, :columns].reshape(-1, *array.shape[2:])
    elif array.ndim == 2:
        array = array[None]
    size = (rows * (high + 1) - 1, columns * (wide + 1) - 1)
    sheet, between = np.zeros(size), np.ones(size, bool)
    for tile in range(rows * columns):
        top, left = tile // columns * (high + 1), tile % columns * (wide + 1)
        place = np.s_[top : top + high, left : left + wide]
        between[place] = False
        if tile < len(array):
            sheet[place] = strongest(array[tile], high, wide)
    return sheet, between


def strongest(array: Sheet, high: int, wide: int) -> Sheet:
    """Shrink a matrix: of each block the element of largest magnitude stays, or nan.

    Args:
        array: shape (rows, columns).
        high: rows of the result, at most as many as there are.
        wide: columns of the result, at most as many as there are.

    Returns:
        Shape (high, wide); nan where a block holds a nan or an infinity.

    Example:
        >>> import numpy as np
        >>> strongest(np.array([[1.0, -5.0, 0.0, 2.0]]), 1, 2)
        array([[-5.,  2.]])
    """
    odd = ~np.isfinite(array)
    known = np.where(odd, 0.0, array)
    if array.shape != (high, wide):
        tops = np.arange(high) * array.shape[0] // high
        lefts = np.arange(wide) * array.shape[1] // wide

        def pooled(pool: np.ufunc, cells: Any) -> Any:
            return pool.reduceat(pool.reduceat(cells, tops, axis=0), lefts, axis=1)

        highest, lowest = pooled(np.maximum, known), pooled(np.minimum, known)
        known = np.where(highest >= -lowest, highest, lowest)
        odd = pooled(np.logical_or, odd)
    return np.where(odd, np.nan, known)


def _codes(sheet: Sheet, between: npt.NDArray[np.bool_], peak: float | None) -> Codes:
    """Turn numbers into places in the table of colours."""
    odd = np.isnan(sheet)
    known = np.where(odd, 0.0, sheet)
    if peak is None:
        peak = float(np.max(np.abs(known)))
    share = np.clip(np.abs(known) / peak, 0.0, 1.0) if peak > 0 else np.zeros_like(known)
    shade = np.rint(share**BEND * LEVELS)
    codes = np.where(known < 0, shade + LEVELS * (shade > 0), shade)
    codes[odd], codes[between] = _ODD_CODE, _BETWEEN_CODE
    return codes.astype(np.uint8)


def _png(codes: Codes) -> bytes:
    height, width = codes.shape
    colours = bytes(PLUS) + bytes(PLUS) * LEVELS + bytes(MINUS) * LEVELS + bytes(ODD)
    shades = bytes(round(255 * level / LEVELS) for level in range(1, LEVELS + 1))
    opacity = b"\0" + shades + shades + b"\xff" + b"\x50"
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with 0: no filter
    lines[:, 1:] = codes
    return png_file(
        [
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", colours + bytes(BETWEEN)),
            (b"tRNS", opacity),
            (b"IDAT", zlib.compress(lines.tobytes(), 9)),
            (b"IEND", b""),
        ]
    )
