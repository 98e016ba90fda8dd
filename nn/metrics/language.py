"""Metrics of models that guess the next symbol."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.metrics.reading import numbers_of

__all__ = ["perplexity"]


def perplexity(predictions: Any, targets: Any = None, ignore_index: int = -100) -> float:
    """Give the number of symbols among which a model is as unsure as if throwing dice: exp(loss).

    The loss is the mean cross-entropy, -mean log p(true symbol), in nats.  Sure and right is 1;
    knowing nothing is the number of symbols.

    Args:
        predictions: Logits, shape (..., symbols), the symbols on the last axis.  Or a mean loss
            that is computed already, then without targets.
        targets: Symbol numbers, shape (...).
        ignore_index: Targets of this number do not count, such as padding.

    Returns:
        A number of at least 1, or infinity where exp(loss) is too large for a float.

    Raises:
        ShapeError: If the shapes do not fit, or no target counts.
        ValueError: If a target is out of range.

    Example:
        >>> perplexity([[0.0, 0.0, 0.0, 0.0]], [2])
        4.0
        >>> round(perplexity(np.log(27)), 9)
        27.0
    """
    scores = numbers_of(predictions)
    if targets is None:
        if scores.size != 1:
            raise ShapeError(
                f"perplexity: predictions of shape {scores.shape} came without targets; give "
                "(logits, targets), or one mean loss"
            )
        return _exp(float(scores.reshape(())))
    truth = numbers_of(targets)
    if scores.ndim == 0 or truth.shape != scores.shape[:-1]:
        torch_order = scores.ndim > 2 and truth.shape == (scores.shape[0], *scores.shape[2:])
        cure = ": move the symbols' axis to the end, .movedim(1, -1)" if torch_order else ""
        raise ShapeError(
            f"perplexity: logits of shape {scores.shape} and targets of shape {truth.shape} came; "
            f"(..., symbols) and (...) are needed{cure}"
        )
    scores, truth = scores.reshape(-1, scores.shape[-1]).astype(np.float64), truth.reshape(-1)
    if truth.size and truth.dtype.kind not in "iu":
        raise ValueError(f"perplexity: targets of {truth.dtype} came; whole numbers are needed")
    counts = truth != ignore_index
    scores, truth = scores[counts], truth[counts].astype(np.int64)
    if not truth.size:
        raise ShapeError("perplexity: no target counts; at least one is needed")
    if truth.min() < 0 or truth.max() >= scores.shape[1]:
        raise ValueError(
            f"perplexity: targets from {truth.min()} to {truth.max()} came; "
            f"0 to {scores.shape[1] - 1} are needed"
        )
    scores = scores - scores.max(axis=1, keepdims=True)  # so that exp cannot overflow
    own = np.take_along_axis(scores, truth[:, np.newaxis], axis=1)[:, 0]
    return _exp(float(np.mean(np.log(np.exp(scores).sum(axis=1)) - own)))


def _exp(loss: float) -> float:
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
