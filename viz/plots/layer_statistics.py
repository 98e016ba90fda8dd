"""The numbers of a model's layers: weights, gradients, and how far an update moves them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viz.words.numbers import norm, number, shape_text

Array: TypeAlias = NDArray[np.float64]

BIASES = ("b", "bias")
ONE_NEURON = re.compile(r"(^|\.)neurons\.\d+(?=\.)")
LAST_INDICES = re.compile(r"(\.\d+)+$")


@dataclass(frozen=True)
class LayerStatistics:
    """What is known of one array of weights, or of one layer's single numbers together.

    Attributes:
        name: path in the model, such as "0.weight" or "layers.0.w".
        size: its shape, or how many numbers it is.
        weights: all weights, shape (n,).
        gradients: the gradients that were reached, shape (m,), m at most n; None if none was.
        update: the change since before, shape (n,), if that is known.
        step: learning rate, if that is known; else 1.
    """

    name: str
    size: str
    weights: Array
    gradients: Array | None
    update: Array | None = None
    step: float = 1.0

    @property
    def weight_norm(self) -> float:
        """Root of the sum of the squared weights; of those before the update, if it is known."""
        return norm(self.weights if self.update is None else self.weights - self.update)

    @property
    def gradient_norm(self) -> float | None:
        """Root of the sum of the squared gradients; None if no gradient was reached."""
        return None if self.gradients is None else norm(self.gradients)

    @property
    def dead(self) -> bool:
        """Whether gradients were reached and every one is 0."""
        return self.gradients is not None and not np.any(self.gradients)

    @property
    def ratio(self) -> float | None:
        """Logarithm to base 10 of |update| / |weights|; None where it has no finite value."""
        if self.update is not None:
            moved: float | None = norm(self.update)
        else:
            moved = None if self.gradient_norm is None else self.step * self.gradient_norm
        before = self.weight_norm
        if not moved or not before or not math.isfinite(moved / before):
            return None
        return math.log10(moved / before)


def layer_statistics(
    model: Any,
    *,
    learning_rate: float | None,
    before: Mapping[str, Any] | None,
    biases: bool,
    asked_by: str,
) -> list[LayerStatistics]:
    """Collect the numbers of a model, layer by layer; nothing in the model is changed.

    Args:
        model: has `named_parameters()`, or is a mapping from names to parameters.
        learning_rate: the step of plain gradient descent, if the update is to be told from it.
        before: the weights before the update, by name, as `state_dict()` gave them.
        biases: whether biases have rows of their own; where a model has nothing else they do.
        asked_by: the public function, for the error message.

    Returns:
        A record for each array; the Values of one layer (all of its neurons) are one record.

    Raises:
        TypeError: if the model has no named parameters, or they have no numbers.
        ValueError: if there is none, or `before` does not fit.
    """
    named = _parameters(model, asked_by)
    if not biases:
        weights = {name: p for name, p in named.items() if name.split(".")[-1] not in BIASES}
        named = weights or named
    groups: dict[str, list[str]] = {}
    for name, parameter in named.items():
        alone = np.shape(parameter.data) != ()
        groups.setdefault(name if alone else layer_name(name), []).append(name)
    records = []
    for group, names in groups.items():
        old = None if before is None else _flat([_found(before, n, named, asked_by) for n in names])
        weights_now = _flat([_numbers(named[name].data) for name in names])
        gradients = [named[name].grad for name in names]
        reached = [_numbers(gradient) for gradient in gradients if gradient is not None]
        shape = np.shape(named[names[0]].data)
        records.append(
            LayerStatistics(
                name=group,
                size=shape_text(shape) if shape else _count(len(names)),
                weights=weights_now,
                gradients=_flat(reached) if reached else None,
                update=None if old is None else weights_now - old,
                step=1.0 if learning_rate is None else learning_rate,
            )
        )
    return records


def layer_name(path: str) -> str:
    """Name the layer that a single number belongs to: neurons and positions are left out.

    Example:
        >>> layer_name("layers.0.neurons.3.w.1"), layer_name("w.0"), layer_name("slope")
        ('layers.0.w', 'w', 'slope')
    """
    return LAST_INDICES.sub("", ONE_NEURON.sub("", path)).lstrip(".") or path


def _parameters(model: Any, asked_by: str) -> dict[str, Any]:
    listed: Callable[[], Iterable[tuple[str, Any]]] | None = getattr(
        model, "named_parameters", None
    )
    if listed is None and not isinstance(model, Mapping):
        raise TypeError(
            f"{asked_by}: got {type(model).__name__}; needs a model with named_parameters(), "
            'or a mapping from names to Values or Tensors: {"w": w}'
        )
    named = {str(name): p for name, p in (listed() if listed is not None else model.items())}
    for name, parameter in named.items():
        if not hasattr(parameter, "data") or not hasattr(parameter, "grad"):
            raise TypeError(
                f"{asked_by}: {name} is a {type(parameter).__name__}; needs a Value or a Tensor"
            )
    if not any(np.size(parameter.data) for parameter in named.values()):
        raise ValueError(
            f"{asked_by}: this {type(model).__name__} has no parameters to show; give one that has"
        )
    return {name: p for name, p in named.items() if np.size(p.data)}


def _found(before: Mapping[str, Any], name: str, named: Mapping[str, Any], asked_by: str) -> Array:
    if name not in before:
        raise ValueError(
            f"{asked_by}: before has no {name!r}; take it by model.state_dict() before the step"
        )
    numbers = _numbers(before[name])
    if numbers.size != np.size(named[name].data):
        raise ValueError(
            f"{asked_by}: before[{name!r}] has shape {np.shape(before[name])}; "
            f"needs {np.shape(named[name].data)}"
        )
    return numbers


def _numbers(thing: Any) -> Array:
    array = thing.numpy() if hasattr(thing, "numpy") else getattr(thing, "data", thing)
    if isinstance(array, memoryview):  # NumPy arrays and scalars have `data` of their own
        array = thing
    return np.array(array, dtype=float).reshape(-1)


def _flat(arrays: list[Array]) -> Array:
    return np.concatenate(arrays)


def _count(count: int) -> str:
    return f"{number(count)} number{'s' * (count != 1)}"
