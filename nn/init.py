"""Starting weights: each function draws new numbers for a parameter, in place, as PyTorch's do.

A weight has the shape (out, in), or (out, in, ...) for kernels; ``fan_in`` and ``fan_out`` count
the connections that lead into and out of one unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd import Tensor
from autograd.creation import default_generator
from nn.choices import check_name

__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_Weights = TypeVar("_Weights", bound=Tensor)
Generator = np.random.Generator | int | None


def uniform_(
    weights: _Weights, low: float = 0.0, high: float = 1.0, generator: Generator = None
) -> _Weights:
    """Draw evenly from low to high.

    Args:
        weights: The parameter to fill.
        low: The lower end.
        high: The upper end.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Example:
        >>> from nn import Parameter
        >>> w = uniform_(Parameter([0.0, 0.0]), 2.0, 3.0, generator=0)
        >>> bool(((w >= 2) & (w < 3)).all())
        True
    """
    return _fill(weights, lambda shape: generator_of(generator).uniform(low, high, shape))


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
    """
    return _fill(weights, lambda shape: generator_of(generator).normal(mean, std, shape))


def constant_(weights: _Weights, value: float) -> _Weights:
    """Set every element to one number.

    Args:
        weights: The parameter to fill.
        value: The number.

    Returns:
        The parameter.
    """
    return _fill(weights, lambda shape: np.full(shape, value))


def zeros_(weights: _Weights) -> _Weights:
    """Set every element to 0; good for biases, but it makes all units of a layer alike for ever."""
    return constant_(weights, 0.0)


def ones_(weights: _Weights) -> _Weights:
    """Set every element to 1."""
    return constant_(weights, 1.0)


def xavier_uniform_(weights: _Weights, gain: float = 1.0, generator: Generator = None) -> _Weights:
    """Draw evenly from ±gain √(6 / (fan_in + fan_out)): keeps the size of signals both ways.

    Args:
        weights: The parameter to fill, shape (out, in, ...).
        gain: See ``calculate_gain``.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the parameter has fewer than two axes.

    Source:
        X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
        networks" (2010), equation 16.
    """
    fan_in, fan_out = _fans(weights)
    bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
    return uniform_(weights, -bound, bound, generator)


def xavier_normal_(weights: _Weights, gain: float = 1.0, generator: Generator = None) -> _Weights:
    """Draw from the normal curve of deviation gain √(2 / (fan_in + fan_out)).

    Args:
        weights: The parameter to fill, shape (out, in, ...).
        gain: See ``calculate_gain``.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the parameter has fewer than two axes.

    Source:
        X. Glorot and Y. Bengio (2010), equation 12.
    """
    fan_in, fan_out = _fans(weights)
    return normal_(weights, 0.0, gain * math.sqrt(2.0 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    weights: _Weights,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> _Weights:
    """Draw evenly from ±gain √(3 / fan): keeps the size of signals through ramps such as ReLU.

    Args:
        weights: The parameter to fill, shape (out, in, ...).
        a: The slope below 0 of the leaky ReLU that follows; 0 for ReLU.
        mode: ``"fan_in"`` keeps the size on the way forward, ``"fan_out"`` on the way back.
        nonlinearity: What follows, see ``calculate_gain``.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the parameter has fewer than two axes, or a name is unknown.

    Source:
        K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers" (2015), equation 10.
    """
    bound = math.sqrt(3.0) * _kaiming(weights, a, mode, nonlinearity)
    return uniform_(weights, -bound, bound, generator)


def kaiming_normal_(
    weights: _Weights,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> _Weights:
    """Draw from the normal curve of deviation gain / √fan.

    Args:
        weights: The parameter to fill, shape (out, in, ...).
        a: The slope below 0 of the leaky ReLU that follows; 0 for ReLU.
        mode: ``"fan_in"`` keeps the size on the way forward, ``"fan_out"`` on the way back.
        nonlinearity: What follows, see ``calculate_gain``.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ValueError: If the parameter has fewer than two axes, or a name is unknown.

    Source:
        K. He, X. Zhang, S. Ren and J. Sun (2015), equation 10.
    """
    return normal_(weights, 0.0, _kaiming(weights, a, mode, nonlinearity), generator)


def calculate_gain(nonlinearity: str, param: float = 0.01) -> float:
    """Say by how much an activation shrinks a signal, so that the weights can make up for it.

    Args:
        nonlinearity: Its name.
        param: The slope below 0 of a leaky ReLU.

    Returns:
        The factor, as PyTorch has it.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> round(calculate_gain("relu"), 6)
        1.414214
    """
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + param**2)),
        "selu": 0.75,
    }
    return gains[check_name("calculate_gain", "nonlinearity", nonlinearity, gains)]


def generator_of(generator: Generator) -> np.random.Generator:
    """Turn a seed into a generator; None is the one that ``manual_seed`` sets.

    Args:
        generator: A generator, a seed, or None.

    Returns:
        The generator.

    Raises:
        TypeError: If it is none of these.
    """
    if generator is None:
        return default_generator()
    if isinstance(generator, np.random.Generator):
        return generator
    if isinstance(generator, (int, np.integer)) and not isinstance(generator, bool):
        return np.random.default_rng(int(generator))
    raise TypeError(
        f"generator: {type(generator).__name__} came; give a seed such as 0, or "
        "numpy.random.default_rng(0)"
    )


def _fill(weights: _Weights, draw: Callable[[tuple[int, ...]], Any]) -> _Weights:
    if not isinstance(weights, Tensor):
        raise TypeError(f"init: {type(weights).__name__} came; a Parameter or Tensor is needed")
    weights.data = draw(weights.shape).astype(weights.dtype)
    return weights


def _fans(weights: Tensor) -> tuple[int, int]:
    if len(weights.shape) < 2:
        raise ValueError(
            f"init: a parameter of shape {weights.shape} came; to count connections the shape "
            "(out, in, ...) is needed"
        )
    field = math.prod(weights.shape[2:])
    return weights.shape[1] * field, weights.shape[0] * field


def _kaiming(weights: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    check_name("init", "mode", mode, ("fan_in", "fan_out"))
    fan = _fans(weights)[0 if mode == "fan_in" else 1]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)
