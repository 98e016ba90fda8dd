"""Operations that stand where their slope is (nearly) 0, or where it is a convention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import OPS
from autograd.trace import Trace, TraceNode
from viz.figures.mark import RAMPS, SQUASHING, Mark, called, finite
from viz.words.numbers import number

SATURATED_SHARE = 0.01  # of the greatest slope
FEWEST_EXAMPLES = 16  # a unit that is off for fewer examples may be off by chance
STAIRS = {"floor", "ceil", "round", "sign"}  # flat everywhere, so a jump changes nothing


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
    hits, what = _hits(node, trace)
    if not hits:
        return
    who, stands, word = called(node), "stands", "kink"
    if node.shape:
        who, word = f"{hits} of {np.size(node.value)} elements of {who}", f"{hits} at a kink"
        stands = "stands" if hits == 1 else "stand"
    text = f"{who} {stands} exactly {what}; the slope there is a convention."
    yield Mark("kink", word, text, node=node.index)


def _hits(node: TraceNode, trace: Trace) -> tuple[int, str]:
    """Count the elements at a kink, and say what it is."""
    operation = OPS.get(node.op or "")
    given = _given(node, trace)
    if operation is not None and operation.kinks and node.op not in STAIRS:
        kinks = operation.kinks
        if "min_val" in node.settings:
            kinks = (node.settings["min_val"], node.settings["max_val"])
        count = sum(int(np.count_nonzero(np.equal(given, kink))) for kink in kinks)
        return count, f"at the kink of {node.op}"
    if node.op in ("maximum", "minimum"):
        equal = np.equal(given, trace.nodes[node.inputs[1]].value)
        return int(np.count_nonzero(equal)), f"where both inputs of {node.op} are equal"
    if node.op in ("max", "min"):
        return _ties(node, given), f"where several elements are the {node.op}"
    return 0, ""


def _ties(node: TraceNode, given: Any) -> int:
    """Count the results of max or min that several elements share."""
    axis = node.settings.get("axis")
    best = getattr(np.asarray(given), node.op or "")(axis=axis, keepdims=True)
    return int(np.count_nonzero(np.count_nonzero(given == best, axis=axis, keepdims=True) > 1))
