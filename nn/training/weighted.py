"""Weighted: a loss in which some examples count more than others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import Tensor, Value
from nn.training.names import Measure, each_by_itself

__all__ = ["Weighted", "checked_weights"]


def checked_weights(given: Any, examples: int) -> Any:
    """Check how much each example shall count.

    Args:
        given: Numbers of 0 or more, shape (n,).
        examples: How many examples there are.

    Returns:
        An array of floats.

    Raises:
        TypeError: If they are no numbers.
        ValueError: If there are too few or too many, or one is negative or nan.

    Example:
        >>> checked_weights([1, 5], 2)
        array([1., 5.])
    """
    weights = np.asarray(given.numpy() if isinstance(given, Tensor) else given)
    if weights.dtype.kind not in "fiub":
        raise TypeError(
            f"fit: {type(given).__name__} came as sample_weight; give a number for each example"
        )
    if weights.shape != (examples,):
        raise ValueError(
            f"fit: sample_weight of shape {weights.shape} came for {examples} examples; needs one "
            f"number for each: ({examples},)"
        )
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise ValueError(
            f"fit: sample_weight[{wrong[0]}] is {weights[wrong[0]]}; needs finite numbers of 0 or "
            "more"
        )
    return weights.astype(float)


class Weighted:
    """A loss in which examples count as much as they themselves and their class do.

    The weighted losses are summed up and divided by the number of examples, as in Keras.

    Args:
        loss: The loss.
        weights: How much each class counts, those that are not named 1; None for all alike.
        examples: Gives how much each example of the batch counts, shape (n,); None for all alike.

    Raises:
        TypeError: If the loss cannot tell the loss of each example, or a class is no number.
        ValueError: If a weight is negative or no number.

    Example:
        >>> from nn.losses import mse_loss
        >>> Weighted(mse_loss, {1: 10.0})(Tensor([2.0, 2.0]), np.array([0, 1])).item()
        7.0
    """

    def __init__(
        self,
        loss: Measure,
        weights: Mapping[Any, float] | None,
        examples: Callable[[], Any] | None = None,
    ) -> None:
        weights = {} if weights is None else weights
        if not isinstance(weights, Mapping):
            raise TypeError(
                f"fit: {type(weights).__name__} came as class_weight; give weights by class: "
                "{0: 1.0, 1: 5.0}"
            )
        for label, weight in weights.items():
            if isinstance(label, bool) or not isinstance(label, (int, float, np.number)):
                raise TypeError(f"fit: class_weight names {label!r}; classes are numbers")
            if not isinstance(weight, (int, float, np.number)) or not weight >= 0:
                raise ValueError(f"fit: class_weight[{label}]={weight!r} came; needs 0 or more")
        self._terms, self._weights, self._examples = each_by_itself(loss), dict(weights), examples

    def __call__(self, predictions: Any, targets: Any) -> Any:
        """Compute the weighted mean."""
        terms = self._terms(predictions, targets)
        weights = self._of(np.asarray(targets))
        if isinstance(terms, (list, tuple, Value)):
            every = list(terms) if isinstance(terms, (list, tuple)) else [terms]
            many = len(every) // len(weights)
            parts = [term * weights[i // many] for i, term in enumerate(every)]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            return total / len(parts)
        rows = terms.reshape(len(weights), -1)
        return (rows * weights[:, None].astype(terms.dtype)).mean()

    def _of(self, targets: Any) -> Any:
        """The weight of each example."""
        weights = np.ones(len(targets)) if self._examples is None else self._examples().copy()
        if self._weights and targets.ndim > 1:
            targets = targets.argmax(1) if targets.shape[1] > 1 else targets[:, 0]
        for label, weight in self._weights.items():
            weights[targets == label] *= weight
        return weights
