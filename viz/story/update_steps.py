"""The steps of an optimizer around the two passes: gradients cleared, leaves moved downhill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from autograd.trace import Trace, TraceNode
from viz.story.step_record import Step
from viz.words.numbers import spread
from viz.words.templates import AFTER, OLD, RATE, VALUE, bracketed, fill
from viz.words.wording import name_of, shape_words

CLEAR_REASON = "backward() adds to what is there, so the gradients of the last pass are cleared"
UPDATE_REASON = "against the gradient the output falls fastest"
OWN_REASON = "what this optimizer makes of the gradient and of what it remembers"


def leaves_of(trace: Trace, wanted: Collection[int] | None = None) -> list[TraceNode]:
    """List the leaves that an optimizer would move.

    Args:
        trace: the graph.
        wanted: indices of those to keep; None keeps all that ask for a gradient.

    Returns:
        Their nodes, in the order of the graph.
    """
    leaves = [node for node in trace.nodes if node.op is None and node.requires_grad]
    return leaves if wanted is None else [node for node in leaves if node.index in set(wanted)]


def clearing_steps(leaves: Collection[TraceNode]) -> list[Step]:
    """Tell that old gradients are cleared; these come first."""
    steps = []
    for position, node in enumerate(leaves, start=1):
        text = f"{name_of(node)}.grad is cleared"
        steps.append(
            Step(
                position,
                "zero_grad",
                node.index,
                text,
                reason=CLEAR_REASON,
                template=text,
                why_now="before the passes of an iteration",
            )
        )
    return steps


def update_steps(
    leaves: Collection[TraceNode],
    gradients: Mapping[int, Any],
    rate: float | None,
    told: int,
    moved: Mapping[int, Any] | None = None,
) -> list[Step]:
    """Tell how every leaf that got a gradient is moved.

    Args:
        leaves: those to move.
        gradients: by index the whole gradient; None where its numbers are not known.
        rate: the learning rate; None says nothing of how the new values come about.
        told: how many steps come before these.
        moved: by index the values that the optimizer really gave; where they are not
            `w - lr * w.grad`, the step says so.

    Returns:
        One step per leaf that a gradient has reached.
    """
    steps: list[Step] = []
    for node in leaves:
        if node.index in gradients and (rate is not None or node.index in (moved or {})):
            position = told + len(steps) + 1
            given = None if moved is None else moved.get(node.index)
            steps.append(_update(node, gradients[node.index], rate, position, given))
    return steps


def _update(node: TraceNode, gradient: Any, rate: float | None, position: int, given: Any) -> Step:
    name, reason, note, new = name_of(node), UPDATE_REASON, "", None
    rule = f"{name} = {name} - lr * {name}.grad"
    if gradient is not None and rate is not None:
        new = np.asarray(node.value) - rate * np.asarray(gradient)
    if given is not None and (new is None or not _alike(new, given)):
        rule, reason, new = f"{name}, the optimizer's own step", OWN_REASON, np.asarray(given)
        template = (
            f"{rule}   {shape_words(node.shape)}" if node.shape else f"{rule}: {OLD} -> {VALUE}"
        )
    elif node.shape:
        template = f"{rule}   {shape_words(node.shape)}, lr = {RATE}"
    elif gradient is None:
        template = f"{rule}   lr = {RATE}"
    else:
        template = f"{rule} = {OLD} - {bracketed(RATE)} * {bracketed(AFTER)} = {VALUE}"
    if node.shape and new is not None:
        note = f"{name}: {_held(node.value)} -> {_held(new)}"
    value = new if new is None or node.shape else float(new)
    old = node.value if node.shape else float(node.value)
    numbers = {OLD: old, RATE: rate, AFTER: gradient, VALUE: value}
    known = {place: item for place, item in numbers.items() if isinstance(item, float)}
    return Step(
        position,
        "update",
        node.index,
        fill(template, known),
        fill(note, known),
        reason=reason,
        after=gradient,
        template=template,
        note_template=note,
        why_now="every gradient has arrived",
        value=value,
        old=old,
        rate=rate,
    )


def _alike(one: Any, other: Any) -> bool:
    """Compare up to the rounding of the array's own kind of number."""
    tolerance = 1e-5 if getattr(other, "dtype", None) == np.float32 else 1e-9
    return bool(np.allclose(one, other, rtol=tolerance, atol=1e-12, equal_nan=True))


def _held(value: Any) -> str:
    return spread(value, ascii_only=True)
