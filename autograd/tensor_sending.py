"""How a recorded Tensor sends a gradient back: the short way, on plain arrays.

``tensor_gradients.pull_back`` says what is sent, of every op and in every mode.  Here the same is
done with less: slopes that are 1, -1 or an input need no formula, what is sent goes straight to
where gradients are added up, and large products are written where memory is free.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import getrefcount
from typing import Any, TypeAlias

import numpy as np

from autograd.buffers import LARGE, is_ours_alone, is_view
from autograd.engine import ALONE, add_into
from autograd.memory_order import take_like
from autograd.op import Op
from autograd.ops.index import getitem, is_basic
from autograd.rules import MINUS, OUT, PASS, rules_of
from autograd.tensor_gradients import fitted, pull_back, selected, times

__all__ = ["learn_to_send"]

_array = np.ndarray
_add, _multiply = np.add, np.multiply
_NUMBERS = (float, int)
Send: TypeAlias = Callable[[Any, Any, dict[Any, Any]], None]


def learn_to_send(op: Op) -> Send:
    """Give an op its short way back, ``op.send(node, g, arriving)``.

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
        if isinstance(op.vjp, tuple) and not op.settings:
            send = _send_by_formulas(op.vjp)
    else:
        send = _send_to_one(*slopes) if len(slopes) == 1 else _send_to_two(*slopes)
    object.__setattr__(op, "send", send)  # an Op is frozen: this is nothing new about it
    return send


def _send_to_one(slope: Any) -> Send:
    """The way back of an elementwise op of one input, which then is a node."""
    by_formula = type(slope) is not int

    def send(node: Any, g: Any, arriving: dict[Any, Any]) -> None:
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
                else x
            )
            if g.nbytes >= LARGE:
                sent = fitted(parent, x, _large_product(g, factor, True))
            elif type(factor) is _array and factor.dtype is g.dtype:
                sent = _multiply(g, factor)
            else:
                sent = times(g, factor)
        if type(sent) is not _array or sent.dtype is not x.dtype:  # it is of one shape with x
            sent = fitted(parent, x, sent)
        if parent not in arriving:
            arriving[parent] = sent
        else:
            add_into(arriving, parent, sent)

    return send


def _send_to_two(*slopes: Any) -> Send:
    """The way back of an elementwise op of two inputs, of which one may be no node."""
    first, second = slopes
    known = all(type(slope) is int and slope != OUT for slope in slopes)  # sums and products

    def send(node: Any, g: Any, arriving: dict[Any, Any]) -> None:
        parent, other = node.inputs
        args = x, y = node.args
        if (
            known
            and type(x) is type(y) is type(g) is _array
            and (shape := x.shape)  # without axes, NumPy gives a number
            and shape == y.shape
            and x.dtype is y.dtype is g.dtype
            and g.nbytes < LARGE
        ):  # as mostly in small operations: everything is of one shape and kind
            slope = first
            while True:
                if parent is not None:
                    sent = (
                        g if slope == PASS else -g if slope == MINUS else _multiply(g, args[slope])
                    )
                    old = arriving.get(parent)
                    if old is None:
                        arriving[parent] = sent
                    elif (
                        getrefcount(old) == ALONE
                        and type(old) is _array
                        and (old.base is None or not is_view(old))
                    ):
                        _add(old, sent, old)  # nobody else holds it
                    else:
                        arriving[parent] = old + sent
                if other is None:
                    return
                parent, other, slope = other, None, second
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
            if parent not in arriving:
                arriving[parent] = sent
            else:
                old = arriving[parent]
                if (
                    getrefcount(old) == ALONE
                    and type(old) is type(sent) is _array
                    and (old.base is None or not is_view(old))
                ):
                    old += sent  # nobody else holds it
                else:
                    arriving[parent] = old + sent
            if other is None:
                return
            parent, other, slope, wanted = other, None, second, y

    return send


def _send_by_formulas(formulas: tuple[Any, ...]) -> Send:
    """The way back of an op without settings that has a formula for each input."""

    def send(node: Any, g: Any, arriving: dict[Any, Any]) -> None:
        args = node.args
        out = node.out
        for slot, parent in enumerate(node.inputs):
            formula = formulas[slot]
            if parent is not None and formula is not None:
                sent, wanted = formula(g, out, *args), args[slot]
                if (
                    type(sent) is not _array
                    or sent.dtype is not wanted.dtype
                    or sent.shape != wanted.shape
                ):
                    sent = fitted(parent, wanted, sent)
                if parent not in arriving:
                    arriving[parent] = sent
                else:
                    add_into(arriving, parent, sent)

    return send


def _send_by_pull_back(node: Any, g: Any, arriving: dict[Any, Any]) -> None:
    """The way back of every other op."""
    for _, parent, sent in pull_back(node, g, False):
        add_into(arriving, parent, sent)


def _send_at_place(node: Any, g: Any, arriving: dict[Any, Any]) -> None:
    if not _added_at_place(node, g, arriving):
        _send_by_pull_back(node, g, arriving)


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


def _references_held() -> tuple[int, int]:
    """Count what ``propagate`` and the functions here hold of a gradient and of a slope."""

    def product(g: Any, factor: Any, last: bool) -> tuple[int, int]:
        return getrefcount(g), getrefcount(factor)

    def send(node: Any, g: Any, arriving: dict[Any, Any]) -> tuple[int, int]:
        factor = np.empty(0)
        return product(g, factor, True)

    g = np.empty(0)
    return send(None, g, {})


_HELD = _references_held()


def _added_at_place(node: Any, g: Any, arriving: dict[Any, Any]) -> bool:
    """Add what a slice sends back where it was cut out, not zeros everywhere else as well.

    So a loop over the steps of a sequence takes time in proportion to its length. Done only in an
    array that nobody else holds; else the op's own formula says what is sent.
    """
    parent = node.inputs[0]
    old = arriving.get(parent)
    if (
        type(old) is not _array
        or type(g) is not _array
        or old.dtype != g.dtype
        or not is_ours_alone(old, ALONE)
        or old.shape != node.args[0].shape
        or not is_basic(index := node.settings["index"])
    ):
        return False
    old[index] += g
    return True
