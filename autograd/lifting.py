"""Arguments made into leaves of a graph, and gradients handed back in the arguments' kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.dual import Dual, primal, requires_grad, shape_of, zeros_for
from autograd.engine import propagate, topological_order
from autograd.kinds import is_array, is_number, plain
from autograd.nested import leaves_of, paths_of, rebuilt
from autograd.node import Node, hooks_alive
from autograd.op import OPS
from autograd.recording import enable_grad, mode
from autograd.sweep import Bridge, sweep
from autograd.tensor import Tensor, constant, from_array
from autograd.value import Value

__all__ = ["Lifted", "gradients", "in_kind_of", "recorded"]

# the leaves of the transforms that are running: a transform inside another must not lose their
# gradient
_active: ContextVar[frozenset[Any]] = ContextVar("active", default=frozenset())


class Lifted:
    """Arguments of a function, with fresh leaves of a graph in place of their numbers and arrays.

    Every number and array becomes a node of its own, also where a Value or Tensor came: the
    gradient is that of this one use, whatever else the same node is used for
    (``grad(lambda y: x * y)(x)`` is x).

    Args:
        arguments: The arguments, of which some are differentiated.
        chosen: The positions of those.
        name: Who asks, for the messages.
    """

    def __init__(self, arguments: Sequence[Any], chosen: Sequence[int], name: str) -> None:
        self.outer = _active.get()
        self.trees = [arguments[i] for i in chosen]
        self.originals: list[Any] = []
        self.leaves: list[Any] = []
        replaced = list(arguments)
        recording = mode.recording()
        chosen_leaves = [leaf for tree in self.trees for leaf in leaves_of(tree)]
        arrays = any(is_array(primal(leaf)) for leaf in chosen_leaves)
        with recorded():
            for i, tree in zip(chosen, self.trees, strict=True):
                put = []
                for path, original in zip(paths_of(tree), leaves_of(tree), strict=True):
                    new, leaf = _lift(original, f"{name}: argument {i}{path}", arrays)
                    put.append(new)
                    self.originals.append(original)
                    self.leaves.append(leaf)
                replaced[i] = rebuilt(tree, put)
        self.arguments = replaced
        self.tracked = recording and any(requires_grad(a) for a in self.originals)

    def call(self, function: Callable[..., Any], settings: dict[str, Any]) -> Any:
        """Call the function, recording; what runs inside learns of these leaves."""
        token = _active.set(self.outer.union(leaf for leaf in self.leaves if leaf is not None))
        try:
            with recorded():
                return function(*self.arguments, **settings)
        finally:
            _active.reset(token)

    def pull(self, results: Sequence[Any]) -> list[Any]:
        """Take the gradient of the sum of some single numbers towards every leaf.

        Args:
            results: Values, Tensors of one element, Duals of these, or constants.

        Returns:
            One gradient per leaf, in the kind of the argument it belongs to.
        """
        keep = any(reaches_out(result, self.outer) for result in results)
        sums: list[Any] = [None] * len(self.leaves)
        for result in results:
            found = gradients(result, self.leaves, self.tracked or keep)
            sums = [
                b if a is None else a if b is None else a + b
                for a, b in zip(sums, found, strict=True)
            ]
        return [
            None if leaf is None else _in_kind(zeros_for(leaf) if g is None else g, original, keep)
            for g, leaf, original in zip(sums, self.leaves, self.originals, strict=True)
        ]

    def arranged(self, parts: Sequence[Any]) -> list[Any]:
        """Put one thing per leaf into the structures of the arguments."""
        remaining = iter(parts)
        return [rebuilt(tree, [next(remaining) for _ in leaves_of(tree)]) for tree in self.trees]

    def in_kind(self, result: Any) -> Any:
        """Give a result as ``in_kind_of`` does for these arguments."""
        return in_kind_of(result, self.originals, self.outer)


def recorded() -> Any:
    """A context in which operations are recorded; nothing at all where they are anyway."""
    return nullcontext() if mode.recording() else enable_grad()


def reaches_out(result: Any, outer: Collection[Any]) -> bool:
    """Whether a result depends on what a transform around this one differentiates."""
    if isinstance(result, Dual):
        return reaches_out(result.value, outer) or reaches_out(result.tangent, outer)
    if not outer or not isinstance(result, Node):
        return False
    return any(node in outer for node in topological_order(result))


def in_kind_of(result: Any, arguments: Sequence[Any], outer: Collection[Any] | None = None) -> Any:
    """Give a result as a node if a node came in or a transform around this one needs it.

    Args:
        result: A number, array, node or Dual.
        arguments: The leaves of the arguments it was made of.
        outer: What the transforms around this one differentiate; found by itself by default.

    Returns:
        The result as it is, or its numbers alone.
    """
    if any(isinstance(primal(a), Node) for a in arguments):
        return result
    return (
        result if reaches_out(result, _active.get() if outer is None else outer) else plain(result)
    )


def _lift(original: Any, name: str, arrays: bool) -> tuple[Any, Any]:
    """What the function is given in place of a number or array, and the leaf inside.

    A float becomes a Value; beside arrays a Tensor of shape (), since Values and Tensors do not
    mix.
    """
    if isinstance(original, Dual):
        inner, leaf = _lift(original.value, name, arrays)
        return Dual(inner, original.tangent, original.level), leaf
    if isinstance(original, Value) or (isinstance(original, Tensor) and original.requires_grad):
        fresh = OPS["positive"](original)
        fresh.label = original.label
    elif is_number(original):
        fresh = Tensor(float(original), requires_grad=True) if arrays else Value(float(original))
    elif isinstance(original, Tensor):
        fresh = constant(original).requires_grad_()
    elif hasattr(original, "__array_function__"):
        fresh = Tensor(original, requires_grad=True)
    elif original is None or isinstance(original, (bool, str)):
        return original, None
    else:
        raise TypeError(
            f"{name}: {type(original).__name__} came; numbers, arrays, Values, Tensors "
            "and lists, tuples and dicts of these are differentiated: choose others with argnums="
        )
    return fresh, fresh


def gradients(result: Any, leaves: Sequence[Any], create_graph: bool) -> list[Any]:
    """Take the gradient of one number towards some leaves.

    Args:
        result: A Value, a Tensor of one element, a Dual of these, or a constant.
        leaves: Nodes, none of which is made of another; None for what is passed on as it is.
        create_graph: Whether the gradients are recorded.

    Returns:
        Per leaf the gradient, or None where there is none: a float or array, with
        ``create_graph`` perhaps a node, of a Dual a Dual.
    """
    if isinstance(result, Dual):
        values = gradients(result.value, leaves, create_graph)
        tangents = gradients(result.tangent, leaves, create_graph)
        return [
            v if t is None else Dual(zeros_for(leaf) if v is None else v, t, result.level)
            for v, t, leaf in zip(values, tangents, leaves, strict=True)
        ]
    if not isinstance(result, Node) or not result.requires_grad:
        return [None] * len(leaves)
    is_value = isinstance(result, Value)
    if is_value and not create_graph and not hooks_alive[0]:
        try:
            wanted = tuple(leaf for leaf in leaves if leaf is not None)
            swept = iter(sweep(result, 1.0, wanted=wanted) or [])
            return [None if leaf is None else next(swept) for leaf in leaves]
        except Bridge:
            pass
    seed = 1.0 if is_value else np.ones_like(result._data)  # type: ignore[attr-defined]
    found = propagate(
        result, seed, create_graph=create_graph, leaves_only=True, stop=frozenset(leaves)
    )
    return [found.get(leaf) for leaf in leaves]


def _in_kind(g: Any, original: Any, keep: bool) -> Any:
    """A gradient as what it belongs to came: a float, an array, a Value or a Tensor."""
    if isinstance(original, Dual):
        return _in_kind(g, original.value, True)
    if isinstance(g, Dual):
        return Dual(_in_kind(g.value, original, keep), _in_kind(g.tangent, original, keep), g.level)
    if isinstance(original, Value):
        return g if isinstance(g, Node) else Value(g)
    if isinstance(original, Tensor):
        return g if isinstance(g, Node) else from_array(g)
    if keep and requires_grad(g):
        return g
    return (
        plain(g) if is_number(original) else np.asarray(plain(g)) if shape_of(g) == () else plain(g)
    )
