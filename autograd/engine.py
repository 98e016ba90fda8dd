"""The backward pass: topological order, and the chain rule along it.

``propagate`` is the one general pass; it serves Tensors, graphs that mix Tensors and Values, observers
(the stepper) and ``create_graph``.  ``sweep`` is the same pass for graphs of Values alone, with the
numbers saved at forward time as slopes: one multiply-add per edge.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import count
from sys import getrefcount
from typing import Any

import numpy as np

__all__ = ["Bridge", "Contribution", "deposit", "propagate", "reaches_more_than", "sweep", "topological_order"]

_epochs = count(1)
_sweeping = threading.RLock()  # a sweep works in the nodes' own slots, so only one runs at a time


@dataclass(frozen=True)
class Contribution:
    """What one edge sends back: a term of the chain rule.

    Attributes:
        node: The node whose gradient arrived.
        slot: Which of its inputs receives.
        parent: That input.
        arriving: The gradient that arrived at ``node``.
        sent: What goes to ``parent``: arriving times the local derivative.
    """

    node: Any
    slot: int
    parent: Any
    arriving: Any
    sent: Any


def topological_order(root: Any, stop: Collection[Any] = ()) -> list[Any]:
    """List the recorded nodes that a result depends on, parents first.

    Args:
        root: The result, a Value or a Tensor.
        stop: Nodes to take for leaves: what they were made of is left out.

    Returns:
        The nodes; the root is last.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> b = a * a
        >>> [node is a for node in topological_order(b + a)]
        [True, False, False]
    """
    order: list[Any] = []
    found = {root}
    stack = [(root, iter(() if root in stop else root.parents))]
    while stack:
        node, parents = stack[-1]
        for parent in parents:
            if parent is not None and parent not in found:
                found.add(parent)
                stack.append((parent, iter(() if parent in stop else parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def reaches_more_than(root: Any, limit: int) -> bool:
    """Tell whether a graph has more than so many recorded nodes, without walking through all of a large one.

    Args:
        root: The result.
        limit: The number to compare with.

    Returns:
        Whether there are more.

    Example:
        >>> from autograd import Value
        >>> reaches_more_than(Value(1.0) + Value(2.0), 2)
        True
    """
    found, waiting = {root}, [root]
    while waiting and len(found) <= limit:
        for parent in waiting.pop().parents:
            if parent is not None and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return len(found) > limit


def propagate(
    root: Any,
    seed: Any,
    *,
    create_graph: bool = False,
    observe: Callable[[Contribution], None] | None = None,
    leaves_only: bool = False,
    stop: Collection[Any] = (),
) -> dict[Any, Any]:
    """Send a gradient from a result back to everything it was made of.

    Writes no ``.grad``: what arrives at each node is returned.

    Args:
        root: The result.
        seed: The gradient to start with, of the root's kind and shape.
        create_graph: Whether the gradients are recorded nodes themselves, so that they can be
            differentiated again; else they are plain numbers and arrays.
        observe: Called with every contribution, in the order of the pass.
        leaves_only: Whether to forget the gradients of intermediate results on the way.
        stop: Nodes to take for leaves: nothing is sent further back than these.

    Returns:
        For each node the gradient that arrived at it.

    Raises:
        StaleGraphError: With ``create_graph``, if a node's data is no longer what was recorded.

    Example:
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> propagate(a * a, 1.0)[a]
        6.0
    """
    arriving = {root: seed}
    with np.errstate(all="ignore"):  # an infinite slope is a fact to show, not a warning
        for node in reversed(topological_order(root, stop)):
            g = arriving[node]
            info = node.info
            if info is not None and info.hooks:
                g = arriving[node] = info.call_hooks(g)
            if node.op is None or node in stop:
                continue
            for slot, parent, sent in node.pull_back(g, create_graph):
                if observe is not None:
                    observe(Contribution(node, slot, parent, g, sent))
                old = arriving.get(parent)
                if old is None:
                    arriving[parent] = sent
                elif type(old) is np.ndarray and old.base is None and getrefcount(old) == 3:
                    old += sent  # nobody else holds it: add in place
                else:
                    arriving[parent] = old + sent
            if leaves_only and node is not root:
                del arriving[node]
    return arriving


def deposit(found: dict[Any, Any], *, leaves_only: bool = False) -> None:
    """Add what a pass found to every node's ``.grad``: all of them, or none if something goes wrong.

    Args:
        found: The gradients that arrived, by node; emptied on the way.
        leaves_only: Whether to leave intermediate results out.

    Example:
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> deposit(propagate(a * a, 1.0))
        >>> a.grad
        6.0
    """
    totals: list[tuple[Any, Any, bool]] = []
    while found:
        node, g = found.popitem()
        if not leaves_only or node.op is None:
            totals.append((node, *node.added_up(g)))
    for node, total, borrowed in totals:
        node.receive(total, borrowed)


class Bridge(Exception):  # noqa: N818  (a signal, not a failure)
    """A Value that was picked out of a Tensor: the graph is not one of Values alone."""


def sweep(root: Any, seed: float, wanted: tuple[Any, ...] | None = None) -> list[float | None] | None:
    """Run the backward pass over a graph of Values alone, adding to every node's ``.grad``.

    Args:
        root: The result, a Value.
        seed: The gradient to start with.
        wanted: Nodes whose gradients are returned; then every ``.grad`` is left as it was.

    Returns:
        None, or the gradients of ``wanted`` (None for one that was not reached).

    Raises:
        Bridge: If a Value in the graph was picked out of a Tensor; every ``.grad`` is as it was.

    Example:
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> sweep(a * a, 1.0, wanted=(a,)), a.grad
        ([6.0], None)
    """
    with _sweeping:
        order: list[Any] = []
        leaves: list[Any] = []
        before: list[tuple[Any, Any]] = []
        stack: list[Any] = []
        done = False
        try:
            epoch = next(_epochs)
            _arrange(root, epoch, order, leaves, before, stack)
            root.grad = seed
            for node in reversed(order):
                g = node.grad
                parent = node.left
                if parent is not None:
                    parent.grad += node.left_slope * g
                parent = node.right
                if parent is not None:
                    if type(parent) is tuple:
                        slopes = node.left_slope
                        if slopes is not None:  # a weighted sum: the common case
                            ws, xs, bias = parent
                            bias.grad += g
                            for w, dw, x, dx in zip(ws, slopes, xs, node.right_slope):  # noqa: B905
                                w.grad += dw * g
                                x.grad += dx * g
                            continue
                        for group, slopes in zip(parent, node.right_slope):  # noqa: B905
                            for parent, slope in zip(group, slopes):  # noqa: B905, PLW2901
                                parent.grad += slope * g
                    else:
                        parent.grad += node.right_slope * g
            if wanted is not None:
                return [node.grad if node.mark == epoch else None for node in wanted]
            for node, old in before:
                node.grad += old
            done = True
            return None
        finally:
            if not done:
                for node in (*order, *leaves):
                    node.grad = None
                for entry in stack:
                    (entry[0] if type(entry) is list else entry).grad = None
                for node, old in before:
                    node.grad = old


def _arrange(
    root: Any, epoch: int, order: list[Any], leaves: list[Any], before: list[Any], stack: list[Any]
) -> None:
    """Fill ``order`` with the results, parents first, and set every gradient to 0.

    ``mark`` tells what was seen.  The stack holds results whose left parent is being visited, and for
    results with many parents a list: the result, then its parents still to visit.
    """
    push, pop, emit = stack.append, stack.pop, order.append
    settled: set[int] = set()  # groups of parents that are all visited
    node = root
    while True:
        while node.mark != epoch:
            node.mark = epoch
            if node.grad is not None:
                before.append((node, node.grad))
            node.grad = 0.0
            parent = node.left
            if parent is not None:
                push(node)
                node = parent
                continue
            if node.op is None:
                leaves.append(node)
                break
            parent = node.right
            if type(parent) is not tuple:
                push(node)
                node = parent
                continue
            if node.op.name == "pick":
                push(node)
                raise Bridge
            if node.left_slope is not None:  # a weighted sum
                weights, inputs, bias = parent
                if bias.mark == epoch and id(weights) in settled and id(inputs) in settled:
                    emit(node)
                    break
                parent = (weights, inputs, (bias,))
            waiting = [node]
            for group in parent:
                if id(group) in settled:
                    continue
                known = len(waiting)
                for parent in group:
                    if parent.mark != epoch:
                        if parent.op is None:
                            parent.mark = epoch
                            if parent.grad is not None:
                                before.append((parent, parent.grad))
                            parent.grad = 0.0
                            leaves.append(parent)
                        else:
                            waiting.append(parent)
                if len(waiting) == known and len(group) > 1:  # (bias,) is made anew, so its id says nothing
                    settled.add(id(group))
            if len(waiting) == 1:
                emit(node)
                break
            push(waiting)
            node = waiting.pop()
        while stack:
            top = stack[-1]
            if type(top) is list:
                while len(top) > 1:
                    node = top.pop()
                    if node.mark != epoch:
                        break
                else:
                    emit(pop()[0])
                    continue
                break
            parent = top.right
            if parent is not None and parent.mark != epoch:
                node = parent
                break
            emit(pop())
        else:
            return
