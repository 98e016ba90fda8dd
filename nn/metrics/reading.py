"""What a model gave and what was right, as plain arrays of numbers and of classes."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd import ShapeError, Tensor, Value

__all__ = ["Classes", "classes_of", "numbers_of", "predicted_classes"]

Labels: TypeAlias = npt.NDArray[np.int64]


class Classes(NamedTuple):
    """The class that was predicted for each example, and the true one.

    Attributes:
        guessed: Class numbers, shape (n,).
        truth: Class numbers, shape (n,).
        known: How many classes there are, if the predictions tell.
    """

    guessed: Labels
    truth: Labels
    known: int | None


def numbers_of(predictions: Any) -> npt.NDArray[Any]:
    """Turn what a model gave into a plain array.

    Args:
        predictions: A Tensor, an array, a Value, or (nested) lists of Tensors, Values or numbers.

    Returns:
        The numbers.

    Example:
        >>> numbers_of([Value(1.0), Value(2.0)])
        array([1., 2.])
    """
    if isinstance(predictions, Tensor):
        return np.asarray(predictions.numpy())
    return (
        np.array(_plain(predictions))
        if isinstance(predictions, (list, tuple, Value))
        else np.asarray(predictions)
    )


def predicted_classes(predictions: Any, threshold: float = 0.0) -> Labels:
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
        flat = scores.reshape(-1)
        return (flat if flat.dtype.kind in "biu" else flat > threshold).astype(np.int64)
    raise ShapeError(
        f"predicted_classes: predictions of shape {scores.shape} came; (n, classes) or (n,) is "
        "needed"
    )


def classes_of(
    asked_by: str, predictions: Any, targets: Any, threshold: float, ignore_index: int = -100
) -> Classes:
    """Read predictions and targets as classes.

    Args:
        asked_by: The metric that asks, for the error.
        predictions: As for ``accuracy``.
        targets: As for ``accuracy``.
        threshold: As for ``accuracy``.
        ignore_index: Targets of this number are left out.

    Returns:
        The classes that were predicted, the true ones, and how many there are.

    Raises:
        ShapeError: If there are not as many predictions as targets, or none counts.
        ValueError: If a score is nan, or a target is no class.

    Example:
        >>> classes_of("accuracy", [1.5, -2.0], [1, -1], 0.0)
        Classes(guessed=array([1, 0]), truth=array([1, 0]), known=2)
    """
    scores, truth = numbers_of(predictions), numbers_of(targets)
    if scores.ndim > 2 and truth.shape == scores.shape[:-1]:  # a sequence: every place counts
        scores, truth = scores.reshape(-1, scores.shape[-1]), truth.reshape(-1)
    many = scores.ndim == 2 and scores.shape[1] > 1
    if many and truth.shape == scores.shape:
        truth = _classes_of_rows(asked_by, truth)
    if truth.ndim == 2 and truth.shape[1] == 1:
        truth = truth.reshape(-1)
    if not scores.ndim or truth.shape != scores.shape[:1] or not truth.size:
        raise ShapeError(
            f"{asked_by}: predictions of shape {scores.shape} and targets of shape {truth.shape} "
            "came; one target per prediction, and at least one, is needed"
        )
    if scores.dtype.kind == "f" and np.isnan(scores).any():
        row = int(np.argwhere(np.isnan(scores))[0][0])
        raise ValueError(
            f"{asked_by}: prediction {row} is nan, of which no class can be read; look for nan in "
            "the inputs"
        )
    if truth.dtype.kind not in "biuf" or (truth != np.floor(truth)).any():
        raise ValueError(
            f"{asked_by}: the targets hold {_strange(truth)}; class numbers 0, 1, 2, ... are needed"
        )
    guessed, truth = predicted_classes(scores, threshold), truth.astype(np.int64)
    counts = truth != ignore_index
    guessed, truth = guessed[counts], truth[counts]
    if not truth.size:
        raise ShapeError(
            f"{asked_by}: all targets are {ignore_index}, which do not count; give others"
        )
    if not many and scores.dtype.kind == "f":
        return Classes(guessed, _yes_or_no(asked_by, truth), 2)
    if not many and set(np.unique([guessed, truth])) == {-1, 1}:  # "no" and "yes" as -1 and 1
        guessed, truth = (guessed > 0).astype(np.int64), (truth > 0).astype(np.int64)
    return Classes(guessed, truth, scores.shape[1] if many else None)


def _yes_or_no(asked_by: str, truth: Labels) -> Labels:
    """Targets of single scores as 0 and 1, whether "no" is written 0 or -1."""
    for label in np.unique(truth):
        if label not in (-1, 0, 1):
            raise ValueError(
                f"{asked_by}: one score per example says yes (1) or no (0 or -1), and a target is "
                f"{label}: give scores of shape (n, classes), or class numbers as whole numbers"
            )
    return (truth > 0).astype(np.int64)


def _classes_of_rows(asked_by: str, rows: npt.NDArray[Any]) -> Labels:
    """The class of each one-hot row, or the likeliest one of each row of probabilities."""
    if rows.size and not np.allclose(rows.sum(axis=1), 1, atol=1e-3):
        raise ValueError(
            f"{asked_by}: targets of shape {rows.shape} came and a row does not sum to 1; "
            "one-hot rows, probabilities, or class numbers of shape (n,) are needed"
        )
    return np.asarray(np.argmax(rows, axis=1), np.int64)


def _strange(truth: npt.NDArray[Any]) -> str:
    if truth.dtype.kind not in "biuf":
        return f"{truth.dtype} such as {truth.flat[0]!r}"
    return str(truth[truth != np.floor(truth)][0])


def _plain(nested: Any) -> Any:
    if isinstance(nested, (list, tuple)):
        return [_plain(item) for item in nested]
    if isinstance(nested, Tensor):
        return nested.numpy()
    return nested.data if isinstance(nested, Value) else nested
