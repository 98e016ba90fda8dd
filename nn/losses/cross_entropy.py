"""Losses for classes: how surprised the model is by the truth."""

from __future__ import annotations

from sys import _getframe
from typing import Any

import numpy as np

from autograd import (
    OPS,
    ShapeError,
    Tensor,
    Value,
    log_softmax,
    logsumexp,
    mean,
    squeeze,
    take_along_axis,
)
from autograd import sum as total
from autograd.classified import mean_cross_entropy
from autograd.ops.cross_entropy import USUAL
from nn.checks.choices import check_name
from nn.checks.numbers import numbers_of
from nn.checks.sizes import probability
from nn.checks.whole_numbers import whole_number
from nn.losses.pairs import all_below, as_targets, holds_values, labels_for, plain, reduced

__all__ = ["cross_entropy", "nll_loss"]

IGNORED = -100  # PyTorch's number for a label that does not count


def cross_entropy(
    logits: Any,
    targets: Any,
    weight: Any = None,
    ignore_index: int = IGNORED,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Take -log of the softmax at the true class: logsumexp(z) - z_true, which never overflows.

    Args:
        logits: Scores of the classes: shape (n, classes), or (classes,) for one example, or
            (n, classes, ...) with a class for every place; or a list of Values per example.
        targets: Class numbers, shape (n,) or (n, ...); or probabilities in the logits' shape.
        weight: How much each class counts, shape (classes,), or None. A mean is then a weighted
            one, as in PyTorch.
        ignore_index: A label that does not count; neither does its example in a mean.
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
    if label_smoothing != 0.0:
        probability("cross_entropy", "label_smoothing", label_smoothing)
    if reduction != "mean":
        check_name("cross_entropy", "reduction", reduction, ("mean", "sum", "none"))
    if (
        type(logits) is Tensor
        and type(targets) is np.ndarray
        and weight is None
        and type(ignore_index) is int
        and ignore_index < 0
        and reduction == "mean"
        and not label_smoothing
    ):  # as mostly: then no more is to be asked than this
        shape = logits._data.shape
        fits = len(shape) == 2 and targets.size > 0 and targets.shape == shape[:1]
        if fits and all_below(targets, shape[1]):
            made = mean_cross_entropy(logits, targets, _getframe(1))
            return OPS["cross_entropy"](logits, **USUAL, labels=targets) if made is None else made
    if not isinstance(logits, Tensor) and holds_values(logits):
        if weight is not None:
            raise TypeError(
                "cross_entropy: class weights came with Values; join them with "
                "tensor_from_values(...) first"
            )
        return _cross_entropy_of_values(logits, targets, reduction, label_smoothing)
    logits = numbers_of("cross_entropy", logits)
    shape = logits.shape
    if not shape:
        raise ShapeError(
            "cross_entropy: a single number came; scores of several classes are needed"
        )
    axis = 1 if len(shape) > 1 else 0
    places = shape[:axis] + shape[axis + 1 :]
    wanted = _as_array("cross_entropy: targets", targets)
    if wanted.shape == shape and wanted.dtype.kind == "f":
        if np.any(wanted < 0):
            lowest = np.min(wanted)
            raise ValueError(f"cross_entropy: probability {lowest} came; none may be negative")
        shares = log_softmax(logits, axis)
        truth = as_targets(targets if getattr(targets, "requires_grad", False) else wanted, logits)
        if label_smoothing:
            truth = (1 - label_smoothing) * truth + label_smoothing / shape[axis]
        if weight is not None:
            by_class = _class_weights("cross_entropy", weight, shape[axis]).astype(shares.dtype)
            truth = truth * _along(by_class, axis, shape)
        return reduced("cross_entropy", -total(truth * shares, axis), reduction)
    labels, by_class, counts = _known(
        "cross_entropy", shape, wanted, axis, places, weight, ignore_index
    )
    _refuse_nothing("cross_entropy", labels, by_class, counts, ignore_index, reduction)
    settings = {
        "labels": labels,
        "class_axis": axis,
        "weight": by_class,
        "counts": counts,
        "smoothing": label_smoothing,
        "reduction": reduction,
    }
    if isinstance(logits, Tensor):  # nothing has to be sorted out then
        return Tensor.apply_op(OPS["cross_entropy"], (logits,), settings)
    return OPS["cross_entropy"](logits, **settings)


def nll_loss(
    log_probabilities: Any,
    targets: Any,
    weight: Any = None,
    ignore_index: int = IGNORED,
    reduction: str = "mean",
) -> Any:
    """Take minus the logarithm of the probability that was given to the true class.

    Args:
        log_probabilities: What ``log_softmax`` gives: shape (n, classes), (classes,) for one
            example, or (n, classes, ...).
        targets: Class numbers, shape (n,) or (n, ...).
        weight: How much each class counts, shape (classes,), or None.
        ignore_index: A label that does not count.
        reduction: ``"mean"`` over examples, ``"sum"``, or ``"none"`` for each by itself.

    Returns:
        The loss, as a Tensor.

    Raises:
        ShapeError: If the shapes do not fit.
        ValueError: If a label is out of range.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[-0.5, -1.0]], requires_grad=True)
        >>> loss = nll_loss(x, [1])
        >>> loss.backward()
        >>> loss.item(), x.grad
        (1.0, array([[ 0., -1.]]))
    """
    log_probabilities = numbers_of("nll_loss", log_probabilities)
    shape = log_probabilities.shape
    if not shape:
        raise ShapeError("nll_loss: a single number came; several classes are needed")
    axis = 1 if len(shape) > 1 else 0
    places = shape[:axis] + shape[axis + 1 :]
    wanted = _as_array("nll_loss: labels", targets)
    labels, by_class, counts = _known("nll_loss", shape, wanted, axis, places, weight, ignore_index)
    check_name("nll_loss", "reduction", reduction, ("mean", "sum", "none"))
    share = _refuse_nothing("nll_loss", labels, by_class, counts, ignore_index, reduction)
    terms = -squeeze(take_along_axis(log_probabilities, np.expand_dims(labels, axis), axis), axis)
    if share is not None:
        terms = terms * share.astype(terms.dtype)
    if reduction != "mean" or share is None:
        return reduced("nll_loss", terms, reduction)
    return total(terms) / float(np.sum(share))


def _as_array(asked_by: str, targets: Any) -> Any:
    """Targets as an array, as which they nearly always come."""
    if type(targets) is np.ndarray and targets.dtype.kind in "fiub":
        return targets
    return np.asarray(plain(numbers_of(asked_by, targets)))


def _known(
    name: str, shape: tuple[int, ...], wanted: Any, axis: int, places: tuple[int, ...],
    weight: Any, ignore_index: int,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Class numbers; weights of the classes or None; and which examples count, None for all."""
    if type(ignore_index) is not int:
        whole_number(name, "ignore_index", ignore_index)
    classes, counts = shape[axis], None
    by_class = None if weight is None else _class_weights(name, weight, classes)
    known = wanted.shape == places and all_below(wanted, classes)
    if known and not 0 <= ignore_index < classes:  # as nearly always
        return wanted, by_class, None
    if np.any(wanted == ignore_index):
        counts = wanted != ignore_index
        wanted = np.where(counts, wanted, 0) if wanted.dtype.kind in "iu" else wanted
    _check_axis(name, shape, wanted)
    return labels_for(name, wanted, places, classes), by_class, counts


def _refuse_nothing(
    name: str, labels: Any, by_class: Any, counts: Any, ignore_index: int, reduction: str
) -> Any:
    """Say so if no example counts; give how much each does, None if all count as 1."""
    if not labels.size:
        raise ShapeError(f"{name}: no example came; at least one is needed")
    share = counts if by_class is None else by_class[labels]
    if by_class is not None and counts is not None:
        share = share * counts
    if share is not None and reduction == "mean" and not np.sum(share):
        raise ValueError(
            f"{name}: no example counts: all labels are ignore_index={ignore_index}, or their "
            "classes weigh nothing, so that there is no mean"
        )
    return share


def _check_axis(name: str, shape: tuple[int, ...], labels: Any) -> None:
    """Say so if the classes are on the last axis, as in Keras, and labels tell that they are."""
    places = (shape[0], *shape[2:]) if len(shape) > 2 else ()
    if not places or labels.shape == places or labels.shape != shape[:-1]:
        return
    order = (0, len(shape) - 1, *range(1, len(shape) - 1))
    fix = "transpose(1, 2)" if len(shape) == 3 else f"permute{order}"
    raise ShapeError(
        f"{name}: outputs of shape {shape} came with labels of {labels.shape}; the class axis "
        f"belongs second: outputs.{fix}"
    )


def _class_weights(name: str, weight: Any, classes: int) -> Any:
    array = np.asarray(plain(numbers_of(f"{name}: weight", weight)))
    if array.shape != (classes,):
        raise ShapeError(
            f"{name}: weights of shape {array.shape} came; one per class is needed: ({classes},)"
        )
    return array


def _along(vector: Any, axis: int, shape: tuple[int, ...]) -> Any:
    return np.reshape(vector, (-1, *(1,) * (len(shape) - axis - 1)))


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
