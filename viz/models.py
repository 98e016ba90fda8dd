"""The graph of a model that is run on an example, which leaves no trace in the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd import Tensor, Value, enable_grad
from autograd.node import display
from autograd.trace import Trace, trace

MOST_NAMED = 1000  # of a model's inputs, one by one


TAKE_EXAMPLES = ("draw", "dot")  # the functions that run a model themselves


def is_model(thing: Any) -> bool:
    """Whether something is a model: it can be called, and lists its parameters by name."""
    return callable(thing) and hasattr(thing, "named_parameters") and not isinstance(thing, type)


def model_trace(
    model: Any, inputs: Sequence[Any], names: Mapping[str, Any], *, asked_by: str
) -> Trace:
    """Run a model on an example and trace its result.

    Args:
        model: anything callable with `named_parameters`.
        inputs: what the model is called with.
        names: names for nodes without a label.
        asked_by: the public function, for the error message.

    Returns:
        The graph; the model, its gradients and all randomness are as before.

    Raises:
        TypeError: if there is no example, or the result has no graph.
    """
    kind = type(model).__name__
    if not inputs:
        draws = f"give it an example input too, {asked_by}(model, x), or "
        raise TypeError(
            f"{asked_by}: {kind} is a model, and only a result has a graph: "
            f"{draws if asked_by in TAKE_EXAMPLES else ''}compute one first, {asked_by}(model(x))"
        )
    parameters = [parameter for _, parameter in model.named_parameters()]
    if parameters and all(isinstance(parameter, Value) for parameter in parameters):
        inputs = [_as_values(given) for given in inputs]
    with display.rehearsal(model) if _is_ours(model) else nullcontext(), enable_grad():  # type: ignore[misc]
        out = model(*inputs)
        outputs = list(_nodes(out))
        if not any(node.op is not None for node in outputs):
            raise TypeError(
                f"{asked_by}: {kind} returned {_told(out)}, which has no graph: its forward must "
                "compute with Values or with Tensors that require a gradient"
            )
        given = {f"input{place}" if place else "input": x for place, x in enumerate(inputs)}
        returned = {f"output{place}" if place else "output": x for place, x in enumerate(outputs)}
        return trace(outputs, names={**names, **given, **returned})


def _is_ours(model: Any) -> bool:
    """Whether `nn` knows how to run it without consequences."""
    return display.rehearsal is not None and hasattr(model, "named_modules")


def _as_values(given: Any) -> Any:
    """Make boxes of plain numbers: a network of Values would take each for many constants."""
    if isinstance(given, (bool, Value, Tensor)):
        return given
    if isinstance(given, (int, float)):
        return Value(given, label="x")
    numbers = given.tolist() if isinstance(given, np.ndarray) and given.ndim == 1 else given
    if not isinstance(numbers, (list, tuple)) or len(numbers) > MOST_NAMED:
        return given
    if not all(isinstance(number, (int, float)) for number in numbers):
        return given
    return [Value(number, label=f"x[{place}]") for place, number in enumerate(numbers)]


def _nodes(thing: Any) -> Iterable[Any]:
    """Give all nodes in (nested) lists, tuples and dicts."""
    if isinstance(thing, (Value, Tensor)):
        yield thing
    elif isinstance(thing, (list, tuple)):
        for item in thing:
            yield from _nodes(item)
    elif isinstance(thing, dict):
        yield from _nodes(list(thing.values()))


def _told(thing: Any) -> str:
    return "a constant" if any(True for _ in _nodes(thing)) else type(thing).__name__
