"""Turn pictures by any angle, by bilinear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["rotated"]


def rotated(
    images: npt.NDArray[Any], degrees: npt.NDArray[np.float64], fill: float = 0.0
) -> npt.NDArray[Any]:
    """Turn each picture around its middle.

    For every pixel of the result the place is found that it comes from, and the four pixels around
    that place are weighed by how near they are.

    Args:
        images: Shape (n, height, width) or (n, channels, height, width), real numbers.
        degrees: The angle of each picture, shape (n,); above 0 is counter-clockwise.
        fill: What lies outside of a picture.

    Returns:
        A new array of the same shape and dtype.

    Example:
        >>> rotated(np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.array([90.0])).round(9)
        array([[[2., 4.], [1., 3.]]])
    """
    count, (height, width) = len(images), images.shape[-2:]
    pictures = images if images.ndim == 4 else images[:, np.newaxis]
    # a border of fill, so that neighbours outside are there to be weighed
    pictures = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=fill)
    radians = np.deg2rad(degrees)[:, np.newaxis, np.newaxis]
    y, x = np.meshgrid(
        np.arange(height) - (height - 1) / 2, np.arange(width) - (width - 1) / 2, indexing="ij"
    )
    row = np.cos(radians) * y + np.sin(radians) * x + (height - 1) / 2 + 1
    column = -np.sin(radians) * y + np.cos(radians) * x + (width - 1) / 2 + 1
    row, column = np.clip(row, 0, height + 1), np.clip(column, 0, width + 1)
    top = np.minimum(np.floor(row), height).astype(np.intp)
    left = np.minimum(np.floor(column), width).astype(np.intp)
    down, right = (row - top)[..., np.newaxis], (column - left)[..., np.newaxis]
    each = np.arange(count)[:, np.newaxis, np.newaxis]

    def at(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        return pictures[each, :, rows, columns]  # (n, h, w, channels)

    above = at(top, left) * (1 - right) + at(top, left + 1) * right
    below = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right
    out = above * (1 - down) + below * down
    return np.ascontiguousarray(np.moveaxis(out, -1, 1).reshape(images.shape), dtype=images.dtype)
