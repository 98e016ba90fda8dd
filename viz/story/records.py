"""An iteration as a list of steps: forward, one contribution per edge backward, perhaps an update.

Everything comes from the Trace; no gradient of the graph is read or changed on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.story.backward_steps import backward_steps
from viz.story.forward_steps import forward_steps
from viz.story.granularity import grouped
from viz.story.step_record import PHASES, Step
from viz.story.update_steps import clearing_steps, leaves_of, update_steps

__all__ = ["PHASES", "Step", "grouped", "steps_of"]


def steps_of(
    graph: Trace | Watched,
    *,
    lr: float | None = None,
    parameters: Collection[int] | None = None,
    moved: Mapping[int, Any] | None = None,
    seeds: Mapping[int, float] | None = None,
) -> list[Step]:
    """Tell a graph as steps: forward in the order of the graph, then backward from the outputs.

    Args:
        graph: a trace, or a watched backward pass: then arrays come with their numbers.
        lr: a learning rate; then clearing the gradients comes first and the update last.
        parameters: indices of the leaves that are updated; by default all that ask for a gradient.
        moved: by index the values that an optimizer really gave these leaves; alone, without a
            rate, the update is told as the optimizer's own.
        seeds: by output the gradient that arrives there from outside, for a part of a graph.

    Returns:
        Forward steps, one seed per output, then one step per edge that bears a gradient (two where
        the gradients of copies are added up).

    Example:
        >>> from autograd import Value, trace
        >>> w = Value(0.5, label="w")
        >>> loss = w * w
        >>> loss.label = "loss"
        >>> for step in steps_of(trace(loss), lr=0.1):
        ...     print(step.phase, "|", step.text)
        zero_grad | w.grad is cleared
        forward | loss = w * w = 0.5 * 0.5 = 0.25
        seed | loss.grad = 1
        backward | w.grad += loss.grad * dloss/dw = 1 * 0.5 = 0.5
        backward | w.grad += loss.grad * dloss/dw = 1 * 0.5 = 0.5
        update | w = w - lr * w.grad = 0.5 - 0.1 * 1 = 0.4
    """
    watched = graph if isinstance(graph, Watched) else None
    trace = graph.trace if isinstance(graph, Watched) else graph
    updates = lr is not None or moved is not None
    leaves = leaves_of(trace, parameters) if updates else []
    steps = clearing_steps(leaves)
    steps += forward_steps(trace, len(steps))
    steps += backward_steps(trace, watched, len(steps), seeds)
    if updates:
        gradients = {step.node: step.after for step in steps if step.phase in ("seed", "backward")}
        steps += update_steps(leaves, gradients, lr, len(steps), moved)
    return steps
