"""PyTorch's methods that change a tensor in place: what numbers each of them leaves behind.

They are for leaves inside ``no_grad()`` and for constants. The numbers are written into a new
array, so a graph that was recorded before keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.generators import default_generator

__all__ = ["OVERWRITES"]


def _copy(numbers: Any, source: Any, non_blocking: bool = False) -> Any:
    numbers[...] = source
    return numbers


def _add(numbers: Any, other: Any, *, alpha: float = 1) -> Any:
    return numbers + (other if alpha == 1 else alpha * other)


def _sub(numbers: Any, other: Any, *, alpha: float = 1) -> Any:
    return numbers - (other if alpha == 1 else alpha * other)


def _fill_diagonal(numbers: Any, fill_value: float, wrap: bool = False) -> Any:
    if numbers.ndim < 2:
        raise ShapeError(f"fill_diagonal_: shape {numbers.shape} came; two axes are needed")
    np.fill_diagonal(numbers, fill_value, wrap)
    return numbers


def _uniform(numbers: Any, low: float = 0.0, high: float = 1.0, *, generator: Any = None) -> Any:
    return (generator or default_generator()).uniform(low, high, numbers.shape)


def _normal(numbers: Any, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Any:
    return (generator or default_generator()).normal(mean, std, numbers.shape)


def _bernoulli(numbers: Any, p: Any = 0.5, *, generator: Any = None) -> Any:
    return (generator or default_generator()).random(numbers.shape) < p


def _exponential(numbers: Any, lambd: float = 1.0, *, generator: Any = None) -> Any:
    return (generator or default_generator()).exponential(1 / lambd, numbers.shape)


def _random(numbers: Any, low: int, high: int | None = None, *, generator: Any = None) -> Any:
    low, high = (0, low) if high is None else (low, high)
    return (generator or default_generator()).integers(low, high, numbers.shape)


# each gets a copy of the numbers that it may write into, and what the method was called with
OVERWRITES: dict[str, Callable[..., Any]] = {
    "zero_": lambda numbers: np.zeros_like(numbers),
    "fill_": _copy,
    "copy_": _copy,
    "add_": _add,
    "sub_": _sub,
    "fill_diagonal_": _fill_diagonal,
    "uniform_": _uniform,
    "normal_": _normal,
    "bernoulli_": _bernoulli,
    "exponential_": _exponential,
    "random_": _random,
}
