"""A graph computed again from other numbers, in plain floats and arrays."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.trace import Trace, TraceNode

_LISTS_AND_BIAS = ("weighted_sum", "matmul")  # ops that take two lists of Values, equally long


def replay(trace: Trace, leaves: Mapping[int, Any]) -> list[Any]:
    """Compute every node of a graph again.

    Args:
        trace: the graph.
        leaves: by index the numbers or arrays to start from; other leaves and the constants keep
            their own.

    Returns:
        Per node its number or array, float64; nan where an operation is not defined.

    Raises:
        KeyError: if an operation is not in the table any more.

    Example:
        >>> from autograd import Value, trace
        >>> a = Value(2.0)
        >>> [float(number) for number in replay(trace(a * a + 1), {0: 3.0})]
        [3.0, 9.0, 1.0, 10.0]
    """
    values: list[Any] = []
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the variance of one number and its like
        for node in trace.nodes:
            if node.op is None:
                values.append(_wide(leaves.get(node.index, node.value)))
                continue
            inputs = [values[index] for index in node.inputs]
            op = OPS[node.op]
            if (
                node.kind == "value"
                and op.partials is None
                and not trace.nodes[node.inputs[0]].shape
            ):
                inputs = _in_lists(op, inputs)
            values.append(_wide(op.compute(inputs, dict(node.settings))))
    return values


def changed_since(trace: Trace) -> list[TraceNode]:
    """Find the nodes that would come out otherwise now: the inputs were changed after the forward.

    Args:
        trace: the graph.

    Returns:
        Those nodes, inputs first; empty if the graph still holds what its inputs give.

    Example:
        >>> from autograd import Value, trace
        >>> a = Value(2.0)
        >>> out = a * a
        >>> a.data = 3.0
        >>> [node.value for node in changed_since(trace(out))]
        [4.0]
    """
    return [
        node
        for node, value in zip(trace.nodes, replay(trace, {}), strict=True)
        if not np.allclose(value, node.value, rtol=_tolerance(node), atol=1e-12, equal_nan=True)
    ]


def _wide(number: Any) -> Any:
    """As float64, so that small differences can be seen; whole numbers and flags stay."""
    array = np.asarray(number)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _in_lists(op: Op, inputs: Sequence[Any]) -> list[Any]:
    half = len(inputs) // 2
    if op.name in _LISTS_AND_BIAS:
        return [np.array(inputs[:half]), np.array(inputs[half : 2 * half]), *inputs[2 * half :]]
    return [np.array(inputs)]


def _tolerance(node: TraceNode) -> float:
    return 1e-4 if "32" in node.dtype or "16" in node.dtype else 1e-9
