"""Example inputs for a model, from what people give: arrays, or only their shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor, Value

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["example_inputs"]


def example_inputs(module: Module, given: Iterable[Any]) -> list[Any]:
    """Turn what came into what the model can be called with.

    Args:
        module: The model; its first parameter tells whether it works on Values, and its dtype.
        given: Arrays, Tensors, lists of numbers; or shapes: tuples of whole numbers.

    Returns:
        One input for each: a Tensor, or (nested) lists of numbers for a model on Values. A shape
        becomes zeros, whole ones if the first layer looks numbers up in a table.

    Raises:
        ValueError: If a shape has a negative size.

    Example:
        >>> from nn import MLP, Linear
        >>> example_inputs(Linear(2, 1), [(5, 2)])[0].shape, example_inputs(MLP(2, [1]), [(2,)])
        ((5, 2), [[0.0, 0.0]])
    """
    first = next(iter(module.parameters()), None)
    dtype = np.dtype(float) if first is None or isinstance(first, Value) else first.dtype
    if any(hasattr(part, "num_embeddings") for part in _first_with_parameters(module)):
        dtype = np.dtype(int)
    inputs = []
    for item in given:
        if isinstance(item, tuple) and item and all(_is_whole(size) for size in item):
            if min(item) < 0:
                raise ValueError(
                    f"{type(module).__name__}: {item} came as a shape of its input; sizes are 0 or "
                    "more"
                )
            item = np.zeros(item, dtype)
        elif isinstance(item, list) and not _holds_nodes(item):
            item = np.asarray(item)
        if isinstance(item, np.ndarray):
            floats = item.dtype.kind == "f" and dtype.kind == "f"
            item = item.astype(dtype, copy=False) if floats else item
            item = item.tolist() if isinstance(first, Value) else Tensor(item)
        inputs.append(item)
    return inputs


def _first_with_parameters(module: Module) -> list[Any]:
    """The innermost module that holds the first parameter, in a list; none without parameters."""
    holders = [part for part in module.modules() if part.parameters()]
    return [part for part in holders if not any(c.parameters() for c in part.children())][:1]


def _is_whole(size: Any) -> bool:
    return isinstance(size, (int, np.integer)) and not isinstance(size, bool)


def _holds_nodes(item: Any) -> bool:
    if isinstance(item, (list, tuple)):
        return any(_holds_nodes(part) for part in item)
    return isinstance(item, (Value, Tensor))
