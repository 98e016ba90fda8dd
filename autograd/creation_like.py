"""Tensors in another's shape or of another's kind of number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.creation import finish, shape_of
from autograd.generators import default_generator
from autograd.tensor import Tensor
from autograd.tensor_methods import add_methods

__all__ = [
    "empty_like",
    "full_like",
    "ones_like",
    "rand_like",
    "randn_like",
    "zeros_like",
]


def zeros_like(
    other: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of zeros in another's shape and dtype.

    Example:
        >>> zeros_like(np.ones((2, 3), np.float32)).dtype
        dtype('float32')
    """
    return finish(np.zeros(other.shape, dtype or other.dtype), requires_grad, device)


def ones_like(
    other: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of ones in another's shape and dtype."""
    return finish(np.ones(other.shape, dtype or other.dtype), requires_grad, device)


def empty_like(
    other: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor in another's shape and dtype, to be filled; it holds zeros until then."""
    return zeros_like(other, dtype, requires_grad, device)


def full_like(
    other: Any,
    fill_value: float,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
) -> Tensor:
    """Make a tensor of one number in another's shape and dtype."""
    return finish(np.full(other.shape, fill_value, dtype or other.dtype), requires_grad, device)


def rand_like(
    other: Any,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    generator: np.random.Generator | None = None,
) -> Tensor:
    """Draw numbers evenly from 0 to 1, in another's shape and dtype; see ``rand``."""
    drawn = np.asarray((generator or default_generator()).random(other.shape))
    return finish(drawn.astype(dtype or other.dtype), requires_grad, device)


def randn_like(
    other: Any,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    generator: np.random.Generator | None = None,
) -> Tensor:
    """Draw numbers from the normal curve, in another's shape and dtype; see ``randn``.

    Args:
        other: Whose shape.
        dtype: The kind of number; the other's by default.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.

    Returns:
        The tensor.

    Example:
        >>> randn_like(np.ones((2, 3))).shape
        (2, 3)
    """
    drawn = np.asarray((generator or default_generator()).standard_normal(other.shape))
    return finish(drawn.astype(dtype or other.dtype), requires_grad, device)


# ------------------------------------------------------------- methods: the kind of number is x's
def new_zeros(
    x: Tensor, *size: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of zeros of x's dtype.

    Example:
        >>> Tensor([1], dtype=np.float32).new_zeros(2, 3).dtype
        dtype('float32')
    """
    return finish(np.zeros(shape_of(size), dtype or x.dtype), requires_grad, device)


def new_ones(
    x: Tensor, *size: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of ones of x's dtype."""
    return finish(np.ones(shape_of(size), dtype or x.dtype), requires_grad, device)


def new_full(
    x: Tensor,
    size: Any,
    fill_value: float,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
) -> Tensor:
    """Make a tensor of one number of x's dtype."""
    return finish(np.full(shape_of((size,)), fill_value, dtype or x.dtype), requires_grad, device)


def new_tensor(
    x: Tensor, data: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """Make a tensor of these numbers, of x's dtype."""
    return finish(np.array(data, dtype or x.dtype), requires_grad, device)


add_methods(
    [
        ("new_zeros", new_zeros),
        ("new_empty", new_zeros),
        ("new_ones", new_ones),
        ("new_full", new_full),
        ("new_tensor", new_tensor),
    ]
)
