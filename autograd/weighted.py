"""A neuron's weighted sum of Values as one node, made the short way."""

from __future__ import annotations

from collections.abc import Callable
from operator import mul as _times
from sys import _getframe
from typing import Any

from autograd.errors import ShapeError
from autograd.node import Node, caller_line
from autograd.op import Op
from autograd.operands import mixing, number_for
from autograd.recording import mode, watching
from autograd.value import Value, make_node

__all__ = ["on_one_line", "weighted"]


def weighted(
    op: Op,
    weights: tuple[Any, ...],
    inputs: tuple[Any, ...],
    bias: Any,
    numbers: tuple[float, ...] | None = None,
) -> Value:
    """Make the node of a weighted sum; the parents are the very tuples that were given.

    Args:
        op: The op, ``OPS["weighted_sum"]``.
        weights: Values or numbers.
        inputs: As many Values or numbers.
        bias: A Value or a number.
        numbers: The numbers of the inputs, if they are Values and the caller has read them already:
            a layer reads them once for all of its neurons.

    Returns:
        The Value of sum(w * x) + bias.

    Raises:
        ShapeError: If there are not as many weights as inputs.
    """
    special = mode.special
    lines = None
    if special and (watchers := mode.watcher()) is not None:
        lines = watchers.lines
        if lines is None or special != 1:
            made: Value = watchers.applied(weighted, op, weights, inputs, bias, numbers)
            return made
    if len(weights) != len(inputs):
        raise ShapeError(f"dot: {op.check(weights, inputs, bias) if op.check else ''}")
    try:
        w = tuple([v.number for v in weights])
        x = tuple([v.number for v in inputs]) if numbers is None else numbers
        out = sum(map(_times, w, x), bias.number)
        plain = type(out) is float  # an op of a user may have made a whole number
    except (AttributeError, TypeError):  # a plain number among them
        plain = False
    if not plain:
        made = _weighted_mixed(op, weights, inputs, bias)
    elif special and not mode.recording():
        return Value(out)
    else:
        made = make_node(op, out, None, x, (weights, inputs, bias), w)
    if special and lines is not None:
        if type(made) is Value and made.number - made.number == 0.0:
            lines[id(made)] = watchers.line or caller_line(_getframe(1))
        else:
            watchers.shown(made, op, (weights, inputs, bias))
    return made


def on_one_line(function: Callable[..., Any], *args: Any) -> Any:
    """Call what makes several Values without running any code of the user's.

    Args:
        function: What is called.
        args: What it is given.

    Returns:
        What it returns; where lines are noted, the user's was looked for once.
    """
    watchers = watching.get()
    if watchers is None or watchers.lines is None or watchers.line is not None:
        return function(*args)
    try:
        watching.set(watchers.at(caller_line(_getframe(1))))
        return function(*args)
    finally:
        watching.set(watchers)


_ONE = (1.0,)


def _weighted_mixed(op: Op, weights: tuple[Any, ...], inputs: tuple[Any, ...], bias: Any) -> Value:
    if {Value} == {*map(type, weights), type(bias)} and {float} == {*map(type, inputs)}:
        # a neuron on plain data, the common case of this rare one
        out = sum(map(_times, [v.number for v in weights], inputs), bias.number)
        if type(out) is float:
            own = (bias,)
            slopes = (inputs, _ONE, (weights, inputs, own))
            recorded = mode.recording()
            return (
                make_node(op, out, None, None, (weights, own), slopes) if recorded else Value(out)
            )
    groups = (weights, inputs, (bias,))
    for item in (*weights, *inputs, bias):
        if isinstance(item, Node) and not isinstance(item, Value):
            raise mixing(op)
        if getattr(type(item), "apply_rank", 0) > Value.apply_rank:  # one that carries its tangent
            made: Value = type(item).apply_op(op, (weights, inputs, bias), {})
            return made
    w, x, (b,) = (
        tuple(a.number if isinstance(a, Value) else number_for(op, a) for a in g) for g in groups
    )
    out = float(sum((i * j for i, j in zip(w, x, strict=True)), b))
    kept: list[Any]
    if all(isinstance(v, Value) for v in weights) and not any(isinstance(v, Value) for v in inputs):
        # the weights' own tuple is kept, so that the sweep knows it again
        kept = [(weights, x)]
    else:
        kept = [_only_nodes(weights, x), _only_nodes(inputs, w)]
    if isinstance(bias, Value):
        kept.append(((bias,), _ONE))
    if not mode.recording() or not any(g for g, _ in kept):
        return Value(out)
    raw = tuple(
        tuple(a if isinstance(a, Value) else n for a, n in zip(g, numbers, strict=True))
        for g, numbers in zip(groups, (w, x, (b,)), strict=True)
    )
    return make_node(op, out, None, None, tuple(g for g, _ in kept), (*(s for _, s in kept), raw))


def _only_nodes(group: tuple[Any, ...], slopes: tuple[float, ...]) -> tuple[Any, Any]:
    pairs = [(a, s) for a, s in zip(group, slopes, strict=True) if isinstance(a, Value)]
    return tuple(a for a, _ in pairs), tuple(s for _, s in pairs)
