"""Dense and Activation: Keras' way to say a linear layer and what bends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nn import functional
from nn.init import Generator, generator_of
from nn.keras.names import Bend, activation_of, bend_name, filled
from nn.keras.weights import Weights
from nn.layers.lazy import LazyLinear
from nn.modules.module import Module

__all__ = ["Activation", "Dense", "Input", "shape_given"]


def shape_given(asked_by: str, given: Any) -> tuple[int, ...] | None:
    """Check the shape of one example, without the batch.

    Args:
        asked_by: The layer, for errors.
        given: Whole numbers, or a single one; None for not known.

    Returns:
        The shape, or None.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> shape_given("demo", (28, 28)), shape_given("demo", 8)
        ((28, 28), (8,))
    """
    if given is None:
        return None
    sizes = tuple(given) if isinstance(given, Sequence) else (given,)
    if not all(isinstance(size, (int, np.integer)) and size >= 1 for size in sizes):
        raise ValueError(
            f"{asked_by}: input_shape={given!r} came; needs whole numbers of at least 1, the shape "
            "of one example without the batch"
        )
    return tuple(int(size) for size in sizes)


class Input(Module):
    """Say what shape one example has, as the first part of a ``Sequential``; it changes nothing.

    Args:
        shape: The shape, without the batch.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from nn import Dense, Sequential
        >>> Sequential(Input((8,)), Dense(3))[1]
        Dense(8 -> 3)
    """

    def __init__(self, shape: Any) -> None:
        self.input_shape = shape_given("Input", shape)

    def forward(self, x: Any) -> Any:
        """Give x back."""
        return x

    def __array__(self, *args: Any, **settings: Any) -> Any:
        """Say what to write instead of Keras' functional API, which calls layers with an Input."""
        raise TypeError(
            "Input: it came into a layer, as in Keras' functional API, which is not supported: put "
            "layers "
            "into Sequential([Input((8,)), Dense(6), ...]), or write a class of nn.Model with "
            "def forward(self, x)"
        )

    def extra_repr(self) -> str:
        """The shape."""
        return str(self.input_shape)


class Activation(Module):
    """A function of every element, by name: ``Activation('tanh')``; softmax along the last axis.

    Args:
        activation: A name such as "relu", or a function.

    Raises:
        ValueError: If the name is unknown.
        TypeError: If it is something else.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([-1.0, 2.0], requires_grad=True)
        >>> Activation("relu")(x).sum().backward()
        >>> x.grad, Activation("relu")
        (array([0., 1.]), Activation('relu'))
    """

    def __init__(self, activation: Bend) -> None:
        self.function = activation_of("Activation", activation or "linear")

    def forward(self, x: Any) -> Any:
        """Apply the function."""
        return self.function(x) if self.function is not None else x

    def extra_repr(self) -> str:
        """The name."""
        return repr(bend_name(self.function))


class Dense(Weights, LazyLinear):
    """y = f(x Wᵀ + b): Keras' name for a linear layer, with its activation.

    W has the shape (units, inputs), as in ``Linear``, and starts as in Keras: evenly spread over
    ±√(6 / (inputs + units)), with biases 0. How many inputs there are is known from ``input_dim``,
    or from the layer before, or from the first batch.

    Args:
        units: How many outputs.
        activation: A name such as "relu", a function, or None.
        use_bias: Whether there is a bias.
        kernel_initializer: How W starts: a name such as "he_normal", or a function.
        bias_initializer: How b starts.
        input_dim: How many inputs.
        input_shape: The same as a shape, such as ``(8,)``.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed; by default what ``manual_seed``
            set.

    Raises:
        ValueError: If a size is too small or a name unknown, or softmax came for a single unit.

    Example:
        >>> from autograd import ones
        >>> layer = Dense(6, activation="tanh", input_dim=8)
        >>> layer, layer(ones(5, 8)).shape
        (Dense(8 -> 6, tanh), (5, 6))
        >>> Dense(3)
        Dense(? -> 3)

    Source:
        X. Glorot and Y. Bengio (2010), on the range.
    """

    def __init__(
        self,
        units: int,
        activation: Bend = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        *,
        input_dim: int | None = None,
        input_shape: Any = None,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        bend = activation_of("Dense", activation)
        if bend is functional.softmax and units == 1:
            raise ValueError(
                "Dense: activation='softmax' came for 1 unit, whose share is then always 1; needs "
                "'sigmoid' for yes or no, or a unit for each class"
            )
        if input_dim is not None and input_shape is not None:
            raise ValueError("Dense: input_dim and input_shape came; give one of them")
        shape = shape_given("Dense", input_shape if input_dim is None else input_dim)
        super().__init__(units, use_bias, dtype=dtype, generator=generator)
        self.activation, self.input_shape = bend, shape
        self._starts = (kernel_initializer, bias_initializer)
        if shape is not None:
            self.become(self.ordinary_layer(shape[-1]))

    def ordinary_layer(self, count: int, **other: Any) -> Any:
        """Make a linear layer that starts as Keras' do."""
        source = generator_of(other.pop("generator", self._generator))
        layer = super().ordinary_layer(count, **{**other, "generator": 0})
        filled("Dense", layer.weight, self._starts[0], source)
        if layer.bias is not None:
            filled("Dense", layer.bias, self._starts[1], source)
        return layer

    def forward(self, x: Any) -> Any:
        """Compute f(x Wᵀ + b)."""
        y = super().forward(x)
        return y if self.activation is None else self.activation(y)

    def extra_repr(self) -> str:
        """The sizes and the activation."""
        bend = "" if self.activation is None else f", {bend_name(self.activation)}"
        return f"{super().extra_repr()}{bend}"
