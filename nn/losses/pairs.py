"""What all losses share: predictions beside targets, and the terms reduced to one number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, Value, mean
from autograd import sum as total
from nn.checks.choices import check_name
from nn.checks.numbers import numbers_of

__all__ = [
    "all_below",
    "as_targets",
    "holds_values",
    "labels_for",
    "pairwise",
    "plain",
    "reduced",
    "weights_for",
]

_UNSIGNED = {np.dtype(f"i{size}"): np.dtype(f"u{size}") for size in (1, 2, 4, 8)}


def pairwise(
    name: str,
    formula: Callable[[Any, Any], Any],
    predictions: Any,
    targets: Any,
    reduction: str,
    weight: Any = None,
) -> Any:
    """Apply a loss to each prediction and its target, and reduce.

    Args:
        name: The loss, for errors.
        formula: The loss of one prediction, or of an array of them.
        predictions: A Tensor or array; or a Value, or lists of Values.
        targets: Numbers in the same shape.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        weight: How much each term counts, or None.

    Returns:
        What ``reduced`` gives.

    Raises:
        ShapeError: If the shapes differ.
    """
    if isinstance(weight, str):
        raise TypeError(f"{name}: weight={weight!r} came; did you mean reduction={weight!r}?")
    if not holds_values(predictions):
        predictions = numbers_of(name, predictions)
        targets = as_targets(targets, predictions, f"{name}: targets")
        _same_shape(name, predictions.shape, targets.shape)
        weight = None if weight is None else weights_for(name, "weight", weight, predictions)
        terms = formula(predictions, targets)
        terms = terms if weight is None else terms * weight
        return reduced(name, terms, reduction)
    targets = plain(targets)
    _same_shape(name, _shape(predictions), _shape(targets))
    if weight is not None:
        raise TypeError(
            f"{name}: weights came with Values; join them with tensor_from_values(...) first"
        )
    if isinstance(predictions, Value):
        return formula(predictions, targets)
    pairs = zip(_flat(predictions), _flat(targets), strict=True)
    return reduced(name, [formula(p, t) for p, t in pairs], reduction)


def reduced(name: str, terms: Any, reduction: str) -> Any:
    """Reduce the losses of all examples to one number.

    Args:
        name: The loss, for errors.
        terms: A Tensor or array, or a list of Values.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the terms as they are.

    Returns:
        The number, as a Tensor or Value; or the terms.

    Raises:
        ShapeError: If there is no term.
        ValueError: If the reduction is unknown.
    """
    check_name(name, "reduction", reduction, ("mean", "sum", "none"))
    if not (len(terms) if isinstance(terms, list) else math.prod(terms.shape)):
        raise ShapeError(f"{name}: no example came; at least one is needed")
    if reduction == "none":
        return terms
    return mean(terms) if reduction == "mean" else total(terms)


def holds_values(thing: Any) -> bool:
    """Whether predictions are Values: one, or (nested) lists of them."""
    while isinstance(thing, (list, tuple)) and len(thing):
        thing = thing[0]
    return isinstance(thing, Value)


def plain(thing: Any) -> Any:
    """The numbers of a Tensor, not copied; anything else as it is."""
    return thing.numpy() if isinstance(thing, Tensor) else thing


def as_targets(targets: Any, predictions: Any, asked_by: str = "targets") -> Any:
    """Targets in the predictions' dtype, so that float64 labels do not widen a float32 model."""
    if isinstance(targets, Tensor) and targets.requires_grad:
        return targets
    array = plain(numbers_of(asked_by, targets))
    dtype = predictions.dtype if predictions.dtype.kind == "f" else np.dtype(float)
    return array.astype(dtype, copy=False)


