"""`network`: a multilayer perceptron as circles and lines, coloured by its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.grids.live_page import live_page
from viz.networks.dense import Dense
from viz.networks.diagram import Diagram
from viz.networks.legend import ROOT
from viz.networks.weights import layers_of
from viz.picture import Picture
from viz.words.labels import clean
from viz.words.numbers import extent, number


class NetworkPicture(Picture):
    """A diagram of a network; on its page every line tells its numbers when it is pointed at."""

    def html(self) -> str:
        """Give a page with the drawing itself in it, because an image shows no tooltips."""
        title, _, lead = self.description.partition(": ")
        style = f".{ROOT}{{max-width:100%;height:auto}}\n"
        return live_page(title, lead[:1].upper() + lead[1:], self.svg, style)


def network(
    model: Any,
    *,
    names: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    gradients: bool = False,
    title: str | None = None,
) -> NetworkPicture:
    """Draw a multilayer perceptron: a circle per neuron, a line per weight.

    Lines are blue for positive weights, orange and dashed for negative ones, and the wider, the
    larger the weight is; a neuron's ring shows its bias in the same way.

    Args:
        model: an `nn.MLP`, `nn.Layer` or `nn.Neuron`, an `nn.Sequential` of linear layers, or any
            other object with `named_parameters()`; or a list of weight matrices of shape (out, in),
            or of pairs (weights, biases); or a list of sizes, such as [2, 4, 1].
        names: of the inputs.
        outputs: names of the outputs.
        gradients: show the gradients of weights and biases in their place.
        title: what stands above; by default the sizes.

    Returns:
        A picture with `.save("network.svg")`; in `.save("network.html")` every line and circle
        tells its numbers when it is pointed at. Of layers wider than 16 neurons the first 12 and
        the last 3 are drawn.

    Raises:
        TypeError: if it is no network.
        ValueError: if the layers do not follow one another, or there are no gradients.

    Example:
        >>> network([([[1.0], [-1.0]], [0.0, 0.5]), ([[1.0, 1.0]], [0.0])]).description
        'Network 1–2–1: 4 weights, −1 … 1, 3 of them positive and 1 negative; 3 biases, 0 … 0.5.'
    """
    layers = layers_of(model)
    sizes = [layers[0].inputs, *(layer.outputs for layer in layers)]
    ends = (
        _checked(names, "names", "input", sizes[0]),
        _checked(outputs, "outputs", "output", sizes[-1]),
    )
    known = [layer.weight_gradients for layer in layers]
    if gradients and not any(found is not None and np.isfinite(found).any() for found in known):
        raise ValueError(
            "network: gradients=True came, but no weight has a gradient; call loss.backward() "
            "first, and pass the model itself"
        )
    usual = f"Network {'–'.join(map(str, sizes))}{', gradients' if gradients else ''}"
    heading = clean(title, 70) if title else usual
    description = f"{heading}: {_told(layers, gradients)}."
    diagram = Diagram(layers, ends, heading, description, gradients)
    return NetworkPicture(diagram.svg(), description)


def _checked(names: Sequence[str] | None, argument: str, what: str, count: int) -> list[str]:
    if names is None:
        return []
    if isinstance(names, str) or len(names) != count:
        came = "a text" if isinstance(names, str) else f"{len(names)}"
        raise ValueError(f"network: {came} came as {argument}; needs {count}, one per {what}")
    return [clean(str(name), 22) for name in names]


def _told(layers: Sequence[Dense], gradients: bool) -> str:
    counts = sum(layer.inputs * layer.outputs for layer in layers)
    told = f"{number(counts)} weight{'s' * (counts != 1)}"
    what = "gradients " if gradients else ""
    drawn = [layer.shown(gradients) for layer in layers]
    weights = [weights.reshape(-1) for weights, _ in drawn if weights is not None]
    if weights:
        flat = np.concatenate(weights)
        plus, minus = int((flat > 0).sum()), int((flat < 0).sum())
        reach = extent(flat) if np.isfinite(flat).any() else "none finite"
        told += f", {what}{reach}, {plus} of them positive and {minus} negative"
    biases = [biases for _, biases in drawn if biases is not None]
    if biases:
        flat = np.concatenate(biases)
        told += f"; {len(flat)} bias{'es' * (len(flat) != 1)}, {what}{extent(flat)}".rstrip(", ")
    return told
