"""Steps taken together: a button may go on by edge, by operation, by module or by whole pass."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.trace import Trace
from viz.story.step_record import Step
from viz.words.wording import name_of

GRANULARITIES = ("edge", "op", "module", "pass")
_PASSES = {
    "zero_grad": "zero_grad",
    "forward": "forward pass",
    "seed": "backward pass",
    "backward": "backward pass",
    "update": "update",
}


def grouped(steps: Sequence[Step], trace: Trace, by: str = "op") -> list[tuple[int, int, str]]:
    """Join steps that follow each other into larger ones.

    Args:
        steps: all steps, in order.
        trace: the graph they tell.
        by: "edge" joins nothing; "op" joins what one operation sends to its inputs; "module" what
            happens in one scope; "pass" a whole forward or backward pass.

    Returns:
        Groups in order: the places of their first and last step in the list (from 0, both
        included), and a title such as "backward through mul: p1".

    Raises:
        ValueError: if `by` is none of the four.

    Example:
        >>> from autograd import Value, trace
        >>> from viz.story.records import steps_of
        >>> graph = trace(Value(2.0, label="a") * Value(3.0, label="b"))
        >>> grouped(steps_of(graph), graph, by="pass")
        [(0, 0, 'forward pass'), (1, 3, 'backward pass')]
    """
    if by not in GRANULARITIES:
        raise ValueError(f"grouped: by={by!r} came; needs one of {', '.join(GRANULARITIES)}")
    groups: list[tuple[int, int, str]] = []
    last: object = None
    for place, step in enumerate(steps):
        key, title = _key(step, place, trace, by)
        if groups and key == last:
            groups[-1] = (groups[-1][0], place, groups[-1][2])
        else:
            groups.append((place, place, title))
        last = key
    return groups


def _key(step: Step, place: int, trace: Trace, by: str) -> tuple[object, str]:
    """Give what steps of one group have in common, and the group's title."""
    acting = trace.nodes[step.source if step.source is not None else step.node]
    if by == "edge":
        return place, step.text
    passing = _PASSES[step.phase]
    if by == "pass" or step.phase in ("zero_grad", "update"):
        return passing, passing
    if by == "module":
        title = f"{passing}: {acting.scope or 'outside all modules'}"
        return (passing, acting.scope), title
    if step.phase == "seed":
        return ("seed", step.node), f"seed: {name_of(acting)}"
    way = "forward" if step.phase == "forward" else "backward"
    return (way, acting.index), f"{way} through {acting.op}: {name_of(acting)}"
