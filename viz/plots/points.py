"""Points in the plane with their classes: checked, and the square of the plane around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.words.numbers import number

FINEST = 2000
ROOM = 0.12  # around the points, of their extent


def checked_points(X: Any, y: Any, asked_by: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Give points and labels as arrays, or say what is wrong with them.

    Args:
        X: the points, shape (n, 2).
        y: their labels, shape (n,) or (n, 1).
        asked_by: the public function, for the error message.

    Returns:
        Finite coordinates, shape (n, 2), and labels, shape (n,).

    Raises:
        TypeError: if the points are not numbers.
        ValueError: if shapes do not fit, or numbers are not finite.
    """
    points, labels = (
        np.asarray(item.numpy() if hasattr(item, "numpy") else item) for item in (X, y)
    )
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(
            f"{asked_by}: X has shape {points.shape}; needs (n, 2): two numbers for each "
            "point. Of more columns choose two: X[:, [0, 1]]"
        )
    if points.dtype.kind not in "fiub":
        raise TypeError(f"{asked_by}: X holds {points.dtype}; needs numbers")
    points = points.astype(float)
    if not np.isfinite(points).all():
        raise ValueError(f"{asked_by}: X has nan or infinite numbers; leave those points out")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (len(points),):
        raise ValueError(
            f"{asked_by}: y has shape {labels.shape}; needs ({len(points)},): one label for "
            "each point of X"
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ValueError(f"{asked_by}: y has nan or infinite labels; leave those points out")
    if len(np.unique(labels)) > 50:
        raise ValueError(
            f"{asked_by}: y has {len(np.unique(labels))} different labels; needs classes, "
            "not measurements"
        )
    return points, labels


def side_of(column: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Give evenly spaced places that span a coordinate of the points, with room around them."""
    low, high = float(column.min()), float(column.max())
    room = ROOM * (high - low) or max(abs(low), 1.0)
    return np.linspace(low - room, high + room, steps)


def look_like_probabilities(answers: NDArray[Any]) -> bool:
    """Whether all of a model's numbers lie between 0 and 1, and rows add up to 1."""
    if answers.dtype.kind != "f":
        return False
    finite = answers[np.isfinite(answers)]
    inside = bool(((finite >= 0) & (finite <= 1)).all())
    return inside and (answers.ndim == 1 or bool(np.allclose(answers.sum(axis=1), 1.0, atol=1e-3)))


def titles_of(
    classes: Sequence[Any], names: Sequence[str] | Mapping[Any, str] | None, asked_by: str
) -> list[str]:
    """Give each class's name, as it was chosen or as its label says."""
    if names is None:
        return [c if isinstance(c, str) else f"class {number(c)}" for c in classes]
    if isinstance(names, Mapping):
        return [str(names.get(label, label)) for label in classes]
    if isinstance(names, str) or len(names) != len(classes):
        raise ValueError(
            f"{asked_by}: names has {len(names)} names for {len(classes)} classes; "
            "needs one for each"
        )
    return [str(name) for name in names]
