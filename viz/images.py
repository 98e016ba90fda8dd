"""Small grey pictures, such as handwritten digits: as one SVG grid, and as blocks in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from viz.labels import clean, text_width, xml
from viz.picture import Picture
from viz.theme import FONTS, themed

Image: TypeAlias = npt.NDArray[Any]

TILE, GAP, MARGIN, TITLE_HEIGHT, LINE = 64.0, 14.0, 18.0, 40.0, 16.0
INK_LEVELS = 16
SHADES, ASCII_SHADES = " ░▒▓█", " .:*#"

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;text-anchor:middle}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700;text-anchor:start}}
.tile{{fill:@group;stroke:@hair}}
.marked{{stroke:@minus;stroke-width:2}}
.inkdots{{fill:@ink}}
.caption{{font-size:13px;font-weight:700}}
.caption.wrong{{fill:@minus}}
.second{{font-size:11px;fill:@quiet}}
"""


@dataclass(frozen=True)
class Tile:
    """One picture of a grid.

    Attributes:
        image: shape (height, width), from 0 (paper) to 1 (ink).
        caption: a few characters under it.
        note: a second, smaller line; may be empty.
        marked: whether it is framed, as a wrong prediction is.
    """

    image: Image
    caption: str
    note: str = ""
    marked: bool = False


def image_grid(tiles: Sequence[Tile], *, title: str = "Images", columns: int = 10) -> Picture:
    """Draw small grey pictures side by side, each with its caption.

    Args:
        tiles: the pictures, row by row; all of one shape.
        title: what stands above them.
        columns: how many stand in a row.

    Returns:
        A picture with `.save("digits.svg")`.

    Raises:
        ValueError: if there is no picture, or one is not two-dimensional.

    Example:
        >>> import numpy as np
        >>> image_grid([Tile(np.eye(3), "I")], title="A matrix").description
        'A matrix: 1 picture, captioned I.'
    """
    if not tiles:
        raise ValueError("image_grid: got no tiles; needs at least one")
    for tile in tiles:
        if np.ndim(tile.image) != 2 or 0 in np.shape(tile.image):
            raise ValueError(
                f"image_grid: got an image of shape {np.shape(tile.image)}; needs (height, width)"
            )
    columns = max(1, min(columns, len(tiles)))
    rows = -(-len(tiles) // columns)
    caption_lines = 2 if any(tile.note for tile in tiles) else 1
    step_x, step_y = TILE + GAP, TILE + GAP + caption_lines * LINE
    title = clean(title, 70)
    width = 2 * MARGIN + max(columns * step_x - GAP, text_width(title, 16, bold=True))
    height = TITLE_HEIGHT + MARGIN + rows * step_y - GAP / 2
    frames, words, ink = [], [], _Ink()
    for position, tile in enumerate(tiles):
        left = MARGIN + (position % columns) * step_x
        top = TITLE_HEIGHT + (position // columns) * step_y
        frames.append(
            f'<rect class="tile{" marked" if tile.marked else ""}" x="{left:g}" y="{top:g}" '
            f'width="{TILE:g}" height="{TILE:g}" rx="4"/>'
        )
        ink.add(tile.image, left + 4, top + 4, TILE - 8)
        middle, below = left + TILE / 2, top + TILE + LINE
        tone = " wrong" if tile.marked else ""
        words.append(
            f'<text class="caption{tone}" x="{middle:g}" y="{below:g}">'
            f"{xml(clean(tile.caption, 12))}</text>"
        )
        if tile.note:
            words.append(
                f'<text class="second" x="{middle:g}" y="{below + LINE - 1:g}">'
                f"{xml(clean(tile.note, 16))}</text>"
            )
    plural = "s" if len(tiles) != 1 else ""
    captions = ", ".join(clean(tile.caption, 12) for tile in tiles)
    description = f"{title}: {len(tiles)} picture{plural}, captioned {captions}."
    svg = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="glassgrad-images" role="img" '
            f'aria-label="{xml(description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE, 'glassgrad-images')}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            f'<text class="title" x="{MARGIN:g}" y="26">{xml(title)}</text>',
            *frames,
            *ink.paths(),
            *words,
            "</svg>",
            "",
        ]
    )
    return Picture(svg, description)


class _Ink:
    """Collects the pixels of all tiles by darkness: a few paths instead of thousands of squares."""

    def __init__(self) -> None:
        self.runs: dict[int, list[str]] = {}

    def add(self, image: Image, left: float, top: float, size: float) -> None:
        levels = _levels(image, INK_LEVELS)
        side = size / max(levels.shape)
        for row, line in enumerate(levels):
            start = 0
            for column in range(1, len(line) + 1):
                if column < len(line) and line[column] == line[start]:
                    continue
                if line[start]:
                    x, y, length = left + start * side, top + row * side, (column - start) * side
                    self.runs.setdefault(int(line[start]), []).append(
                        f"M{x:g} {y:g}h{length:g}v{side:g}h{-length:g}z"
                    )
                start = column

    def paths(self) -> list[str]:
        return [
            f'<path class="inkdots" fill-opacity="{level / INK_LEVELS:g}" '
            f'shape-rendering="crispEdges" d="{"".join(self.runs[level])}"/>'
            for level in sorted(self.runs)
        ]


def blocks_text(
    images: Sequence[Image],
    captions: Sequence[str] = (),
    *,
    ascii: bool = False,
    gap: int = 3,
) -> str:
    """Write small grey pictures side by side with block characters; a pixel is two columns wide.

    Args:
        images: arrays of shape (height, width), all of one height, from 0 (paper) to 1 (ink).
        captions: a text under each.
        ascii: use ASCII characters only.
        gap: columns between two pictures.

    Returns:
        Lines of text, without a line break at the end.

    Example:
        >>> import numpy as np
        >>> print(blocks_text([np.eye(2), np.ones((2, 2))], ["I", "all"], ascii=True))
        ##     ####
          ##   ####
        I      all
    """
    shades = ASCII_SHADES if ascii else SHADES
    columns = [
        ["".join(2 * shades[level] for level in line) for line in _levels(image, len(shades) - 1)]
        for image in images
    ]
    lines = [(" " * gap).join(parts) for parts in zip(*columns, strict=True)]
    if captions:
        widths = [len(column[0]) for column in columns]
        under = [word.ljust(width) for word, width in zip(captions, widths, strict=True)]
        lines.append((" " * gap).join(under))
    return "\n".join(line.rstrip() for line in lines)


def _levels(image: Image, most: int) -> npt.NDArray[np.int64]:
    """Round brightness to whole steps; what lies outside 0 .. 1 or is nan counts as the nearest."""
    bounded = np.clip(np.nan_to_num(np.asarray(image, dtype=np.float64)), 0.0, 1.0)
    return np.rint(bounded * most).astype(np.int64)
