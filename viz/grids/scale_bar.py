"""The legend of signed pictures: all their shades, from the most negative to the most positive."""

from __future__ import annotations

import numpy as np

from viz.grids.pixels import Pixels
from viz.words.numbers import number

SIDE, BAR_HEIGHT, BAR_WIDTH = 6.0, 36.0, 230.0


def scale_bar(scale: float, left: float, top: float, pixels: Pixels) -> list[str]:
    """Draw all shades from orange to blue, with the numbers that they stand for.

    Args:
        scale: the magnitude with full colour; 0 if there are several, each for its own picture.
        left: where the bar begins.
        top: what stands above ends here.
        pixels: takes the bar's own pixels.

    Returns:
        SVG elements, `BAR_HEIGHT` pixels high.
    """
    y, deepest = top + 4, pixels.deepest
    levels = np.arange(-deepest, deepest + 1)[None, :]
    length = levels.size * SIDE
    pixels.add(np.repeat(levels, 2, axis=0), left, y, SIDE)
    frame = f'<rect class="bar" x="{left:g}" y="{y:g}" width="{length:g}" height="{2 * SIDE:g}"/>'
    texts = [number(value, signed=True) for value in (-scale, 0.0, scale)] if scale else "−0+"
    return [
        frame,
        *(
            f'<text class="second{" left" if not at else ""}" x="{left + at:g}" '
            f'y="{y + 2 * SIDE + 13:g}">{text}</text>'
            for at, text in zip((0, length / 2, length), texts, strict=True)
        ),
    ]