def weights_for(name: str, what: str, weights: Any, predictions: Any) -> Any:
    """How much each term counts, in the predictions' dtype.

    Args:
        name: The loss, for errors.
        what: The argument, for errors.
        weights: Numbers in a shape that broadcasts to the predictions'.
        predictions: A Tensor or array.

    Returns:
        An array.

    Raises:
        ShapeError: If the result would be larger than the predictions.
    """
    array, wanted = as_targets(weights, predictions, f"{name}: {what}"), predictions.shape
    try:
        fits = np.broadcast_shapes(array.shape, wanted) == wanted
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{name}: {what} of shape {array.shape} came for predictions of {wanted}; it must "
            "broadcast to that shape"
        )
    return array


def labels_for(name: str, targets: Any, shape: tuple[int, ...], classes: int) -> Any:
    """Check that targets are class numbers.

    Args:
        name: The loss, for errors.
        targets: Whole numbers.
        shape: The shape they must have.
        classes: How many classes there are.

    Returns:
        An array of whole numbers.

    Raises:
        ShapeError: If the shape is another.
        TypeError: If they are no whole numbers.
        ValueError: If one is negative or too large.
    """
    labels = np.asarray(plain(numbers_of(f"{name}: labels", targets)))
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"{name}: labels of {labels.dtype} came; class numbers are whole numbers: y.astype(int)"
        )
    if labels.shape != shape:
        hint = "; use labels.reshape(-1)" if labels.shape == (*shape, 1) else ""
        if shape == () and labels.ndim == 1:
            hint = f"; for {len(labels)} examples give scores of shape ({len(labels)}, classes)"
        if len(shape) > 1 and labels.shape in (shape[:1], (*shape[:1], 1)):
            hint = (
                f": the scores have a class for each of {shape[1:]} places; for one class per "
                f"example they are to have the shape ({shape[0]}, classes): nn.Flatten() before "
                "the last layer makes rows"
            )
        raise ShapeError(f"{name}: labels of shape {labels.shape} came; {shape} is needed{hint}")
    if not all_below(labels, classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise ValueError(
            f"{name}: label {wrong} came, and there are {classes} classes: "
            f"labels go from 0 to {classes - 1}"
        )
    return labels


def all_below(labels: Any, classes: int) -> bool:
    """Tell whether an array consists of whole numbers from 0 on, below a limit.

    Args:
        labels: An array.
        classes: The limit.

    Example:
        >>> all_below(np.array([0, 2]), 3), all_below(np.array([0, -1]), 3)
        (True, False)
    """
    if labels.dtype.kind not in "iu":
        return False
    # read without its sign, a negative number is a very large one: so the largest tells all
    if not labels.size:
        return True
    unsigned = labels.view(_UNSIGNED.get(labels.dtype) or labels.dtype.str.replace("i", "u"))
    largest: int = unsigned.item(unsigned.argmax())  # in a third of the time of ``max``
    return largest < classes


def _same_shape(name: str, predicted: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if predicted == wanted:
        return
    said = f"{name}: predictions have shape {predicted} and targets {wanted}; they must be equal"
    try:
        together = np.broadcast_shapes(predicted, wanted)
    except ValueError:
        raise ShapeError(said) from None
    fix = "bring one into the other's shape with .reshape(...)"
    if () in (predicted, wanted):
        fix = "write predictions.reshape(()) or targets.reshape(()) for a single number"
    elif predicted == (*wanted, 1):
        fix = "write predictions.reshape(-1), or targets.reshape(-1, 1)"
    elif wanted == (*predicted, 1):
        fix = "write targets.reshape(-1), or predictions.reshape(-1, 1)"
    raise ShapeError(f"{said} (together they would silently become {together}): {fix}")


def _shape(nested: Any) -> tuple[int, ...]:
    """The shape of nested lists of Values, by their first items."""
    if isinstance(nested, (list, tuple)):
        return (len(nested), *(_shape(nested[0]) if len(nested) else ()))
    return np.shape(nested) if not isinstance(nested, Value) else ()


def _flat(nested: Any) -> Iterator[Any]:
    if isinstance(nested, np.ndarray):
        nested = nested.tolist()
    if isinstance(nested, (list, tuple)):
        for item in nested:
            yield from _flat(item)
    else:
        yield nested
