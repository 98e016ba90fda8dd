"""`steps_text`: the forward and the backward pass told step by step, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viz.source import watched_of
from viz.story.records import steps_of
from viz.story.telling import MOST_STEPS, told


def steps_text(
    x: Any,
    *,
    names: Mapping[str, Any] | None = None,
    color: bool | None = None,
    ascii: bool | None = None,
    limit: int = MOST_STEPS,
) -> str:
    """Tell the forward pass and then the backward pass, one chain-rule contribution per edge.

    Args:
        x: a Value, a Tensor, a list of them, a Trace, or a watched backward pass.
        names: names for nodes without a label; by default the caller's variables.
        color: use ANSI colours; by default in a terminal, unless NO_COLOR is set.
        ascii: use ASCII only; by default when the terminal's encoding is not UTF-8.
        limit: tell at most so many steps of each pass.

    Returns:
        Text of at most about 80 columns. The graph is not changed: no `.grad` is written.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if the limit is negative.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(2.0), Value(3.0)
        >>> y = w * x
        >>> print(steps_text(y, color=False).splitlines()[2])
          1  y = w * x = 2 * 3 = 6
    """
    if limit < 0:
        raise ValueError(f"steps_text: limit={limit} came; 0 or more are needed")
    graph = watched_of(x, names, asked_by="steps_text")
    return told(graph, steps_of(graph), color=color, ascii=ascii, limit=limit)
