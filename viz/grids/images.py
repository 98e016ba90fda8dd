"""Small pictures side by side: grey digits or signed weights as SVG, and blocks in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from viz.grids.pixels import Pixels, shades
from viz.grids.scale_bar import BAR_HEIGHT, BAR_WIDTH, scale_bar
from viz.picture import Picture
from viz.theme import FONTS, themed
from viz.words.labels import clean, text_width, xml

Image: TypeAlias = npt.NDArray[Any]

SIDE, LARGER_SIDE, MANY_PIXELS, LARGEST_PIXEL = 56, 84, 14, 24
FRAME, GAP, MARGIN, TITLE_HEIGHT, LINE = 4.0, 14.0, 18.0, 40.0, 16.0
INK_LEVELS = 16
MOST_CAPTIONS = 12  # in the alternative text
SHADES, ASCII_SHADES = " ░▒▓█", " .:*#"

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;text-anchor:middle}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700;text-anchor:start}}
.tile{{fill:@group;stroke:@hair}}
.marked{{stroke:@minus;stroke-width:2}}
.inkdots{{stroke:@ink}}
.plus{{stroke:@plus}}
.minus{{stroke:@minus}}
.odd{{stroke:@quiet;stroke-dasharray:2 2}}
.left{{text-anchor:start}}
.bar{{fill:none;stroke:@hair}}
.caption{{font-size:13px;font-weight:700}}
.caption.wrong{{fill:@minus}}
.second{{font-size:11px;fill:@quiet}}
"""


@dataclass(frozen=True)
class Tile:
    """One picture of a grid.

    Attributes:
        image: shape (height, width), from 0 (paper) to 1 (ink); with a scale any numbers.
        caption: a few characters under it.
        note: a second, smaller line; may be empty.
        marked: whether it is framed, as a wrong prediction is.
        scale: its own magnitude of full colour; else the whole grid's.
    """

    image: Image
    caption: str
    note: str = ""
    marked: bool = False
    scale: float | None = None


def image_grid(
    tiles: Sequence[Tile],
    *,
    title: str = "Images",
    columns: int = 10,
    scale: float | None = None,
    subtitle: str = "",
) -> Picture:
    """Draw small pictures side by side, each with its caption.

    Args:
        tiles: the pictures, row by row; all of one shape.
        title: what stands above them.
        columns: how many stand in a row.
        scale: without it images are grey; with it they are blue above 0 and orange below, and this
            is the magnitude with full colour.
        subtitle: a smaller line under the title.

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
    tile_height, tile_width, side = _tile_size(tiles)
    lines = 2 if any(tile.note for tile in tiles) else 1
    narrowest = max(text_width(clean(tile.caption, 12), 13, bold=True) for tile in tiles)
    step_x = max(tile_width + GAP, narrowest + 8)
    step_y = tile_height + GAP + lines * LINE
    title, subtitle = clean(title, 70), clean(subtitle, 120)
    top = TITLE_HEIGHT + (LINE if subtitle else 0)
    widest = max(text_width(title, 16, bold=True), text_width(subtitle, 11))
    bar = 0.0 if scale is None else BAR_WIDTH
    width = 2 * MARGIN + max(columns * step_x - GAP, widest, bar)
    bottom = top + -(-len(tiles) // columns) * step_y
    frames, words = [], []
    grey = scale is None
    kinds = ("inkdots", "inkdots", "odd") if grey else ("plus", "minus", "odd")
    pixels = Pixels(INK_LEVELS, kinds)
    for position, tile in enumerate(tiles):
        left = MARGIN + (position % columns) * step_x
        above = top + (position // columns) * step_y
        frames.append(
            f'<rect class="tile{" marked" if tile.marked else ""}" x="{left:g}" y="{above:g}" '
            f'width="{tile_width:g}" height="{tile_height:g}" rx="4"/>'
        )
        most = tile.scale or scale or 1.0
        levels = _levels(tile.image, INK_LEVELS) if grey else shades(tile.image, most, INK_LEVELS)
        pixels.add(levels, left + FRAME, above + FRAME, side)
        middle, below = left + tile_width / 2, above + tile_height + LINE
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
    legend = [] if scale is None else scale_bar(scale, MARGIN, bottom, pixels)
    height = bottom + MARGIN - GAP / 2 + (0 if grey else BAR_HEIGHT)
    plural = "s" if len(tiles) != 1 else ""
    captions = ", ".join(clean(tile.caption, 12) for tile in tiles[:MOST_CAPTIONS])
    more = ", …" if len(tiles) > MOST_CAPTIONS else ""
    told = f" {subtitle}" if subtitle else ""
    description = f"{title}: {len(tiles)} picture{plural}, captioned {captions}{more}.{told}"
    svg = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="glassgrad-images" role="img" '
            f'aria-label="{xml(description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE, 'glassgrad-images')}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            f'<text class="title" x="{MARGIN:g}" y="26">{xml(title)}</text>',
            f'<text class="second left" x="{MARGIN:g}" y="44">{xml(subtitle)}</text>'
            if subtitle
            else "",
            *frames,
            *pixels.paths(),
            *words,
            *legend,
            "</svg>",
            "",
        ]
    )
    return Picture(svg, description)


def _tile_size(tiles: Sequence[Tile]) -> tuple[float, float, float]:
    """Give a tile's height and width, and the side of a pixel: a whole number, to be crisp."""
    height = max(len(tile.image) for tile in tiles)
    width = max(len(tile.image[0]) for tile in tiles)
    most = max(height, width)
    room = SIDE if most <= MANY_PIXELS else LARGER_SIDE
    side = float(min(LARGEST_PIXEL, max(1, round(room / most))))
    return height * side + 2 * FRAME, width * side + 2 * FRAME, side


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
