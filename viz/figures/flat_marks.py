"""Operations that stand where their slope is (nearly) 0, or where it is a convention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.kink_rules import corner_of
from autograd.trace import Trace, TraceNode
from viz.figures.mark import RAMPS, SQUASHING, Mark, called, finite
from viz.words.numbers import number

SATURATED_SHARE = 0.01  # of the greatest slope
FEWEST_EXAMPLES = 16  # a unit that is off for fewer examples may be off by chance
# an infinite slope has a mark of its own; windows of zeros only behind a relu are the rule
UNMARKED = {"sqrt", "max_pool"}
LISTED = {"max", "min", "norm", "std"}


def flat_marks(node: TraceNode, trace: Trace) -> list[Mark]:
    """Say whether an operation is saturated, switched off or at a kink.

    Args:
        node: the result of an operation, not empty.
        trace: the graph it belongs to.

    Returns:
        Its marks, often none.
    """
    return [*_saturated(node, trace), *_switched_off(node, trace), *_kinks(node, trace)]


def _given(node: TraceNode, trace: Trace) -> Any:
    """Look up the value of the operation's first input."""
    return trace.nodes[node.inputs[0]].value


def _saturated(node: TraceNode, trace: Trace) -> Iterator[Mark]:
    steepest = SQUASHING.get(node.op or "")
    if steepest is None or not finite(node.value):
        return
    out = node.value
    slopes = 1 - out * out if node.op == "tanh" else out * (1 - out)
    flat = slopes < SATURATED_SHARE * steepest
    if not node.shape:
        if flat:
            at = number(_given(node, trace))
            text = (
                f"Saturated: {node.op}({at}) = {number(out)} has the slope {number(slopes)}, "
                "so hardly any gradient passes."
            )
            yield Mark("saturated", "saturated", text, node=node.index)
        return
    count, size = int(np.count_nonzero(flat)), int(np.size(flat))
    if 2 * count >= size:
        text = (
            f"Saturated: {count} of {size} elements of {called(node)} stand where {node.op} is "
            "nearly flat, so hardly any gradient passes there."
        )
        yield Mark("saturated", f"{count} saturated", text, node=node.index)


def _switched_off(node: TraceNode, trace: Trace) -> Iterator[Mark]:
    """Find ramps that let nothing through: single ones, and units that are off for all examples."""
    top = RAMPS.get(node.op or "")
    if top is None or not finite(node.value):
        return
    given = _given(node, trace)
    if not node.shape:
        if given < 0 or given > top:
            text = (
                f"Dead: {node.op}({number(given)}) = {number(node.value)} has the slope 0, so no "
                "gradient passes and nothing before it learns from this example."
            )
            yield Mark("dead", "off", text, node=node.index)
        return
    off = (given < 0) | (given > top)
    if np.all(off):
        text = f"Dead: all {np.size(off)} elements of {called(node)} have the slope 0."
        yield Mark("dead", "all off", text, node=node.index)
    elif off.ndim >= 2:
        unit_axis = 1 if off.ndim == 4 else off.ndim - 1  # channels of images, else the last axis
        units = off.shape[unit_axis]
        examples = off.size // units
        always = int(np.count_nonzero(np.all(np.moveaxis(off, unit_axis, 0).reshape(units, -1), 1)))
        if always and examples >= FEWEST_EXAMPLES:
            text = (
                f"Dead: {always} of {units} units of {called(node)} are off in all {examples} "
                "places, so nothing before them learns from this batch."
            )
            yield Mark("dead", f"{always} dead", text, node=node.index)


def _kinks(node: TraceNode, trace: Trace) -> Iterator[Mark]:
    """Find inputs that stand exactly where a derivative is a convention, and ties of extremes."""
    if node.op in UNMARKED:
        return
    inputs = [trace.nodes[index].value for index in node.inputs]
    if node.kind == "value" and node.op in LISTED:
        inputs = [np.array(inputs)]  # of Values in a list
    corner = corner_of(node.op or "", node.settings, inputs, node.value)
    hits = int(np.count_nonzero(corner.flags))
    if not hits:
        return
    who, stands, word = called(node), "stands", "kink"
    if node.shape:
        who, word = f"{hits} of {np.size(node.value)} elements of {who}", f"{hits} at a kink"
        stands = "stands" if hits == 1 else "stand"
    text = f"{who} {stands} exactly {corner.what}; the slope there is a convention."
    yield Mark("kink", word, text, node=node.index)
