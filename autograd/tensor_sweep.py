"""The usual backward pass over Tensors: each result sends by its own way, into its parents' slots.

``engine.propagate`` does the same for every other graph and in every mode, and wherever a pass is
under way already: in another thread, or around this one.
"""

from __future__ import annotations

from itertools import count
from sys import getrefcount
from typing import Any

import numpy as np

from autograd.buffers import is_ours_alone
from autograd.locks import lock
from autograd.node import hooks_alive
from autograd.ops.bridges import assemble

__all__ = ["ARRIVED", "arrive", "tensor_sweep"]

_WAITS: Any = object()  # in the slot ``arrived`` of a result whose parents are being visited
_epochs = count(1)
_sweeping = lock(again=False)  # whoever holds it works in the slots ``mark`` and ``arrived``


def tensor_sweep(root: Any, seed: Any, leaves_only: bool) -> dict[Any, Any] | None:
    """Send a gradient from a Tensor back to everything it was made of; write no ``.grad``.

    Args:
        root: The result.
        seed: The gradient to start with, an array of the root's shape.
        leaves_only: Whether to forget the gradients of intermediate results on the way.

    Returns:
        For each node the gradient that arrived at it.  None if there is a Value among them or a
        pass is under way already: then nothing was done.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([3.0], requires_grad=True)
        >>> tensor_sweep(x * x, np.ones(1), True)[x]
        array([6.])
    """
    if not _sweeping.acquire(False):
        return None
    leaves: list[Any] = []
    try:
        results = _arranged(root, next(_epochs), leaves)
        if results is None:
            return None
        found = {root: seed}
        root.arrived = seed
        with np.errstate(all="ignore"):  # an infinite slope is a fact to show, not a warning
            if leaves_only and not hooks_alive[0]:
                for node in reversed(results):
                    g = node.arrived
                    if g is not None:  # else reached only as a condition, which passes no gradient
                        node.arrived = None
                        send = node.send  # not called as a method: its slot is found at once so
                        send(node, g)
            else:
                for node in reversed(results):
                    g = node.arrived
                    if g is not None:
                        node.arrived = None
                        if node.info is not None:
                            g = node.info.call_hooks(g)
                        if not leaves_only or node is root:
                            found[node] = g
                        node.send(node, g)
        for node in leaves:
            g = node.arrived
            if g is not None:
                found[node] = node.info.call_hooks(g) if node.info is not None else g
        return found
    finally:
        for node in leaves:
            node.arrived = None
        _sweeping.release()


def _arranged(root: Any, epoch: int, leaves: list[Any]) -> list[Any] | None:
    """List the results, parents first, and empty the slots of all; None if there is a Value.

    The stack holds results whose parents are being visited, which wait, and parents to visit.
    """
    results: list[Any] = []
    stack: list[Any] = []
    waits = _WAITS
    node = root
    while True:
        while node.mark != epoch:
            node.mark = epoch
            op = node.op
            if op is None:
                node.arrived = None
                leaves.append(node)
                break
            if op is assemble:
                return None  # made of Values
            node.arrived = waits
            stack.append(node)
            second = node.right
            if second is not None and second.mark != epoch:
                stack.append(second)
            node = node.left
            if node is None:
                if second is None:  # more than two
                    others = stack[-1].inputs
                    stack += [parent for parent in reversed(others) if parent is not None]
                break
        while stack:
            node = stack.pop()
            if node.mark != epoch:
                break
            if node.arrived is waits:
                node.arrived = None
                results.append(node)
        else:
            return results


def _references_when_alone() -> int:
    """Count what the interpreter itself holds of an array in a slot: versions differ."""

    class Probe:
        __slots__ = ("arrived",)

    probe = Probe()
    probe.arrived = np.empty(0)  # type: ignore[attr-defined]
    old = probe.arrived  # type: ignore[attr-defined]
    return getrefcount(old)


ARRIVED = _references_when_alone()


def arrive(parent: Any, sent: Any) -> None:
    """Add a gradient to what has arrived at a node: in place, where nobody else holds the sum.

    The first one is borrowed: whoever sent it may hold it, so the second makes a sum of its own.

    Args:
        parent: The node that receives, within a ``tensor_sweep``.
        sent: What it receives.
    """
    old = parent.arrived
    if old is None:
        parent.arrived = sent
    elif type(old) is type(sent) is np.ndarray and is_ours_alone(old, ARRIVED):
        np.add(old, sent, out=old)
    else:
        parent.arrived = old + sent
