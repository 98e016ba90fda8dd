"""Starting weights whose size depends on the number of connections, so that signals keep theirs."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy.typing as npt

from autograd import Tensor
from nn.checks.choices import check_name
from nn.init.filling import normal_, uniform_
from nn.init.source import Generator

__all__ = [
    "calculate_gain",
    "glorot_normal_",
    "glorot_uniform_",
    "he_normal_",
    "he_uniform_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "xavier_normal_",
    "xavier_uniform_",
]

_Weights = TypeVar("_Weights", bound="Tensor | npt.NDArray[Any]")


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
        The factor, as PyTorch has it; 1 for a layer without activation, such as "linear".

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> round(calculate_gain("relu"), 6)
        1.414214
    """
    plain = ("linear", *(f"conv{way}{axes}d" for way in ("", "_transpose") for axes in (1, 2, 3)))
    gains = {
        **dict.fromkeys(plain, 1.0),
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + param**2)),
        "selu": 0.75,
    }
    return gains[check_name("calculate_gain", "nonlinearity", nonlinearity, gains)]


def _fans(weights: Tensor | npt.NDArray[Any]) -> tuple[int, int]:
    if len(weights.shape) < 2:
        raise ValueError(
            f"init: a parameter of shape {weights.shape} came; to count connections the shape "
            "(out, in, ...) is needed"
        )
    field = math.prod(weights.shape[2:])
    return weights.shape[1] * field, weights.shape[0] * field


def _kaiming(weights: Tensor | npt.NDArray[Any], a: float, mode: str, nonlinearity: str) -> float:
    check_name("init", "mode", mode, ("fan_in", "fan_out"))
    fan = _fans(weights)[0 if mode == "fan_in" else 1]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


# the same under their first authors' other names, as Keras has them
glorot_uniform_ = xavier_uniform_
glorot_normal_ = xavier_normal_
he_uniform_ = kaiming_uniform_
he_normal_ = kaiming_normal_
