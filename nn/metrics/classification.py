"""Metrics of classes: the share that is right, and which class is taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import ShapeError
from nn.metrics.reading import classes_of, numbers_of

__all__ = ["accuracy", "confusion_matrix", "top_k_accuracy"]


def accuracy(
    predictions: Any, targets: Any, threshold: float = 0.0, ignore_index: int = -100
) -> float:
    """Give the share of examples that are classified right.

    Args:
        predictions: Scores of each class, shape (n, classes) or, for sequences, (n, length,
            classes): the largest counts.  Or one score per example, shape (n,) or (n, 1): above the
            threshold it says "yes".  Whole numbers or booleans of shape (n,) are class numbers
            already.  Tensors, arrays, or lists of Values.
        targets: Class numbers, shape (n,), or one-hot rows in the scores' shape; for single scores
            1 is "yes", 0 or -1 is "no".
        threshold: 0 for scores and logits, 0.5 for probabilities.
        ignore_index: Targets of this number do not count, such as padding.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.
        ValueError: If a score is nan, or a target is no class.

    Example:
        >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        0.5
        >>> accuracy([2.5, -1.0], [1, -1])
        1.0
        >>> accuracy([2, 0, 1], [2, 0, 2]) == 2 / 3
        True
    """
    guessed, truth, _ = classes_of("accuracy", predictions, targets, threshold, ignore_index)
    return float(np.mean(guessed == truth))


def top_k_accuracy(predictions: Any, targets: Any, k: int = 5, ignore_index: int = -100) -> float:
    """Give the share of examples whose true class is among the k classes with the largest scores.

    Of equal scores the class with the smaller number comes first, as in ``argmax``, so that k = 1
    is ``accuracy``.

    Args:
        predictions: Scores of each class, shape (n, classes), or (n, length, classes).
        targets: Class numbers, shape (n,), or one-hot rows in the scores' shape.
        k: How many guesses are allowed.
        ignore_index: As for ``accuracy``.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If the predictions are no scores of classes, or do not fit the targets.
        ValueError: If there are fewer than k classes, or a target is out of range.

    Example:
        >>> top_k_accuracy([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2], k=2)
        0.5
    """
    scores = numbers_of(predictions)
    if scores.ndim < 2 or scores.shape[-1] < 2:
        raise ShapeError(
            f"top_k_accuracy: predictions of shape {scores.shape} came; scores of each class, "
            "(n, classes), are needed"
        )
    classes = scores.shape[-1]
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= classes:
        raise ValueError(
            f"top_k_accuracy: k={k!r} came with scores of {classes} classes; a whole number "
            f"from 1 to {classes} is needed"
        )
    _, truth, _ = classes_of("top_k_accuracy", scores, targets, 0.0, ignore_index)
    _must_be_classes("top_k_accuracy", truth, classes)
    scores = scores.reshape(-1, classes)
    if len(scores) != len(truth):  # some were left out
        scores = scores[numbers_of(targets).reshape(-1) != ignore_index]
    own = np.take_along_axis(scores, truth[:, np.newaxis], axis=1)
    equal_before = (scores == own) & (np.arange(classes) < truth[:, np.newaxis])
    better = np.count_nonzero((scores > own) | equal_before, axis=1)
    return float(np.mean(better < k))


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
    guessed, truth, _ = classes_of("confusion_matrix", predictions, targets, threshold)
    both = np.concatenate([guessed, truth])
    size = int(both.max()) + 1 if classes is None else classes
    _must_be_classes("confusion_matrix", both, size)
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (truth, guessed), 1)
    return counts


def _must_be_classes(asked_by: str, labels: npt.NDArray[np.int64], classes: int) -> None:
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{asked_by}: classes from {labels.min()} to {labels.max()} came; "
            f"0 to {classes - 1} are needed"
        )
