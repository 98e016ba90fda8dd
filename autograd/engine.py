"""The backward pass: topological order, and the chain rule along it.

``propagate`` is the one general pass; it serves graphs that mix Tensors and Values, observers (the
stepper) and ``create_graph``.  Graphs of Values alone have a fast lane, ``autograd.sweep``, and so
have graphs of Tensors alone, ``autograd.tensor_sweep``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from sys import getrefcount
from typing import Any

import numpy as np

from autograd.buffers import is_ours_alone
from autograd.depositing import add_gradients
from autograd.frozen import dataclass
from autograd.recording import mode
from autograd.tensor_sweep import tensor_sweep

__all__ = [
    "ALONE",
    "Contribution",
    "add_into",
    "deposit",
    "propagate",
    "reaches_more_than",
    "topological_order",
]


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


ALONE = _references_when_alone()


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
    found: set[Any] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is None:  # all that the next one is made of is in its place
            order.append(waiting.pop())
            continue
        while node not in found:
            found.add(node)
            parents = node.parents if not stop or node not in stop else ()
            if not parents:
                order.append(node)
                break
            waiting.append(node)
            waiting.append(None)
            if len(parents) > 1:
                for parent in parents[:0:-1]:
                    if parent is not None and parent not in found:
                        waiting.append(parent)
            node = parents[0]  # on at once, without a detour over the list
            if node is None:
                break
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
    to_add: bool = False,
) -> dict[Any, Any]:
    """Send a gradient from a result back to everything it was made of.

    Writes no ``.grad``, unless asked to: what arrives at each node is returned.

    Args:
        root: The result.
        seed: The gradient to start with, of the root's kind and shape.
        create_graph: Whether the gradients are recorded nodes themselves, so that they can be
            differentiated again; else they are plain numbers and arrays.
        observe: Called with every contribution, in the order of the pass.
        leaves_only: Whether to forget the gradients of intermediate results on the way.
        stop: Nodes to take for leaves: nothing is sent further back than these.
        to_add: Whether what arrived may be added to ``.grad`` at once, and then left out of what is
            returned.

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
    watcher = mode.watcher() if mode.special else None
    plain = observe is None and watcher is None and not create_graph
    if plain and not stop and root.by_op:
        found = tensor_sweep(root, seed, leaves_only, to_add)
        if found is not None:
            return found
    arriving = {root: seed}
    order = topological_order(root, stop)
    with np.errstate(all="ignore"):  # an infinite slope is a fact to show, not a warning
        while order:
            node = order.pop()
            op = node.op
            g = arriving.get(node)
            if g is None:
                continue  # reached only as a condition, which passes no gradient
            info = node.info
            if info is not None and info.hooks:
                g = arriving[node] = info.call_hooks(g)
            if op is None or (stop and node in stop):
                continue
            if leaves_only and node is not root:
                del arriving[node]
            if plain and op.name == "pick" and _added_at_place(node, g, arriving):
                continue
            for slot, parent, sent in (
                node.pull_back(g, create_graph)
                if watcher is None
                else watcher.pulled(node, g, create_graph)
            ):
                if observe is not None:
                    observe(Contribution(node, slot, parent, g, sent))
                add_into(arriving, parent, sent)
    return arriving


def add_into(arriving: dict[Any, Any], parent: Any, sent: Any) -> None:
    """Add a gradient to what has arrived at a node: in place, where nobody else holds the sum.

    The first one is borrowed: whoever sent it may hold it, so the second makes a sum of its own.

    Args:
        arriving: The gradients that have arrived, by node.
        parent: The node that receives.
        sent: What it receives.
    """
    old = arriving.get(parent)
    if old is None:
        arriving[parent] = sent
    elif type(old) is type(sent) is np.ndarray and is_ours_alone(old, ALONE):
        np.add(old, sent, out=old)
    else:
        arriving[parent] = old + sent


def _added_at_place(node: Any, g: Any, arriving: dict[Any, Any]) -> bool:
    """Add the gradient of a Value that was picked out of a Tensor at its one place, if one may."""
    tensor = node.inputs[0]
    old = arriving.get(tensor)
    if type(old) is not np.ndarray or not is_ours_alone(old, ALONE):
        return False  # the first of them: an array of zeros with this one number is made
    old[node.op.filled["index"]] += g
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
    pairs = []
    while found:
        node, g = found.popitem()
        if not leaves_only or node.op is None:
            pairs.append((node, g))
    add_gradients(pairs)
