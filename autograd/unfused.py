"""A recorded graph with every fused op replaced by the ops that it stands for, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine import topological_order
from autograd.recording import enable_grad
from autograd.tensor import Tensor

__all__ = ["unfused"]


def unfused(outputs: Sequence[Any]) -> dict[int, Any]:
    """Record once more what depends on a fused op, with the op's parts in its place.

    Args:
        outputs: Results.

    Returns:
        By the ``id`` of a node the one that stands for it; nothing for nodes that stay, nor where
        a Value was made of what a fused op gave.

    Example:
        >>> from autograd import OPS, Tensor
        >>> import numpy as np
        >>> z = Tensor([[0.0, 0.0]], requires_grad=True)
        >>> loss = OPS["cross_entropy"](z, labels=np.array([1]))
        >>> twins = unfused([loss])
        >>> [node.op.name for node in topological_order(twins[id(loss)]) if node.op][:2]
        ['logsumexp', 'sub']
        >>> twins[id(loss)].backward()
        >>> z.grad
        array([[ 0.5, -0.5]])
    """
    twins: dict[int, Any] = {}
    nodes = {id(node): node for out in outputs for node in topological_order(out)}
    if not any(node.op is not None and node.op.made_of is not None for node in nodes.values()):
        return twins
    with enable_grad():
        for node in nodes.values():
            inside = [id(parent) in twins for parent in node.parents]
            if node.op is None or (node.op.made_of is None and not any(inside)):
                continue
            if not isinstance(node, Tensor):
                return {}
            given = [
                arg if parent is None else twins.get(id(parent), parent)
                for parent, arg in zip(node.inputs, node.args, strict=True)
            ]
            if node.op.made_of is None:
                twin = Tensor.apply_op(node.op, given, node.settings)
            else:
                twin = node.op.made_of(*given, **node.settings)
            _settle(twin, node, given)
            twins[id(node)] = twin
    return twins


def _settle(twin: Any, node: Tensor, given: Sequence[Any]) -> None:
    """Tell the new nodes what was known of the old one: its place, label and gradient."""
    known = {item for item in given if isinstance(item, Tensor)}
    for part in topological_order(twin, known):
        if part not in known:
            part.line = node.line
    twin.info = node.info
    twin.receive(node._grad)
