"""A model's numbers out and in again: all parameters and buffers by path, as PyTorch names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd import Value
from nn.modules.lazy import Lazy
from nn.modules.members import is_buffer, is_parameter
from nn.modules.parameter import fitting
from nn.modules.uninitialized import Unsized, refuse_unsized

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["LoadedKeys", "load_state", "saved_nodes", "state_of"]


class LoadedKeys(NamedTuple):
    """What ``load_state_dict`` found, as in PyTorch.

    Attributes:
        missing_keys: Names that the model has and that did not come.
        unexpected_keys: Names that came and that the model does not have.

    Example:
        >>> from nn import Linear
        >>> Linear(2, 1).load_state_dict({"bias": [5.0], "extra": 1.0}, strict=False)
        LoadedKeys(missing_keys=['weight'], unexpected_keys=['extra'])
    """

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        missing, unexpected = self
        return f"LoadedKeys(missing_keys={missing}, unexpected_keys={unexpected})"


def saved_nodes(module: Module) -> Iterator[tuple[str, Any]]:
    """All parameters and buffers but those that were registered not to be saved.

    Args:
        module: The model.

    Returns:
        Pairs of path and node; what is shared comes once for each path.
    """
    unsaved = {
        f"{path}.{name}" if path else name
        for path, part in module.named_modules()
        for name in vars(part).get("_unsaved", ())
    }
    for name, node in module.named_nodes():
        if (is_parameter(node) or is_buffer(node)) and name not in unsaved:
            yield name, node


def state_of(module: Module) -> dict[str, Any]:
    """Copy all parameters and buffers out; see ``Module.state_dict``."""
    nodes = dict(saved_nodes(module))
    refuse_unsized("state_dict", nodes.items())
    return {
        name: node.data if isinstance(node, Value) else node.numpy().copy()
        for name, node in nodes.items()
    }


def load_state(module: Module, state: Mapping[str, Any], strict: bool = True) -> LoadedKeys:
    """Copy parameters and buffers in, all of them or none; see ``Module.load_state_dict``."""
    if not isinstance(state, Mapping):
        raise TypeError(
            f"load_state_dict: {type(state).__name__} came; give what state_dict() gave: arrays "
            "by name"
        )
    own = dict(saved_nodes(module))
    missing = [name for name in own if name not in state]
    unexpected = [name for name in state if name not in own]
    troubles = []
    if strict:
        troubles += [f"missing: {name}" for name in missing]
        troubles += [f"unknown: {name}" for name in unexpected]
    ordinary = _ordinary_layers(module, state)
    sized = {
        id(mine): getattr(made, name)
        for lazy, made in ordinary
        for name, mine in vars(lazy).items()
        if isinstance(mine, Unsized)
    }
    loaded: dict[int, tuple[Any, Any, str]] = {}
    for name, node in own.items():
        if name not in state:
            continue
        try:
            array = fitting(sized.get(id(node), node), state[name])
        except (TypeError, ValueError) as error:
            troubles.append(f"{name}: {error}")
            continue
        _, before, first = loaded.setdefault(id(node), (node, array, name))
        if not np.array_equal(before, array, equal_nan=True):
            troubles.append(f"{name}: shares its numbers with {first}, but others came for it")
    if troubles:
        raise ValueError(
            f"load_state_dict: this does not fit {type(module).__name__}, nothing was loaded; "
            "load it into a model of the same layers:\n  " + "\n  ".join(troubles)
        )
    for lazy, made in ordinary:
        lazy.become(made)
    for node, array, _ in loaded.values():
        node.data = float(array) if isinstance(node, Value) else array
    return LoadedKeys(missing, unexpected)


def _ordinary_layers(module: Module, state: Mapping[str, Any]) -> list[tuple[Lazy, Any]]:
    """For every lazy layer whose size the arrays tell, the ordinary layer of that size."""
    found: list[tuple[Lazy, Any]] = []
    for path, part in module.named_modules():
        if not isinstance(part, Lazy) or part._recipe is None:
            continue
        prefix = f"{path}." if path else ""
        shapes = {
            name: np.shape(state[prefix + name]) for name in vars(part) if prefix + name in state
        }
        count = part.count_in_saved(shapes)
        if count is not None:
            drawn = {"generator": 0} if "generator" in part._recipe else {}  # overwritten soon
            found.append((part, part.ordinary_layer(count, **drawn)))
    return found
