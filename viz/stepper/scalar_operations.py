"""A Tensor's operation carried out on arrays whose elements are Values: every number a node."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import OPS, Op, Value
from viz.stepper.fused_operations import in_parts

Elements = npt.NDArray[Any]  # of Values and floats

LARGEST_EXPONENT = 300.0  # exp of more overflows, which the operation on arrays avoids
_SINGLE_NODE = ("max", "min", "prod", "var", "std", "norm")


def apply_to_elements(
    op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]
) -> Elements | None:
    """Carry out an operation number by number.

    Args:
        op: the operation.
        inputs: its inputs as arrays of Values and floats.
        settings: its settings.

    Returns:
        The result as an array of Values and floats; None if the operation cannot be taken apart.
        Operations that only move numbers about give the very Values that went in.

    Example:
        >>> x = np.array([Value(1.0), Value(2.0)], dtype=object)
        >>> [out.op.name for out in apply_to_elements(OPS["tanh"], [x], {})]
        ['tanh', 'tanh']
    """
    if op.partials is not None:
        return _elementwise(op, inputs, settings)
    own = _OWN_WAYS.get(op.name)
    if own is not None:
        return own(op, inputs, settings)
    if op.made_of is not None:
        return as_elements(in_parts(op, inputs, settings, apply_to_elements))
    if op.name in _SINGLE_NODE:
        return _by_rows(inputs[0], settings, lambda row: _one_node(op, row, settings))
    try:
        result = op.forward(*inputs, **settings)
    except (ArithmeticError, AttributeError, TypeError, ValueError, IndexError):
        return None  # such as a solver, which works on arrays of floats only
    return as_elements(result)


def as_elements(result: Any) -> Elements:
    """Make an array of objects, also of a single Value."""
    if isinstance(result, np.ndarray):
        return result.astype(object)
    array = np.empty((), dtype=object)
    array[()] = result
    return array


def _elementwise(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    shapes = np.broadcast_shapes(*(item.shape for item in inputs))
    wide = [np.broadcast_to(item, shapes) for item in inputs]
    result = np.empty(shapes, dtype=object)
    for place in np.ndindex(shapes):
        result[place] = _applied(op, [item[place] for item in wide], settings)
    return result


def _applied(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    if any(isinstance(a, Value) for a in args):
        return Value.apply_op(op, args, settings)
    return float(op.compute([np.asarray(a, dtype=float) for a in args], settings))


def _one_node(op: Op, row: list[Any], settings: Mapping[str, Any]) -> Any:
    """Reduce a row to one number by one node with many inputs."""
    inner = {**settings, "axis": None, "keepdims": False}
    if any(isinstance(item, Value) for item in row):
        return Value.apply_op(op, [row], inner)
    return float(op.compute([np.asarray(row, dtype=float)], inner))


def _by_rows(
    x: Elements, settings: Mapping[str, Any], reduce: Callable[[list[Any]], Any]
) -> Elements:
    """Reduce over the axes that the settings name."""
    axis, rank = settings.get("axis"), x.ndim
    axes = range(rank) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    gone = sorted(number % rank for number in axes)
    kept = [number for number in range(rank) if number not in gone]
    rows = np.transpose(x, [*kept, *gone]).reshape(*(x.shape[number] for number in kept), -1)
    result = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(result.shape):
        result[place] = reduce(list(rows[place]))
    if settings.get("keepdims"):
        return result.reshape([1 if n in gone else size for n, size in enumerate(x.shape)])
    return result


def _total(items: Sequence[Any]) -> Any:
    """Add up by one node with many inputs; two numbers by a plus."""
    if len(items) == 1:
        return items[0]
    if len(items) == 2:
        return _applied(OPS["add"], items, {})
    return _one_node(OPS["sum"], list(items), {})


def _sum(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    return _by_rows(inputs[0], settings, _total)


def _mean(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    return _by_rows(inputs[0], settings, lambda row: _total(row) / float(len(row)))


def _logsumexp(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    def reduce(row: list[Any]) -> Any:
        if any(not abs(float(item)) < LARGEST_EXPONENT for item in row):
            return _one_node(op, row, settings)
        total = _total([_applied(OPS["exp"], [item], {}) for item in row])
        return _applied(OPS["log"], [total], {})

    return _by_rows(inputs[0], settings, reduce)


def _matmul(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    left, right = inputs
    flat_left, flat_right = left.ndim == 1, right.ndim == 1
    left = left[None, :] if flat_left else left
    right = right[:, None] if flat_right else right
    leading = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = np.broadcast_to(left, (*leading, *left.shape[-2:]))
    right = np.broadcast_to(right, (*leading, *right.shape[-2:]))
    result: Elements = np.empty((*leading, left.shape[-2], right.shape[-1]), dtype=object)
    turned = np.swapaxes(right, -1, -2)
    for place in np.ndindex(result.shape):
        row, column = left[place[:-1]], turned[place[:-2] + place[-1:]]
        result[place] = _products(row, column) if row.size else 0.0
    shape = result.shape[:-2] + (() if flat_left else result.shape[-2:-1])
    return result.reshape(shape + (() if flat_right else result.shape[-1:]))


def _products(row: Elements, column: Elements, *more: Any) -> Any:
    terms = [_applied(OPS["mul"], pair, {}) for pair in zip(row, column, strict=True)]
    return _total([*terms, *more])


def _weighted_sum(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    weights, items, bias = inputs
    return as_elements(_products(weights, items, bias[()]))


def _linear(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    x, weight, bias = inputs
    biases = np.broadcast_to(bias, weight.shape[:1])
    result: Elements = np.empty((*x.shape[:-1], len(weight)), dtype=object)
    for place in np.ndindex(result.shape):
        bias_here = biases[place[-1]]
        more = [] if isinstance(bias_here, float) and bias_here == 0 else [bias_here]
        result[place] = _products(x[place[:-1]], weight[place[-1]], *more)
    return result


def _assemble(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    result: Elements = np.empty(len(inputs), dtype=object)
    result[:] = [item[()] for item in inputs]
    shaped: Elements = result.reshape(settings["shape"])
    return shaped


def _astype(op: Op, inputs: Sequence[Elements], settings: Mapping[str, Any]) -> Elements:
    return inputs[0]


_OWN_WAYS: dict[str, Callable[[Op, Sequence[Elements], Mapping[str, Any]], Elements]] = {
    "assemble": _assemble,
    "astype": _astype,
    "linear": _linear,
    "logsumexp": _logsumexp,
    "matmul": _matmul,
    "mean": _mean,
    "sum": _sum,
    "weighted_sum": _weighted_sum,
}


def count_of(shapes: Sequence[tuple[int, ...]]) -> int:
    """Count the numbers in arrays of these shapes."""
    return sum(math.prod(shape) for shape in shapes)
