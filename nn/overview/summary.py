"""A table of a model: its layers, what comes out of each, its parameters and its work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor, Value
from autograd.restoring import putting_back
from nn.functions.value_grids import shape_of
from nn.modules.example_inputs import example_inputs
from nn.modules.members import is_parameter
from nn.modules.naming import nodes_in, watching
from nn.modules.rehearsal import rehearsal
from nn.modules.uninitialized import Unsized
from nn.neuron import Neuron
from nn.overview.multiply_adds import multiply_adds
from nn.overview.summary_table import Row, Summary

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["Summary", "summary"]


def summary(model: Module, *inputs: Any, depth: int | None = None) -> Summary:
    """Tell of every layer what comes out, how many parameters it has and how much it computes.

    The model runs once, for show and as in ``model.eval()``; nothing of it changes.

    Args:
        model: The model, on Tensors or on Values.
        inputs: What it is called with: arrays, or only their shapes, such as ``(64, 1, 8, 8)``.
            Without any, the table tells the parameters alone, with "?" for lazy layers that have no
            size yet.
        depth: How many modules deep to look; all by default. A row tells of all in it that has no
            row, as a ``Layer`` does of its neurons.

    Returns:
        The table: print it, or look at its ``rows``.

    Raises:
        ValueError: If ``depth`` is negative.

    Example:
        >>> from nn import Linear, Sequential, Tanh
        >>> model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
        >>> summary(model, (4, 2))
        layer         output  parameters  multiply-adds
        -----------------------------------------------
        Sequential    (4, 1)           -              -
          0 (Linear)  (4, 8)          24             64
          1 (Tanh)    (4, 8)           -              -
          2 (Linear)  (4, 1)           9             32
        -----------------------------------------------
        33 parameters
        264 bytes
        96 multiply-adds for an input of (4, 2)
    """
    if depth is not None and depth < 0:
        raise ValueError(f"summary: depth={depth} came; needs 0 or more")
    flags = {id(p): p.requires_grad for p in model.parameters()}
    with rehearsal(model):
        given = [_traced(item) for item in example_inputs(model, inputs)]
        runs = _run(model, given) if inputs else {}
        rows = list(_rows(model, depth, runs, flags))
        numbers = [(p, _numbers(p)) for p in model.parameters() if not isinstance(p, Unsized)]
        buffers = [b for b in model.buffers() if not isinstance(b, Unsized)]
        return Summary(
            rows,
            parameters=sum(count for _, count in numbers),
            frozen=sum(count for p, count in numbers if not flags[id(p)]),
            buffers=sum(map(_numbers, buffers)),
            bytes=sum(_numbers(n) * _width(n) for n in [*(p for p, _ in numbers), *buffers]),
            multiply_adds=sum(run.count or 0 for run in runs.values()) if inputs else None,
            inputs=tuple(shape for item in given for shape in _shapes(item)),
        )


class _Run:
    """What was seen of one module."""

    def __init__(self) -> None:
        self.calls = 0
        self.shapes: tuple[tuple[int, ...], ...] = ()
        self.count: int | None = 0


def _run(model: Module, inputs: list[Any]) -> dict[int, _Run]:
    """Call the model and note what every module did, by the modules' ids."""
    runs: dict[int, _Run] = {}
    claimed: dict[int, Any] = {}  # the nodes that were counted, kept alive so that ids stay theirs

    def watch(module: Any, given: Any, out: Any) -> None:
        run = runs.setdefault(id(module), _Run())
        run.calls += 1
        run.shapes = tuple(_shapes(out))
        known = {id(node) for node in nodes_in(given)}
        waiting = [node for node in nodes_in(out) if id(node) not in known]
        if _learns(module) and any(_is_unrecorded(node) for node in waiting):
            run.count = None  # inside no_grad() nobody knows how a result was made
        while waiting:
            node = waiting.pop()
            if node.op is None or id(node) in known:
                continue
            known.add(id(node))
            if id(node) not in claimed and run.count is not None:  # by a module inside this one
                run.count += multiply_adds(node)
            claimed[id(node)] = node
            waiting.extend(parent for parent in node.parents if parent is not None)

    frozen = [p for p in model.parameters() if not p.requires_grad]

    def freeze() -> None:
        for p in frozen:
            p.requires_grad = False

    token = watching.set(watch)
    try:
        with putting_back(freeze):
            for p in frozen:  # or nothing would be recorded of what they do
                p.requires_grad = True
            model.eval()(*inputs)
    finally:
        watching.reset(token)
    return runs


def _rows(
    model: Module, depth: int | None, runs: dict[int, _Run], flags: dict[int, bool]
) -> Iterator[Row]:
    listed: set[int] = set()  # modules
    counted: set[int] = set()  # parameters

    def visit(module: Any, path: str, name: str, level: int) -> Iterator[Row]:
        listed.add(id(module))
        below = [] if depth is not None and level >= depth else list(module.named_children())
        below = [(n, part) for n, part in below if not isinstance(part, Neuron)]
        apart = {id(inner) for _, part in below for inner in part.modules()}
        own = [part for part in module.modules() if id(part) not in apart or part is module]
        yield _row(own, path, name, level)
        for child, part in below:
            if id(part) not in listed:
                yield from visit(part, f"{path}.{child}".lstrip("."), child, level + 1)

    def _row(parts: list[Any], path: str, name: str, level: int) -> Row:
        found = {id(p): p for part in parts for _, p in part.named_parts() if _is_learned(p)}
        new = [p for key, p in found.items() if key not in counted]
        old = [p for key, p in found.items() if key in counted]
        counted.update(found)
        seen = [runs[id(part)] for part in parts if id(part) in runs]
        counts = [run.count for run in seen]
        head = runs.get(id(parts[0]), _Run())
        return Row(
            path,
            name,
            type(parts[0]).__name__,
            level,
            head.shapes,
            None if any(isinstance(p, Unsized) for p in new) else sum(map(_numbers, new)),
            sum(_numbers(p) for p in new if not flags[id(p)]),
            sum(map(_numbers, old)),
            None if None in counts else sum(c for c in counts if c is not None),
            head.calls,
        )

    yield from visit(model, "", "", 0)


def _traced(item: Any) -> Any:
    """A copy through which everything is recorded."""
    if isinstance(item, Tensor) and item.dtype.kind == "f":
        return Tensor(item.numpy(), requires_grad=True)
    return item


def _shapes(thing: Any) -> Iterator[tuple[int, ...]]:
    """The shapes of what a module gave or took, lists of Values as one."""
    if isinstance(thing, (Tensor, np.ndarray)):
        yield thing.shape
    elif isinstance(thing, (Value, int, float)):
        yield ()
    elif isinstance(thing, dict):
        yield from _shapes(list(thing.values()))
    elif isinstance(thing, (list, tuple)):
        if any(isinstance(node, Tensor) for node in nodes_in(thing)):
            for part in thing:
                yield from _shapes(part)
        elif thing:
            yield shape_of(thing)


def _is_learned(part: Any) -> bool:
    return isinstance(part, (Tensor, Value)) and is_parameter(part)


def _learns(module: Any) -> bool:
    return any(_is_learned(part) for _, part in module.named_parts())


def _is_unrecorded(node: Any) -> bool:
    return isinstance(node, Tensor) and node.op is None and node.dtype.kind == "f"


def _numbers(node: Any) -> int:
    return 1 if isinstance(node, Value) else int(node.size)


def _width(node: Any) -> int:
    return 8 if isinstance(node, Value) else int(node.dtype.itemsize)
