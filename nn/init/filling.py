"""Starting weights that do not look at the shape: constants, and draws that are all alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograd import Tensor
from nn.init.source import Generator, generator_of

__all__ = ["constant_", "fill", "normal_", "ones_", "trunc_normal_", "uniform_", "zeros_"]

_Weights = TypeVar("_Weights", bound="Tensor | npt.NDArray[Any]")


def fill(weights: _Weights, draw: Callable[[tuple[int, ...]], Any]) -> _Weights:
    """Give a parameter new numbers.

    Args:
        weights: The parameter; or an array, such as ``layer.weight.data``, that is written into.
        draw: Makes the numbers for a shape.

    Returns:
        The parameter.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(weights, np.ndarray):
        weights[...] = draw(weights.shape)
        return weights
    if not isinstance(weights, Tensor):
        raise TypeError(f"init: {type(weights).__name__} came; a Parameter or Tensor is needed")
    drawn = np.empty_like(weights.numpy(), subok=False)  # in the same order in memory
    drawn[...] = draw(weights.shape)
    weights.data = drawn
    return weights


def uniform_(
    weights: _Weights, a: float = 0.0, b: float = 1.0, generator: Generator = None
) -> _Weights:
    """Draw evenly from a to b.

    Args:
        weights: The parameter to fill.
        a: The lower end.
        b: The upper end.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If b is below a.

    Example:
        >>> from nn import Parameter
        >>> w = uniform_(Parameter([0.0, 0.0]), 2.0, 3.0, generator=0)
        >>> bool(((w >= 2) & (w < 3)).all())
        True
    """
    if not a <= b:
        raise ValueError(f"uniform_: a={a} and b={b} came; a must not be above b")
    return fill(weights, lambda shape: generator_of(generator).uniform(a, b, shape))


def normal_(
    weights: _Weights, mean: float = 0.0, std: float = 1.0, generator: Generator = None
) -> _Weights:
    """Draw from the normal curve.

    Args:
        weights: The parameter to fill.
        mean: Its middle.
        std: Its standard deviation.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the deviation is negative.
    """
    if not std >= 0:
        raise ValueError(f"normal_: std={std} came; it cannot be negative")
    return fill(weights, lambda shape: generator_of(generator).normal(mean, std, shape))


def trunc_normal_(
    weights: _Weights,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator = None,
) -> _Weights:
    """Draw from the normal curve, and draw anew whatever lies outside of a to b.

    The ends are numbers, not multiples of the deviation.

    Args:
        weights: The parameter to fill.
        mean: The middle of the whole curve.
        std: The standard deviation of the whole curve.
        a: The lower end.
        b: The upper end.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the deviation is not above 0, or b not above a.

    Example:
        >>> from nn import Parameter
        >>> w = trunc_normal_(Parameter([0.0] * 100), std=5.0, a=-1.0, b=1.0, generator=0)
        >>> bool((abs(w) <= 1).all())
        True

    Source:
        C. P. Robert, "Simulation of truncated normal variables" (1995), on the draws far out.
    """
    if not std > 0 or not a < b:
        raise ValueError(
            f"trunc_normal_: std={std}, a={a}, b={b} came; std must be above 0 and b above a"
        )
    low, high = (a - mean) / std, (b - mean) / std
    source = generator_of(generator)
    numbers = fill(weights, lambda shape: mean + std * _truncated(source, low, high, shape))
    return fill(
        numbers, lambda shape: np.clip(np.asarray(weights), a, b)
    )  # rounding may have gone past


def _truncated(source: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> Any:
    """Draw from the standard normal curve between two ends, by drawing and throwing away."""
    nearest = min(max(0.0, low), high)  # where the curve is highest
    far = 8.0  # beyond so many deviations there is less than can be drawn
    low, high = max(low, nearest - far), min(high, nearest + far)
    wide = low <= 0 <= high and high - low >= 1
    numbers = np.empty(shape)
    open_places = np.ones(shape, bool)
    while count := int(open_places.sum()):
        if wide:
            drawn = source.standard_normal(count)
            kept = (drawn >= low) & (drawn <= high)
        else:
            drawn = source.uniform(low, high, count)
            kept = source.uniform(size=count) < np.exp((nearest**2 - drawn**2) / 2)
        places = np.argwhere(open_places)[kept]
        numbers[tuple(places.T)] = drawn[kept]
        open_places[tuple(places.T)] = False
    return numbers


def constant_(weights: _Weights, val: float) -> _Weights:
    """Set every element to one number.

    Args:
        weights: The parameter to fill.
        val: The number.

    Returns:
        The parameter.

    Example:
        >>> from nn import Parameter
        >>> constant_(Parameter([0.0, 0.0]), 3.0).tolist()
        [3.0, 3.0]
    """
    if isinstance(val, (str, bytes)) or val is None:
        raise TypeError(f"constant_: {val!r} came; a number is needed")
    return fill(weights, lambda shape: np.full(shape, val))


def zeros_(weights: _Weights) -> _Weights:
    """Set every element to 0; good for biases, but it makes all units of a layer alike for ever.

    Args:
        weights: The parameter to fill.

    Returns:
        The parameter.
    """
    return constant_(weights, 0.0)


def ones_(weights: _Weights) -> _Weights:
    """Set every element to 1.

    Args:
        weights: The parameter to fill.

    Returns:
        The parameter.
    """
    return constant_(weights, 1.0)
