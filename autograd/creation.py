"""Tensors from nothing: zeros, ones, ranges, random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OperationError
from autograd.tensor import Tensor, from_array

__all__ = [
    "arange",
    "empty",
    "eye",
    "full",
    "full_like",
    "linspace",
    "manual_seed",
    "ones",
    "ones_like",
    "rand",
    "randn",
    "zeros",
    "zeros_like",
]

_default = [np.random.default_rng(0)]


def _finish(array: Any, requires_grad: bool) -> Tensor:
    made = from_array(np.ascontiguousarray(array) if array.ndim else array)
    return made.requires_grad_() if requires_grad else made


def _shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as one tuple or as numbers."""
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    for size in sizes:
        if not isinstance(size, (int, np.integer)) or size < 0:
            raise OperationError(f"shape: {sizes!r} came; sizes are whole numbers, 0 or more")
    return tuple(int(size) for size in sizes)


def zeros(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Make a tensor of zeros.

    Args:
        shape: Its sizes, as one tuple or as numbers.
        dtype: The kind of number; float64 by default.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor.

    Example:
        >>> zeros(2, 3).shape
        (2, 3)
    """
    return _finish(np.zeros(_shape(shape), dtype), requires_grad)


def ones(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Make a tensor of ones.

    Args:
        shape: Its sizes, as one tuple or as numbers.
        dtype: The kind of number; float64 by default.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor.

    Example:
        >>> x = ones(2, requires_grad=True)
        >>> (3 * x).sum().backward()
        >>> x.grad
        array([3., 3.])
    """
    return _finish(np.ones(_shape(shape), dtype), requires_grad)


def empty(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Make a tensor whose numbers are yet to be set; they are zeros: nothing is left to chance."""
    return zeros(*shape, dtype=dtype, requires_grad=requires_grad)


def full(shape: Any, fill_value: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of one number.

    Args:
        shape: Its sizes.
        fill_value: The number.
        dtype: The kind of number; the fill value's by default.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor.

    Example:
        >>> full((2,), 7.0).tolist()
        [7.0, 7.0]
    """
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    return _finish(np.full(_shape((sizes,)), fill_value, dtype), requires_grad)


def arange(*limits: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of evenly spaced numbers: ``arange(stop)``, ``arange(start, stop, step)``.

    Args:
        limits: As ``numpy.arange`` takes them.
        dtype: The kind of number; whole numbers if all limits are.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor, of one axis.

    Example:
        >>> arange(3).tolist(), arange(0.0, 1.0, 0.5).tolist()
        ([0, 1, 2], [0.0, 0.5])
    """
    return _finish(np.arange(*limits, dtype=dtype), requires_grad)


def linspace(start: float, stop: float, num: int = 50, requires_grad: bool = False) -> Tensor:
    """Make a tensor of so many evenly spaced numbers, both ends included.

    Args:
        start: The first number.
        stop: The last number.
        num: How many.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor, shape (num,).

    Example:
        >>> linspace(0.0, 1.0, 3).tolist()
        [0.0, 0.5, 1.0]
    """
    return _finish(np.linspace(start, stop, num), requires_grad)


def eye(n: int, m: int | None = None, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Make an identity matrix.

    Args:
        n: How many rows.
        m: How many columns; as many as rows by default.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor, shape (n, m).

    Example:
        >>> eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return _finish(np.eye(n, m, dtype=dtype), requires_grad)


def manual_seed(seed: int) -> np.random.Generator:
    """Start the default source of randomness anew.

    Args:
        seed: A whole number; the same seed gives the same numbers.

    Returns:
        The generator, which is used wherever none is passed.

    Example:
        >>> a = manual_seed(1).random()
        >>> a == manual_seed(1).random()
        True
    """
    _default[0] = np.random.default_rng(seed)
    return _default[0]


def default_generator() -> np.random.Generator:
    """The generator that is used wherever none is passed."""
    return _default[0]


def _drawn(
    draw: Callable[..., Any], shape: tuple[Any, ...], dtype: Any, requires_grad: bool
) -> Tensor:
    return _finish(np.asarray(draw(_shape(shape))).astype(dtype), requires_grad)


def rand(
    *shape: Any,
    generator: np.random.Generator | None = None,
    dtype: Any = float,
    requires_grad: bool = False,
) -> Tensor:
    """Draw numbers evenly from 0 to 1.

    Args:
        shape: The sizes, as one tuple or as numbers.
        generator: The source of randomness; by default the one that ``manual_seed`` sets, which has
            seed 0 at the start.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor.

    Example:
        >>> x = rand(2, 3, generator=np.random.default_rng(0))
        >>> x.shape, bool(((x >= 0) & (x < 1)).all())
        ((2, 3), True)
    """
    return _drawn((generator or _default[0]).random, shape, dtype, requires_grad)


def randn(
    *shape: Any,
    generator: np.random.Generator | None = None,
    dtype: Any = float,
    requires_grad: bool = False,
) -> Tensor:
    """Draw numbers from the normal curve, mean 0 and variance 1.

    Args:
        shape: The sizes, as one tuple or as numbers.
        generator: The source of randomness; by default the one that ``manual_seed`` sets, which has
            seed 0 at the start.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.

    Returns:
        The tensor.

    Example:
        >>> x = randn(1000, generator=np.random.default_rng(0))
        >>> abs(x.mean().item()) < 0.1
        True
    """
    return _drawn((generator or _default[0]).standard_normal, shape, dtype, requires_grad)


def zeros_like(other: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of zeros in another's shape and dtype."""
    return _finish(np.zeros(other.shape, dtype or other.dtype), requires_grad)


def ones_like(other: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of ones in another's shape and dtype."""
    return _finish(np.ones(other.shape, dtype or other.dtype), requires_grad)


def full_like(
    other: Any, fill_value: float, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """Make a tensor of one number in another's shape and dtype."""
    return _finish(np.full(other.shape, fill_value, dtype or other.dtype), requires_grad)
