"""The backward pass: topological order, and the chain rule along it.

``propagate`` is the one general pass; it serves Tensors, graphs that mix Tensors and Values,
observers (the stepper) and ``create_graph``.  Graphs of Values alone have a fast lane,
``autograd.sweep``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from sys import getrefcount
from typing import Any

import numpy as np

from autograd.ops.index import getitem, is_basic
from autograd.recording import mode

__all__ = [
    "Contribution",
    "adding_gradients",
    "deposit",
    "propagate",
    "reaches_more_than",
    "topological_order",
]

adding_gradients = threading.RLock()  # one thread at a time adds to the nodes' ``.grad``


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


def _references_when_alone() -> int:
    """Count what the interpreter itself holds of an array in a table: versions differ."""
    table = {0: np.empty(0)}
    old = table.get(0)
    return getrefcount(old)


_ALONE = _references_when_alone()
_LARGE = 31 << 20
_kept: list[int] = []


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
    """Tell whether a graph has more than so many recorded nodes, and walk no further than that.

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
    if not _kept:
        _keep_large_blocks()
    arriving = {root: seed}
    watcher = mode.watcher() if mode.special else None
    plain = observe is None and watcher is None and not create_graph
    with np.errstate(all="ignore"):  # an infinite slope is a fact to show, not a warning
        for node in reversed(topological_order(root, stop)):
            g = arriving.get(node)
            if g is None:
                continue  # reached only as a condition, which passes no gradient
            info = node.info
            if info is not None and info.hooks:
                g = arriving[node] = info.call_hooks(g)
            if node.op is None or node in stop:
                continue
            for slot, parent, sent in (
                ()
                if plain and node.op is getitem and _added_at_place(node, g, arriving)
                else node.pull_back(g, create_graph)
                if watcher is None
                else watcher.pulled(node, g, create_graph)
            ):
                if observe is not None:
                    observe(Contribution(node, slot, parent, g, sent))
                old = arriving.get(parent)
                if old is None:
                    arriving[parent] = sent
                elif (
                    type(old) is type(sent) is np.ndarray
                    and old.base is None
                    and getrefcount(old) == _ALONE
                ):
                    old += sent  # nobody else holds it: add in place
                else:
                    arriving[parent] = old + sent
            old = sent = None  # else the next node would not find their arrays in nobody's hands
            if leaves_only and node is not root:
                del arriving[node]
    return arriving


def _keep_large_blocks() -> None:
    """Let the C library keep large blocks that are freed, for the next step to use again.

    glibc maps every block over 128 kB from the system and gives it back when it is freed, so that
    each array of each step is paid for page by page, until it sees a larger one freed: from then on
    it keeps up to that size (32 MB at most). So one is freed, untouched; elsewhere it does nothing.
    """
    _kept.append(np.empty(_LARGE, np.uint8).nbytes)


def _added_at_place(node: Any, g: Any, arriving: dict[Any, Any]) -> bool:
    """Add what a slice sends back where it was cut out, not zeros everywhere else as well.

    So a loop over the steps of a sequence takes time in proportion to its length. Done only in an
    array that nobody else holds; else the op's own formula says what is sent.
    """
    parent = node.inputs[0]
    old = arriving.get(parent)
    if (
        type(old) is not np.ndarray
        or type(g) is not np.ndarray
        or old.dtype != g.dtype
        or old.base is not None
        or getrefcount(old) != _ALONE
        or old.shape != node.args[0].shape
        or not is_basic(index := node.settings["index"])
    ):
        return False
    old[index] += g
    return True


def deposit(found: dict[Any, Any], *, leaves_only: bool = False) -> None:
    """Add what a pass found to every node's ``.grad``: to all, or to none if something goes wrong.

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
    with adding_gradients:  # another thread may be adding to the same leaves
        while found:
            node, g = found.popitem()
            if not leaves_only or node.op is None:
                totals.append((node, *node.added_up(g)))
        for node, total, borrowed in totals:
            node.receive(total, borrowed)
