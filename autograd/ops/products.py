"""Products of every kind: of matrices, of vectors, over any axes, and a neuron's weighted sum."""

from __future__ import annotations

import math

import numpy as np

from autograd.buffers import LARGE, take
from autograd.definition import operation
from autograd.memory_order import take_like
from autograd.op import Sample
from autograd.ops.einsum import einsum_gradients
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
    if type(x) is np.ndarray:  # nothing to record: half of a small product's way back is calls
        return x.swapaxes(-1, -2)
    return swapaxes(x, -1, -2)


def product(a, b, like=None):
    """The matrix product, of plain matrices without the calls around it, in memory used before.

    It has the order in memory of ``like``, if that is an array of the product's shape and kind.
    """
    if type(a) is not np.ndarray or type(b) is not np.ndarray or not a.ndim == b.ndim == 2:
        return matmul(a, b)
    if a.dtype is not b.dtype:
        return np.matmul(a, b)
    if type(like) is np.ndarray and like.dtype is a.dtype:
        return product_like(like, a, b)
    shape = (len(a), b.shape[1])
    if shape[0] * shape[1] * a.itemsize < LARGE:
        return a.dot(b)  # the same as ``np.matmul`` with fewer questions
    return a.dot(b, take(shape, a.dtype))


def product_like(like, a, b):
    """The product of two matrices of one kind, with an array's order in memory."""
    out = take_like(like)
    flags = out.flags
    if flags.c_contiguous:
        return a.dot(b, out)
    if flags.f_contiguous:
        b.T.dot(a.T, out.T)
        return out
    return np.matmul(a, b, out=out)


def _summed(x, shape):
    """Summed to a shape, which nearly always it has."""
    return x if type(x) is np.ndarray and x.shape == shape else sum_to(x, shape)


def inner_sizes(a, b):
    """What is wrong with two shapes that a matrix product refused."""
    left, right = np.shape(a), np.shape(b)
    if not left or not right:
        return "a single number has no axis to sum over: use * instead"
    m, n = left[-1], right[-2 if len(right) > 1 else 0]
    if m != n:
        return f"inner sizes {m} and {n} differ; they must be equal"
    return f"the leading axes {left[:-2]} and {right[:-2]} do not broadcast; give equal ones"


def _to_left(g, a, b):
    if len(b.shape) == 1:
        return g * b if len(a.shape) == 1 else expand_dims(g, -1) * b
    if len(a.shape) == 1:
        return sum_to(matmul(b, expand_dims(g, -1))[..., 0], a.shape)
    if len(a.shape) == len(b.shape) == 2:
        return product(g, b.T)
    return _summed(matmul(g, flipped(b)), a.shape)


def _to_right(g, a, b):
    if len(a.shape) == 1:
        return g * a if len(b.shape) == 1 else expand_dims(a, -1) * expand_dims(g, -2)
    if len(b.shape) == 1:
        return sum_to(matmul(flipped(a), expand_dims(g, -1))[..., 0], b.shape)
    if len(b.shape) == 2 and len(a.shape) > 2:  # one flat product instead of many and a sum
        rows = math.prod(a.shape[:-1])
        a, g = reshape(a, (rows, a.shape[-1])), reshape(g, (rows, g.shape[-1]))
    if len(a.shape) == len(b.shape) == 2:
        return product(a.T, g)
    return _summed(matmul(flipped(a), g), b.shape)


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


def _pairs(a, b, axes):
    """The axes of a and of b that meet, as two lists of whole numbers, 0 or more."""
    left, right = len(np.shape(a)), len(np.shape(b))
    if isinstance(axes, (int, np.integer)):
        return list(range(left - axes, left)), list(range(axes))
    first, second = ([n] if isinstance(n, (int, np.integer)) else list(n) for n in axes)
    return [n % left for n in first], [n % right for n in second]


def _spelled(a, b, axes):
    """The same sum of products as a text for einsum."""
    first, second = _pairs(a, b, axes)
    of_a = list(_LETTERS[: len(np.shape(a))])
    of_b = list(_LETTERS[len(of_a) : len(of_a) + len(np.shape(b))])
    for i, j in zip(first, second, strict=True):
        of_b[j] = of_a[i]
    met = {of_a[i] for i in first}
    free = [letter for letter in (*of_a, *of_b) if letter not in met]
    return f"{''.join(of_a)},{''.join(of_b)}->{''.join(free)}"


def _meeting_sizes(a, b, axes):
    """What is wrong with two shapes that tensordot refused."""
    fewest = min(len(np.shape(a)), len(np.shape(b)))
    if isinstance(axes, (int, np.integer)) and axes > fewest:
        return f"axes={axes} axes shall meet, and one of the two has only {fewest}; give fewer"
    try:
        first, second = _pairs(a, b, axes)
    except (TypeError, ValueError, ZeroDivisionError):
        return "unusual axes came; give a whole number, or a pair of lists of axes"
    if len(first) != len(second):
        return f"{len(first)} axes of the one meet {len(second)} of the other: give equally many"
    sizes = [(np.shape(a)[i], np.shape(b)[j]) for i, j in zip(first, second, strict=True)]
    differ = [f"{m} and {n}" for m, n in sizes if m != n]
    return f"inner sizes {', '.join(differ)} differ; they must be equal" if differ else None


@operation(
    vjp=lambda g, out, a, b, *, axes: einsum_gradients(
        g, out, a, b, subscripts=_spelled(a, b, axes)
    ),
    linear="a b",
    check=_meeting_sizes,
    samples=(
        Sample(((3, 4), (4, 2)), {"axes": 1}),
        Sample(((3, 4), (3, 4))),
        Sample(((2, 3), (2,)), {"axes": (0, -1)}),
        Sample(((2, 3, 4), (4, 3, 5)), {"axes": ((1, 2), (1, 0))}),
        Sample(((3,), (2,)), {"axes": 0}),
    ),
)
def tensordot(a, b, *, axes=2):
    """Sum of products over the axes of two arrays that meet.

    Each factor's gradient is the arriving one summed against the other factor's own axes.
    """
    return np.tensordot(a, b, axes)


def _inner_gradients(g, out, a, b):
    if not np.shape(a) or not np.shape(b):  # a plain product; sums to shape come centrally
        return [g * b, g * a]
    return einsum_gradients(g, out, a, b, subscripts=_spelled(a, b, (-1, -1)))


@operation(
    vjp=_inner_gradients,
    linear="a b",
    symbol="⟨,⟩",
    latex=r"\left\langle {a}, {b} \right\rangle",
    check=lambda a, b: _meeting_sizes(a, b, (-1, -1)),
    samples=(((4,), (4,)), ((3, 4), (4,)), ((2, 4), (3, 4)), ((), (3,))),
)
def inner(a, b):
    """Sum of products over the last axes.

    Each factor's gradient is scaled by the other factor.
    """
    return np.inner(a, b)
