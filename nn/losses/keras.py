"""Keras' losses of probabilities, which here also take scores, and never overflow.

A model may end in a softmax or not. Where the outputs' rows are probabilities (all between 0 and 1,
each row with the sum 1) they are taken as such; otherwise they are scores (logits), and the softmax
is taken here. ``fit`` finds that out once, on a few examples, before it begins. Of probabilities
that a softmax or sigmoid has just made, the logarithm is taken from what went into it, so that a
probability that is 0 in floating point still has the right loss and the right gradient; TensorFlow
does the same for Keras.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import numpy as np

from autograd import (
    OPS,
    ShapeError,
    log_softmax,
    relu,
    squeeze,
    take_along_axis,
)
from autograd import max as largest
from autograd import sum as total
from nn.losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    careful_log,
)
from nn.losses.cross_entropy import cross_entropy
from nn.losses.modules import Loss
from nn.losses.pairs import as_targets, holds_values, plain, reduced
from nn.losses.shares import (
    before,
    check_range,
    check_shares,
    logarithm,
    rows_of_shares,
    several,
    truth_of,
)
from nn.metrics import numbers_of

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "KLDivergence",
    "LogLoss",
    "SparseCategoricalCrossentropy",
]

_Deciding = TypeVar("_Deciding", bound="_OfClasses")


class _OfClasses(Loss):
    """A loss of one probability, or one score, for each class."""

    def __init__(self, from_logits: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.from_logits = from_logits

    def decided_by(self: _Deciding, outputs: Any) -> _Deciding:
        """Find out from a few outputs what the model gives.

        Args:
            outputs: What the model gave, recorded.

        Returns:
            This loss if it was told; else one that knows.
        """
        if self.from_logits is not None:
            return self
        decided = copy.copy(self)
        decided.from_logits = not self._probabilities(outputs)
        return decided

    def _probabilities(self, outputs: Any) -> bool:
        return rows_of_shares(numbers_of(outputs))

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss.

        Args:
            predictions: Shape (n, classes), or (n, ..., classes).
            targets: Class numbers, shape (n,), or one-hot rows in the predictions' shape.

        Raises:
            ShapeError: If the shapes do not fit.
            DomainError: If ``from_logits=False`` and the outputs are no probabilities.
            ValueError: If a label is out of range, or a one-hot row does not sum to 1.
        """
        decided = self.decided_by(predictions)
        return decided._of_classes(predictions, targets, bool(decided.from_logits))

    def _of_classes(self, predictions: Any, targets: Any, from_logits: bool) -> Any:
        name, shape = type(self).__name__, numbers_of(predictions).shape
        if len(shape) < 2 or shape[-1] < 2:
            raise ShapeError(
                f"{name}: outputs of shape {shape} came; needs an output for each class, "
                "(n, classes); for one output per example there is 'binary_crossentropy'"
            )
        if not from_logits:
            check_shares(name, numbers_of(predictions))
        truth = truth_of(name, targets, shape)
        if holds_values(predictions):
            return self._of_values(predictions, truth, from_logits)
        if from_logits and truth.dtype.kind != "f" and truth.size:
            return OPS["cross_entropy"](
                predictions, labels=truth, class_axis=len(shape) - 1, reduction=self.reduction
            )
        logs = log_softmax(predictions, -1) if from_logits else logarithm(predictions)
        if truth.dtype.kind == "f":
            return reduced(name, -total(as_targets(truth, logs) * logs, -1), self.reduction)
        own = take_along_axis(logs, np.expand_dims(truth, -1), -1)
        return reduced(name, -squeeze(own, -1), self.reduction)

    def _of_values(self, rows: Any, truth: Any, from_logits: bool) -> Any:
        labels = truth.argmax(-1) if truth.dtype.kind == "f" else truth
        if from_logits:
            return cross_entropy(rows, labels, reduction=self.reduction)
        terms = [-careful_log(row[label]) for row, label in zip(rows, labels.tolist(), strict=True)]
        return reduced(type(self).__name__, terms, self.reduction)


class CategoricalCrossentropy(_OfClasses):
    """-log of the probability of the true class: Keras' ``'categorical_crossentropy'``.

    Args:
        from_logits: Whether the outputs are scores, without softmax; None to find out: rows between
            0 and 1 that sum to 1 are probabilities, all else are scores.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor
        >>> loss = CategoricalCrossentropy()
        >>> truth = [[0.0, 1.0]]
        >>> round(loss(Tensor([[0.25, 0.75]]), truth).item(), 6)  # probabilities
        0.287682
        >>> round(loss(Tensor([[0.0, 1.098612]]), truth).item(), 6)  # the scores that give them
        0.287682
    """


