"""One fully connected layer of a network: sizes, and what is known of its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viz.arrays import Array

NEED = (
    "needs a model with named_parameters(), a list of weight matrices of shape (out, in), or a "
    "list of sizes such as [2, 4, 1]"
)


@dataclass(frozen=True, eq=False)
class Dense:
    """One fully connected layer.

    Attributes:
        inputs: how many.
        outputs: how many neurons.
        weights: shape (outputs, inputs), or None if only the sizes are known.
        biases: shape (outputs,), or None.
        weight_gradients: like the weights, nan where none was reached; None if not asked for.
        bias_gradients: like the biases.
        activation: its name, or nothing.
    """

    inputs: int
    outputs: int
    weights: Array | None = None
    biases: Array | None = None
    weight_gradients: Array | None = None
    bias_gradients: Array | None = None
    activation: str = ""

    def shown(self, gradients: bool) -> tuple[Array | None, Array | None]:
        """Give weights and biases, or the gradients of both."""
        if gradients:
            return self.weight_gradients, self.bias_gradients
        return self.weights, self.biases


def dense(weights: Array, gradients: Array | None = None) -> Dense:
    """Make a layer of weights.

    Args:
        weights: shape (out, in).
        gradients: like the weights.

    Returns:
        The layer, without biases.
    """
    return Dense(weights.shape[1], weights.shape[0], weights, weight_gradients=gradients)


def with_biases(layer: Dense, biases: Array, name: str, gradients: Array | None = None) -> Dense:
    """Give a layer its biases; if they fit the other axis, the weights were stored (in, out).

    Args:
        layer: the layer.
        biases: shape (out,).
        name: where they stand in the model, for the error message.
        gradients: like the biases.

    Returns:
        A layer with them.

    Raises:
        ValueError: if there are not as many as outputs.
    """
    if biases.size == layer.inputs != layer.outputs:
        layer = turned(layer)
    if biases.size != layer.outputs:
        raise ValueError(
            f"network: {name} has {biases.size} biases for weights of shape "
            f"({layer.outputs}, {layer.inputs}); needs one per output"
        )
    return replace(layer, biases=biases, bias_gradients=gradients)


def turned(layer: Dense) -> Dense:
    """Exchange inputs and outputs, for weights that were stored (in, out)."""
    weights = None if layer.weights is None else layer.weights.T
    gradients = None if layer.weight_gradients is None else layer.weight_gradients.T
    return replace(
        layer,
        inputs=layer.outputs,
        outputs=layer.inputs,
        weights=weights,
        weight_gradients=gradients,
    )
