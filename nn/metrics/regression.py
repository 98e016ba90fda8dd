"""Metrics of numbers: how far predictions are from what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import ShapeError
from nn.metrics.reading import numbers_of

__all__ = ["mean_absolute_error", "mean_squared_error", "r2_score", "root_mean_squared_error"]


def mean_absolute_error(predictions: Any, targets: Any) -> float:
    """Give the mean distance between predictions and targets: mean |p - t|.

    Args:
        predictions: Numbers of any shape.
        targets: Numbers in the same shape.

    Returns:
        The mean, in the targets' unit.

    Raises:
        ShapeError: If the shapes differ, or there are no numbers.

    Example:
        >>> mean_absolute_error([1.0, 4.0], [1.0, 2.0])
        1.0
    """
    p, t = _pair("mean_absolute_error", predictions, targets)
    return float(np.mean(np.abs(p - t)))


def mean_squared_error(predictions: Any, targets: Any) -> float:
    """Give the mean squared distance between predictions and targets: mean (p - t)².

    Args:
        predictions: Numbers of any shape.
        targets: Numbers in the same shape.

    Returns:
        The mean, in the square of the targets' unit.

    Raises:
        ShapeError: If the shapes differ, or there are no numbers.

    Example:
        >>> mean_squared_error([1.0, 4.0], [1.0, 2.0])
        2.0
    """
    p, t = _pair("mean_squared_error", predictions, targets)
    return float(np.mean((p - t) ** 2))


def root_mean_squared_error(predictions: Any, targets: Any) -> float:
    """Give the root of the mean squared distance: √ mean (p - t)².

    Args:
        predictions: Numbers of any shape.
        targets: Numbers in the same shape.

    Returns:
        The root, in the targets' unit.

    Raises:
        ShapeError: If the shapes differ, or there are no numbers.

    Example:
        >>> root_mean_squared_error([3.0, 5.0], [0.0, 1.0]) == 12.5 ** 0.5
        True
    """
    p, t = _pair("root_mean_squared_error", predictions, targets)
    return float(np.sqrt(np.mean((p - t) ** 2)))


def r2_score(predictions: Any, targets: Any) -> float:
    """Give the share of the targets' variance that is explained: 1 - Σ (p - t)² / Σ (t - mean t)².

    1 is perfect, 0 is no better than always the mean, and below 0 is worse than that.  Beware of
    the order: scikit-learn takes the targets first, and R² is not the same the other way round.

    Args:
        predictions: Numbers, shape (n,) or (n, outputs).
        targets: Numbers in the same shape.

    Returns:
        A number up to 1, for several outputs the mean of theirs; where all targets are equal 1 if
        every prediction is right and else 0; nan for a single example.

    Raises:
        ShapeError: If the shapes differ, or there are no numbers.

    Example:
        >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 6.0]) == 1 - 9 / 14
        True
    """
    p, t = _pair("r2_score", predictions, targets)
    if len(p) < 2:
        return float("nan")
    p, t = p.reshape(len(p), -1), t.reshape(len(t), -1)
    unexplained = ((p - t) ** 2).sum(axis=0)
    spread = ((t - t.mean(axis=0)) ** 2).sum(axis=0)
    constant = t.max(axis=0) == t.min(axis=0)  # the spread may be 1e-33 by rounding
    of_constant = np.where(unexplained == 0, 1.0, 0.0)
    scores = 1 - unexplained / np.where(constant, 1.0, spread)
    return float(np.where(constant, of_constant, scores).mean())


def _pair(
    asked_by: str, predictions: Any, targets: Any
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    p, t = numbers_of(predictions), numbers_of(targets)
    if p.shape != t.shape or not p.size:
        column = p.shape == (*t.shape, 1) or t.shape == (*p.shape, 1)
        cure = ": give one of them .reshape(-1)" if column else ""
        raise ShapeError(
            f"{asked_by}: predictions of shape {p.shape} and targets of shape {t.shape} came; "
            f"equal shapes are needed, and at least one number{cure}"
        )
    # in float64 at least, so that uint8 cannot wrap around and float16 not overflow
    return np.atleast_1d(p).astype(np.float64), np.atleast_1d(t).astype(np.float64)
