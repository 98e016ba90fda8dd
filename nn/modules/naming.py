"""Names from the model's own structure, so that pictures say ``layers.0.weight`` and not ``v7``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import ref

from autograd import Tensor, Value
from autograd.recording import module_path

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["name_parameters", "nodes_in", "open_scope", "scopes", "scopes_open", "watching"]


class _Block:
    """Lives as long as a block is open: it dies with the block's frame, however that was left."""

    __slots__ = ("__weakref__",)


scopes_open: list[ref[_Block]] = []  # those there are anywhere; without one a call looks no further
# told of every call of a module inside `scopes`: the module, its inputs, what came out
watching: ContextVar[Callable[[Any, Any, Any], None] | None] = ContextVar("watching", default=None)
_paths: ContextVar[dict[int, str] | None] = ContextVar("paths", default=None)


def open_scope() -> _Block:
    """Let every call of a module look for names and listeners, as long as what is given lives.

    Returns:
        An object to hold, and to let go of at the end.  Nothing is counted down, so Ctrl-C just
        before the end leaves nothing open.
    """
    block = _Block()
    scopes_open.append(ref(block, scopes_open.remove))
    return block


def name_parameters(module: Module, prefix: str = "") -> dict[str, Any]:
    """Label every parameter with its path in the model; labels that were given by hand stay.

    Args:
        module: The model.
        prefix: Put before every path, such as ``"encoder."``.

    Returns:
        The parameters by path.

    Example:
        >>> from nn import Linear, Sequential
        >>> model = Sequential(Linear(2, 3), Linear(3, 1))
        >>> list(name_parameters(model))
        ['0.weight', '0.bias', '1.weight', '1.bias']
        >>> model[1].bias.label
        '1.bias'
    """
    named = {prefix + path: parameter for path, parameter in module.named_parameters()}
    owners = {
        id(part): prefix + path
        for path, owner in module.named_modules()
        for part in owner.parameters()  # the innermost owner comes last, and stays
    }
    for path, parameter in named.items():
        if parameter.label is None:
            parameter.label = path
        parameter._noted().scope = owners[id(parameter)].rstrip(".")
    return named


@contextmanager
def scopes(module: Module) -> Iterator[None]:
    """Let everything computed inside remember which part of the model it belongs to.

    A picture of the result can then show each part as one box.  Parameters are named, too.

    Args:
        module: The model.

    Returns:
        A context manager.

    Example:
        >>> from autograd import Value, trace
        >>> from nn import MLP
        >>> model = MLP(2, [2, 1])
        >>> with scopes(model):
        ...     out = model([1.0, -1.0])
        >>> trace(out).root.scope
        'layers.1.neurons.0'
    """
    name_parameters(module)
    known = {id(part): path for path, part in module.named_modules() if path}
    token = _paths.set({**(_paths.get() or {}), **known})
    block = open_scope()
    try:
        yield
    finally:
        del block
        _paths.reset(token)


def call_in_scope(
    module: Module, forward: Callable[..., Any], args: tuple[Any, ...], settings: dict[str, Any]
) -> Any:
    """Run a module and note its path on every node that it made and no inner module claimed."""
    path = (_paths.get() or {}).get(id(module))
    token = module_path.set(path if path is not None else module_path.get())
    try:
        out = forward(*args, **settings)
    finally:
        module_path.reset(token)
    watch = watching.get()
    if watch is not None:
        watch(module, (*args, *settings.values()), out)
    if path is None:
        return out
    seen = {id(node) for node in nodes_in((*args, *settings.values()))}
    waiting = list(nodes_in(out))
    while waiting:
        node = waiting.pop()
        if id(node) in seen or node.op is None:
            continue
        seen.add(id(node))
        info = node._noted()
        info.scope = info.scope or path
        waiting.extend(parent for parent in node.parents if parent is not None)
    return out


def nodes_in(thing: Any) -> Iterator[Any]:
    """List all nodes in (nested) lists and dicts.

    Args:
        thing: A Value, a Tensor, something that holds such, or anything else.

    Returns:
        An iterator of them.
    """
    if isinstance(thing, (Value, Tensor)):
        yield thing
    elif isinstance(thing, (list, tuple)):
        for item in thing:
            yield from nodes_in(item)
    elif isinstance(thing, dict):
        yield from nodes_in(list(thing.values()))
