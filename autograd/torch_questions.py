"""PyTorch's questions about numbers: the answers are yes, no and places, outside the graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperationError, ShapeError
from autograd.tensor import Tensor, from_array
from autograd.tensor_methods import add_methods

__all__ = [
    "allclose",
    "bincount",
    "count_nonzero",
    "eq",
    "equal",
    "ge",
    "gt",
    "is_tensor",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "nonzero",
    "numel",
    "unique",
]


def _raw(x: Any) -> Any:
    return x._data if isinstance(x, Tensor) else x


def _asked(ufunc: np.ufunc, sentence: str) -> Any:
    def question(x: Any, other: Any) -> Tensor:
        return from_array(ufunc(_raw(x), _raw(other)))

    question.__name__ = ufunc.__name__
    question.__doc__ = sentence
    return question


def _asked_alone(ufunc: np.ufunc, sentence: str) -> Any:
    def question(x: Any) -> Tensor:
        return from_array(ufunc(_raw(x)))

    question.__name__ = ufunc.__name__
    question.__doc__ = sentence
    return question


_EXAMPLE = """

    Example:
        >>> from autograd import Tensor, {0}
        >>> {0}(Tensor([1.0, 2.0]), 2.0).tolist()
        {1}
    """
_ALONE = """

    Example:
        >>> from autograd import Tensor, {0}
        >>> {0}(Tensor([1.0, 0.0])).tolist()
        {1}
    """

eq = _asked(np.equal, "Tell where two tensors are equal." + _EXAMPLE.format("eq", "[False, True]"))
ne = _asked(np.not_equal, "Tell where two tensors differ." + _EXAMPLE.format("ne", "[True, False]"))
lt = _asked(np.less, "Tell where x is less." + _EXAMPLE.format("lt", "[True, False]"))
le = _asked(np.less_equal, "Tell where x is not more." + _EXAMPLE.format("le", "[True, True]"))
gt = _asked(np.greater, "Tell where x is more." + _EXAMPLE.format("gt", "[False, False]"))
ge = _asked(np.greater_equal, "Tell where x is not less." + _EXAMPLE.format("ge", "[False, True]"))
logical_and = _asked(
    np.logical_and, "Tell where neither is 0." + _EXAMPLE.format("logical_and", "[True, True]")
)
logical_or = _asked(
    np.logical_or, "Tell where not both are 0." + _EXAMPLE.format("logical_or", "[True, True]")
)
logical_not = _asked_alone(
    np.logical_not, "Tell where x is 0." + _ALONE.format("logical_not", "[False, True]")
)
isnan = _asked_alone(
    np.isnan, "Tell where x is no number." + _ALONE.format("isnan", "[False, False]")
)
isinf = _asked_alone(
    np.isinf, "Tell where x is infinite." + _ALONE.format("isinf", "[False, False]")
)
isfinite = _asked_alone(
    np.isfinite, "Tell where x is finite." + _ALONE.format("isfinite", "[True, True]")
)


def equal(x: Any, other: Any) -> bool:
    """Tell whether two tensors have one shape and the same numbers.

    Example:
        >>> from autograd import ones, zeros
        >>> equal(ones(2), ones(2)), equal(ones(2), ones(3)), equal(ones(2), zeros(2))
        (True, False, False)
    """
    return bool(np.array_equal(_raw(x), _raw(other)))


def allclose(
    x: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Tell whether all numbers of two tensors are nearly equal.

    Args:
        x: Any shape.
        other: A shape that broadcasts against it.
        rtol: How far they may differ, as a part of the other number.
        atol: How far they may differ beside that.
        equal_nan: Whether nan equals nan.

    Returns:
        Whether every pair differs by at most ``atol + rtol * |other|``.

    Example:
        >>> from autograd import ones
        >>> allclose(ones(2), ones(2) + 1e-9)
        True
    """
    return bool(np.allclose(_raw(x), _raw(other), rtol, atol, equal_nan))


