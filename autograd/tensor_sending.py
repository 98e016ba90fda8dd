"""How a recorded Tensor sends a gradient back: the short way, on plain arrays.

``tensor_gradients.pull_back`` says what is sent, of every op and in every mode.  Here the same is
done with less: slopes that are 1, -1 or an input need no formula, what is sent goes straight to
where gradients are added up, and large products are written where memory is free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from sys import getrefcount
from typing import Any, TypeAlias

import numpy as np

from autograd.buffers import LARGE, is_ours_alone
from autograd.forms import plain_numbers
from autograd.memory_order import take_like
from autograd.op import Op
from autograd.ops.index import getitem, is_basic
from autograd.rules import MINUS, OUT, PASS, POSITIVE, rules_of
from autograd.tensor_gradients import fitted, pull_back, selected, times
from autograd.tensor_sweep import ARRIVED, arrive

__all__ = ["from_result", "learn_to_send", "send_to_each", "through_from_result", "without_result"]

_array = np.ndarray
_multiply = np.multiply
_NUMBERS = (float, int)
Send: TypeAlias = Callable[[Any, Any], None]


def learn_to_send(op: Op) -> Send:
    """Give an op its short way back, ``send(node, g)``, for whatever its inputs are.

    It adds what a Tensor that the op made sends back, when g has arrived at it, to what has arrived
    at the Tensor's parents.

    Args:
        op: The op.

    Returns:
        The function, which the op now has.
    """
    slopes = rules_of(op).slopes
    if slopes is None or op.settings or None in slopes or not 1 <= len(slopes) <= 2:
        send: Send = _send_at_place if op is getitem else _send_by_pull_back
        if isinstance(op.vjp, tuple) and op is not getitem:
            send = _send_by_formulas(op.vjp)
    else:
        send = _send_to_one(*slopes) if len(slopes) == 1 else _send_to_two(*slopes)
    object.__setattr__(op, "send", send)  # an Op is frozen: this is nothing new about it
    return send


@cache
def without_result(op: Op) -> Send:
    """Give the way back of an op that does not ask for its result, which was written over."""
    assert isinstance(op.vjp, tuple) or op.partials is not None
    if isinstance(op.vjp, tuple):
        return _send_by_formulas(op.vjp, False)
    send: Send = op.send or learn_to_send(op)  # a sum: its slopes are 1
    return send


@cache
def through_from_result(op: Op) -> Callable[[Any, Any, bool], Any]:
    """Give what an op of one input sends back, told from its result, which stands for its input.

    Args:
        op: The op.

    Returns:
        A function of what arrived, the result, and whether the first may be written over.
    """
    slopes = rules_of(op).slopes
    assert slopes is not None
    slope = slopes[0]

    def through(g: Any, out: Any, ours: bool) -> Any:
        if slope is POSITIVE:
            factor = np.greater(out, plain_numbers(out.dtype).zero)
            return selected(factor, g, g if ours else None)
        factor = slope(out, out)
        if ours or g.nbytes < LARGE or not is_ours_alone(factor, _HELD[1]):
            return np.multiply(g, factor, out=g) if ours else times(g, factor)
        return np.multiply(g, factor, out=factor)

    return through


@cache
def from_result(op: Op) -> Send:
    """Give the way back of an op of one input whose result stands for its input, too."""
    through = through_from_result(op)

    def send(node: Any, g: Any) -> None:
        parent, out = node.inputs[0], node.out
        sent = through(g, out, is_ours_alone(g, _HELD[2]))
        arrive(parent, fitted(parent, out, sent))

    return send


def _send_to_one(slope: Any) -> Send:
    """The way back of an elementwise op of one input, which then is a node."""
    by_formula = type(slope) is not int

    def send(node: Any, g: Any) -> None:
        x = node.args[0]
        parent = node.inputs[0]
        if slope is PASS:
            sent = g
        else:
            factor = (
                slope(node.out, x)
                if by_formula
                else node.out
                if slope is OUT
                else -1
                if slope is MINUS
                else np.greater(x, plain_numbers(x.dtype).zero)
                if slope is POSITIVE
                else x
            )
            if g.nbytes >= LARGE:
                sent = fitted(parent, x, _large_product(g, factor, True))
            elif type(factor) is not _array:
                sent = times(g, factor)
            elif factor.dtype is g.dtype:
                sent = _multiply(g, factor)
            else:
                sent = times(g, factor)
        if type(sent) is not _array or sent.dtype is not x.dtype:  # it is of one shape with x
            sent = fitted(parent, x, sent)
        if parent.arrived is None:
            parent.arrived = sent
        else:
            arrive(parent, sent)

    return send


def _send_to_two(*slopes: Any) -> Send:
    """The way back of an elementwise op of two inputs, of which one may be no node."""
    first, second = slopes

    def send(node: Any, g: Any) -> None:
        parent, other = node.inputs
        args = x, y = node.args
        if type(x) is type(y) is _array:
            even = x.shape == y.shape and x.dtype is y.dtype
        else:  # beside a plain number everything keeps its shape and dtype
            even = type(x) in _NUMBERS or type(y) in _NUMBERS
        slope, wanted = first, x
        if parent is None:  # the second alone
            parent, other, slope, wanted = other, None, second, y
        while True:
            if slope is PASS:
                sent = g
            else:
                factor = (
                    (node.out if slope is OUT else -1 if slope is MINUS else args[slope])
                    if slope.__class__ is int
                    else slope(node.out, x, y)
                )
                if g.nbytes >= LARGE:
                    sent = fitted(parent, wanted, _large_product(g, factor, other is None))
                elif type(factor) is _array and factor.dtype is g.dtype:
                    sent = g * factor
                else:
                    sent = fitted(parent, wanted, times(g, factor))
            if not even or type(sent) is not _array:
                sent = fitted(parent, wanted, sent)
            if parent.arrived is None:
                parent.arrived = sent
            else:
                arrive(parent, sent)
            if other is None:
                return
            parent, other, slope, wanted = other, None, second, y

    return send


def _send_by_formulas(formulas: tuple[Any, ...], looks: bool = True) -> Send:
    """The way back of an op that has a formula for each input."""

    def send(node: Any, g: Any) -> None:
        out = node.out if looks else None
        send_to_each(node.inputs, formulas, node.args, node.settings, g, out)

    return send


def send_to_each(
    parents: Sequence[Any],
    formulas: Sequence[Any],
    args: Sequence[Any],
    settings: Mapping[str, Any],
    g: Any,
    out: Any,
) -> None:
    """Send to each input what its formula tells.

    Args:
        parents: The inputs' nodes; None for those that want no gradient.
        formulas: For each input a function of g, out, the args and the settings, or None.
        args: The inputs' arrays and numbers.
        settings: The op's settings.
        g: What arrived at the result.
        out: The result; None if the formulas do not look at it.
    """
    for parent, formula, wanted in zip(parents, formulas, args):  # noqa: B905
        if parent is not None and formula is not None:
            sent = formula(g, out, *args, **settings) if settings else formula(g, out, *args)
            if (
                type(sent) is not _array
                or sent.dtype is not wanted.dtype
                or sent.shape != wanted.shape
            ):
                sent = fitted(parent, wanted, sent)
            if parent.arrived is None:
                parent.arrived = sent
            else:
                arrive(parent, sent)


def _send_by_pull_back(node: Any, g: Any) -> None:
    """The way back of every other op."""
    for _, parent, sent in pull_back(node, g, False):
        arrive(parent, sent)


def _send_at_place(node: Any, g: Any) -> None:
    if not _added_at_place(node, g):
        _send_by_pull_back(node, g)


def _large_product(g: Any, factor: Any, last: bool) -> Any:
    """A gradient times a slope, written over either if it was made for this only.

    Args:
        g: The gradient.
        factor: The slope.
        last: Whether the gradient is not needed any more.
    """
    kind = type(factor)
    if type(g) is not _array:
        return times(g, factor)
    mine = last and is_ours_alone(g, _HELD[0])
    if kind is _array and factor.dtype == np.bool_:
        return selected(factor, g, g if mine else None)
    if kind is _array and factor.dtype is g.dtype and factor.shape == g.shape:
        if is_ours_alone(factor, _HELD[1]):
            return np.multiply(g, factor, out=factor)
    elif kind is not float and kind is not int:
        return times(g, factor)
    if mine:
        return np.multiply(g, factor, out=g)
    return np.multiply(g, factor, out=take_like(g))


def _references_held() -> tuple[int, int, int]:
    """Count what ``propagate`` and the functions here hold of a gradient and of a slope."""

    def product(g: Any, factor: Any, last: bool) -> tuple[int, int]:
        return getrefcount(g), getrefcount(factor)

    def send(node: Any, g: Any) -> tuple[int, int, int]:
        factor = np.empty(0)
        return *product(g, factor, True), getrefcount(g)

    g = np.empty(0)
    return send(None, g)


_HELD = _references_held()


def _added_at_place(node: Any, g: Any) -> bool:
    """Add what a slice sends back where it was cut out, not zeros everywhere else as well.

    So a loop over the steps of a sequence takes time in proportion to its length. Done only in an
    array that nobody else holds; else the op's own formula says what is sent.
    """
    parent = node.inputs[0]
    old = parent.arrived
    if (
        type(old) is not _array
        or type(g) is not _array
        or old.dtype != g.dtype
        or not is_ours_alone(old, ARRIVED)
        or old.shape != node.args[0].shape
        or not is_basic(index := node.settings["index"])
    ):
        return False
    old[index] += g
    return True
