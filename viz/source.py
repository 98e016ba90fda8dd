"""From whatever a user hands over to a Trace, with the names of the caller's own variables."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from autograd import Tensor, Value
from autograd.trace import Trace, trace


def trace_of(
    thing: Any, names: Mapping[str, Any] | None, *, asked_by: str, depth: int = 2
) -> Trace:
    """Turn a Value, a Tensor, a list of them or a Trace into a Trace.

    Args:
        thing: what the user wants to see.
        names: variable names to show, or None to take them from the caller's frame.
        asked_by: the public function, for the error message.
        depth: how many frames above this one the user's code stands.

    Returns:
        A frozen Trace; making it changes nothing in the graph.

    Raises:
        TypeError: if the object has no graph.
    """
    if isinstance(thing, Trace):
        return thing
    outputs = list(thing) if isinstance(thing, list | tuple) else [thing]
    if not outputs:
        raise TypeError(f"{asked_by}: got an empty list; needs at least one Value or Tensor")
    for output in outputs:
        if not isinstance(output, Value | Tensor):
            raise TypeError(
                f"{asked_by}: got {type(output).__name__}, which has no graph; "
                "needs a Value, a Tensor, a list of them, or a Trace. "
                "Wrap numbers first: Value(2.0) or Tensor([...], requires_grad=True)"
            )
    if names is None:
        names = _caller_names(depth + 1)
    return trace(outputs if len(outputs) > 1 else outputs[0], names=names)


def _caller_names(depth: int) -> dict[str, Any]:
    """Collect the variables that the calling code sees, without notebook history such as `_3`."""
    frame = sys._getframe(depth)
    try:
        # Local names first: of several names for one object the nearest is shown.
        near, far = dict(frame.f_locals), frame.f_globals
        visible = {**near, **{name: value for name, value in far.items() if name not in near}}
    finally:
        del frame  # a kept frame would keep the user's graph alive
    return {name: value for name, value in visible.items() if not name.startswith("_")}
