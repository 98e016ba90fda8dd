"""Labelled sets as records: a table of measurements, and a table whose rows are pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Images", "Table"]


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A labelled set: what was measured, what it is, and what the numbers are called.

    Each loader call makes fresh arrays, so writing into them changes nobody else's.

    Attributes:
        name: short name, such as "iris".
        X: measurements, shape (rows, features).
        y: class of each row as a number, shape (rows,), int64; or what is to be predicted, numbers
            of shape (rows,) or (rows, outputs).
        feature_names: what each column of ``X`` is.
        target_names: what each number in ``y`` stands for; empty where ``y`` holds no classes.
        description: where the data come from and under which licence.

    Example:
        >>> pair = Table("pair", np.array([[0.0], [1.0]]), np.array([0, 1]), ("x",), ("a", "b"), "")
        >>> pair, len(pair)
        (<Table pair: 2 rows, 1 features, 2 classes>, 2)
    """

    name: str
    X: npt.NDArray[Any]
    y: npt.NDArray[Any]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    description: str

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        rows, features = self.X.shape
        classes = f", {len(self.target_names)} classes" if self.target_names else ""
        return f"<{type(self).__name__} {self.name}: {rows} rows, {features} features{classes}>"


@dataclass(frozen=True, eq=False, repr=False)
class Images(Table):
    """A labelled set whose rows are pictures.

    Attributes:
        images: the rows of ``X`` as pictures, shape (rows, height, width): a view, not a copy.

    Example:
        >>> from nn.data import digits
        >>> digits().images.shape
        (1797, 8, 8)
    """

    images: npt.NDArray[Any]


def pixel_names(height: int, width: int) -> tuple[str, ...]:
    """Name the columns of flattened pictures, row by row.

    Args:
        height: rows of a picture.
        width: columns of a picture.

    Returns:
        ``height * width`` names.

    Example:
        >>> pixel_names(1, 2)
        ('pixel_0_0', 'pixel_0_1')
    """
    return tuple(f"pixel_{row}_{column}" for row in range(height) for column in range(width))


def images_of(
    name: str,
    pictures: npt.NDArray[Any],
    y: npt.NDArray[Any],
    target_names: tuple[str, ...],
    description: str,
) -> Images:
    """Make a record of pictures.

    Args:
        name: short name of the set.
        pictures: shape (rows, height, width).
        y: class of each picture, shape (rows,).
        target_names: what each number in ``y`` stands for.
        description: where the data come from.

    Returns:
        The record; its ``X`` and ``images`` share their numbers with ``pictures``.

    Example:
        >>> images_of("dots", np.zeros((3, 2, 2)), np.array([0, 1, 0]), ("off", "on"), "")
        <Images dots: 3 rows, 4 features, 2 classes>
    """
    X = np.ascontiguousarray(pictures).reshape(len(pictures), -1)
    names = pixel_names(*pictures.shape[1:])
    return Images(name, X, y, names, target_names, description, X.reshape(pictures.shape))
