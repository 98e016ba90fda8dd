"""From a list of examples to one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor
from autograd.tensor import from_array

__all__ = ["default_collate"]


def default_collate(examples: Sequence[Any]) -> Any:
    """Stack examples along a new first axis, part by part.

    Numbers, arrays and Tensors become one Tensor; tuples, named tuples, lists and dicts are gone
    through part by part and keep their kind (a tuple stays one, where PyTorch makes a list);
    strings become a list.

    Args:
        examples: At least one, all built alike.

    Returns:
        The batch.

    Raises:
        ValueError: If there is no example, or they are not built alike.
        ShapeError: If arrays of different shapes came.
        TypeError: If something else came.

    Example:
        >>> default_collate([([1.0, 2.0], 3), ([4.0, 5.0], 6)])
        ([Tensor([1., 4.]), Tensor([2., 5.])], Tensor([3, 6]))
        >>> default_collate([{"x": np.zeros(2), "name": "a"}, {"x": np.ones(2), "name": "b"}])
        {'x': Tensor([[0., 0.],
                [1., 1.]]), 'name': ['a', 'b']}
    """
    if not examples:
        raise ValueError("default_collate: no examples came: give at least one")
    first = examples[0]
    if isinstance(first, (Tensor, np.ndarray, np.generic, bool, int, float)):
        return _stacked(examples)
    if isinstance(first, (str, bytes)):
        return list(examples)
    if isinstance(first, Mapping):
        for example in examples:
            if not isinstance(example, Mapping) or example.keys() != first.keys():
                raise ValueError(
                    f"default_collate: an example with {_parts(first)} and one with "
                    f"{_parts(example)} came: all must have the same; or give a collate_fn"
                )
        return {key: default_collate([example[key] for example in examples]) for key in first}
    if isinstance(first, (tuple, list)):
        for example in examples:
            if not isinstance(example, (tuple, list)) or len(example) != len(first):
                raise ValueError(
                    f"default_collate: an example with {_parts(first)} and one with "
                    f"{_parts(example)} came: all must have as many; or give a collate_fn"
                )
        parts = [default_collate(part) for part in zip(*examples, strict=True)]
        if isinstance(first, tuple):
            return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
        return parts
    raise TypeError(
        f"default_collate: a {type(first).__name__} came: numbers, arrays, Tensors, strings and "
        "tuples, lists or dicts of them can be put together; for others give a collate_fn"
    )


def _stacked(examples: Sequence[Any]) -> Tensor:
    """One Tensor of all; the graphs of Tensors are left behind, as data have none."""
    arrays = []
    for example in examples:
        array = np.asarray(example.numpy() if isinstance(example, Tensor) else example)
        if array.dtype.kind not in "fiub":
            kind = type(example).__name__ if array.dtype.kind == "O" else f"{array.dtype} array"
            raise TypeError(
                f"default_collate: a {kind} came beside numbers: give real numbers alone, or a "
                "collate_fn"
            )
        arrays.append(array)
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise ShapeError(
                f"default_collate: examples of shape {arrays[0].shape} and {array.shape} came: "
                "give all the same shape, or a collate_fn that pads them"
            )
    return from_array(np.stack(arrays))


def _parts(example: Any) -> str:
    if isinstance(example, Mapping):
        return f"the keys {', '.join(map(repr, example))}"
    if isinstance(example, (tuple, list)):
        return f"{len(example)} parts"
    return f"a {type(example).__name__}"
