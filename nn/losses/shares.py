"""Outputs as probabilities of classes: whether they are some, and their logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import DomainError, ShapeError, Tensor, Value
from nn.losses.classification import careful_log
from nn.losses.pairs import labels_for, plain
from nn.metrics import numbers_of

__all__ = [
    "before",
    "check_range",
    "check_shares",
    "logarithm",
    "rows_of_shares",
    "several",
    "truth_of",
]

CLOSE = 1e-4  # how far from 1 a row of probabilities may sum


def several(outputs: Any) -> bool:
    """Tell whether there is an output for each of several classes.

    Args:
        outputs: What a model gave.

    Example:
        >>> several([[0.1, 0.9]]), several([[0.1], [0.9]])
        (True, False)
    """
    shape = numbers_of(outputs).shape
    return len(shape) > 1 and shape[-1] > 1


def before(outputs: Any, op: str) -> Any:
    """Find what went into an op, if it was the last that made the outputs.

    Args:
        outputs: A Tensor, a Value, or lists of Values.
        op: The op's name.

    Returns:
        The op's input; None if there was another op, or none was recorded.

    Example:
        >>> from autograd import sigmoid
        >>> z = Tensor([2.0], requires_grad=True)
        >>> before(sigmoid(z), "sigmoid") is z, before(z, "sigmoid")
        (True, None)
    """
    if isinstance(outputs, (list, tuple)):
        found = [before(item, op) for item in outputs]
        return None if not found or any(item is None for item in found) else found
    if isinstance(outputs, (Tensor, Value)) and outputs.op is not None and outputs.op.name == op:
        return outputs.inputs[0]
    return None


def logarithm(shares: Any) -> Any:
    """Take the logarithm; exactly what was exponentiated, where a softmax has just done so.

    Args:
        shares: Probabilities, a Tensor or array.

    Example:
        >>> from autograd import softmax
        >>> z = Tensor([[0.0, 2000.0]], requires_grad=True)
        >>> logarithm(softmax(z)).tolist()
        [[-2000.0, 0.0]]
    """
    scores = before(shares, "exp") if isinstance(shares, Tensor) else None
    return careful_log(shares) if scores is None else scores


def rows_of_shares(rows: Any) -> bool:
    """Tell whether every row holds probabilities with the sum 1.

    Args:
        rows: An array.

    Example:
        >>> rows_of_shares(np.array([[0.25, 0.75]])), rows_of_shares(np.array([[-1.0, 2.0]]))
        (True, False)
    """
    inside = rows.ndim > 1 and bool(((rows >= 0) & (rows <= 1)).all())
    return inside and bool((np.abs(rows.sum(-1) - 1) <= CLOSE).all())


def check_range(name: str, numbers: Any, activation: str) -> None:
    """Refuse what cannot be probabilities.

    Args:
        name: The loss, for errors.
        numbers: The model's outputs.
        activation: With what the model should end.

    Raises:
        DomainError: If a number is not between 0 and 1.
    """
    if numbers.size and (numbers.min() < 0 or numbers.max() > 1):
        raise DomainError(
            f"{name}: outputs from {numbers.min():.4g} to {numbers.max():.4g} came; needs "
            f"probabilities from 0 to 1: end the model with Activation({activation!r}), or take "
            "the loss of scores: 'binary_cross_entropy_with_logits' for yes or no, "
            "'cross_entropy' for classes"
        )


def check_shares(name: str, rows: Any) -> None:
    """Refuse rows that are no probabilities of which one class is true.

    Args:
        name: The loss, for errors.
        rows: The model's outputs.

    Raises:
        DomainError: If a number is not between 0 and 1, or a row does not sum to 1.
    """
    check_range(name, rows, "softmax")
    sums = rows.sum(-1)
    if sums.size and np.abs(sums - 1).max() > 10 * CLOSE:
        wrong = sums.reshape(-1)[np.abs(sums - 1).argmax()]
        raise DomainError(
            f"{name}: the outputs of an example sum to {wrong:.4g}; needs probabilities of which "
            "one class is true, with the sum 1: end the model with Activation('softmax')"
        )


def truth_of(name: str, targets: Any, shape: tuple[int, ...]) -> Any:
    """Read targets: class numbers, or rows of probabilities as floats.

    Args:
        name: The loss, for errors.
        targets: Either.
        shape: The outputs' shape.

    Returns:
        An array of whole numbers, or one of floats in the outputs' shape.

    Raises:
        ShapeError: If it has neither shape.
        ValueError: If a label is out of range, or a row does not sum to 1.

    Example:
        >>> truth_of("demo", [1, 0], (2, 2)), truth_of("demo", [[0, 1]], (1, 2))
        (array([1, 0]), array([[0., 1.]]))
    """
    given = np.asarray(plain(targets))
    if given.ndim == len(shape) and given.shape != shape and given.shape[-1] > 1:
        raise ShapeError(
            f"{name}: targets of shape {given.shape} came for outputs of {shape}; needs class "
            "numbers, or one-hot rows of the outputs' shape"
        )
    if given.shape != shape:
        return labels_for(name, given, shape[:-1], shape[-1])
    rows = given.astype(float)
    sums = rows.sum(-1)
    if rows.size and (rows.min() < 0 or np.abs(sums - 1).max() > 10 * CLOSE):
        raise ValueError(
            f"{name}: a target row {rows.reshape(-1, shape[-1])[np.abs(sums - 1).argmax()]} came; "
            "one-hot rows and probabilities sum to 1; where several classes may be true at once "
            "take 'binary_crossentropy'"
        )
    return rows
