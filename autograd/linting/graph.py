"""What the linter reads: the graph of one loss, with the few questions that its rules ask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from autograd.engine import topological_order
from autograd.node import Node, caller_line, place_of

__all__ = [
    "Graph",
    "error_place",
    "gradient_of",
    "is_here",
    "is_log_share",
    "is_share",
    "mark_of",
    "numbers_of",
    "operands",
    "unmoved",
    "user_place",
]

WEIGHING = ("matmul", "linear", "dot", "weighted_sum", "tensordot", "einsum", "conv")
_MOVING = ("reshape", "transpose", "squeeze", "expand_dims", "getitem", "swapaxes", "moveaxis",
           "positive", "astype", "ravel")  # fmt: skip


def numbers_of(node: Any) -> Any:
    """The numbers of a Value or Tensor as they are now, without a copy: to look at only."""
    return getattr(node, "_data", None) if hasattr(node, "_data") else node.number


def gradient_of(node: Any) -> Any:
    """The gradient of a node, without a copy: to look at only."""
    return node._grad if hasattr(node, "_grad") else node.grad


def mark_of(numbers: Any) -> Any:
    """Something small that differs if numbers differ; None if they cannot be looked at.

    Example:
        >>> import numpy as np
        >>> a = np.ones(3)
        >>> before = mark_of(a)
        >>> a -= 0.1
        >>> before == mark_of(a)
        False
    """
    if isinstance(numbers, float):
        return numbers
    return hash(numbers.tobytes()) if type(numbers) is np.ndarray else None


def is_here(numbers: Any) -> bool:
    """Whether numbers are in this computer's memory; others would have to be fetched."""
    return isinstance(numbers, (float, np.generic)) or type(numbers) is np.ndarray


def user_place() -> tuple[str, int] | None:
    """The nearest line of code outside this package: the user's, as file and number."""
    line = caller_line()
    return place_of(line) if line is not None else None


def error_place(error: BaseException) -> tuple[str, int] | None:
    """The innermost line of the user's own code in a traceback."""
    found, trace = None, error.__traceback__
    while trace is not None:
        names = trace.tb_frame.f_globals
        if not names.get("__name__", "").startswith(("autograd.", "nn.", "viz.")):
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found


class Graph:
    """The recorded nodes behind a result, parents first.

    Args:
        root: The result: a loss.
    """

    def __init__(self, root: Any) -> None:
        self.root = root
        self.nodes: list[Any] = topological_order(root)

    @cached_property
    def leaves(self) -> list[Any]:
        """What gradients are taken towards."""
        return [node for node in self.nodes if node.op is None and node.requires_grad]

    @cached_property
    def made(self) -> list[Any]:
        """The results of ops on arrays; in a graph of Values there is none."""
        return [node for node in self.nodes if node.op is not None and hasattr(node, "args")]

    @cached_property
    def steps_to_root(self) -> dict[Any, int]:
        """How many ops lie between a node and the loss, by the shortest way."""
        steps, waiting = {self.root: 0}, [self.root]
        for node in waiting:  # which grows on the way
            for parent in node.parents:
                if parent is not None and parent not in steps:
                    steps[parent] = steps[node] + 1
                    waiting.append(parent)
        return steps

    @cached_property
    def weights(self) -> list[Any]:
        """The leaves with two axes or more, from the first layer to the last."""
        steps = self.steps_to_root
        found = [leaf for leaf in self.leaves if np.ndim(numbers_of(leaf)) > 1]
        return sorted(found, key=lambda leaf: -steps[leaf])

    @cached_property
    def weighings(self) -> list[tuple[Any, int, Any]]:
        """Where numbers meet a weight: the node, the slot of the numbers, the weight."""
        found = []
        for node in self.made:
            if not node.op.name.startswith(WEIGHING) or len(node.inputs) < 2:
                continue
            for slot, other in ((0, 1), (1, 0)):
                weight = unmoved(node.inputs[other])
                if weight is not None and weight.op is None and node.inputs[slot] is not weight:
                    if np.ndim(node.args[other]) > 0:
                        found.append((node, slot, weight))
                    break
        return found

    def weight_before(self, node: Any) -> tuple[Any, int] | None:
        """The weight that made what arrives at a node, and the slot of what it weighed."""
        by_node = {id(made): (weight, slot) for made, slot, weight in self.weighings}
        for _ in range(12):
            if id(node) in by_node:
                return by_node[id(node)]
            parents = [p for p in node.parents if p is not None and p.op is not None]
            if not parents:
                return None
            node = parents[0]
        return None

    def behind(self, node: Any) -> set[Any]:
        """All nodes that a node was made of."""
        return set(topological_order(node))


def unmoved(node: Any) -> Any:
    """What a node was before its axes were moved or parts picked out."""
    while isinstance(node, Node) and node.op is not None and node.op.name in _MOVING:
        node = next((parent for parent in node.parents if parent is not None), None)
    return node


def operands(node: Any) -> Iterator[tuple[Any, Any]]:
    """For each input its node (None for a constant) and its numbers."""
    yield from zip(node.inputs, node.args, strict=True)


def is_share(node: Any) -> bool:
    """Tell whether a node is what a softmax gives: exp(z - logsumexp(z)), or exp(z) / sum."""
    node = unmoved(node)
    if node is None or node.op is None:
        return False
    name, parents = node.op.name, node.parents
    if name == "exp":
        return is_log_share(parents[0])
    if name == "div" and parents[0] is not None and parents[1] is not None:
        top, bottom = parents
        return bool(top.op is not None and top.op.name == "exp" and top in bottom.parents)
    return bool(name == "softmax")


def is_log_share(node: Any) -> bool:
    """Tell whether a node is what a log-softmax gives: z - logsumexp(z)."""
    node = unmoved(node)
    if node is None or node.op is None:
        return False
    if node.op.name != "sub":
        return bool(node.op.name == "log_softmax")
    scores, total = node.parents
    if total is None or total.op is None or total.op.name != "logsumexp":
        return False
    return scores in total.parents
