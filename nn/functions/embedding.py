"""From whole numbers to vectors: rows looked up in a table, and rows with a single 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, take, tensor, where
from nn.checks.numbers import numbers_of
from nn.checks.whole_numbers import whole_number

__all__ = ["embedding", "one_hot", "whole_numbers"]


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """Look up one row of a table for every whole number.

    Args:
        input: Whole numbers from 0 to rows - 1, of any shape.
        weight: The table, shape (rows, size).
        padding_idx: A row that learns nothing, for what only fills up; negative counts from the
            end.

    Returns:
        Shape (*input's, size).

    Raises:
        TypeError: If the input is not made of whole numbers.
        ValueError: If there is no such row.

    Example:
        >>> table = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        >>> y = embedding([1, 1], table)
        >>> y.sum().backward()
        >>> y.tolist(), table.grad.tolist()
        ([[3.0, 4.0], [3.0, 4.0]], [[0.0, 0.0], [2.0, 2.0]])

    Source:
        Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, "A Neural Probabilistic Language Model"
        (2003).
    """
    if len(np.shape(weight)) != 2:
        raise ShapeError(
            f"embedding: weight of shape {np.shape(weight)} came; (rows, size) is needed"
        )
    rows = np.shape(weight)[0]
    places = whole_numbers("embedding", input, rows)
    found = take(weight, places, 0)
    if padding_idx is None:
        return found
    whole_number("embedding", "padding_idx", padding_idx)
    if not -rows <= padding_idx < rows:
        raise ValueError(
            f"embedding: padding_idx={padding_idx} came for {rows} rows; "
            f"needs a number from {-rows} to {rows - 1}"
        )
    padding = places == padding_idx % rows
    if not padding.any():
        return found
    row = weight.numpy() if isinstance(weight, Tensor) else np.asarray(weight)
    return where(padding[..., None], row[padding_idx], found)


def one_hot(input: Any, num_classes: int = -1) -> Tensor:
    """Write every whole number as a row of zeros with a single 1 at the number's place.

    Args:
        input: Whole numbers, 0 or more, of any shape.
        num_classes: How many columns; by default one more than the greatest number.

    Returns:
        Whole numbers of shape (*input's, columns).

    Raises:
        TypeError: If the input is not made of whole numbers.
        ValueError: If a number has no column.

    Example:
        >>> one_hot([0, 2]).tolist()
        [[1, 0, 0], [0, 0, 1]]
    """
    if whole_number("one_hot", "num_classes", num_classes) != -1 and num_classes < 1:
        raise ValueError(f"one_hot: num_classes={num_classes} came; at least 1 is needed")
    places = whole_numbers("one_hot", input, None if num_classes == -1 else num_classes)
    if num_classes == -1:
        if not places.size:
            raise ValueError("one_hot: no number came; give num_classes=, it cannot be guessed")
        num_classes = int(places.max()) + 1
    return tensor((places[..., None] == np.arange(num_classes)).astype(np.int64))


def whole_numbers(asked_by: str, given: Any, count: int | None) -> Any:
    """Give numbers that name rows or classes as an array.

    Args:
        asked_by: The function or layer, for the error.
        given: A Tensor, array, list or number.
        count: How many rows or classes there are; None for any number of them.

    Returns:
        An array of whole numbers.

    Raises:
        TypeError: If they are no whole numbers.
        ValueError: If one is below 0, or not below the count.
    """
    given = numbers_of(asked_by, given)
    places = given.numpy() if isinstance(given, Tensor) else given
    if not places.size:
        places = places.astype(np.int64)
    if places.dtype.kind not in "iu":
        raise TypeError(
            f"{asked_by}: {places.dtype} came; whole numbers are needed: input.astype(int)"
        )
    if places.size and (places.min() < 0 or (count is not None and places.max() >= count)):
        wrong = places.min() if places.min() < 0 else places.max()
        needed = "0 or more" if count is None else f"0 to {count - 1}"
        raise ValueError(f"{asked_by}: {wrong} came; whole numbers {needed} are needed")
    return places
