"""Gradients of a graph that is recorded already, PyTorch's ``torch.autograd.grad``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.arrays import seed_for
from autograd.engine import propagate
from autograd.errors import GradientError, ShapeError
from autograd.lifting import recorded
from autograd.nested import leaves_of, paths_of, rebuilt
from autograd.node import Node, hooks_alive
from autograd.sweep import Bridge, sweep
from autograd.tensor import Tensor, from_array
from autograd.value import Value

__all__ = ["grad_of_graph"]


def grad_of_graph(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    create_graph: bool = False,
    allow_unused: bool = False,
    retain_graph: bool | None = None,
    only_inputs: bool = True,
) -> Any:
    """Take the gradients of some nodes towards others, as ``autograd.grad`` describes."""
    roots, targets = _nodes(outputs, "outputs"), _nodes(inputs, "inputs")
    paths = paths_of(inputs)
    seeds = [None] * len(roots) if grad_outputs is None else _seeds(grad_outputs, len(roots))
    sums: list[Any] = [None] * len(targets)
    for root, seed in zip(roots, seeds, strict=True):
        found = _one(root, _seed(root, seed, create_graph), targets, create_graph)
        sums = [
            b if a is None else a if b is None else a + b for a, b in zip(sums, found, strict=True)
        ]
    for path, target, g in zip(paths, targets, sums, strict=True):
        if g is None and not allow_unused:
            raise GradientError(
                f"grad: the outputs do not depend on inputs{path}{_describe(target)}: "
                "leave it out, or say allow_unused=True to get None for it"
            )
    gradients = [_finish(g, create_graph) for g in sums]
    return (
        tuple(gradients) if isinstance(inputs, (Node, list, tuple)) else rebuilt(inputs, gradients)
    )


def _nodes(tree: Any, name: str) -> list[Any]:
    found = leaves_of(tree)
    for path, node in zip(paths_of(tree), found, strict=True):
        if not isinstance(node, Node):
            raise TypeError(
                f"grad: {name}{path} is a {type(node).__name__}; a function, or Values and "
                "Tensors, are needed"
            )
        if not node.requires_grad:
            raise GradientError(
                f"grad: {name}{path}{_describe(node)} is a constant: no gradient is recorded "
                "for it (use requires_grad=True, and compute the outputs outside no_grad())"
            )
    if not found:
        raise GradientError(f"grad: {name} is empty; give a Value or Tensor, or several")
    return found


def _describe(node: Any) -> str:
    kind = f"Tensor of shape {node.shape}" if isinstance(node, Tensor) else repr(node)
    return f" ({node.label!r}, {kind})" if node.label else f" ({kind})"


def _seeds(given: Any, count: int) -> list[Any]:
    if count == 1 and not (
        isinstance(given, (list, tuple)) and len(given) == 1 and _is_whole(given[0])
    ):
        return [given]
    seeds = list(given) if isinstance(given, (list, tuple)) else [given]
    if len(seeds) != count:
        raise ShapeError(
            f"grad: {len(seeds)} grad_outputs came for {count} outputs: give one for each"
        )
    return seeds


def _is_whole(seed: Any) -> bool:
    """Whether the one item of a list is a gradient itself, rather than an element of one."""
    return seed is None or isinstance(seed, (Node, np.ndarray, list))


def _seed(root: Any, given: Any, create_graph: bool) -> Any:
    if isinstance(root, Value):
        if create_graph and isinstance(given, Value):
            return given
        return 1.0 if given is None else float(given)
    if create_graph and isinstance(given, Tensor):
        if given.shape != root.shape:
            raise ShapeError(
                f"grad: grad_outputs has shape {given.shape}; the output has {root.shape}, so must "
                "it"
            )
        return given
    return seed_for(root, given, "grad")


def _one(root: Any, seed: Any, targets: list[Any], create_graph: bool) -> list[Any]:
    if isinstance(root, Value) and not create_graph and not hooks_alive[0]:
        try:
            return sweep(root, seed, wanted=tuple(targets)) or []
        except Bridge:
            pass
    if not create_graph:
        found = propagate(root, seed)
    else:
        with recorded():
            found = propagate(root, seed, create_graph=True)
    return [found.get(target) for target in targets]


def _finish(g: Any, create_graph: bool) -> Any:
    """Numbers and arrays of the caller's own; with ``create_graph`` Values and Tensors."""
    if g is None:
        return None
    if create_graph:
        return (
            g if isinstance(g, Node) else from_array(g) if isinstance(g, np.ndarray) else Value(g)
        )
    return np.array(g) if isinstance(g, np.ndarray) else g
