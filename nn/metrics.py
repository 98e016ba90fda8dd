"""Metrics: how good a model is, in numbers for people; no gradient passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import ShapeError, Tensor, Value

__all__ = ["accuracy", "confusion_matrix", "mean_absolute_error", "numbers_of", "predicted_classes"]


def accuracy(predictions: Any, targets: Any, threshold: float = 0.0) -> float:
    """Give the share of examples that are classified right.

    Args:
        predictions: Scores of each class, shape (n, classes): the largest counts.  Or one score per
            example, shape (n,) or (n, 1): above the threshold it says "yes".  Tensors, arrays, or
            lists of Values.
        targets: Class numbers, shape (n,); for single scores 1 is "yes", 0 or -1 is "no".
        threshold: 0 for scores and logits, 0.5 for probabilities.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.

    Example:
        >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        0.5
        >>> accuracy([2.5, -1.0], [1, -1])
        1.0
    """
    guessed, truth = predicted_classes(predictions, threshold), _truth(predictions, targets)
    return float(np.mean(guessed == truth))


def confusion_matrix(
    predictions: Any, targets: Any, classes: int | None = None, threshold: float = 0.0
) -> npt.NDArray[np.int64]:
    """Count for each true class (row) how often each class (column) was predicted.

    Args:
        predictions: As for ``accuracy``.
        targets: As for ``accuracy``.
        classes: How many classes there are; as many as are seen by default.
        threshold: As for ``accuracy``.

    Returns:
        Counts, shape (classes, classes).

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.
        ValueError: If a class is out of range.

    Example:
        >>> confusion_matrix([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 1, 0])
        array([[0, 1],
               [1, 1]])
    """
    guessed, truth = predicted_classes(predictions, threshold), _truth(predictions, targets)
    seen = int(max(guessed.max(), truth.max())) + 1
    if truth.min() < 0 or (classes is not None and seen > classes):
        raise ValueError(
            f"confusion_matrix: classes from {min(truth.min(), guessed.min())} to {seen - 1} came; "
            f"0 to {(classes or seen) - 1} are needed"
        )
    counts = np.zeros((classes or seen,) * 2, np.int64)
    np.add.at(counts, (truth, guessed), 1)
    return counts


def mean_absolute_error(predictions: Any, targets: Any) -> float:
    """Give the mean distance between predictions and targets.

    Args:
        predictions: Numbers of any shape.
        targets: Numbers in the same shape.

    Returns:
        The mean of |p - t|.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> mean_absolute_error([1.0, 4.0], [1.0, 2.0])
        1.0
    """
    p, t = numbers_of(predictions), numbers_of(targets)
    if p.shape != t.shape or not p.size:
        raise ShapeError(
            f"mean_absolute_error: {p.shape} and {t.shape} came; equal shapes are needed"
        )
    return float(np.mean(np.abs(p - t)))


def predicted_classes(predictions: Any, threshold: float = 0.0) -> npt.NDArray[np.int64]:
    """Give the class that each example's scores speak for.

    Args:
        predictions: As for ``accuracy``.
        threshold: As for ``accuracy``.

    Returns:
        Class numbers, shape (n,).

    Raises:
        ShapeError: If the predictions have another number of axes.

    Example:
        >>> predicted_classes([[0.1, 0.9], [0.8, 0.2]])
        array([1, 0])
    """
    scores = numbers_of(predictions)
    if scores.ndim == 2 and scores.shape[1] > 1:
        return np.asarray(np.argmax(scores, axis=1), np.int64)
    if scores.ndim == 1 or (scores.ndim == 2 and scores.shape[1] == 1):
        return (scores.reshape(-1) > threshold).astype(np.int64)
    raise ShapeError(f"predictions of shape {scores.shape} came; (n, classes) or (n,) is needed")


def numbers_of(predictions: Any) -> npt.NDArray[Any]:
    """Turn what a model gave into a plain array.

    Args:
        predictions: A Tensor, an array, a Value, or (nested) lists of Values or numbers.

    Returns:
        The numbers.

    Example:
        >>> numbers_of([Value(1.0), Value(2.0)])
        array([1., 2.])
    """
    if isinstance(predictions, Tensor):
        return np.asarray(predictions.numpy())
    return (
        np.array(_floats(predictions))
        if isinstance(predictions, (list, tuple, Value))
        else np.asarray(predictions)
    )


def _floats(nested: Any) -> Any:
    if isinstance(nested, (list, tuple)):
        return [_floats(item) for item in nested]
    return nested.data if isinstance(nested, Value) else nested


def _truth(predictions: Any, targets: Any) -> npt.NDArray[np.int64]:
    """The true classes, with -1 for "no" counted as 0 where there is one score per example."""
    scores, truth = numbers_of(predictions), numbers_of(targets)
    if truth.shape == (len(truth), 1) if truth.ndim else False:
        truth = truth.reshape(-1)
    if not scores.ndim or truth.shape != scores.shape[:1] or not truth.size:
        raise ShapeError(
            f"predictions of shape {scores.shape} and targets of shape {truth.shape} came; "
            "one target per prediction, and at least one, is needed"
        )
    single = scores.ndim == 1 or scores.shape[1] == 1
    return np.asarray(truth > 0 if single else truth).astype(np.int64)
