"""Change pictures a little by lot, so that a model cannot learn them by heart."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.checks.whole_numbers import count_of
from nn.data.arguments import finite_number
from nn.data.image_transform import Array, ImageTransform
from nn.data.rotation import rotated
from nn.init import Generator

__all__ = [
    "GaussianNoise",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomShift",
    "RandomVerticalFlip",
]


class RandomShift(ImageTransform):
    """Move each picture by whole pixels, filling what becomes free.

    Args:
        pixels: How far at most, in each direction; or two numbers, for rows and for columns.
        fill: What free pixels get.
        generator: As for ``ImageTransform``.

    Raises:
        TypeError: If something is no number.
        ValueError: If ``pixels`` is negative.

    Example:
        >>> shift = RandomShift(1, generator=2)
        >>> shift(np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]))
        array([[[0, 0, 0],
                [2, 3, 0],
                [5, 6, 0]]])
    """

    def __init__(
        self, pixels: int | tuple[int, int] = 1, fill: float = 0.0, generator: Generator = None
    ) -> None:
        rows, columns = pixels if isinstance(pixels, (tuple, list)) else (pixels, pixels)
        self.pixels = (
            count_of("RandomShift", "pixels", rows, least=0),
            count_of("RandomShift", "pixels", columns, least=0),
        )
        self.fill = finite_number("RandomShift", "fill", fill)
        super().__init__(generator)

    def change(self, images: Array) -> Array:
        """Move each picture."""
        if images.dtype.kind != "f" and np.clip(self.fill, *_bounds(images.dtype)) != self.fill:
            raise ValueError(
                f"RandomShift: fill is {self.fill:g} and the images are {images.dtype}, which "
                "cannot hold it: give another fill, or real numbers such as images / 255"
            )
        furthest = np.array(self.pixels)
        moves = self.generator.integers(-furthest, furthest + 1, (len(images), 2))
        height, width = images.shape[-2:]
        out = np.full_like(images, self.fill)
        for image, moved, (down, right) in zip(images, out, moves.tolist(), strict=True):
            to_rows, from_rows = _overlap(down, height)
            to_columns, from_columns = _overlap(right, width)
            moved[..., to_rows, to_columns] = image[..., from_rows, from_columns]
        return out

    def __repr__(self) -> str:
        return f"RandomShift({self.pixels}, fill={self.fill:g})"


class RandomHorizontalFlip(ImageTransform):
    """Mirror some pictures, so that left becomes right.

    Args:
        p: The chance of each picture to be mirrored.
        generator: As for ``ImageTransform``.

    Raises:
        TypeError: If ``p`` is no number.
        ValueError: If ``p`` is not from 0 to 1.

    Example:
        >>> RandomHorizontalFlip(p=1.0)(np.array([[[1, 2], [3, 4]]]))
        array([[[2, 1], [4, 3]]])
    """

    axis = -1

    def __init__(self, p: float = 0.5, generator: Generator = None) -> None:
        self.p = finite_number(type(self).__name__, "p", p, least=0)
        if self.p > 1:
            raise ValueError(f"{type(self).__name__}: p is {p}: pass a chance from 0 to 1")
        super().__init__(generator)

    def change(self, images: Array) -> Array:
        """Mirror some."""
        out: Array = images.copy()
        chosen = self.generator.random(len(images)) < self.p
        out[chosen] = np.flip(images[chosen], axis=self.axis)
        return out

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p:g})"


class RandomVerticalFlip(RandomHorizontalFlip):
    """Turn some pictures upside down, as in a lake.

    Args:
        p: The chance of each picture to be turned.
        generator: As for ``ImageTransform``.

    Raises:
        TypeError: If ``p`` is no number.
        ValueError: If ``p`` is not from 0 to 1.

    Example:
        >>> RandomVerticalFlip(p=1.0)(np.array([[[1, 2], [3, 4]]]))
        array([[[3, 4], [1, 2]]])
    """

    axis = -2


class GaussianNoise(ImageTransform):
    """Add a number from the normal curve to each pixel.

    Args:
        std: Its standard deviation, in the pixels' unit.
        generator: As for ``ImageTransform``.

    Raises:
        TypeError: If ``std`` is no number; on a call, if the pixels are whole numbers.
        ValueError: If ``std`` is negative.

    Example:
        >>> noise = GaussianNoise(0.1, generator=0)
        >>> noise(np.zeros((1, 1, 2))).round(3)
        array([[[ 0.013, -0.013]]])
    """

    def __init__(self, std: float = 0.1, generator: Generator = None) -> None:
        self.std = finite_number("GaussianNoise", "std", std, least=0)
        super().__init__(generator)

    def change(self, images: Array) -> Array:
        """Add noise."""
        _must_be_real("GaussianNoise", images)
        noise = self.std * self.generator.standard_normal(images.shape)
        return np.asarray(images + noise, images.dtype)

    def __repr__(self) -> str:
        return f"GaussianNoise({self.std:g})"


class RandomRotation(ImageTransform):
    """Turn each picture around its middle, between pixels by weighing the four neighbours.

    Args:
        degrees: How far at most, to either side.
        fill: What lies outside of the picture.
        generator: As for ``ImageTransform``.

    Raises:
        TypeError: If something is no number; on a call, if the pixels are whole numbers.
        ValueError: If ``degrees`` is negative.

    Example:
        >>> turn = RandomRotation(10, generator=0)
        >>> turn(np.ones((1, 3, 3))).shape
        (1, 3, 3)
    """

    def __init__(self, degrees: float = 10.0, fill: float = 0.0, generator: Generator = None):
        self.degrees = finite_number("RandomRotation", "degrees", degrees, least=0)
        self.fill = finite_number("RandomRotation", "fill", fill)
        super().__init__(generator)

    def change(self, images: Array) -> Array:
        """Turn each."""
        _must_be_real("RandomRotation", images)
        angles = self.generator.uniform(-self.degrees, self.degrees, len(images))
        return rotated(images, angles, self.fill)

    def __repr__(self) -> str:
        return f"RandomRotation({self.degrees:g}, fill={self.fill:g})"


def _overlap(move: int, size: int) -> tuple[slice, slice]:
    """Where the pixels that stay in the picture go to, and where they come from."""
    move = max(-size, min(size, move))
    return slice(max(move, 0), size + min(move, 0)), slice(max(-move, 0), size - max(move, 0))


def _bounds(dtype: np.dtype[Any]) -> tuple[int, int]:
    """The smallest and the largest number that whole numbers of a kind can be."""
    if dtype.kind == "b":
        return 0, 1
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def _must_be_real(asked_by: str, images: Array) -> None:
    if images.dtype.kind != "f":
        raise TypeError(
            f"{asked_by}: images of {images.dtype} came, which would be rounded: give real numbers,"
            " such as images / 255"
        )
