"""Layers on grids of Values: (nested) lists in which every pixel is a node that can be looked at.

A grid is a list of rows; an image with channels a list of grids; a batch a list of those. Lines,
for the layers of one axis, are one list less deep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, Tensor, Value, dot

__all__ = [
    "each",
    "flattened",
    "holds_values",
    "lists_of",
    "log_shares",
    "shape_of",
    "weigh",
]


def holds_values(thing: Any) -> bool:
    """Tell whether nested lists have Values in them.

    Example:
        >>> holds_values([[1.0, Value(2.0)]]), holds_values([[1.0]])
        (True, False)
    """
    if isinstance(thing, (list, tuple)):
        return any(holds_values(item) for item in thing)
    return isinstance(thing, Value)


def shape_of(thing: Any) -> tuple[int, ...]:
    """Measure nested lists or an array.

    Example:
        >>> shape_of([[Value(1.0), 2.0, 3.0]])
        (1, 3)

    Raises:
        ShapeError: If the lists are of unequal length.
    """
    shape = getattr(thing, "shape", None)
    if type(shape) is tuple:
        return shape
    if not isinstance(thing, (list, tuple)):
        return np.shape(thing) if not isinstance(thing, Value) else ()
    shapes = {shape_of(item) for item in thing}
    if len(shapes) > 1:
        raise ShapeError(
            f"grid: rows of unequal length came, of shapes {sorted(shapes)}; all must be equal"
        )
    return (len(thing), *(shapes.pop() if shapes else ()))


def lists_of(thing: Any) -> Any:
    """Turn a Tensor into Values, with its gradients, and an array into numbers; lists stay.

    Example:
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> lists_of(x)[1].backward()
        >>> x.grad
        array([0., 1.])
    """
    if isinstance(thing, Tensor):
        return thing.to_values() if thing.requires_grad else thing.tolist()
    return thing.tolist() if isinstance(thing, np.ndarray) else thing


def each(function: Callable[..., Any], x: Any, **settings: Any) -> Any:
    """Apply a function to every Value or number in nested lists.

    Example:
        >>> each(abs, [[-1.0], [2.0]])
        [[1.0], [2.0]]
    """
    if isinstance(x, (list, tuple)):
        return [each(function, item, **settings) for item in x]
    return function(x, **settings)


def log_shares(x: Any, axis: int) -> Any:
    """Compute the logarithm of the softmax of a list of Values, or of each list in lists.

    Args:
        x: Nested lists of Values.
        axis: The last one, as -1 or by its number.

    Raises:
        ShapeError: If it is another axis.

    Example:
        >>> [y.data for y in log_shares([Value(2.0), Value(2.0)], -1)]
        [-0.6931471805599454, -0.6931471805599454]
    """
    axes = len(shape_of(x))
    if axis not in (-1, axes - 1):
        raise ShapeError(f"softmax: axis {axis} came for lists of Values; give -1, the last axis")
    if axes > 1:
        return [log_shares(item, -1) for item in x]
    total = OPS["logsumexp"](x)
    return [item - total for item in x]


def flattened(x: Any, start: int, end: int) -> Any:
    """Join axes of nested lists into one, as ``Tensor.flatten`` does.

    Args:
        x: Nested lists.
        start: The first axis to join.
        end: The last axis to join.

    Raises:
        ShapeError: If there are no such axes.

    Example:
        >>> flattened([[[1, 2], [3, 4]]], 1, -1)
        [[1, 2, 3, 4]]
    """
    axes = len(shape_of(x))
    first, last = (axis + axes if axis < 0 else axis for axis in (start, end))
    if not 0 <= first <= last < axes:
        raise ShapeError(
            f"flatten: lists of shape {shape_of(x)} came; there are no axes {start} to {end}"
        )
    if first:
        return [flattened(item, first - 1, last - 1) for item in x]
    for _ in range(last):
        x = [item for part in x for item in part]
    return x


def weigh(x: Any, weight: Any, bias: Any) -> Any:
    """Compute x Wᵀ + b for a list of Values, or for each list in lists.

    Args:
        x: As many Values or numbers as the weight has columns; or nested lists of such.
        weight: Shape (out, in).
        bias: Shape (out,), or None.

    Returns:
        A list of Values, one for each row of the weight.

    Raises:
        ShapeError: If there are more or fewer.

    Example:
        >>> weigh([Value(1.0), Value(2.0)], [[3.0, 4.0]], [0.5])[0].data
        11.5
    """
    shape, (out, inputs) = shape_of(x), shape_of(weight)
    if not shape or shape[-1] != inputs:
        raise ShapeError(
            f"linear: Values in lists of shape {shape} came; (..., {inputs}) is needed"
        )
    rows = [tuple(row) for row in lists_of(weight)]
    offsets = [0.0] * out if bias is None else lists_of(bias)

    def at_depth(part: Any, depth: int) -> Any:
        if depth > 1:
            return [at_depth(item, depth - 1) for item in part]
        return [dot(row, tuple(part), b) for row, b in zip(rows, offsets, strict=True)]

    return at_depth(x, len(shape))
