"""The usual backward pass over Tensors: each result sends by its own way, into its parents' slots.

``engine.propagate`` does the same for every other graph and in every mode, and wherever a pass is
under way already: in another thread, or around this one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from sys import getrefcount
from types import FrameType
from typing import Any

import numpy as np

from autograd.buffers import is_ours_alone
from autograd.depositing import add_arrived
from autograd.locks import lock
from autograd.node import hooks_alive

__all__ = ["ARRIVED", "Chained", "Mixed", "arrive", "epochs", "tensor_sweep"]

epochs = count(1)  # each pass that marks nodes, here or over Values, has a number of its own
_sweeping = lock(again=False)  # whoever holds it works in the slots ``mark`` and ``arrived``


class Chained:
    """A way back through several ops that were recorded as one; see ``chains``.

    Attributes:
        sources: What gradients go to, behind all of them.
        alone: The way back of the last op alone.
    """

    __slots__ = ("alone", "sources")

    alone: Callable[[Any, Any], None]
    sources: list[Any]

    def inputs_of(self, node: Any) -> tuple[Any, ...]:
        """Give the last op's inputs: the ops in front of it are recorded now."""
        raise NotImplementedError

    def args_of(self, node: Any) -> tuple[Any, ...]:
        """Give the last op's inputs as arrays and numbers."""
        raise NotImplementedError


class Mixed(Exception):
    """A Value has no place for what a pass over Tensors sends: the graph is one of both."""


def tensor_sweep(
    root: Any, seed: Any, leaves_only: bool, to_add: bool = False
) -> dict[Any, Any] | None:
    """Send a gradient from a Tensor back to everything it was made of.

    Args:
        root: The result.
        seed: The gradient to start with, an array of the root's shape.
        leaves_only: Whether to forget the gradients of intermediate results on the way.
        to_add: Whether what arrived may be added to every ``.grad`` at once, and then left out of
            what is returned; else no ``.grad`` is written.

    Returns:
        For each node the gradient that arrived at it.  None if there is a Value among them or a
        pass is under way already: then nothing was done.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([3.0], requires_grad=True)
        >>> tensor_sweep(x * x, np.ones(1), True)[x]
        array([6.])
    """
    if not _sweeping.acquire(False) and _is_under_way():
        return None
    leaves: list[Any] = []
    try:
        through_all = leaves_only and not hooks_alive[0]  # so nothing in between is asked for
        results = _arranged(root, next(epochs), leaves, not through_all)
        found: dict[Any, Any] = {}
        root.arrived = seed
        if through_all:
            _send_all(results)
            if to_add:
                add_arrived(leaves)
                return found
            found[root] = seed
        else:
            found[root] = seed
            _send_and_note(results, None if leaves_only else found)
        for node in leaves:
            g = node.arrived
            if g is not None:
                found[node] = node.info.call_hooks(g) if node.info is not None else g
        return found
    except Mixed:
        return None
    finally:
        for node in leaves:
            node.arrived = None
        _sweeping.release()


def _is_under_way() -> bool:
    """Tell whether a sweep runs in any thread, around this one or elsewhere.

    If none does, Ctrl-C came just after a sweep had taken the lock.
    """
    sweeps = 0
    for frame in sys._current_frames().values():
        outer: FrameType | None = frame
        while outer is not None:
            sweeps += outer.f_code is tensor_sweep.__code__
            outer = outer.f_back
    return sweeps > 1  # one of them asks


def _arranged(root: Any, epoch: int, leaves: list[Any], whole: bool) -> list[Any]:
    """List the results, parents first, and empty the slots of all.

    Those that were recorded as one stay so, unless the ``whole`` graph is wanted.  The stack holds
    the results whose parents are being visited.
    """
    results: list[Any] = []
    stack: list[Any] = []
    node = root
    while True:
        while node.mark != epoch:
            node.arrived = None
            node.mark = epoch
            if node.op is None:
                leaves.append(node)
                break
            stack.append(node)
            left = node.left
            if left is None:
                if node.right is not None:
                    break
                several: list[Any] = []
                chain = None if whole else node.send
                # mostly a layer's weights, which are leaves, and one result
                for parent in chain.sources if isinstance(chain, Chained) else node.inputs:
                    if parent is not None and parent.mark != epoch:
                        if parent.op is None:
                            parent.arrived = None
                            parent.mark = epoch
                            leaves.append(parent)
                        else:
                            several.append(parent)
                if not several:
                    break
                left = several[0]
                if len(several) > 1:
                    stack.append(_Several(several, epoch))
            node = left
        while stack:
            node = stack.pop()
            right = node.right
            if right is not None and right.mark != epoch:
                stack.append(node)
                node = right
                break
            results.append(node)
        else:
            return results


class _Several:
    """Stands among results for the inputs of one that has more than two: ``right`` is the next.

    No gradient arrives at it.
    """

    __slots__ = ("_epoch", "_inputs")
    arrived = None

    def __init__(self, inputs: list[Any], epoch: int) -> None:
        self._inputs = iter(inputs)
        self._epoch = epoch

    @property
    def right(self) -> Any:
        """The next input that was not visited yet; None if there is none."""
        for node in self._inputs:
            if node.mark != self._epoch:
                return node
        return None


@np.errstate(all="ignore")  # an infinite slope is a fact to show, not a warning
def _send_all(results: list[Any]) -> None:
    """Let each result send what arrived at it."""
    for node in reversed(results):
        g = node.arrived
        if g is not None:  # else reached only as a condition, which passes no gradient
            node.arrived = None
            send = node.send  # not called as a method: its slot is found at once so
            send(node, g)


@np.errstate(all="ignore")
def _send_and_note(results: list[Any], found: dict[Any, Any] | None) -> None:
    """Let each result send what its hooks make of what arrived, and note it."""
    for node in reversed(results):
        g = node.arrived
        if g is not None:
            node.arrived = None
            if node.info is not None:
                g = node.info.call_hooks(g)
            if found is not None:
                found[node] = g
            send = node.send
            (send.alone if isinstance(send, Chained) else send)(node, g)


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
