"""Keras' names of activations and initialisers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import autograd
from nn import functional, init
from nn.checks.choices import check_name
from nn.init import Generator

__all__ = ["ACTIVATIONS", "INITIALIZERS", "Bend", "activation_of", "bend_name", "filled"]

Bend: TypeAlias = str | Callable[[Any], Any] | None


def _linear(x: Any) -> Any:
    return x


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "linear": _linear,
    "relu": functional.relu,
    "tanh": functional.tanh,
    "sigmoid": functional.sigmoid,
    "softmax": functional.softmax,
    "log_softmax": functional.log_softmax,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "swish": functional.silu,
    "leaky_relu": functional.leaky_relu,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "hard_tanh": functional.hardtanh,
    "exponential": autograd.exp,
}
INITIALIZERS: dict[str, Callable[..., Any]] = {
    "glorot_uniform": init.xavier_uniform_,
    "glorot_normal": init.xavier_normal_,
    "he_uniform": init.kaiming_uniform_,
    "he_normal": init.kaiming_normal_,
    "lecun_uniform": partial(init.kaiming_uniform_, nonlinearity="linear"),
    "lecun_normal": partial(init.kaiming_normal_, nonlinearity="linear"),
    "orthogonal": init.orthogonal_,
    "random_uniform": partial(init.uniform_, a=-0.05, b=0.05),
    "random_normal": partial(init.normal_, std=0.05),
    "uniform": partial(init.uniform_, a=-0.05, b=0.05),
    "normal": partial(init.normal_, std=0.05),
    "zeros": init.zeros_,
    "ones": init.ones_,
}
_DRAWN_FROM_NOTHING = (init.zeros_, init.ones_)


def activation_of(asked_by: str, given: Bend) -> Callable[[Any], Any] | None:
    """Find an activation.

    Args:
        asked_by: The layer, for errors.
        given: A name, a function, a module, or None.

    Returns:
        The function; None for none.

    Raises:
        ValueError: If the name is unknown.
        TypeError: If it is something else.

    Example:
        >>> activation_of("demo", "relu") is functional.relu
        True
    """
    if given is None:
        return None
    if isinstance(given, str):
        return ACTIVATIONS[check_name(asked_by, "activation", given, ACTIVATIONS)]
    if isinstance(given, type) or not callable(given):
        came = given.__name__ if isinstance(given, type) else type(given).__name__
        raise TypeError(
            f"{asked_by}: {came} came as activation; give a name such as 'tanh', a function, or a "
            "module made with brackets, such as nn.ReLU()"
        )
    return given


def bend_name(bend: Any) -> str:
    """Name an activation, as shown by ``repr``."""
    known = [name for name, function in ACTIVATIONS.items() if function is bend]
    return known[0] if known else getattr(bend, "__name__", repr(bend))


def filled(asked_by: str, weights: Any, initializer: Any, generator: Generator) -> None:
    """Fill a parameter with starting numbers.

    Args:
        asked_by: The layer, for errors.
        weights: The parameter.
        initializer: A name, or a function that fills a parameter in place.
        generator: The source of randomness.

    Raises:
        ValueError: If the name is unknown.
    """
    if isinstance(initializer, str):
        check_name(asked_by, "initializer", initializer, INITIALIZERS)
        initializer = INITIALIZERS[initializer]
        if initializer not in _DRAWN_FROM_NOTHING:
            initializer = partial(initializer, generator=generator)
    before = weights.numpy()
    initializer(weights)
    after = weights.numpy()
    if before.flags.f_contiguous and not after.flags.f_contiguous:
        weights.data = after.copy(order="F")  # as Linear lays its weights out
