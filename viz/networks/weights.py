"""The fully connected layers of whatever describes a network: a model, matrices, or sizes."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from viz.arrays import Array, array_of
from viz.networks.dense import NEED, Dense, dense, turned, with_biases
from viz.networks.model_layers import layers_of_model

MOST_LAYERS = 16


def layers_of(network: Any) -> list[Dense]:
    """Read the layers of a network.

    Args:
        network: a model with `named_parameters()`; a weight matrix, a list of them, of pairs
            (weights, biases), or of both by turns; or a list of sizes.

    Returns:
        The layers from the input to the output.

    Raises:
        TypeError: if it is none of these.
        ValueError: if the layers do not follow one another.

    Example:
        >>> [(layer.inputs, layer.outputs) for layer in layers_of([2, 4, 1])]
        [(2, 4), (4, 1)]
        >>> layers_of([[[1.0, 2.0]], [[3.0]]])[0].weights
        array([[1., 2.]])
    """
    if hasattr(network, "named_parameters"):
        layers = layers_of_model(network)
    elif isinstance(network, list | tuple) and network and all(map(_is_size, network)):
        layers = _from_sizes([operator.index(size) for size in network])
    elif isinstance(network, list | tuple) or np.ndim(getattr(network, "data", 0)) == 2:
        whole = network if isinstance(network, list | tuple) else [network]
        layers = _from_matrices(whole)
    else:
        raise TypeError(f"network: got {type(network).__name__}; {NEED}")
    if not layers:
        raise ValueError(f"network: there is no layer in it; {NEED}")
    if len(layers) > MOST_LAYERS:
        raise ValueError(
            f"network: {len(layers)} layers came; at most {MOST_LAYERS} can be drawn side by side: "
            "take a part of the model"
        )
    return _following(layers)


def _is_size(thing: Any) -> bool:
    return isinstance(thing, int | np.integer) and not isinstance(thing, bool)


def _from_sizes(sizes: Sequence[int]) -> list[Dense]:
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"network: the sizes {list(sizes)} came; needs at least two, each at least 1, such as "
            "[2, 4, 1]"
        )
    return [Dense(a, b) for a, b in pairwise(sizes)]


def _from_matrices(items: Iterable[Any]) -> list[Dense]:
    arrays: list[Array] = []
    for index, item in enumerate(items):
        what = f"item {index}"
        if isinstance(item, list | tuple) and len(item) == 2 and _depth(item[0]) == 2:
            arrays += [array_of(part, asked_by="network", what=what, need=NEED) for part in item]
        elif item is not None:
            arrays.append(array_of(item, asked_by="network", what=what, need=NEED))
    layers: list[Dense] = []
    for index, array in enumerate(arrays):
        if array.ndim == 2:
            layers.append(dense(array))
        elif array.ndim == 1 and index and arrays[index - 1].ndim == 2:
            layers[-1] = with_biases(layers[-1], array, f"layer {len(layers) - 1}")
        else:
            raise ValueError(f"network: an array of shape {array.shape} came; {NEED}")
    return layers


def _depth(thing: Any) -> int:
    if isinstance(thing, list | tuple):
        return 1 + (_depth(thing[0]) if thing else 0)
    return int(getattr(thing, "ndim", 0))


def _following(layers: list[Dense]) -> list[Dense]:
    """Check that each layer takes what the one before gives, also if all were stored (in, out)."""
    for candidate in (layers, [turned(layer) for layer in layers]):
        pairs = list(pairwise(candidate))
        fits = all(
            layer.biases is None or layer.biases.size == layer.outputs for layer in candidate
        )
        if fits and all(before.outputs == after.inputs for before, after in pairs):
            return candidate
    sizes = ", ".join(f"({layer.outputs}, {layer.inputs})" for layer in layers)
    raise ValueError(
        f"network: the weights have shapes {sizes} (out, in); needs layers that follow one "
        "another: the inputs of each are the outputs of the one before"
    )
