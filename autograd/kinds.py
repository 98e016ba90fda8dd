"""What numbers, arrays, nodes and Duals have in common, asked without minding which came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.dual import Dual, primal, requires_grad, shape_of
from autograd.dual_operations import apply
from autograd.errors import GradientError, ShapeError
from autograd.node import Node
from autograd.op import OPS
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["check_scalar", "inner_product", "is_array", "is_number", "plain", "stacked"]


def is_number(x: Any) -> bool:
    """Whether it is one plain real number, not a bool."""
    return isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool)


def is_array(x: Any) -> bool:
    """Whether it is an array or a Tensor: whatever speaks NumPy's protocols and is no Value."""
    return hasattr(type(x), "__array_function__") and not isinstance(x, (Value, Dual))


def plain(x: Any) -> Any:
    """Give a node's numbers without its graph.

    Args:
        x: A Value, a Tensor, a number, an array or a Dual.

    Returns:
        A float or an array; a Dual of these for a Dual.

    Example:
        >>> plain(Value(2.0) * 3)
        6.0
    """
    if isinstance(x, Dual):
        return Dual(plain(x.value), plain(x.tangent), x.level)
    if isinstance(x, Value):
        return x.data
    array = x._data if isinstance(x, Tensor) else x
    if isinstance(array, np.ndarray):
        return array.item() if array.shape == () else np.array(array)
    return float(array) if is_number(array) else array


def check_scalar(result: Any, name: str) -> None:
    """Refuse to take the gradient of anything but one number.

    Args:
        result: What the function returned.
        name: Who asks, for the messages.

    Raises:
        GradientError: If it is not one number.
    """
    if isinstance(primal(result), (Node, np.ndarray)) or is_number(primal(result)):
        if int(np.prod(shape_of(result), dtype=int)) == 1:
            return
        raise GradientError(
            f"{name}: the function returned shape {shape_of(result)}; one number is needed: "
            "reduce it with .sum() or .mean(), or use jacobian"
        )
    raise GradientError(
        f"{name}: the function returned {type(result).__name__}; one number is needed "
        "(a Value, a Tensor of one element, or a float)"
        + (": did it forget to return?" if result is None else "; use vjp or jacobian")
    )


def inner_product(results: Sequence[Any], weights: Sequence[Any], name: str) -> list[Any]:
    """Multiply results by weights and add up: at most one Value and one Tensor.

    Args:
        results: Values, Tensors, Duals, or constants.
        weights: As many numbers, arrays, nodes or Duals, each in its result's shape.
        name: Who asks, for the messages.

    Returns:
        Single numbers, whose sum is the inner product.

    Raises:
        ShapeError: If a weight has another shape than its result.
    """
    numbers, arrays = [], []
    for result, weight in zip(results, weights, strict=True):
        if weight is None or not requires_grad(result):
            continue
        if isinstance(weight, (list, tuple)):
            weight = np.asarray(weight, float)
        if shape_of(weight) != shape_of(result):
            raise ShapeError(
                f"{name}: a weight of shape {shape_of(weight)} came for a result of "
                f"shape {shape_of(result)}; the shapes must be equal"
            )
        if isinstance(primal(result), Value):
            numbers.append(result * _as_number(weight))
        else:
            arrays.append(OPS["sum"](result * _as_tensor(weight)))
    sums = []
    for terms in (numbers, arrays):
        if terms:
            total = terms[0]
            for term in terms[1:]:
                total = total + term
            sums.append(total)
    return sums


def _as_number(weight: Any) -> Any:
    """A weight for a Value: a Tensor's one element as a Value."""
    if isinstance(primal(weight), Tensor):
        return weight.to_values()
    return float(weight) if isinstance(weight, np.ndarray) else weight


def _as_tensor(weight: Any) -> Any:
    """A weight for a Tensor: a Value as a Tensor of shape ()."""
    return (
        apply(OPS["assemble"], [weight], {"shape": ()})
        if isinstance(primal(weight), Value)
        else weight
    )


def stacked(parts: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Lay parts of one shape behind one another and give the whole another shape.

    Args:
        parts: Numbers, arrays, Values, Tensors or Duals.
        shape: The shape of the whole.

    Returns:
        An array, or a Tensor or Dual if there is one among the parts.

    Raises:
        GradientError: If there are no parts.
    """
    if not parts:
        return np.zeros(shape)
    inner = shape_of(parts[0])
    if not inner:
        items = [p if isinstance(primal(p), Value) else _single(p) for p in parts]
        return apply(OPS["assemble"], items, {"shape": shape})
    rows = apply(OPS["stack"], list(parts), {"axis": 0})
    return OPS["reshape"](rows, shape=shape)


def _single(x: Any) -> Any:
    return x.to_values() if isinstance(primal(x), Tensor) else x