class SparseCategoricalCrossentropy(_OfClasses):
    """The same for class numbers: Keras' ``'sparse_categorical_crossentropy'``.

    Args:
        from_logits: As for ``CategoricalCrossentropy``.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor
        >>> round(SparseCategoricalCrossentropy()(Tensor([[0.25, 0.75]]), [1]).item(), 6)
        0.287682
    """


class LogLoss(_OfClasses):
    """-log of the probability of what is true, of two classes or more: ``'logloss'``.

    With an output for each class it is ``CategoricalCrossentropy``. With one output per example it
    is the loss of yes or no; that output is a probability if the model ends in a sigmoid, and a
    score if it ends in anything else, such as a tanh or nothing. (A single number between 0 and 1
    does not tell what it is; for probabilities made in another way take ``'binary_crossentropy'``.)

    Args:
        from_logits: Whether the outputs are scores; None to find out.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each example by itself.

    Example:
        >>> from autograd import Tensor, sigmoid
        >>> z = Tensor([[2.0]], requires_grad=True)
        >>> round(LogLoss()(sigmoid(z), [[1]]).item(), 6), round(LogLoss()(z, [[1]]).item(), 6)
        (0.126928, 0.126928)
    """

    def _probabilities(self, outputs: Any) -> bool:
        if several(outputs):
            return super()._probabilities(outputs)
        return before(outputs, "sigmoid") is not None

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss, see ``CategoricalCrossentropy`` and ``BinaryCrossentropy``."""
        if several(predictions):
            return super().forward(predictions, targets)
        scores = self.decided_by(predictions).from_logits
        return BinaryCrossentropy(bool(scores), self.reduction)(predictions, targets)


class BinaryCrossentropy(Loss):
    """-t log p - (1 - t) log(1 - p) for the probability p of "yes": ``'binary_crossentropy'``.

    Args:
        from_logits: Whether the outputs are scores, without sigmoid.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Example:
        >>> from autograd import Tensor
        >>> round(BinaryCrossentropy()(Tensor([0.25]), [1]).item(), 6)
        1.386294
    """

    def __init__(self, from_logits: bool = False, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.from_logits = from_logits

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss.

        Args:
            predictions: Probabilities of any shape.
            targets: Numbers from 0 to 1 in the same shape.

        Raises:
            DomainError: If the outputs are no probabilities.
            ShapeError: If the shapes differ.
        """
        scores = predictions if self.from_logits else before(predictions, "sigmoid")
        if scores is not None:
            return binary_cross_entropy_with_logits(scores, targets, reduction=self.reduction)
        check_range("BinaryCrossentropy", numbers_of(predictions), "sigmoid")
        return binary_cross_entropy(predictions, targets, reduction=self.reduction)


class CategoricalHinge(Loss):
    """max(0, 1 + greatest wrong score - right score): Keras' ``'categorical_hinge'``.

    The greatest wrong score counts as at least 0, as in Keras.

    Example:
        >>> from autograd import Tensor
        >>> CategoricalHinge()(Tensor([[0.5, 2.0]]), [[1.0, 0.0]]).item()
        2.5
    """

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss; targets are class numbers or one-hot rows."""
        shape = numbers_of(predictions).shape
        if holds_values(predictions) or len(shape) < 2:
            raise ShapeError(
                f"CategoricalHinge: outputs of shape {shape} came; needs a Tensor of scores, "
                "(n, classes)"
            )
        truth = truth_of("CategoricalHinge", targets, shape)
        rows = truth if truth.dtype.kind == "f" else np.eye(shape[-1])[truth]
        rows = as_targets(rows, predictions)
        right, wrong = total(rows * predictions, -1), largest((1 - rows) * predictions, axis=-1)
        return reduced("CategoricalHinge", relu(wrong - right + 1), self.reduction)


class KLDivergence(Loss):
    """sum of t log(t / p) over the classes: Keras' ``'kl_divergence'``, of probabilities p.

    Example:
        >>> from autograd import Tensor
        >>> round(KLDivergence()(Tensor([[0.5, 0.5]]), [[0.25, 0.75]]).item(), 6)
        0.130812
    """

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss; the rows of predictions and targets are probabilities."""
        shape, truth = numbers_of(predictions).shape, np.asarray(plain(targets), float)
        if holds_values(predictions) or truth.shape != shape or not shape:
            raise ShapeError(
                f"KLDivergence: outputs of shape {shape} and targets of {truth.shape} came; needs "
                "two Tensors or arrays of equal shape"
            )
        check_shares("KLDivergence", numbers_of(predictions))
        own = np.where(truth > 0, truth, 1.0)
        known = as_targets(np.sum(own * np.log(own), -1), predictions)
        cross = total(as_targets(truth, predictions) * logarithm(predictions), -1)
        return reduced("KLDivergence", known - cross, self.reduction)
