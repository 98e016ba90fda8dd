"""One backward pass watched: what every edge of a graph sent back, as plain data.

The pass is the engine's own; it writes no ``.grad``, so watching changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.engine import Contribution, propagate
from autograd.trace import Trace, places_in

__all__ = ["Watched", "watch"]


@dataclass(frozen=True)
class Watched:
    """A graph together with one backward pass through it.

    Attributes:
        trace: The graph; its ``grad`` fields are what ``.backward()`` left there, if anything.
        sent: By (index of the node, slot): what went back to that input, in the input's shape.
        arrived: By index: the whole gradient that arrived at the node; absent if none did.
    """

    trace: Trace
    sent: Mapping[tuple[int, int], Any]
    arrived: Mapping[int, Any]


def watch(root: Any, names: Mapping[str, Any] | None = None) -> Watched:
    """Send 1 back from a result (ones from an array) and note what every edge passes on.

    Args:
        root: A Value or a Tensor, or a list of them; of several the contributions are added.
        names: Names for nodes, as for ``trace``.

    Returns:
        The trace, with what flowed; floats for Values, read-only arrays for Tensors.

    Raises:
        TypeError: If root is neither.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0), Value(3.0)
        >>> seen = watch(a * b)
        >>> dict(seen.sent), seen.arrived[0], a.grad
        ({(2, 0): 3.0, (2, 1): 2.0}, 3.0, None)
    """
    trace, places = places_in(root, names)
    sent: dict[tuple[int, int], Any] = {}
    arrived: dict[int, Any] = {}

    def observe(contribution: Contribution) -> None:
        _add(sent, (places[contribution.node], contribution.slot), contribution.sent)

    for node in root if isinstance(root, (list, tuple)) else [root]:
        if node.requires_grad:
            seed = 1.0 if not hasattr(node, "dtype") else np.ones(node.shape, node.dtype)
            for reached, gradient in propagate(node, seed, observe=observe).items():
                _add(arrived, places[reached], gradient)
    return Watched(trace, MappingProxyType(sent), MappingProxyType(arrived))


def _add(table: dict[Any, Any], key: Any, gradient: Any) -> None:
    """Add to a table of gradients; what it keeps is its own and cannot be written to."""
    total = gradient if key not in table else table[key] + gradient
    if isinstance(total, np.ndarray):
        total = total.copy()
        total.flags.writeable = False
    table[key] = total
