"""Losses for distributions and directions: how far apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, exp, log, maximum, relu, sqrt, where
from autograd import sum as total
from nn.checks.choices import check_name
from nn.checks.numbers import numbers_of
from nn.checks.sizes import at_least_zero, real
from nn.checks.whole_numbers import whole_number
from nn.losses.pairs import as_targets, pairwise, plain, reduced

__all__ = ["cosine_embedding_loss", "cosine_similarity", "kl_div"]


def kl_div(
    predictions: Any, targets: Any, reduction: str = "mean", log_target: bool = False
) -> Any:
    """Take t (log t - p), where p is the logarithm of the predicted probability.

    Args:
        predictions: Logarithms of probabilities, as ``log_softmax`` gives; a Tensor of any shape.
        targets: Probabilities in the same shape; a probability of 0 costs nothing.
        reduction: ``"batchmean"`` for the sum over all divided by the number of examples, which is
            what the formula means; ``"mean"`` over all elements; ``"sum"``; or ``"none"``.
        log_target: Whether the targets are logarithms, too.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes differ.
        ValueError: If the reduction is unknown.

    Example:
        >>> from autograd import Tensor
        >>> p = Tensor(np.log([[0.5, 0.5]]), requires_grad=True)
        >>> loss = kl_div(p, [[0.25, 0.75]], reduction="batchmean")
        >>> loss.backward()
        >>> round(loss.item(), 6), p.grad
        (0.130812, array([[-0.25, -0.75]]))

    Source:
        S. Kullback and R. A. Leibler, "On Information and Sufficiency" (1951).
    """
    check_name("kl_div", "reduction", reduction, ("batchmean", "mean", "sum", "none"))
    whole = "sum" if reduction == "batchmean" else reduction

    def formula(p: Any, t: Any) -> Any:
        if log_target:
            return exp(t) * (t - p)
        numbers = plain(t)
        safe = where(numbers > 0, t, 1.0)
        return where(numbers > 0, safe * (log(safe) - p), 0.0 * p)

    loss = pairwise("kl_div", formula, predictions, targets, whole)
    if reduction != "batchmean":
        return loss
    return loss / max(1, np.shape(plain(predictions))[0] if np.ndim(plain(predictions)) else 1)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Take the cosine of the angle between vectors: 1 for the same direction, -1 for the opposite.

    Args:
        x1: Vectors along one axis.
        x2: Vectors in a shape that broadcasts.
        dim: That axis.
        eps: The least length a vector counts as having.

    Returns:
        The same shape without that axis.

    Example:
        >>> from autograd import Tensor
        >>> a = Tensor([[3.0, 0.0]], requires_grad=True)
        >>> cosine_similarity(a, Tensor([[1.0, 1.0]])).data.round(6)
        array([0.707107])
    """
    x1, x2 = (numbers_of("cosine_similarity", x) for x in (x1, x2))
    at_least_zero("cosine_similarity", "eps", eps)
    try:
        together = np.broadcast_shapes(x1.shape, x2.shape)
    except ValueError:
        together = ()
    if not -len(together) <= whole_number("cosine_similarity", "dim", dim) < len(together):
        raise ShapeError(
            f"cosine_similarity: shapes {x1.shape} and {x2.shape} came with dim={dim}; needs two "
            "shapes that broadcast, and one of their axes"
        )
    first = maximum(total(x1 * x1, dim), eps * eps)
    second = maximum(total(x2 * x2, dim), eps * eps)
    return total(x1 * x2, dim) / sqrt(first * second)


def cosine_embedding_loss(
    x1: Any, x2: Any, targets: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """Take 1 - cos for pairs that belong together, and max(0, cos - margin) for those that do not.

    Args:
        x1: Shape (n, size), or (size,).
        x2: The same shape.
        targets: 1 for pairs that belong together, -1 for the others; shape (n,), or ().
        margin: The cosine that pairs may have that do not belong together.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If a target is neither 1 nor -1.

    Example:
        >>> from autograd import Tensor
        >>> a = Tensor([[1.0, 0.0], [1.0, 0.0]], requires_grad=True)
        >>> cosine_embedding_loss(a, Tensor([[1.0, 0.0], [0.0, 1.0]]), [1, 1]).item()
        0.5
    """
    name = "cosine_embedding_loss"
    x1, x2 = (numbers_of(name, x) for x in (x1, x2))
    signs = np.asarray(plain(numbers_of(f"{name}: targets", targets)))
    first, second = x1.shape, x2.shape
    real(name, "margin", margin)
    if first != second or len(first) not in (1, 2) or signs.shape != first[:-1]:
        raise ShapeError(
            f"{name}: vectors of shapes {first} and {second} and targets of {signs.shape} came; "
            "needs (n, size) twice and (n,)"
        )
    if not np.all(np.abs(signs) == 1):
        strange = signs[np.abs(signs) != 1].reshape(-1)[0]
        raise ValueError(f"{name}: target {strange} came; targets are 1 and -1")
    cosine = cosine_similarity(x1, x2, dim=len(first) - 1)
    apart = as_targets(np.full(signs.shape, margin), cosine)
    terms = where(signs > 0, 1 - cosine, relu(cosine - apart))
    return reduced(name, terms, reduction)
