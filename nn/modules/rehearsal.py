"""Run a model only to look at it: afterwards everything is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import enable_grad
from autograd.creation import default_generator
from autograd.node import display
from autograd.restoring import putting_back, same_entries
from nn.modules.naming import scopes
from nn.modules.uninitialized import Unsized

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["rehearsal"]


@contextmanager
def rehearsal(module: Module) -> Iterator[None]:
    """Let a model run without consequences, and record which part makes which result.

    Labels that the run needs, running means, the attributes of every part, the state of the sources
    of randomness and lazy layers without a size are put back at the end. Gradients are not touched.

    Args:
        module: The model.

    Returns:
        A context manager.

    Example:
        >>> from nn import Linear
        >>> layer = Linear(2, 1)
        >>> with rehearsal(layer):
        ...     layer.weight.label
        'weight'
        >>> layer.weight.label is None
        True
    """
    import random  # here, as it starts slowly

    notes = [(node, node.info, _words(node.info)) for node in module.parameters()]
    parts = [(part, type(part), dict(vars(part))) for part in module.modules()]
    nodes = {id(node): node for _, node in module.named_nodes()}.values()
    unsized = [(node, type(node)) for node in nodes if isinstance(node, Unsized)]
    buffers = [
        (buffer, buffer.numpy().copy())
        for buffer in module.buffers()
        if not isinstance(buffer, Unsized)
    ]
    sources = list(_sources(module))
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002

    def put_back() -> None:
        for part, kind, attributes in parts:
            if type(part) is not kind:  # a lazy layer that got its size
                part.__class__ = kind
            same_entries(vars(part), attributes)
        for node, before in unsized:
            if not isinstance(node, Unsized):
                Unsized.dematerialize(node, before)
        for buffer, numbers in buffers:
            if not np.array_equal(buffer.numpy(), numbers, equal_nan=numbers.dtype.kind == "f"):
                buffer.data = numbers
        for node, info, words in notes:
            node.info = info
            if info is not None and words is not None:
                info.label, info.scope = words
        for source, state in sources:
            if isinstance(source, random.Random):
                source.setstate(state)
            else:
                source.bit_generator.state = state
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)

    with putting_back(put_back), enable_grad(), scopes(module):
        yield


def _words(info: Any) -> tuple[str | None, str] | None:
    return None if info is None else (info.label, info.scope)


def _sources(module: Module) -> Iterator[tuple[Any, Any]]:
    """Find the generators that a run may draw from, each with its state."""
    import random

    seen: set[int] = set()
    kept = [thing for part in module.modules() for thing in vars(part).values()]
    for thing in [default_generator(), *kept]:
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, np.random.Generator):
            yield thing, thing.bit_generator.state
        elif isinstance(thing, random.Random):
            yield thing, thing.getstate()


display.rehearsal = rehearsal
