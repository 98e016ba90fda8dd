"""Put everything back as it was if loading fails half-way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import Value
from autograd.restoring import putting_back, same_entries
from nn.modules.module import Module
from nn.modules.state import saved_nodes
from nn.saving.layout import axes_in_memory, laid_out
from nn.saving.randomness import Source, state_of

__all__ = ["undone_on_failure"]


@contextmanager
def undone_on_failure(
    model: Module, optimizer: Any, schedules: Sequence[Any], sources: Mapping[str, Source]
) -> Iterator[None]:
    """Remember the state of a training, and put it back if an error comes out of the block.

    Args:
        model: The model.
        optimizer: The optimizer, or None.
        schedules: The schedules.
        sources: The sources of randomness.

    Returns:
        A context manager.

    Example:
        >>> from nn import Linear
        >>> layer = Linear(1, 1)
        >>> before = layer.weight.tolist()
        >>> try:
        ...     with undone_on_failure(layer, None, (), {}):
        ...         layer.weight.data = layer.weight.numpy() + 1.0
        ...         raise ValueError
        ... except ValueError:
        ...     layer.weight.tolist() == before
        True
    """
    numbers = [
        (node, node.data if isinstance(node, Value) else _copy(node.numpy()))
        for _, node in saved_nodes(model)
    ]
    attributes = [(one, dict(vars(one))) for one in [optimizer, *schedules] if one is not None]
    groups = [(g, dict(g)) for g in getattr(optimizer, "param_groups", ())]
    memory = dict(getattr(optimizer, "state", {}))
    entries = [(entry, dict(entry)) for entry in memory.values()]
    random = state_of(sources)

    def put_back() -> None:
        for node, before in numbers:
            node.data = before
        for one, named in attributes:
            same_entries(vars(one), named)
        for holder, content in [*groups, *entries]:
            same_entries(holder, content)
        if optimizer is not None:
            same_entries(optimizer.state, memory)
        for name, source in sources.items():
            source.restore(random[name])

    with putting_back(put_back, only_after_an_error=True):
        yield


def _copy(array: Any) -> Any:
    return laid_out(array.copy(), axes_in_memory(array))
