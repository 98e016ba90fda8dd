"""The fully connected layers of a model, found by the names and shapes of its parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from viz.arrays import Array, array_of
from viz.networks.dense import NEED, Dense, dense, with_biases

NEURON = re.compile(
    r"^(?P<layer>.*?)\.?(?:neurons\.(?P<neuron>\d+)\.)?(?P<kind>w|b)(?:\.(?P<at>\d+))?$"
)
ACTIVATIONS = {
    "elu", "gelu", "hardtanh", "leakyrelu", "logsigmoid", "logsoftmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "tanh",
}  # fmt: skip


def layers_of_model(model: Any) -> list[Dense]:
    """Read the layers of a model, in the order of its parameters.

    Args:
        model: has `named_parameters()`: single weights named as those of `nn.Neuron`, or arrays of
            shape (out, in), each followed by its biases.

    Returns:
        The layers.

    Raises:
        ValueError: if a parameter belongs to another kind of layer.
    """
    singles: dict[str, dict[tuple[str, int, int], Any]] = {}
    layers: dict[str, Dense] = {}
    for name, parameter in model.named_parameters():
        shape = np.shape(parameter.data)
        layer = name.rpartition(".")[0]
        if shape == ():
            found = NEURON.match(name)
            if found is None:
                raise ValueError(
                    f"network: {name} is no weight of a neuron; {NEED}, or sizes alone"
                )
            layer = found["layer"]
            entries = singles.setdefault(layer, {})
            entries[found["kind"], int(found["neuron"] or 0), int(found["at"] or 0)] = parameter
            layers.setdefault(layer, Dense(1, 1))  # keeps its place in the order
        elif len(shape) == 2:
            layers[layer if layer not in layers else name] = dense(*_both(parameter, name))
        elif len(shape) == 1 and layers and layer in layers and layers[layer].biases is None:
            numbers, gradients = _both(parameter, name)
            layers[layer] = with_biases(layers[layer], numbers, name, gradients)
        elif len(shape) > 2:
            raise ValueError(
                f"network: {name} has shape {shape}, which is no fully connected layer; "
                "viz.kernels(layer) shows the kernels of a convolution"
            )
    for layer, entries in singles.items():
        layers[layer] = _of_neurons(layer, entries)
    names = _activations(model, list(layers))
    return [replace(dense, activation=names.get(at, "")) for at, dense in layers.items()]


def _of_neurons(layer: str, entries: dict[tuple[str, int, int], Any]) -> Dense:
    weights = {(i, j): p for (kind, i, j), p in entries.items() if kind == "w"}
    outputs = 1 + max((i for _, i, _ in entries), default=0)
    inputs = 1 + max((j for _, j in weights), default=0)
    biases = [entries.get(("b", i, 0)) for i in range(outputs)]
    if len(weights) != inputs * outputs or any(bias is None for bias in biases):
        raise ValueError(
            f"network: {layer or 'the layer'} has {len(weights)} weights and "
            f"{sum(bias is not None for bias in biases)} biases of its own for {outputs} neurons "
            f"of {inputs} inputs; a network whose neurons share parameters cannot be drawn"
        )
    grid = [[weights[i, j] for j in range(inputs)] for i in range(outputs)]
    return Dense(
        inputs,
        outputs,
        np.array([[float(p.data) for p in row] for row in grid]),
        np.array([float(p.data) for p in biases if p is not None]),
        np.array([[_single_gradient(p) for p in row] for row in grid]),
        np.array([_single_gradient(p) for p in biases]),
    )


def _single_gradient(parameter: Any) -> float:
    return float("nan") if parameter.grad is None else float(parameter.grad)


def _both(parameter: Any, name: str) -> tuple[Array, Array]:
    """Read an array's numbers and its gradients, which are nan if none was reached."""
    numbers = array_of(parameter, asked_by="network", what=name, need=NEED)
    if parameter.grad is None:
        return numbers, np.full(numbers.shape, np.nan)
    return numbers, array_of(parameter.grad, asked_by="network", what=name, need=NEED)


def _activations(model: Any, layers: Sequence[str]) -> dict[str, str]:
    """Find the name of the function that follows each layer, if the model tells."""
    found: dict[str, str] = {}
    last = None
    for path, module in getattr(model, "named_modules", lambda: ())():
        if path in layers:
            last = path
            neurons = getattr(module, "neurons", [module])
            own = getattr(neurons[0], "activation", "")
            name = own if isinstance(own, str) else getattr(own, "__name__", "")
            if name and name != "linear":
                found[path] = name
        elif last is not None and type(module).__name__.lower() in ACTIVATIONS:
            found.setdefault(last, type(module).__name__.lower())
    return found
