"""Losses for classes: how surprised the model is by the truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import (
    DomainError,
    ShapeError,
    Value,
    log,
    log_softmax,
    logsumexp,
    mean,
    softplus,
    squeeze,
    take_along_axis,
    where,
)
from autograd import sum as total
from nn.losses.pairs import as_targets, holds_values, labels_for, pairwise, plain, reduced

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy"]

LOWEST_LOG = (
    -100.0
)  # what log(0) counts as, in PyTorch, too: a surprise without end teaches nothing


def binary_cross_entropy(probabilities: Any, targets: Any, reduction: str = "mean") -> Any:
    """Take -t log p - (1 - t) log(1 - p), for the probability p of "yes".

    A logarithm counts as -100 at least, and has no gradient where p is exactly 0 or 1.  Where the
    probability comes from a sigmoid, ``binary_cross_entropy_with_logits`` is exact everywhere.

    Args:
        probabilities: Between 0 and 1; a Tensor of any shape, or a Value, or lists of Values.
        targets: Between 0 (no) and 1 (yes), in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.
        DomainError: If a probability is not between 0 and 1.
        ValueError: If a target is not.

    Example:
        >>> from autograd import Value
        >>> p = Value(0.25)
        >>> loss = binary_cross_entropy(p, 1.0)
        >>> loss.backward()
        >>> round(loss.data, 6), p.grad
        (1.386294, -4.0)
    """
    _zero_to_one("binary_cross_entropy", "target", targets, ValueError)
    _zero_to_one("binary_cross_entropy", "probability", _numbers(probabilities), DomainError)

    def formula(p: Any, t: Any) -> Any:
        return -(t * _careful_log(p) + (1 - t) * _careful_log(1 - p))

    return pairwise("binary_cross_entropy", formula, probabilities, targets, reduction)


def binary_cross_entropy_with_logits(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    """Take the binary cross entropy of sigmoid(z), which is softplus(z) - t z and never overflows.

    Args:
        logits: Scores before the sigmoid; a Tensor of any shape, or a Value, or lists of Values.
        targets: Between 0 (no) and 1 (yes), in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes differ.
        ValueError: If a target is not between 0 and 1.

    Example:
        >>> from autograd import Tensor
        >>> z = Tensor([0.0, 1000.0], requires_grad=True)
        >>> loss = binary_cross_entropy_with_logits(z, [1.0, 1.0], reduction="sum")
        >>> loss.backward()
        >>> round(loss.item(), 6), z.grad  # the gradient is sigmoid(z) - t
        (0.693147, array([-0.5,  0. ]))
    """
    name = "binary_cross_entropy_with_logits"
    _zero_to_one(name, "target", targets, ValueError)
    return pairwise(name, lambda z, t: softplus(z) - t * z, logits, targets, reduction)


def cross_entropy(
    logits: Any, targets: Any, reduction: str = "mean", label_smoothing: float = 0.0
) -> Any:
    """Take -log of the softmax at the true class: logsumexp(z) - z_true, which never overflows.

    Args:
        logits: Scores of the classes: shape (n, classes), or (classes,) for one example, or
            (n, classes, ...) with a class for every place; or a list of Values per example.
        targets: Class numbers, shape (n,) or (n, ...); or probabilities in the logits' shape.
        reduction: ``"mean"`` over examples, ``"sum"``, or ``"none"`` for each by itself.
        label_smoothing: Share of the truth that is spread evenly over all classes, 0 to 1; 0.1
            keeps the model from growing too sure of itself (Szegedy et al., 2015).

    Returns:
        The loss, as a Tensor or Value.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If a label or the smoothing is out of range, or a probability negative.

    Example:
        >>> from autograd import Tensor
        >>> z = Tensor([[0.0, 0.0]], requires_grad=True)
        >>> loss = cross_entropy(z, [1])
        >>> loss.backward()
        >>> round(loss.item(), 6), z.grad  # the gradient is softmax(z) minus the truth
        (0.693147, array([[ 0.5, -0.5]]))
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing={label_smoothing} came; give 0 to 1")
    if holds_values(logits):
        return _cross_entropy_of_values(logits, targets, reduction, label_smoothing)
    shape = np.shape(plain(logits))
    if not shape:
        raise ShapeError(
            "cross_entropy: a single number came; scores of several classes are needed"
        )
    axis = 1 if len(shape) > 1 else 0
    places = shape[:axis] + shape[axis + 1 :]
    wanted = plain(targets) if hasattr(targets, "shape") else np.asarray(targets)
    logits = logits if hasattr(logits, "shape") else np.asarray(logits, float)
    shares = log_softmax(logits, axis)
    if wanted.shape == shape and wanted.dtype.kind == "f":
        if np.any(np.asarray(wanted) < 0):
            lowest = np.min(wanted)
            raise ValueError(f"cross_entropy: probability {lowest} came; none may be negative")
        truth = targets if getattr(targets, "requires_grad", False) else wanted
        terms = -total(as_targets(truth, logits) * shares, axis)
    else:
        labels = labels_for("cross_entropy", wanted, places, shape[axis])
        terms = -squeeze(take_along_axis(shares, np.expand_dims(labels, axis), axis), axis)
    if label_smoothing:
        terms = (1 - label_smoothing) * terms - label_smoothing * mean(shares, axis)
    return reduced("cross_entropy", terms, reduction)


def _cross_entropy_of_values(logits: Any, targets: Any, reduction: str, smoothing: float) -> Any:
    single = isinstance(logits[0], Value)
    rows = [list(logits)] if single else [list(row) for row in logits]
    places: tuple[int, ...] = () if single else (len(rows),)
    labels = labels_for("cross_entropy", targets, places, len(rows[0])).reshape(-1)
    terms = []
    for row, label in zip(rows, labels.tolist(), strict=True):
        true = row[label]
        if smoothing:
            true = (1 - smoothing) * true + smoothing * mean(row)
        terms.append(logsumexp(row) - true)
    return terms[0] if single else reduced("cross_entropy", terms, reduction)


def _careful_log(p: Any) -> Any:
    """Logarithm of a probability, with LOWEST_LOG for log(0)."""
    if isinstance(p, Value):
        return log(p) if p.data > 0 else p * 0.0 + LOWEST_LOG
    positive = plain(p) > 0
    return where(positive, log(where(positive, p, 1.0)), LOWEST_LOG)


def _numbers(nested: Any) -> Any:
    if isinstance(nested, (list, tuple)):
        return [_numbers(item) for item in nested]
    return nested.data if isinstance(nested, Value) else plain(nested)


def _zero_to_one(name: str, what: str, given: Any, error: type[ValueError]) -> None:
    """Arrays that are not in this computer's memory are not looked at: that would fetch them."""
    array = (
        np.asarray(plain(given))
        if isinstance(plain(given), (list, tuple, float, int))
        else plain(given)
    )
    if not isinstance(array, np.ndarray) or not array.size:
        return
    low, high = array.min(), array.max()
    if low < 0 or high > 1:
        wrong = low if low < 0 else high
        raise error(f"{name}: {what} {wrong:.6g} came; it must lie between 0 and 1")
