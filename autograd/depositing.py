"""What a backward pass found is added to ``.grad``: everywhere, or nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.locks import lock

__all__ = ["add_arrived", "add_gradients", "adding_gradients"]

adding_gradients = lock()  # one thread at a time adds to the nodes' ``.grad``
_array = np.ndarray


def add_gradients(found: list[tuple[Any, Any]]) -> None:
    """Add gradients to every node's ``.grad``: to all, or to none if something goes wrong.

    Args:
        found: Each node with the gradient that arrived at it; emptied on the way.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([3.0], requires_grad=True)
        >>> add_gradients([(x, np.ones(1))])
        >>> add_gradients([(x, np.ones(1))])
        >>> x.grad
        array([2.])
    """
    totals: list[tuple[Any, Any]] = []
    with adding_gradients:  # another thread may be adding to the same leaves
        while found:
            node, g = found.pop()
            totals.append((node, node.added_up(g)))
        _give(totals)


def add_arrived(leaves: list[Any]) -> None:
    """Add what arrived at Tensors to their ``.grad``: to all, or to none if something goes wrong.

    Args:
        leaves: The Tensors; their slots ``arrived`` are emptied on the way.
    """
    totals: list[tuple[Any, Any]] = []
    with adding_gradients:
        for node in leaves:
            g = node.arrived
            if g is not None:
                node.arrived = None  # so that it goes when it is added
                first = node._grad is None and type(g) is _array  # so there is nothing to add to
                totals.append((node, g if first else node.added_up(g)))
        _give(totals)


def _give(totals: list[tuple[Any, Any]]) -> None:
    """Give each node the sum that was computed for it."""
    try:
        for node, total in totals:
            if node.by_op:  # a Tensor: what its ``receive`` does, without a call for each
                node._grad = total
                node._borrowed = True
            else:
                node.receive(total)
    except BaseException:  # Ctrl-C: all is computed, so give the rest its own, too
        for node, total in totals:
            node.receive(total)
        raise
