"""Tensors from nothing: zeros, ones, ranges; and Tensors of what is there already."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dtypes import check_device
from autograd.errors import OperationError
from autograd.generators import default_generator as default_generator
from autograd.tensor import Tensor, from_array

__all__ = [
    "arange",
    "as_tensor",
    "empty",
    "eye",
    "from_numpy",
    "full",
    "linspace",
    "ones",
    "zeros",
]


def finish(array: Any, requires_grad: bool, device: Any = None) -> Tensor:
    """Make a Tensor of an array that nobody else holds, after a look at the device asked for."""
    check_device(device)
    made = from_array(np.ascontiguousarray(array) if array.ndim else array)
    return made.requires_grad_() if requires_grad else made


def shape_of(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Read a shape given as one tuple or as numbers.

    Args:
        shape: The arguments as they came.

    Returns:
        The sizes.

    Raises:
        OperationError: If one is no whole number, or below 0.
    """
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    for size in sizes:
        if not isinstance(size, (int, np.integer)) or size < 0:
            raise OperationError(f"shape: {sizes!r} came; sizes are whole numbers, 0 or more")
    return tuple(int(size) for size in sizes)


def zeros(
    *shape: Any, dtype: Any = float, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of zeros.

    Args:
        shape: Its sizes, as one tuple or as numbers.
        dtype: The kind of number; float64 by default.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> zeros(2, 3).shape
        (2, 3)
    """
    return finish(np.zeros(shape_of(shape), _or_float(dtype)), requires_grad, device)


def ones(
    *shape: Any, dtype: Any = float, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of ones.

    Args:
        shape: Its sizes, as one tuple or as numbers.
        dtype: The kind of number; float64 by default.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> x = ones(2, requires_grad=True)
        >>> (3 * x).sum().backward()
        >>> x.grad
        array([3., 3.])
    """
    return finish(np.ones(shape_of(shape), _or_float(dtype)), requires_grad, device)


def _or_float(dtype: Any) -> Any:
    return float if dtype is None else dtype


def empty(
    *shape: Any, dtype: Any = float, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor whose numbers are yet to be set; they are zeros: nothing is left to chance."""
    return zeros(*shape, dtype=dtype, requires_grad=requires_grad, device=device)


def full(
    size: Any = None,
    fill_value: Any = None,
    dtype: Any = None,
    requires_grad: bool = False,
    *,
    device: Any = None,
    shape: Any = None,
) -> Tensor:
    """Make a tensor of one number.

    Args:
        size: Its sizes.
        fill_value: The number.
        dtype: The kind of number; the fill value's by default.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.
        shape: NumPy's word for the sizes.

    Returns:
        The tensor.

    Raises:
        OperationError: If the sizes or the number are missing.

    Example:
        >>> full((2,), 7.0).tolist()
        [7.0, 7.0]
    """
    wanted = shape if size is None else size
    if wanted is None or fill_value is None:
        raise OperationError("full: the sizes or the number are missing; write full((2, 3), 1.0)")
    sizes = wanted if isinstance(wanted, (tuple, list)) else (wanted,)
    number = getattr(fill_value, "_data", fill_value)
    return finish(np.full(shape_of((sizes,)), number, dtype), requires_grad, device)


def arange(
    *limits: float,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    **named: float,
) -> Tensor:
    """Make a tensor of evenly spaced numbers: ``arange(stop)``, ``arange(start, stop, step)``.

    Args:
        limits: As ``numpy.arange`` takes them.
        dtype: The kind of number; whole numbers if all limits are.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.
        named: The limits by name: ``start=``, ``end=`` (or ``stop=``), ``step=``.

    Returns:
        The tensor, of one axis.

    Example:
        >>> arange(3).tolist(), arange(0.0, 1.0, 0.5).tolist()
        ([0, 1, 2], [0.0, 0.5])
    """
    if "end" in named:
        named["stop"] = named.pop("end")
    if unknown := named.keys() - {"start", "stop", "step"}:
        raise OperationError(f"arange: unknown {', '.join(unknown)}; there are start, end and step")
    if "stop" in named and "start" not in named and not limits:
        limits = (0,)
    numbers: Any = np.arange
    return finish(numbers(*limits, **named, dtype=dtype), requires_grad, device)


def linspace(
    start: float,
    stop: Any = None,
    num: int = 50,
    requires_grad: bool = False,
    *,
    end: Any = None,
    steps: int | None = None,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Make a tensor of so many evenly spaced numbers, both ends included.

    Args:
        start: The first number.
        stop: The last number.
        num: How many.
        requires_grad: Whether gradients reach it.
        end: PyTorch's word for the last number.
        steps: PyTorch's word for how many.
        dtype: The kind of number; float64 by default.
        device: "cpu", the only one there is.

    Returns:
        The tensor, shape (num,).

    Raises:
        OperationError: If the last number is missing.

    Example:
        >>> linspace(0.0, 1.0, 3).tolist(), linspace(0.0, 1.0, steps=2).tolist()
        ([0.0, 0.5, 1.0], [0.0, 1.0])
    """
    last = stop if end is None else end
    if last is None:
        raise OperationError("linspace: the last number is missing; write linspace(0.0, 1.0, 5)")
    count = num if steps is None else steps
    return finish(np.linspace(start, last, count, dtype=dtype), requires_grad, device)


def eye(
    n: int,
    m: int | None = None,
    dtype: Any = float,
    requires_grad: bool = False,
    device: Any = None,
) -> Tensor:
    """Make an identity matrix.

    Args:
        n: How many rows.
        m: How many columns; as many as rows by default.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.

    Returns:
        The tensor, shape (n, m).

    Example:
        >>> eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return finish(np.eye(n, m, dtype=_or_float(dtype)), requires_grad, device)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Make a Tensor of what is none yet.

    Args:
        data: A Tensor, which stays what it is; or an array (copied), or numbers.
        dtype: The kind of number; what it is by default.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> x = ones(2)
        >>> as_tensor(x) is x, as_tensor([1, 2]).tolist()
        (True, [1, 2])
    """
    check_device(device)
    made = data if isinstance(data, Tensor) else Tensor(data)
    kept: Tensor = made if dtype is None else made.to(dtype=dtype)
    return kept


def from_numpy(array: Any) -> Tensor:
    """Make a Tensor of a NumPy array; unlike in PyTorch, it is copied.

    Args:
        array: The array.

    Returns:
        The tensor, of the array's dtype.

    Raises:
        TypeError: If it is no array.

    Example:
        >>> from_numpy(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"from_numpy: {type(array).__name__} came; an array is needed (else use tensor(...))"
        )
    return Tensor(array)
