"""Regions of the plane as a small image, and the lines between them."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.figures.png import png_file
from viz.plots.regions import Regions
from viz.theme import DARK_SERIES, SERIES

LEVELS = 16  # shades of a class, from unsure to sure
FAINTEST, STRONGEST = 26, 128  # opacity, of 255


def plane_uri(regions: Regions, shape: tuple[int, int]) -> str:
    """Paint the regions as a PNG image, the lowest row of the plane at the bottom.

    The colours lie between those of the light and the dark palette and are transparent, so one
    image serves on white and on black paper.

    Args:
        regions: the classes of a grid of points, row by row from below.
        shape: rows and columns of the grid.

    Returns:
        A text for `href`.
    """
    kind = np.where(regions.winner < 0, len(SERIES), regions.winner % len(SERIES))
    shade = np.rint(np.clip(regions.sureness, 0.0, 1.0) * (LEVELS - 1)).astype(np.int64)
    codes = (kind * LEVELS + shade).astype(np.uint8).reshape(shape)[::-1]
    colours, opacity = b"", []
    for light, dark in zip(SERIES, DARK_SERIES, strict=True):
        colours += bytes(_middle(light, dark)) * LEVELS
        opacity += np.linspace(FAINTEST, STRONGEST, LEVELS).astype(int).tolist()
    colours, opacity = colours + bytes(3) * LEVELS, opacity + [0] * LEVELS
    lines = b"".join(b"\0" + row.tobytes() for row in codes)
    header = struct.pack(">IIBBBBB", shape[1], shape[0], 8, 3, 0, 0, 0)
    file = png_file(
        [
            (b"IHDR", header),
            (b"PLTE", colours),
            (b"tRNS", bytes(opacity)),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        ]
    )
    return f"data:image/png;base64,{base64.b64encode(file).decode('ascii')}"


def _middle(light: str, dark: str) -> list[int]:
    pairs = ((light[i : i + 2], dark[i : i + 2]) for i in (1, 3, 5))
    return [(int(one, 16) + int(other, 16)) // 2 for one, other in pairs]


def zero_lines(height: NDArray[Any]) -> list[tuple[float, float, float, float]]:
    """Find where a surface over a grid crosses 0, as short straight lines (marching squares).

    Args:
        height: the surface, shape (rows, columns).

    Returns:
        For each line x and y of both ends, in columns and rows of the grid.

    Example:
        >>> zero_lines(np.array([[-1.0, 3.0], [-1.0, 3.0]]))
        [(0.25, 0.0, 0.25, 1.0)]
    """
    found = []
    above = height > 0
    mixed = above[:-1, :-1].astype(int) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
    for row, column in np.argwhere((mixed > 0) & (mixed < 4)).tolist():
        ends = []
        corners = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
        for pair in zip(corners, corners[1:] + corners[:1], strict=True):
            one, other = sorted(pair)  # the neighbouring cell shall find the very same spot
            low, high = float(height[one]), float(height[other])
            if np.isfinite(low) and np.isfinite(high) and (low > 0) != (high > 0):
                share = low / (low - high)
                ends.append(
                    (one[1] + share * (other[1] - one[1]), one[0] + share * (other[0] - one[0]))
                )
        # a saddle has four ends: it is cut into its two corners
        pairs = zip(ends[::2], ends[1::2], strict=False)
        found += [(*start, *end) for start, end in pairs if start != end]
    return found


def chains(
    lines: list[tuple[float, float, float, float]],
) -> list[list[tuple[float, float]]]:
    """Join short lines that meet into long ones.

    Args:
        lines: x and y of both ends.

    Returns:
        The corners of each long line.

    Example:
        >>> chains([(0, 0, 1, 0), (2, 1, 1, 0)])
        [[(0, 0), (1, 0), (2, 1)]]
    """
    at: dict[tuple[float, float], list[int]] = {}
    ends = [((x1, y1), (x2, y2)) for x1, y1, x2, y2 in lines]
    for index, pair in enumerate(ends):
        for spot in pair:
            at.setdefault(spot, []).append(index)
    left, found = set(range(len(ends))), []
    while left:
        index = min(left)
        left.discard(index)
        chain = list(ends[index])
        for _ in range(2):  # forwards from one end, then from the other
            while following := [i for i in at[chain[-1]] if i in left]:
                left.discard(following[0])
                one, other = ends[following[0]]
                chain.append(other if one == chain[-1] else one)
            chain.reverse()
        found.append(chain)
    return found
