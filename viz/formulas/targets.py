"""Finding the node that somebody means: by the object itself, or by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from autograd import Tensor, Value
from autograd.stepper import Watched
from autograd.trace import Trace, TraceNode, places_in
from viz.words.labels import clean

MOST_NAMES = 8


def flow_of(seen: Trace | Watched) -> tuple[Trace, Mapping[Any, Any], Mapping[int, Any]]:
    """Take apart what was seen of a graph: the graph, what edges sent, what arrived at nodes."""
    if isinstance(seen, Watched):
        return seen.trace, seen.sent, seen.arrived
    return seen, {}, {}


def targets_of(x: Any, trace: Trace, wrt: Any, *, asked_by: str) -> list[int]:
    """Find the nodes towards which a derivative is asked for.

    Args:
        x: what the user handed over.
        trace: its graph.
        wrt: a Value or Tensor of the graph, its name, a list of these, or None for all leaves.
        asked_by: the public function, for error messages.

    Returns:
        Indices in the trace.

    Raises:
        TypeError: if something else came.
        ValueError: if it is not in the graph, or no gradient can reach it.

    Example:
        >>> from autograd import Value, trace
        >>> a = Value(2.0, label="a")
        >>> out = a * 3.0
        >>> targets_of(out, trace(out), "a", asked_by="explain")
        [0]
    """
    if wrt is None:
        leaves = [n.index for n in trace.nodes if n.op is None and n.requires_grad]
        return leaves or [trace.root.index]
    wanted = list(wrt) if isinstance(wrt, (list, tuple)) else [wrt]
    if not wanted:
        raise ValueError(f"{asked_by}: wrt is an empty list; name at least one Value or Tensor")
    return [_target(x, trace, item, asked_by) for item in wanted]


def _target(x: Any, trace: Trace, wanted: Any, asked_by: str) -> int:
    if isinstance(wanted, str):
        return _by_name(trace, wanted, asked_by)
    if not isinstance(wanted, (Value, Tensor)):
        raise TypeError(
            f"{asked_by}: wrt is a {type(wanted).__name__}; needs a Value or a Tensor of the "
            "graph, or its name"
        )
    if isinstance(x, (Trace, Watched)):
        raise TypeError(
            f"{asked_by}: a recorded trace knows its nodes by name only; write wrt="
            f"{clean(wanted.label or 'name')!r}, or hand over the result itself"
        )
    found = places_in(x if not isinstance(x, (list, tuple)) else list(x))[1].get(wanted)
    if found is not None and trace.nodes[found].requires_grad:
        return found
    root = clean(trace.root.label)
    if isinstance(wanted, Tensor) and not wanted.requires_grad:
        raise ValueError(
            f"{asked_by}: {_called(wanted)} is a constant, so no gradient reaches it; make it "
            "with requires_grad=True before the forward pass"
        )
    twins = [n for n in trace.nodes if wanted.label is not None and n.label == wanted.label]
    hint = _did_you_mean(trace, wanted.label or "")
    if twins:
        hint = "another object has that name in the graph: was it made anew after the forward pass?"
    raise ValueError(
        f"{asked_by}: {_called(wanted)} is not in the graph of {root}, so {root} does not depend "
        f"on it and the derivative is 0; {hint}"
    )


def _called(node: Any) -> str:
    return clean(node.label) if node.label else f"this {type(node).__name__}"


def _by_name(trace: Trace, name: str, asked_by: str) -> int:
    found = [n for n in trace.nodes if n.label == name]
    root = clean(trace.root.label)
    if not found:
        raise ValueError(
            f"{asked_by}: no node of the graph of {root} is named {clean(name)!r}; "
            f"{_did_you_mean(trace, name)}"
        )
    usable = [n for n in found if n.requires_grad]
    if not usable:
        raise ValueError(
            f"{asked_by}: {clean(name)} is a constant, so no gradient reaches it; make it a Value, "
            "or a Tensor with requires_grad=True, before the forward pass"
        )
    if len(usable) > 1:
        raise ValueError(
            f"{asked_by}: {len(usable)} nodes are named {clean(name)!r}; hand over the one you "
            "mean instead of its name"
        )
    return usable[0].index


def _did_you_mean(trace: Trace, name: str) -> str:
    names = [n.label for n in trace.nodes if n.requires_grad and len(n.label) < 200]
    close = difflib.get_close_matches(name[:200], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {clean(close[0])!r}?"
    leaves = [_name(n) for n in trace.nodes if n.op is None and n.requires_grad]
    more = f" and {len(leaves) - MOST_NAMES} more" if len(leaves) > MOST_NAMES else ""
    return f"it depends on {', '.join(leaves[:MOST_NAMES])}{more}"


def _name(node: TraceNode) -> str:
    return clean(node.label)
