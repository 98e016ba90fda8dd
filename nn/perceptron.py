"""Layer and MLP on Values: micrograd's network, called the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import ShapeError
from autograd.recording import mode
from autograd.weighted import on_one_line
from nn.checks.whole_numbers import at_least_one
from nn.modules import naming
from nn.modules.members import Parameters
from nn.modules.module import Module
from nn.neuron import (
    Activation,
    Neuron,
    Source,
    inputs_of,
    known_activation,
    name_of,
    source_of,
)

__all__ = ["MLP", "Layer"]


class Layer(Module):
    """Neurons side by side, all on the same inputs.

    Args:
        nin: How many inputs.
        nout: How many neurons.
        settings: As for ``Neuron``: ``nonlin``, ``activation``, ``fused``, ``generator``.

    Raises:
        ValueError: If there is no input or no neuron.

    Example:
        >>> layer = Layer.from_weights([[1.0, 2.0], [3.0, 4.0]], [0.0, -20.0], activation="relu")
        >>> a, b = layer([1.0, 2.0])
        >>> (a + b).backward()
        >>> a.data, b.data, layer.neurons[0].b.grad, layer.neurons[1].b.grad
        (5.0, 0.0, 1.0, 0.0)
    """

    def __init__(self, nin: int, nout: int, **settings: Any) -> None:
        settings["generator"] = source_of(settings.get("generator"))  # one source for all neurons
        nout = at_least_one("Layer", "nout", nout)
        self.neurons = [Neuron(nin, **settings) for _ in range(nout)]

    @classmethod
    def from_weights(
        cls,
        weights: Iterable[Iterable[Any]],
        biases: Iterable[Any] | None = None,
        activation: Activation = "linear",
        fused: bool = True,
    ) -> Layer:
        """Make a layer of given numbers.

        Args:
            weights: One row per neuron, shape (nout, nin), as in ``nn.Linear``.
            biases: One per neuron; 0 by default.
            activation: As for ``Neuron``.
            fused: As for ``Neuron``.

        Returns:
            The layer.

        Raises:
            ShapeError: If the rows differ in length, or there are not as many biases as rows.

        Example:
            >>> layer = Layer.from_weights([[1.0, 2.0], [3.0, 4.0]], [0.5, 0.0])
            >>> [out.data for out in layer([1.0, 1.0])]
            [3.5, 7.0]
        """
        rows = [list(row) for row in weights]
        offsets = [0.0] * len(rows) if biases is None else list(biases)
        if len(offsets) != len(rows) or any(len(row) != len(rows[0]) for row in rows):
            raise ShapeError(
                f"Layer.from_weights: rows of {[len(row) for row in rows]} weights and "
                f"{len(offsets)} biases came; give one row per neuron, all of equal length, and "
                "one bias per row"
            )
        at_least_one("Layer", "number of rows", len(rows))
        layer = cls.__new__(cls)
        layer.neurons = [
            Neuron.from_weights(row, offset, activation, fused)
            for row, offset in zip(rows, offsets, strict=True)
        ]
        return layer

    def forward(self, x: Any) -> Any:
        """Ask every neuron.

        Args:
            x: The inputs: Values or numbers.

        Returns:
            A list of Values; a single Value if there is one neuron.
        """
        inputs = x if type(x) is tuple else inputs_of(x)
        try:
            # one tuple and one reading for all neurons: what they share is worked out once
            numbers = tuple([value.number for value in inputs])
        except AttributeError:
            numbers = None
        if naming.scopes_open:
            out = [neuron(inputs, numbers) for neuron in self.neurons]
        elif mode.special and all(map(_is_ours, self.neurons)):
            out = on_one_line(self._ask, inputs, numbers)
        else:
            out = [neuron.forward(inputs, numbers) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def _ask(self, inputs: tuple[Any, ...], numbers: tuple[float, ...] | None) -> list[Any]:
        return [neuron.forward(inputs, numbers) for neuron in self.neurons]

    def parameters(self) -> Parameters:
        """List the weights and biases, neuron by neuron."""
        return Parameters(p for neuron in self.neurons for p in neuron.parameters())

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Layer({len(first.w)} -> {len(self.neurons)}, {name_of(first.activation)})"


def _is_ours(neuron: Neuron) -> bool:
    """Whether a neuron runs no code of the user's."""
    return type(neuron) is Neuron and type(neuron.activation) is str


class MLP(Module):
    """Layers one after the other: the network of micrograd, called the same way.

    Args:
        nin: How many inputs.
        nouts: How many neurons each layer has.
        activation: Of every layer but the last: a name such as ``"relu"``, or a function.
        last_activation: Of the last layer.
        fused: Whether a weighted sum is one node; False makes each product and sum its own.
        generator: Where the weights are drawn: a seed, or anything with ``.uniform(low, high)``; by
            default Python's ``random``.

    Raises:
        ValueError: If there is no layer, or a size is not at least 1.

    Example:
        >>> model = MLP(2, [16, 16, 1], generator=0)
        >>> score = model([1.0, -2.0])
        >>> score.backward()
        >>> len(model.parameters()), model.parameters()[-1].grad
        (337, 1.0)
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        last_activation: Activation = "linear",
        *,
        fused: bool = True,
        generator: Source | int | None = None,
    ) -> None:
        if isinstance(nouts, int) or not len(nouts):
            raise ValueError(
                f"MLP: nouts is {nouts!r}: give the size of every layer, such as [16, 16, 1]"
            )
        source = source_of(generator)
        known_activation(activation)  # also where there is one layer, which does not use it
        bends = [activation] * (len(nouts) - 1) + [last_activation]
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activation=bend, fused=fused, generator=source)
            for i, bend in enumerate(bends)
        ]

    @classmethod
    def from_weights(
        cls,
        layers: Iterable[tuple[Iterable[Iterable[Any]], Iterable[Any]]],
        activation: Activation = "relu",
        last_activation: Activation = "linear",
        fused: bool = True,
    ) -> MLP:
        """Make a network of given numbers.

        Args:
            layers: Per layer its weights, shape (nout, nin), and its biases.
            activation: As for the class.
            last_activation: As for the class.
            fused: As for the class.

        Returns:
            The network.

        Raises:
            ShapeError: If a layer does not take what the one before gives.

        Example:
            >>> model = MLP.from_weights([([[1.0], [-1.0]], [0.0, 0.0]), ([[1.0, 1.0]], [0.0])])
            >>> model([-3.0]).data  # |x|, made of two ramps
            3.0
        """
        model = cls.__new__(cls)
        model.layers = [
            Layer.from_weights(rows, biases, activation, fused) for rows, biases in layers
        ]
        at_least_one("MLP", "number of layers", len(model.layers))
        for neuron in model.layers[-1].neurons:
            neuron.activation = known_activation(last_activation)
        for i, (before, after) in enumerate(zip(model.layers, model.layers[1:], strict=False)):
            gives, takes = len(before.neurons), len(after.neurons[0].w)
            if gives != takes:
                raise ShapeError(
                    f"MLP.from_weights: layer {i} has {gives} neurons and layer {i + 1} takes "
                    f"{takes} inputs; they must be equal"
                )
        return model

    def forward(self, x: Any) -> Any:
        """Run one example through all layers.

        Args:
            x: The inputs: Values or numbers.

        Returns:
            A list of Values; a single Value if the last layer has one neuron.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> Parameters:
        """List the weights and biases, layer by layer."""
        return Parameters(p for layer in self.layers for p in layer.parameters())