def isclose(
    x: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Tell of each pair of numbers whether they are nearly equal; see ``allclose``.

    Example:
        >>> from autograd import ones
        >>> isclose(ones(2), ones(2) + 1e-9).tolist()
        [True, True]
    """
    return from_array(np.asarray(np.isclose(_raw(x), _raw(other), rtol, atol, equal_nan)))


def logical_xor(x: Any, other: Any) -> Tensor:
    """Tell of each pair whether exactly one is true.

    Example:
        >>> from autograd import Tensor
        >>> logical_xor(Tensor([True, False]), Tensor([True, True])).tolist()
        [False, True]
    """
    return from_array(np.asarray(np.logical_xor(_raw(x), _raw(other))))


def unique(x: Any, return_inverse: bool = False, return_counts: bool = False) -> Any:
    """List the different elements in rising order.

    Args:
        x: Any shape.
        return_inverse: Whether to tell of each element its place in the list, too.
        return_counts: Whether to tell how often each comes, too.

    Returns:
        A tensor of one axis, or a tuple of tensors.

    Example:
        >>> from autograd import Tensor
        >>> elements, counts = unique(Tensor([3, 1, 3]), return_counts=True)
        >>> elements.tolist(), counts.tolist()
        ([1, 3], [1, 2])
    """
    array = _raw(x)
    elements, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    found = [from_array(elements)]
    if return_inverse:
        found.append(from_array(np.ascontiguousarray(inverse.reshape(np.shape(array)))))
    if return_counts:
        found.append(from_array(counts))
    return tuple(found) if len(found) > 1 else found[0]


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Tensor:
    """Count how often each whole number from 0 on comes.

    Args:
        x: Whole numbers, 0 or more; one axis.
        weights: How much each counts, in the same shape; 1 by default.
        minlength: How many numbers to count at least.

    Returns:
        The counts.

    Raises:
        ShapeError: If there is not one axis.
        OperationError: If they are no whole numbers, or one is below 0.

    Example:
        >>> from autograd import Tensor
        >>> bincount(Tensor([0, 2, 2]), minlength=4).tolist()
        [1, 0, 2, 0]
    """
    array = np.asarray(_raw(x))
    if array.ndim != 1:
        raise ShapeError(f"bincount: shape {array.shape} came; one axis is needed: x.flatten()")
    if array.dtype.kind not in "iu" or (array.size and array.min() < 0):
        raise OperationError(f"bincount: {array.dtype} came; whole numbers 0 or more are needed")
    heavy = None if weights is None else _raw(weights)
    return from_array(np.bincount(array, heavy, minlength))


def nonzero(x: Any, as_tuple: bool = False) -> Any:
    """Give the places of all elements that are not 0.

    Args:
        x: Any shape.
        as_tuple: Whether to give one tensor per axis, which can be used as an index.

    Returns:
        Whole numbers of shape (how many, axes), or a tuple of them by axis.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[0.0, 5.0], [6.0, 0.0]])
        >>> x.nonzero().tolist(), x[x.nonzero(as_tuple=True)].tolist()
        ([[0, 1], [1, 0]], [5.0, 6.0])
    """
    if as_tuple:
        return tuple(from_array(places) for places in np.nonzero(_raw(x)))
    return from_array(np.ascontiguousarray(np.argwhere(_raw(x))))


def count_nonzero(x: Any, dim: Any = None) -> Tensor:
    """Count the elements that are not 0.

    Args:
        x: Any shape.
        dim: The axes to count along; all by default.

    Returns:
        Whole numbers.

    Example:
        >>> from autograd import eye
        >>> count_nonzero(eye(3)).item()
        3
    """
    return from_array(np.asarray(np.count_nonzero(_raw(x), axis=dim)))


def is_tensor(x: Any) -> bool:
    """Tell whether this is a Tensor.

    Example:
        >>> from autograd import ones
        >>> is_tensor(ones(2)), is_tensor([1.0])
        (True, False)
    """
    return isinstance(x, Tensor)


def numel(x: Any) -> int:
    """Count the elements.

    Example:
        >>> from autograd import ones
        >>> numel(ones(2, 3))
        6
    """
    return int(np.size(_raw(x)))


add_methods((name, globals()[name]) for name in __all__ if name not in ("is_tensor", "numel"))
