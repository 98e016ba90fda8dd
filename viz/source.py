"""From whatever a user hands over to a Trace, with the names of the caller's own variables."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from autograd import Tensor, Value
from autograd.engine import reaches_more_than
from autograd.stepper import Watched, watch
from autograd.trace import Trace, trace
from autograd.unfused import unfused
from viz.models import is_model, model_trace

MOST_NODES = 200_000  # a larger graph takes a minute to look at


def trace_of(
    thing: Any,
    names: Mapping[str, Any] | None,
    *,
    inputs: Sequence[Any] = (),
    asked_by: str,
    depth: int = 2,
) -> Trace:
    """Turn a Value, a Tensor, a list of them, a Trace or a model with an example into a Trace.

    Args:
        thing: what the user wants to see.
        names: variable names to show, or None to take them from the caller's frame.
        inputs: for a model what it is called with.
        asked_by: the public function, for the error message.
        depth: how many frames above this one the user's code stands.

    Returns:
        A frozen Trace; making it changes nothing in the graph, nor in the model.

    Raises:
        TypeError: if the object has no graph, or a model comes without an example.
        ValueError: if the graph is so large that looking at it would take minutes.
    """
    if is_model(thing):
        if names is None:
            names = _caller_names(depth + 1)
        return model_trace(thing, inputs, names, asked_by=asked_by)
    if inputs and not isinstance(thing, type):
        raise TypeError(
            f"{asked_by}: {type(thing).__name__} is no model, and only a model takes an example "
            f"input; several results are drawn as a list: {asked_by}([a, b])"
        )
    if isinstance(thing, Trace):
        return thing
    outputs = _outputs_of(thing, asked_by)
    refuse_endless(thing, MOST_NODES, asked_by, "which would take minutes to look at", "")
    if names is None:
        names = _caller_names(depth + 1)
    return trace(outputs, names=names)


def refuse_endless(thing: Any, most: int, asked_by: str, why: str, instead: str) -> None:
    """Refuse a graph that is far too large, before any time is spent on it.

    Args:
        thing: a result, or a list of results; anything else passes.
        most: the number of nodes that are too many.
        asked_by: the public function, for the error message.
        why: what is wrong with so many.
        instead: a better way, if there is one.

    Raises:
        ValueError: if there are more.
    """
    for output in thing if isinstance(thing, list | tuple) else [thing]:
        if isinstance(output, Value | Tensor) and reaches_more_than(output, most):
            way = f"{instead}; or look" if instead else "look"
            raise ValueError(
                f"{asked_by}: this graph has more than {most:,} nodes, {why}; "
                f"{way} at an inner result, or use a smaller example"
            )


def watched_of(
    thing: Any, names: Mapping[str, Any] | None, *, asked_by: str, depth: int = 2
) -> Trace | Watched:
    """Turn the same things into a Trace, or where arrays flow into a watched backward pass.

    Args:
        thing: what the user wants to see.
        names: variable names to show, or None to take them from the caller's frame.
        asked_by: the public function, for the error message.
        depth: how many frames above this one the user's code stands.

    Returns:
        A Trace of single numbers, whose edges hold all there is to know; else what was watched.
        Nothing in the graph is changed: no `.grad` is written.

    Raises:
        TypeError: if the object has no graph.
    """
    if isinstance(thing, Trace | Watched):
        return thing
    graph = trace_of(thing, names, asked_by=asked_by, depth=depth + 1)
    if all(node.kind == "value" for node in graph.nodes):
        return graph
    if names is None:
        names = _caller_names(depth + 1)
    given = list(thing) if isinstance(thing, list | tuple) else [thing]
    if twins := unfused(given):  # what is told step by step has every step in it
        thing = [twins.get(id(output), output) for output in given]
        names = {name: twins.get(id(node), node) for name, node in names.items()}
        graph = trace(_outputs_of(thing, asked_by), names=names)
    if all(node.kind == "value" or not node.shape for node in graph.nodes):
        return graph
    return watch(_outputs_of(thing, asked_by), names)


def refuse_constants(thing: Any, asked_by: str) -> None:
    """Refuse what nothing was recorded for: a picture of a single grey box would explain nothing.

    Args:
        thing: a result, or a list of results; anything else passes.
        asked_by: the public function, for the error message.

    Raises:
        TypeError: if there are only constants.
    """
    outputs = list(thing) if isinstance(thing, list | tuple) else [thing]
    if outputs and all(
        isinstance(output, Value | Tensor) and output.op is None and not output.requires_grad
        for output in outputs
    ):
        raise TypeError(
            f"{asked_by}: this is a constant, which has no graph: it was made of numbers without "
            "requires_grad=True, or inside no_grad()"
        )


def _outputs_of(thing: Any, asked_by: str) -> Any:
    """Check that there is a graph, and give its one result or the list of its results."""
    outputs = list(thing) if isinstance(thing, list | tuple) else [thing]
    if not outputs:
        raise TypeError(f"{asked_by}: got an empty list; needs at least one Value or Tensor")
    for output in outputs:
        if isinstance(output, type) and hasattr(output, "named_parameters"):
            raise TypeError(
                f"{asked_by}: got the class {output.__name__}; make one first, {output.__name__}"
                f"(...), and give it an example input, too"
            )
        if not isinstance(output, Value | Tensor):
            raise TypeError(
                f"{asked_by}: got {type(output).__name__}, which has no graph; "
                "needs a Value, a Tensor, a list of them, or a Trace. "
                "Wrap numbers first: Value(2.0) or Tensor([...], requires_grad=True)"
            )
    return outputs if len(outputs) > 1 else outputs[0]


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
