"""How many multiply-adds a recorded operation took: one product that is added to a sum.

Counted are matrix products, convolutions and weighted sums, which take nearly all of the time; not
what goes through the elements one by one, such as a bias, an activation or a normalisation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value

__all__ = ["multiply_adds"]

Shapes = Sequence[tuple[int, ...]]


def multiply_adds(node: Any) -> int:
    """Count the multiply-adds that made a node.

    Args:
        node: A recorded Value or Tensor.

    Returns:
        The count; 0 for operations that are none.

    Example:
        >>> from autograd import ones
        >>> x = ones(5, 3, requires_grad=True)
        >>> multiply_adds(x @ ones(3, 2))
        30
        >>> multiply_adds(Value(2.0) * 3.0), multiply_adds(Value(2.0) + 3.0)
        (1, 0)
    """
    name = node.op.name
    if isinstance(node, Value):
        if name == "weighted_sum":  # its inputs are the weights, as many others, and the bias
            return len(node.inputs) // 2
        return int(name == "mul")
    count = _OF_TENSORS.get(name)
    if count is None:
        return 0
    shapes = [np.shape(arg) for arg in node.args]
    return int(count(shapes, np.shape(node.out), node.settings))


def _along_last(shapes: Shapes, out: tuple[int, ...], settings: Any) -> int:
    return math.prod(out) * shapes[0][-1]


def _along_a_sequence(shapes: Shapes, out: tuple[int, ...], settings: Any) -> int:
    steps, batch, size = shapes[0]
    rows, hidden = shapes[2]
    return steps * batch * rows * (size + hidden)


def _tensordot(shapes: Shapes, out: tuple[int, ...], settings: Any) -> int:
    # every element of the one meets every element of the other that shares the summed places
    return math.isqrt(math.prod(shapes[0]) * math.prod(shapes[1]) * math.prod(out))


def _einsum(shapes: Shapes, out: tuple[int, ...], settings: Any) -> int:
    sizes: dict[str, int] = {}
    rest: list[tuple[int, ...]] = []
    terms = settings["subscripts"].replace(" ", "").split("->")[0].split(",")
    for term, shape in zip(terms, shapes, strict=True):
        before, dots, after = term.partition("...")
        free = len(shape) - len(before) - len(after)
        sizes.update(zip(before, shape, strict=False))
        sizes.update(zip(after, shape[len(before) + free :], strict=True))
        rest += [shape[len(before) : len(before) + free]] if dots else []
    whole = math.prod(sizes.values()) * math.prod(np.broadcast_shapes(*rest))
    return whole * (len(terms) - 1)


_OF_TENSORS: dict[str, Callable[[Shapes, tuple[int, ...], Any], int]] = {
    "matmul": _along_last,
    "linear": _along_last,
    "rnn_sequence": _along_a_sequence,
    "lstm_sequence": _along_a_sequence,
    "gru_sequence": _along_a_sequence,
    "inner": _along_last,
    "tensordot": _tensordot,
    "einsum": _einsum,
    # every output is a sum over its kernel; turned round, every input is stamped by its kernels
    "conv": lambda shapes, out, settings: math.prod(out) * math.prod(shapes[1][1:]),
    "conv_bias": lambda shapes, out, settings: math.prod(out) * math.prod(shapes[1][1:]),
    "conv_input": lambda shapes, out, settings: math.prod(shapes[0]) * math.prod(shapes[1][1:]),
}
