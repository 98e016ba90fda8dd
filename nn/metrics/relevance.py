"""Precision, recall and F1: how far to trust a "yes", and how many of the true ones were found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nn.checks.choices import check_name
from nn.metrics.reading import classes_of

__all__ = ["f1", "precision", "recall"]

Counts: TypeAlias = npt.NDArray[np.int64]
AVERAGES = ("auto", "binary", "macro", "micro", "weighted")


def precision(
    predictions: Any,
    targets: Any,
    average: str = "auto",
    *,
    positive: int = 1,
    threshold: float = 0.0,
    zero_division: float = 0.0,
) -> float:
    """Give the share of the predictions of a class that are right: TP / (TP + FP).

    Args:
        predictions: As for ``accuracy``.
        targets: As for ``accuracy``.
        average: "binary" looks at the class ``positive`` alone; "macro" takes the plain mean over
            the classes that occur in predictions or targets; "weighted" the mean by how often each
            is true; "micro" counts all classes together.  "auto" is "binary" where there are two
            classes and "macro" where there are more.
        positive: The class that "binary" looks at.
        threshold: As for ``accuracy``.
        zero_division: What a class counts that was never predicted, where the share is 0 / 0; nan
            leaves the class out of the mean.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.
        ValueError: If ``average`` is unknown, or "binary" and there are more than two classes.

    Example:
        >>> precision([1, 1, 1, 0], [1, 0, 1, 1]) == 2 / 3
        True

    Source:
        C. J. van Rijsbergen, "Information Retrieval", 2nd edition, 1979, chapter 7; averages and
        0 / 0 as in scikit-learn.
    """
    counted = _counted("precision", predictions, targets, average, positive, threshold)
    return _averaged(lambda tp, said, _: (tp, said), *counted, zero_division)


def recall(
    predictions: Any,
    targets: Any,
    average: str = "auto",
    *,
    positive: int = 1,
    threshold: float = 0.0,
    zero_division: float = 0.0,
) -> float:
    """Give the share of a class that was found: TP / (TP + FN).

    Args:
        predictions: As for ``accuracy``.
        targets: As for ``accuracy``.
        average: As for ``precision``.
        positive: The class that "binary" looks at.
        threshold: As for ``accuracy``.
        zero_division: What a class counts that is never true, where the share is 0 / 0; nan leaves
            the class out of the mean.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.
        ValueError: If ``average`` is unknown, or "binary" and there are more than two classes.

    Example:
        >>> recall([1, 0, 0, 0], [1, 0, 1, 1]) == 1 / 3
        True

    Source:
        As for ``precision``.
    """
    counted = _counted("recall", predictions, targets, average, positive, threshold)
    return _averaged(lambda tp, _, true: (tp, true), *counted, zero_division)


def f1(
    predictions: Any,
    targets: Any,
    average: str = "auto",
    *,
    positive: int = 1,
    threshold: float = 0.0,
    zero_division: float = 0.0,
) -> float:
    """Give the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    Args:
        predictions: As for ``accuracy``.
        targets: As for ``accuracy``.
        average: As for ``precision``; the F1 of each class is averaged.
        positive: The class that "binary" looks at.
        threshold: As for ``accuracy``.
        zero_division: What a class counts that is neither predicted nor true; nan leaves it out of
            the mean.

    Returns:
        A number from 0 to 1.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none.
        ValueError: If ``average`` is unknown, or "binary" and there are more than two classes.

    Example:
        >>> f1([1, 1, 0, 0], [1, 0, 1, 0])
        0.5

    Source:
        As for ``precision``.
    """
    counted = _counted("f1", predictions, targets, average, positive, threshold)
    return _averaged(lambda tp, said, true: (2 * tp, said + true), *counted, zero_division)


def _counted(
    asked_by: str, predictions: Any, targets: Any, average: str, positive: int, threshold: float
) -> tuple[Counts, Counts, Counts, str]:
    """For each class: how often said and true, how often said, how often true; and the average."""
    check_name(asked_by, "average", average, AVERAGES)
    guessed, truth, known = classes_of(asked_by, predictions, targets, threshold)
    labels = np.union1d(guessed, truth)
    if average == "auto":
        few = known == 2 if known else set(labels.tolist()) <= {0, 1}
        average = "binary" if few else "macro"
    if average == "binary":
        if len(labels) > 2:
            raise ValueError(
                f"{asked_by}: average='binary' came and there are {len(labels)} classes; with more "
                "than two give average='macro', 'micro' or 'weighted'"
            )
        if len(labels) == 2 and positive not in labels:
            raise ValueError(
                f"{asked_by}: positive={positive!r} came and the classes are "
                f"{' and '.join(map(str, labels))}; give one of them"
            )
        labels = np.array([positive])
    said, true = guessed[:, np.newaxis] == labels, truth[:, np.newaxis] == labels
    return (said & true).sum(axis=0), said.sum(axis=0), true.sum(axis=0), average


def _averaged(
    fraction: Callable[[Counts, Counts, Counts], tuple[Counts, Counts]],
    right: Counts,
    said: Counts,
    true: Counts,
    average: str,
    zero_division: float,
) -> float:
    """The mean over classes of a fraction of counts, 0 / 0 counting as ``zero_division``."""
    above, below = fraction(right, said, true)
    if average == "micro":
        above, below = above.sum(keepdims=True), below.sum(keepdims=True)
    shares = np.where(below > 0, above / np.maximum(below, 1), zero_division)
    counts = ~np.isnan(shares)
    if not counts.any():
        return float("nan")
    if average == "weighted" and true[counts].any():
        return float(np.average(shares[counts], weights=true[counts]))
    return float(shares[counts].mean())
