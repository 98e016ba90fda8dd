"""Several layers recorded as one node, until somebody looks.

A model of layers one after the other is mostly only trained: nobody looks at what is in between.
Then one node stands for all of it, and its way back goes through all of it.  Whoever asks for its
inputs (a picture, a second derivative, a full ``backward``) finds the same nodes as if each layer
had been recorded by itself: they are made then.

What a layer gave is written over by the activation behind it, as in ``overwriting``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from sys import getrefcount
from types import FrameType
from typing import Any

import numpy as np

from autograd.forms import EXPOSED, PRIVATE, SHARED
from autograd.locks import lock
from autograd.op import Op
from autograd.overwriting import OVER
from autograd.recording import mode
from autograd.tensor import Tensor
from autograd.tensor_nodes import joined, recorded
from autograd.tensor_record import NOTHING
from autograd.tensor_recording import FAILURES
from autograd.tensor_sending import (
    from_result,
    learn_to_send,
    send_to_each,
    through_from_result,
    without_result,
)
from autograd.tensor_sweep import Chained

__all__ = ["apply_chain"]

_array = np.ndarray
_expanding = lock()


def apply_chain(
    x: Any, steps: Sequence[tuple[Op, tuple[Any, ...]]], frame: FrameType
) -> Tensor | None:
    """Apply layers one after the other, and record them as one node.

    Args:
        x: A Tensor.
        steps: Ops with their further inputs, Tensors or numbers: layers whose way back does not ask
            for their result, and activations that are told from theirs (no further inputs), of
            which the first is none.
        frame: Where to begin to look for the user's line.

    Returns:
        The result; None where more is to be looked at: then nothing was done.

    Example:
        >>> from autograd import OPS
        >>> x = Tensor([[1.0, -2.0]])
        >>> w = Tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
        >>> import sys
        >>> y = apply_chain(x, [(OPS["linear"], (w, 0.0)), (OPS["relu"], ())], sys._getframe())
        >>> y.sum().backward()
        >>> y.tolist(), w.grad.tolist(), y.op.name, y.inputs[0].op.name
        ([[1.0, 0.0]], [[1.0, -2.0], [0.0, 0.0]], 'relu', 'linear')
    """
    data = x._data
    tracked = x._requires_grad
    if mode.special or type(data) is not _array or not (tracked or x.info is None):
        return None
    dtype = data.dtype
    if dtype.kind != "f" or not (x.hold or _may_be_read(x, data)):
        return None
    done: list[tuple[Op, tuple[Any, ...], tuple[Any, ...] | None]] = []
    sources = [x] if tracked else []
    for op, others in steps:
        if not others:
            # nobody else knows a layer's result; an activation's is needed on its way back
            data = OVER[op.name](data) if done[-1][2] else op.forward(data)
            done.append((op, (data,), None))
            continue
        raw: list[Any] = [data]
        nodes: list[Any] = [None if done or not tracked else x]
        for other in others:
            if type(other) is float:
                raw.append(other)
                nodes.append(None)
                continue
            array = other._data if isinstance(other, Tensor) else None
            if type(array) is not _array or array.dtype is not dtype:
                return None
            if other.hold is PRIVATE:  # as an optimizer leaves it
                other.hold = SHARED
            elif not (other.hold or _may_be_read(other, array)):
                return None
            if other._requires_grad:
                sources.append(other)
                nodes.append(other)
            elif other.info is None:
                nodes.append(None)
            else:
                return None
            raw.append(array)
        if not sources:
            return None  # nothing is recorded of the first layers
        try:
            data = op.forward(*raw)
        except FAILURES:
            return None  # the layer tells what does not fit
        done.append((op, tuple(raw), tuple(nodes)))
    return joined(op, data, Chain(x, sources, done), frame)


def _may_be_read(tensor: Tensor, array: Any) -> bool:
    """Tell whether nobody else may write to a Tensor's array, and note that a graph reads it."""
    if tensor.hold == EXPOSED and getrefcount(array) > _ALONE:
        return False  # the user still holds it
    tensor.hold = SHARED
    return True


def _references_when_alone() -> int:
    """Count what a Tensor, ``apply_chain`` and ``_may_be_read`` hold of an array alone."""

    def look(array: Any) -> int:
        return getrefcount(array)

    tensor = Tensor(0.0)
    array = tensor._data
    return look(array)


_ALONE = _references_when_alone()


class Chain(Chained):
    """The way back of the last of several layers, through all of them.

    Attributes:
        x: What came into the first.
        steps: For each layer an op, its inputs as arrays and numbers, and their nodes: None for
            constants, and for what another layer gave. For an activation an op, what came out, and
            None.
        inputs: The last layer's inputs, once somebody has looked.
    """

    __slots__ = ("inputs", "steps", "x")

    def __init__(self, x: Tensor, sources: list[Any], steps: list[Any]) -> None:
        self.x = x
        self.sources = sources
        self.steps = steps
        self.inputs: tuple[Any, ...] | None = None
        op, _, nodes = steps[-1]
        self.alone = (op.send or learn_to_send(op)) if nodes else from_result(op)

    def __call__(self, node: Any, g: Any) -> None:
        """Send a gradient back to all sources."""
        ours = False  # whether g may be written over
        for k in range(len(self.steps) - 1, -1, -1):
            op, args, nodes = self.steps[k]
            if nodes is None:
                g = through_from_result(op)(g, args[0], ours)
                ours = True
                continue
            send_to_each(nodes, op.vjp, args, NOTHING, g, None)
            if k:
                g = op.vjp[0](g, None, *args)
                ours = True

    def inputs_of(self, node: Any) -> tuple[Any, ...]:
        """Record every layer by itself, once."""
        with _expanding:  # two threads that look at once must find the same nodes
            if self.inputs is None:
                self.inputs = self._recorded(node.line)
            return self.inputs

    def _recorded(self, line: Any) -> tuple[Any, ...]:
        current: Any = self.x
        for (op, args, nodes), (_, (result, *_), further) in pairwise(self.steps):
            if nodes is None:
                current = recorded(op, args[0], (current,), (), NOTHING, line)
                current.send = from_result(op)
                del current.args
                continue
            inputs = (current if current._requires_grad else None, *nodes[1:])
            current = recorded(op, result, inputs, args, NOTHING, line)
            if further is None:  # the activation behind it has written over the result
                del current._data, current.out
                current.send = without_result(op)
        nodes = self.steps[-1][2] or (None,)
        return (current if current._requires_grad else None, *nodes[1:])

    def args_of(self, node: Any) -> tuple[Any, ...]:
        """Give what came into the last layer; in front of an activation it is computed again."""
        _, args, nodes = self.steps[-1]
        return args if nodes else (self.inputs_of(node)[0].out,)
