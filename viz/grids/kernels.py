"""`kernels` and `feature_maps`: what a layer has learned and what it sees, as small pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.arrays import Array, array_of
from viz.grids.grid_scene import largest
from viz.grids.images import Tile, image_grid
from viz.picture import Picture
from viz.words.numbers import extent, number, shape_text

MOST_TILES, MOST_PIXELS = 256, 60_000  # more makes files of megabytes that nobody can take in
WIDEST_ROW = 12


def kernels(
    weights: Any,
    *,
    shape: Sequence[int] | None = None,
    columns: int | None = None,
    title: str = "Kernels",
    names: Sequence[str] | None = None,
    scale: float | None = None,
) -> Picture:
    """Show the weights of a layer as small pictures: blue is positive, orange negative, clear is 0.

    Args:
        weights: kernels of shape (out, in, height, width) or (n, height, width), or a layer that
            has them as `.weight`; with `shape` also those of a linear layer, (out, in).
        shape: how the inputs of a linear layer are arranged: (height, width), or (channels,
            height, width).
        columns: how many stand in a row; by default one row for each output that sees 2 to 12
            inputs.
        title: what stands above them.
        names: a caption for each; by default their index.
        scale: the magnitude with full colour; by default the largest of all kernels.

    Returns:
        A picture with `.save("kernels.svg")`. All kernels have the same scale, which is shown. Of
        very many the first are drawn, and the picture says so.

    Raises:
        TypeError: if something else than real numbers came.
        ValueError: if the shape does not fit.

    Example:
        >>> edge = [[[-1, -1, -1], [1, 1, 1], [0, 0, 0]]]
        >>> kernels(edge).description
        'Kernels: 1 picture, captioned 0. 1 of 3×3, −1 … 1.'
    """
    weights = getattr(weights, "weight", weights)
    array = array_of(weights, asked_by="kernels", what="weights", need=_NEED)
    array = _shaped(array, shape)
    if array.ndim == 2:
        array = array[None]
    if array.ndim not in (3, 4):
        raise ValueError(f"kernels: weights have shape {array.shape}; {_NEED}")
    captions = None
    if array.ndim == 4:
        out, seen = array.shape[:2]
        array = array.reshape(out * seen, *array.shape[2:])
        if seen > 1:
            captions = [f"{i}←{j}" for i in range(out) for j in range(seen)]
            columns = columns or (seen if seen <= WIDEST_ROW else None)
            if names is None:
                title = f"{title} (output←input)"
    return _grid("kernels", array, captions, columns, title, names, scale)


def feature_maps(
    maps: Any,
    *,
    columns: int | None = None,
    title: str = "Feature maps",
    names: Sequence[str] | None = None,
    scale: float | None = None,
    separate: bool = False,
) -> Picture:
    """Show the channels of one example as small pictures: blue is positive, orange negative.

    Args:
        maps: shape (channels, height, width); a batch of one, or a single map, will do.
        columns: how many stand in a row.
        title: what stands above them.
        names: a caption for each; by default their index.
        scale: the magnitude with full colour; by default the largest of all maps.
        separate: give each map a scale of its own, which is written under it.

    Returns:
        A picture with `.save("maps.svg")`. Of very many maps the first are drawn, and the picture
        says so.

    Raises:
        TypeError: if something else than real numbers came.
        ValueError: if the shape does not fit.

    Example:
        >>> feature_maps([[[12, 4], [0, 3]], [[0, 0], [0, -6]]]).description
        'Feature maps: 2 pictures, captioned 0, 1. 2 of 2×2, −6 … 12.'
    """
    need = "needs shape (channels, height, width)"
    array = array_of(maps, asked_by="feature_maps", what="maps", need=need)
    if array.ndim == 4 and len(array) > 1:
        raise ValueError(
            f"feature_maps: maps have shape {array.shape}, a batch of {len(array)}; {need}: take "
            "one example, maps[0]"
        )
    array = array[0] if array.ndim == 4 else array
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3:
        raise ValueError(f"feature_maps: maps have shape {array.shape}; {need}")
    return _grid("feature_maps", array, None, columns, title, names, scale, separate)


_NEED = "needs shape (out, in, height, width), (n, height, width), or (out, in) with shape="


def _shaped(array: Array, shape: Sequence[int] | None) -> Array:
    """Arrange the inputs of a linear layer as the image that they were."""
    if shape is None:
        return array
    sizes = tuple(int(size) for size in shape)
    array = array[None] if array.ndim == 1 else array
    if array.ndim != 2:
        raise ValueError(
            f"kernels: shape={sizes} is for weights of shape (out, in); these have {array.shape}"
        )
    if len(sizes) not in (2, 3) or math.prod(sizes) != array.shape[1]:
        raise ValueError(
            f"kernels: shape={sizes} came for {array.shape[1]} inputs; needs (height, width) or "
            f"(channels, height, width) whose product is {array.shape[1]}"
        )
    return array.reshape(len(array), *sizes)


def _grid(
    asked_by: str,
    array: Array,
    captions: Sequence[str] | None,
    columns: int | None,
    title: str,
    names: Sequence[str] | None,
    scale: float | None,
    separate: bool = False,
) -> Picture:
    count, height, width = array.shape
    if names is not None:
        if isinstance(names, str) or len(names) != count:
            given = "a text" if isinstance(names, str) else f"{len(names)}"
            raise ValueError(f"{asked_by}: {given} came as names; needs {count}, one per picture")
        captions = [str(name) for name in names]
    captions = captions or [str(index) for index in range(count)]
    if scale is not None and not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"{asked_by}: scale={scale} came; needs a positive number")
    if columns is not None and columns < 1:
        raise ValueError(f"{asked_by}: columns={columns} came; needs at least 1")
    if height * width > MOST_PIXELS:
        raise ValueError(
            f"{asked_by}: a picture of {shape_text((height, width))} is too large to draw pixel by "
            "pixel; take a part of it, or every second pixel: [..., ::2, ::2]"
        )
    drawn = min(count, MOST_TILES, max(1, MOST_PIXELS // (height * width)))
    columns = columns or _columns(drawn)
    if drawn < count and drawn > columns:
        drawn -= drawn % columns  # whole rows
    told = f"{count} of {shape_text((height, width))}, {extent(array)}".rstrip(", ")
    if drawn < count:
        told += f"; the first {drawn} are drawn, take a slice for others"
    odd = np.count_nonzero(~np.isfinite(array))
    if odd:
        told += f"; {odd} nan or inf, dashed"
    tiles = []
    for image, caption in zip(array[:drawn], captions, strict=False):
        own = largest(image) if separate and scale is None else None
        note = f"±{number(own)}" if own else ""
        tiles.append(Tile(image, caption, note, scale=own))
    common = scale or (0.0 if separate else largest(array))
    return image_grid(tiles, title=title, columns=columns, scale=common, subtitle=f"{told}.")


def _columns(count: int) -> int:
    """Choose a grid that is a little wider than high."""
    return min(count, max(8, min(16, math.ceil(math.sqrt(1.6 * count)))))
