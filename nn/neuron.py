"""Neuron: activation(w · x + b) on Values, where every number is a node that can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias

import numpy as np

from autograd import OPS, ShapeError, Tensor, Value
from autograd.weighted import weighted
from nn.checks.choices import check_name
from nn.checks.whole_numbers import at_least_one
from nn.modules.members import Parameters
from nn.modules.module import Module

__all__ = [
    "Activation",
    "Neuron",
    "Source",
    "inputs_of",
    "known_activation",
    "name_of",
    "source_of",
]

Activation: TypeAlias = str | Callable[[Value], Value]

_WEIGHTED_SUM = OPS["weighted_sum"]
ACTIVATIONS = (
    "linear", "relu", "tanh", "sigmoid", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus",
    "softsign", "relu6", "hardtanh", "log_sigmoid", "sin", "exp", "square",
)  # fmt: skip


class Source(Protocol):
    """Where starting weights are drawn: ``random``, ``random.Random``, a NumPy generator."""

    def uniform(self, low: float, high: float, /) -> float:
        """Draw a number from low to high."""
        ...


class Neuron(Module):
    """One neuron: activation(w · x + b), with a Value for every weight.

    Weights start evenly spread over (-1, 1), the bias at 0, as in micrograd.

    Args:
        nin: How many inputs.
        nonlin: False for a neuron without activation.
        activation: A name such as ``"relu"``, ``"tanh"``, ``"sigmoid"``, ``"linear"``; or a
            function of a Value.
        fused: Whether the weighted sum is one node; False makes each product and sum its own.
        generator: Where the weights are drawn: a seed, or anything with ``.uniform(low, high)``; by
            default Python's ``random``, which ``random.seed`` starts anew.

    Raises:
        ValueError: If there is no input, or the activation is unknown.

    Example:
        >>> neuron = Neuron.from_weights([3.0, -2.0], 1.0, activation="relu")
        >>> out = neuron([2.0, 1.0])
        >>> out.backward()
        >>> out.data, [w.grad for w in neuron.w], neuron.b.grad
        (5.0, [2.0, 1.0], 1.0)
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: Activation = "relu",
        fused: bool = True,
        generator: Source | int | None = None,
    ) -> None:
        draw = source_of(generator).uniform
        nin = at_least_one("Neuron", "nin", nin)
        self.w: tuple[Value, ...] = tuple([Value(draw(-1.0, 1.0)) for _ in range(nin)])
        self.b: Any = Value(0.0)
        self.activation = known_activation(activation) if nonlin else "linear"
        self.fused = fused

    @classmethod
    def from_weights(
        cls,
        weights: Iterable[Any],
        bias: Any = 0.0,
        activation: Activation = "linear",
        fused: bool = True,
    ) -> Neuron:
        """Make a neuron of given numbers.

        Args:
            weights: One number (or Value, to share it) per input.
            bias: A number or Value.
            activation: As for the class.
            fused: As for the class.

        Returns:
            The neuron.

        Example:
            >>> Neuron.from_weights([3.1, 2.1, 9.8], 1.0)([1.2, 5.6, 2.1]).data
            37.06
        """
        neuron = cls.__new__(cls)
        neuron.w = tuple([w if isinstance(w, Value) else Value(w) for w in weights])
        neuron.b = bias if isinstance(bias, Value) else Value(bias)
        neuron.activation = known_activation(activation)
        neuron.fused = fused
        at_least_one("Neuron", "number of weights", len(neuron.w))
        return neuron

    def forward(self, x: Any, numbers: tuple[float, ...] | None = None) -> Value:
        """Compute activation(w · x + b).

        Args:
            x: The inputs, as many as weights: Values or numbers.
            numbers: Their numbers, if they are Values and the caller has read them already.

        Returns:
            The neuron's output.
        """
        weights = self.w
        if type(weights) is not tuple:  # somebody set a list; a tuple cannot change under a graph
            weights = self.w = tuple(weights)
        inputs = x if type(x) is tuple else inputs_of(x)
        if len(inputs) != len(weights):
            raise ShapeError(
                f"Neuron: {len(inputs)} inputs came; this one has {len(weights)} weights"
            )
        if self.fused:
            total = weighted(_WEIGHTED_SUM, weights, inputs, self.b, numbers)
        else:
            total = self.b
            for weight, item in zip(weights, inputs, strict=True):
                total = total + weight * item
        name = self.activation
        if name == "linear":
            return total
        bent: Value = getattr(total, name)() if isinstance(name, str) else name(total)
        return bent

    def parameters(self) -> Parameters:
        """List the weights, then the bias, unless it is a plain number, which does not learn."""
        return Parameters((*self.w, self.b) if isinstance(self.b, Value) else self.w)

    def extra_repr(self) -> str:
        """The number of inputs and the activation."""
        return f"{len(self.w)}, {name_of(self.activation)}"


def source_of(generator: Source | int | None) -> Source:
    """Turn a seed into a source of random numbers; None is Python's ``random`` itself.

    Args:
        generator: A seed, or anything with ``.uniform(low, high)``.

    Returns:
        What to draw from.

    Raises:
        TypeError: If it is neither.
    """
    import random  # here, as it starts slowly

    if generator is None:
        return random
    if isinstance(generator, (int, np.integer)):
        return random.Random(int(generator))
    if not hasattr(generator, "uniform"):
        raise TypeError(
            f"generator: {type(generator).__name__} came; give a seed such as 0, "
            "random.Random(0), or numpy.random.default_rng(0)"
        )
    return generator


def inputs_of(x: Any) -> tuple[Any, ...]:
    """Make one tuple of a neuron's inputs, whatever they came in.

    Args:
        x: Values or numbers in a list, an array, a Tensor; or a single one.

    Returns:
        The inputs.

    Raises:
        ShapeError: If an array of more than one axis came.
    """
    if isinstance(x, (Tensor, np.ndarray)):
        if len(x.shape) > 1:
            raise ShapeError(
                f"Neuron: shape {x.shape} came; a neuron takes one example: call the model on each "
                "row, "
                "[model(row) for row in X]"
            )
        x = x.to_values() if isinstance(x, Tensor) else x.tolist()
    if isinstance(x, (Value, int, float)):
        return (x,)
    if isinstance(x, (str, bytes, dict, set)) or not isinstance(x, Iterable):
        raise TypeError(f"Neuron: {type(x).__name__} came; a list of Values or numbers is needed")
    return tuple(x)


def known_activation(activation: Activation) -> Activation:
    """Check an activation's name; a function passes as it is.

    Args:
        activation: A name, or a function of a Value.

    Returns:
        The same.

    Raises:
        ValueError: If the name is unknown.
    """
    if callable(activation):
        return activation
    return check_name("Neuron", "activation", activation, ACTIVATIONS)


def name_of(activation: Activation) -> str:
    """Give the name of an activation.

    Args:
        activation: A name, or a function.

    Returns:
        Its name.
    """
    return (
        activation if isinstance(activation, str) else getattr(activation, "__name__", "function")
    )
