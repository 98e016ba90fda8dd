"""Losses for yes or no: how surprised the model is by the truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import (
    DomainError,
    Value,
    log,
    softplus,
    where,
)
from nn.checks.numbers import numbers_of
from nn.losses.pairs import holds_values, pairwise, plain, weights_for

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "careful_log"]

LOWEST_LOG = (
    -100.0
)  # what log(0) counts as, in PyTorch, too: a surprise without end teaches nothing


def binary_cross_entropy(
    probabilities: Any, targets: Any, weight: Any = None, reduction: str = "mean"
) -> Any:
    """Take -t log p - (1 - t) log(1 - p), for the probability p of "yes".

    A logarithm counts as -100 at least, and has no gradient where p is exactly 0 or 1.  Where the
    probability comes from a sigmoid, ``binary_cross_entropy_with_logits`` is exact everywhere.

    Args:
        probabilities: Between 0 and 1; a Tensor of any shape, or a Value, or lists of Values.
        targets: Between 0 (no) and 1 (yes), in the same shape.
        weight: How much each example counts; in a shape that broadcasts, or None.
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
    _zero_to_one("binary_cross_entropy", "probability", probabilities, DomainError)

    def formula(p: Any, t: Any) -> Any:
        return -(t * careful_log(p) + (1 - t) * careful_log(1 - p))

    return pairwise("binary_cross_entropy", formula, probabilities, targets, reduction, weight)


def binary_cross_entropy_with_logits(
    logits: Any,
    targets: Any,
    weight: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """Take the binary cross entropy of sigmoid(z), which is softplus(z) - t z and never overflows.

    Args:
        logits: Scores before the sigmoid; a Tensor of any shape, or a Value, or lists of Values.
        targets: Between 0 (no) and 1 (yes), in the same shape.
        weight: How much each example counts; in a shape that broadcasts, or None.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.
        pos_weight: How much more a "yes" counts; one number, or one for each output.

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
    if pos_weight is None:
        return pairwise(name, lambda z, t: softplus(z) - t * z, logits, targets, reduction, weight)
    more = pos_weight
    if not holds_values(logits):
        logits = numbers_of(name, logits)
        more = weights_for(name, "pos_weight", pos_weight, logits)

    def formula(z: Any, t: Any) -> Any:
        return (1 - t) * z + (1 + (more - 1) * t) * softplus(-z)

    return pairwise(name, formula, logits, targets, reduction, weight)


def careful_log(p: Any) -> Any:
    """Take the logarithm of a probability, with -100 for log(0).

    Args:
        p: A Tensor or array of probabilities, or a Value.

    Returns:
        The logarithms.
    """
    if isinstance(p, Value):
        return log(p) if p.data > 0 else p * 0.0 + LOWEST_LOG
    nothing = plain(p) <= 0  # asked so, nan is not taken for 0 and stays to be seen
    return where(nothing, LOWEST_LOG, log(where(nothing, 1.0, p)))


def _numbers(nested: Any) -> Any:
    if isinstance(nested, (list, tuple)):
        return [_numbers(item) for item in nested]
    return nested.data if isinstance(nested, Value) else plain(nested)


def _zero_to_one(name: str, what: str, given: Any, error: type[ValueError]) -> None:
    """Arrays that are not in this computer's memory are not looked at: that would fetch them."""
    array = np.asarray(_numbers(given)) if holds_values(given) else plain(numbers_of(name, given))
    if not isinstance(array, np.ndarray) or not array.size:
        return
    low, high = array.min(), array.max()
    if low < 0 or high > 1:
        wrong = low if low < 0 else high
        raise error(f"{name}: {what} {wrong:.6g} came; it must lie between 0 and 1")
