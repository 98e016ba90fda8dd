"""Products of every kind: of matrices, of vectors, over any axes, and a neuron's weighted sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.definition import operation
from autograd.ops.einsum import einsum
from autograd.ops.shape import expand_dims, reshape, sum_to, swapaxes

__all__ = [
    "dot",
    "inner",
    "matmul",
    "outer",
    "tensordot",
    "weighted_sum",
]


def flipped(x):
    """The last two axes exchanged."""
    return swapaxes(x, -1, -2)


def inner_sizes(a, b):
    """What is wrong with two shapes that a matrix product refused."""
    left, right = np.shape(a), np.shape(b)
    if not left or not right:
        return "a single number has no axis to sum over: use * instead"
    m, n = left[-1], right[-2 if len(right) > 1 else 0]
    if m != n:
        return f"inner sizes {m} and {n} differ"
    return f"the leading axes {left[:-2]} and {right[:-2]} do not broadcast"


def _to_left(g, a, b):
    if len(b.shape) == 1:
        return g * b if len(a.shape) == 1 else expand_dims(g, -1) * b
    if len(a.shape) == 1:
        return sum_to(matmul(b, expand_dims(g, -1))[..., 0], a.shape)
    return sum_to(matmul(g, flipped(b)), a.shape)


def _to_right(g, a, b):
    if len(a.shape) == 1:
        return g * a if len(b.shape) == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if len(b.shape) == 1:
        return sum_to(matmul(flipped(a), expand_dims(g, -1))[..., 0], b.shape)
    if len(b.shape) == 2 and len(a.shape) > 2:  # one flat product instead of many and a sum
        rows = math.prod(a.shape[:-1])
        a, g = reshape(a, (rows, a.shape[-1])), reshape(g, (rows, g.shape[-1]))
    return sum_to(matmul(flipped(a), g), b.shape)


@operation(
    vjp=(lambda g, out, a, b: _to_left(g, a, b), lambda g, out, a, b: _to_right(g, a, b)),
    linear="a b",
    symbol="@",
    infix=("@", 2.05),  # so that a @ (b * c) and (a * b) @ c keep their brackets
    latex="{a} {b}",
    check=inner_sizes,
    samples=(
        ((3, 4), (4, 2)),
        ((4,), (4,)),
        ((3, 4), (4,)),
        ((4,), (4, 2)),
        ((2, 3, 4), (4, 5)),
        ((2, 3, 4), (2, 4, 5)),
        ((3, 4), (2, 4, 5)),
        ((5, 1, 3, 4), (2, 4, 2)),
        ((4,), (2, 4, 3)),
        ((2, 3, 4), (4,)),
    ),
)
def matmul(a, b):
    """Matrix product (..., n, k) @ (..., k, m) -> (..., n, m).

    Each factor's gradient is the arriving one times the other factor, transposed.
    """
    return np.matmul(a, b)


def dot(a, b, bias=None):
    """Multiply and sum: NumPy's ``dot``, and over lists of Values a weighted sum as one node.

    Args:
        a: An array or Tensor, or a list of n Values or numbers (the weights).
        b: An array or Tensor that fits, or a list of n Values or numbers (the inputs).
        bias: Added to the result; a Value or a number.  Only with lists.

    Returns:
        One Value for lists; else what ``numpy.dot`` gives.

    Raises:
        ShapeError: If the lengths or inner sizes differ.

    Example:
        >>> from autograd import Value, dot
        >>> w, x = [Value(3.0), Value(-2.0)], [Value(1.0), Value(5.0)]
        >>> out = dot(w, x, bias=0.5)
        >>> out.backward()
        >>> out.data, [v.grad for v in w], [v.grad for v in x]
        (-6.5, [1.0, 5.0], [3.0, -2.0])
    """
    if isinstance(a, (list, tuple)) or bias is not None:
        return weighted_sum(a, b, 0.0 if bias is None else bias)
    left, right = len(np.shape(a)), len(np.shape(b))
    if not left or not right:
        return a * b
    if right <= 2:
        return matmul(a, b)
    return tensordot(a, b, ((left - 1,), (right - 2,)))


@operation(
    vjp=(
        lambda g, out, weights, inputs, bias: g * inputs,
        lambda g, out, weights, inputs, bias: g * weights,
        lambda g, out, weights, inputs, bias: g,
    ),
    symbol="Σwx",
    latex=r"\sum {weights} \, {inputs} + {bias}",
    check=lambda weights, inputs, bias: (
        f"{np.size(weights)} weights and {np.size(inputs)} inputs came: "
        "give as many of the one as of the other"
    ),
    samples=(((4,), (4,), ()),),
)
def weighted_sum(weights, inputs, bias):
    """Weighted sum of inputs plus a bias, as one node.

    Each weight's gradient is scaled by its input and each input's by its weight; the bias
    passes it on unchanged.
    """
    if np.shape(weights) != np.shape(inputs) or len(np.shape(weights)) != 1:
        raise ValueError
    return np.dot(weights, inputs) + bias


@operation(
    vjp=(
        lambda g, out, a, b: reshape(matmul(g, reshape(b, (-1,))), a.shape),
        lambda g, out, a, b: reshape(matmul(reshape(a, (-1,)), g), b.shape),
    ),
    linear="a b",
    symbol="⊗",
    latex=r"{a} \otimes {b}",
    samples=(((3,), (4,)), ((2, 2), (3,))),
)
def outer(a, b):
    """Every element of one times every element of the other.

    Each receives the gradient weighted by the whole other vector.
    """
    return np.outer(a, b)


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def inner(a, b):
    """Sum products over the last axes, as ``numpy.inner`` does.

    Args:
        a: Shape (..., k).
        b: Shape (..., k).

    Returns:
        Shape: a's other axes, then b's.

    Example:
        >>> from autograd import Tensor, inner
        >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
        >>> out = inner(x, [4.0, 1.0, 3.0])
        >>> out.backward()
        >>> out.item(), x.grad
        (15.0, array([4., 1., 3.]))
    """
    left, right = len(np.shape(a)), len(np.shape(b))
    if not left or not right:
        return a * b
    return tensordot(a, b, ((left - 1,), (right - 1,)))


def tensordot(a, b, axes=2):
    """Sum products over chosen axes of two arrays, as ``numpy.tensordot`` does.

    Args:
        a: Any shape.
        b: Any shape.
        axes: How many last axes of a meet the first axes of b, or a pair of lists of axes.

    Returns:
        Shape: a's other axes, then b's.

    Raises:
        ShapeError: If the sizes of the axes that meet differ.

    Example:
        >>> from autograd import Tensor, tensordot
        >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        >>> out = tensordot(x, [[1.0, 0.0], [0.0, 1.0]])
        >>> out.backward()
        >>> out.item(), x.grad.tolist()
        (5.0, [[1.0, 0.0], [0.0, 1.0]])
    """
    left, right = len(np.shape(a)), len(np.shape(b))
    pairs: tuple[Any, Any]
    if isinstance(axes, int):
        pairs = (range(left - axes, left), range(axes))
    else:
        first, second = axes
        pairs = (
            [first] if isinstance(first, int) else first,
            [second] if isinstance(second, int) else second,
        )
    letters = iter(_LETTERS)
    of_a = [next(letters) for _ in range(left)]
    of_b = [next(letters) for _ in range(right)]
    met = set()
    for i, j in zip(*pairs, strict=True):
        of_b[j] = of_a[i]
        met.add(of_a[i])
    free = [letter for letter in (*of_a, *of_b) if letter not in met]
    return einsum(f"{''.join(of_a)},{''.join(of_b)}->{''.join(free)}", a, b)
