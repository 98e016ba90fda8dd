"""From a model's answers to classes: which class holds a point, how surely, and by what margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Regions:
    """The classes of many points.

    Attributes:
        winner: index of the class of each point, shape (n,); -1 where the model says nan.
        sureness: 0 where two classes are equally likely, to 1, shape (n,).
        margins: per class how far it is ahead of the best other one, shape (classes, n).
    """

    winner: NDArray[np.int64]
    sureness: NDArray[np.float64]
    margins: NDArray[np.float64]


def classes_of(labels: NDArray[Any], answers: NDArray[Any], asked_by: str) -> list[Any]:
    """List the classes that a model tells apart.

    Args:
        labels: of the points, shape (m,).
        answers: what the model said, shape (n,) or (n, classes).
        asked_by: the public function, for the error message.

    Returns:
        The labels that stand for the classes, in the order of the model's columns.

    Raises:
        ValueError: if labels and answers do not fit each other.

    Example:
        >>> classes_of(np.array([-1, 1]), np.array([0.3, -2.0]), "decision_boundary")
        [-1, 1]
        >>> classes_of(np.array([0, 2]), np.zeros((4, 3)), "decision_boundary")
        [0, 1, 2]
    """
    seen: list[Any] = np.unique(labels).tolist()
    if answers.ndim == 2:
        count = answers.shape[1]
        if all(not isinstance(label, str) and label in range(count) for label in seen):
            return list(range(count))
        if len(seen) == count:
            return seen
        raise ValueError(
            f"{asked_by}: the model tells {count} classes apart, and y has {len(seen)}: "
            f"{_listed(seen)}; number them 0 to {count - 1}"
        )
    if are_labels(labels, answers):
        known = answers[answers == answers]  # without nan
        return list(np.unique(np.concatenate([labels, known])).tolist())
    if len(seen) == 1:  # the other class is not among the points
        seen = next((pair for pair in ([0, 1], [-1, 1]) if seen[0] in pair), seen)
    if len(seen) != 2:
        raise ValueError(
            f"{asked_by}: the model gives one number for each point, which tells 2 classes apart, "
            f"and y has {len(seen)}: {_listed(seen)}; needs a column for each class"
        )
    return seen


def are_labels(labels: NDArray[Any], answers: NDArray[Any]) -> bool:
    """Tell whether a model answers with labels rather than with scores.

    Example:
        >>> are_labels(np.array([0, 1]), np.array([1.0, 0.0])), are_labels(np.zeros(2), np.ones(2))
        (True, False)
    """
    if answers.ndim != 1:
        return False
    return answers.dtype.kind in "iubUS" or bool(np.isin(answers, labels).all())


def regions_of(
    answers: NDArray[Any], classes: Sequence[Any], *, labels: bool, probability: bool
) -> Regions:
    """Find the class of every point.

    Args:
        answers: what the model said, shape (n,) or (n, classes).
        classes: the labels of the classes.
        labels: whether the answers are labels.
        probability: whether they are probabilities; else scores, which are compared with 0, or
            as softmax does.

    Returns:
        Class, sureness and margins of each point.

    Example:
        >>> regions_of(np.array([0.9, 0.2]), [0, 1], labels=False, probability=True).winner
        array([1, 0])
    """
    if labels:
        shares = np.array([answers == label for label in classes], dtype=float)
    elif answers.ndim == 1:
        score = answers - 0.5 if probability else answers
        upper = answers if probability else _sigmoid(answers)
        shares = np.array([1 - upper, upper])
        return _ranked(shares, np.array([-score, score]))
    else:
        scores = answers.T.astype(float)
        shares = scores if probability else _softmax(scores)
        return _ranked(shares, _ahead(scores))
    return _ranked(shares, _ahead(shares))


def _ranked(shares: NDArray[np.float64], margins: NDArray[np.float64]) -> Regions:
    least, missing = 1 / len(shares), ~np.isfinite(margins).all(axis=0)
    winner = np.where(missing, -1, np.argmax(margins, axis=0))
    sureness = np.clip((shares.max(axis=0) - least) / max(1 - least, 1e-9), 0.0, 1.0)
    return Regions(winner, np.where(missing, 0.0, sureness), margins)


def _ahead(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each class's score minus the best of the others."""
    if len(scores) == 1:
        return np.ones_like(scores)
    best = [np.delete(scores, index, axis=0).max(axis=0) for index in range(len(scores))]
    return np.asarray(scores - np.array(best))


def _sigmoid(score: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * score.astype(float))))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0))


def _listed(labels: Sequence[Any]) -> str:
    return ", ".join(str(label) for label in labels[:6]) + (", …" if len(labels) > 6 else "")
