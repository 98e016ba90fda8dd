"""The backward pass over Values alone: one multiply-add per edge.

The slopes were saved as numbers when the nodes were made, so there is nothing left to compute but
the chain rule itself.  ``engine.propagate`` does the same for every other graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.depositing import adding_gradients
from autograd.engine import topological_order
from autograd.recording import mode
from autograd.tensor_sweep import epochs

__all__ = ["Bridge", "sweep"]


class Bridge(Exception):
    """A Value that was picked out of a Tensor: the graph is not one of Values alone."""


def sweep(
    root: Any,
    seed: float,
    wanted: tuple[Any, ...] | None = None,
    look: Callable[[list[Any], list[Any]], None] | None = None,
) -> list[float | None] | None:
    """Run the backward pass over a graph of Values alone, adding to every node's ``.grad``.

    Args:
        root: The result, a Value.
        seed: The gradient to start with.
        wanted: Nodes whose gradients are returned; then every ``.grad`` is left as it was.
        look: Called with the results, parents first, and the leaves while each node's ``.grad`` is
            what this pass sent to it; if it raises, every ``.grad`` is as it was.

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
    if mode.special and (watcher := mode.watcher()) is not None:
        found: list[float | None] | None = watcher.swept(sweep, root, seed, wanted, look)
        return found
    with adding_gradients:  # a sweep works in the nodes' own slots
        order: list[Any] = []
        leaves: list[Any] = []
        before: list[tuple[Any, Any]] = []
        epoch = next(epochs)
        done = False
        try:
            _arrange(root, epoch, order, leaves, before)
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
                            for parent, slope in zip(group, slopes):  # noqa: B905
                                parent.grad += slope * g
                    else:
                        parent.grad += node.right_slope * g
            if look is not None:
                look(order, leaves)
            if wanted is not None:
                answer = [node.grad if node.mark == epoch else None for node in wanted]
                _put_back((*order, *leaves), before)
                done = True
                return answer
            for node, old in before:
                node.grad += old
            done = True
            return None
        finally:
            if not done:  # an error, or Ctrl-C anywhere: walk again, as the lists may lack a node
                _put_back((n for n in topological_order(root) if n.mark == epoch), before)


def _put_back(nodes: Iterable[Any], before: list[tuple[Any, Any]]) -> None:
    """Let every gradient be what it was before the pass."""
    for node in nodes:
        node.grad = None
    for node, old in before:
        node.grad = old


def _arrange(root: Any, epoch: int, order: list[Any], leaves: list[Any], before: list[Any]) -> None:
    """Fill ``order`` with the results, parents first, and set every gradient to 0.

    ``mark`` tells what was seen.  The stack holds results whose left parent is being visited, and
    for results with many parents a list: the result, then its parents still to visit.
    """
    stack: list[Any] = []
    settled: set[int] = set()  # groups of parents that are all visited
    node = root
    while True:
        while node.mark != epoch:
            if node.grad is not None:
                before.append((node, node.grad))
            node.mark = epoch  # in this order, so that an interrupt between two lines loses nothing
            node.grad = 0.0
            parent = node.left
            if parent is not None:
                stack.append(node)
                node = parent
                continue
            if node.op is None:
                leaves.append(node)
                break
            parent = node.right
            if type(parent) is not tuple:
                stack.append(node)
                node = parent
                continue
            if node.op.name == "pick":
                stack.append(node)
                raise Bridge
            if node.left_slope is not None:  # a weighted sum
                weights, inputs, bias = parent
                if bias.mark == epoch and id(weights) in settled and id(inputs) in settled:
                    order.append(node)
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
                            if parent.grad is not None:
                                before.append((parent, parent.grad))
                            parent.mark = epoch
                            parent.grad = 0.0
                            leaves.append(parent)
                        else:
                            waiting.append(parent)
                if (
                    len(waiting) == known and len(group) > 1
                ):  # (bias,) is made anew, so its id says nothing
                    settled.add(id(group))
            if len(waiting) == 1:
                order.append(node)
                break
            stack.append(waiting)
            node = waiting.pop()
        while stack:
            top = stack.pop()
            if type(top) is list:
                while len(top) > 1:
                    node = top.pop()
                    if node.mark != epoch:
                        stack.append(top)
                        break
                else:
                    order.append(top[0])
                    continue
                break
            parent = top.right
            if parent is not None and parent.mark != epoch:
                stack.append(top)
                node = parent
                break
            order.append(top)
        else:
            return
