"""The methods and operators of Tensor, made from the op table: the quick ways of recording.

A small operation costs mostly what is done around it, so the two usual cases, one input or two,
do on the spot what ``tensor_recording`` does for any number of inputs and settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from sys import _getframe, getrefcount
from typing import Any

import numpy as np

from autograd.buffers import LARGE, is_ours_alone
from autograd.forms import SHARED, SMALL, Form, form_of
from autograd.late import LateMethod
from autograd.node import Node
from autograd.op import PLAIN, Op
from autograd.operators import OPERATORS, Operators
from autograd.recording import mode
from autograd.rules import computed, rules_of
from autograd.tensor import Tensor, constant
from autograd.tensor_nodes import recorded
from autograd.tensor_quick import learn_quick_way
from autograd.tensor_record import NOTHING
from autograd.tensor_recording import FAILURES, apply_op, settled
from autograd.tensor_sending import learn_to_send

__all__ = ["add_methods", "is_simple", "method_of"]

_array = np.ndarray


def _quick_at_all(op: Op) -> bool:
    """Whether an op has the same shape and kind as its inputs, and a slope for each of them."""
    return (
        op.differentiable
        and not (op.settings or op.variadic or op.call)
        and op.partials is not None
        and None not in op.partials
        and op.forward.__module__.startswith("autograd.")
    )


def _unary(op: Op, name: str) -> Callable[..., Any]:
    """A method for an op of one input and no settings: no arguments to sort out."""
    rules = rules_of(op)
    learn_to_send(op)
    compute = rules.compute
    quick = to_learn = _quick_at_all(op)
    fit = op.differentiable and op.partials is not None  # so the result is no view of the input

    def method(self: Tensor) -> Any:
        nonlocal to_learn
        if mode.special or not (fit and self._requires_grad and type(self._data) is _array):
            return apply_op(op, (self,), NOTHING)
        if to_learn and type(self.hold) is Form:
            to_learn = False
            return learn_quick_way(op, name, method)(self)
        x = self._data
        try:
            out = compute(x) if x.nbytes < LARGE else computed(rules, (x,))
        except FAILURES as error:
            raise op.explain(error, (x,), NOTHING) from error
        if type(out) is not _array:
            out = np.asarray(out)
        raw: Any = (x,)
        if not self.hold:
            out = settled((self,), raw := [x], out, 1)
            raw = tuple(raw)
        elif quick and x.nbytes <= SMALL:
            self.hold = form_of(x)
        return recorded(op, out, (self,), raw, NOTHING, _getframe(1))

    method.__doc__ = op.doc
    method.__name__ = op.name
    object.__setattr__(op, "quick", (Tensor, method))  # an Op is frozen: this is nothing new of it
    return method


def _binary(op: Op, name: str, general: Callable[..., Any], reverse: bool) -> Callable[..., Any]:
    """A Python operator that takes the short way for what it is nearly always used with."""
    rules = rules_of(op)
    learn_to_send(op)
    compute = rules.compute
    quick = to_learn = _quick_at_all(op)

    def method(self: Tensor, other: Any) -> Any:
        nonlocal to_learn
        x = self._data
        kind = type(other)
        inputs: tuple[Node | None, ...]
        raw: Any
        if kind is Tensor or isinstance(other, Tensor):
            if reverse:  # asked for by name: Python asks the left one
                return apply_op(op, (other, self), NOTHING)
            y = other._data
            inputs, raw = (self, other), (x, y)
            if mode.special or type(x) is not _array or type(y) is not _array:
                return apply_op(op, inputs, NOTHING)
            if not (self._requires_grad and other._requires_grad):
                if self._requires_grad and other.info is None:
                    inputs = (self, None)
                elif other._requires_grad and self.info is None:
                    inputs = (None, other)
                else:  # nothing to record, or a constant with a name
                    return apply_op(op, inputs, NOTHING)
            elif quick and x.nbytes <= SMALL:
                if self.hold is SHARED:
                    self.hold = form_of(x)
                if other.hold is SHARED:
                    other.hold = form_of(y)
                if to_learn and type(self.hold) is Form and self.hold is other.hold:
                    to_learn = False
                    return learn_quick_way(op, name, method, reverse)(self, other)
        elif kind is float or kind is int:
            y = other
            if mode.special or type(x) is not _array or not self._requires_grad:
                return apply_op(op, (y, self) if reverse else (self, y), NOTHING)
            inputs, raw = ((None, self), (y, x)) if reverse else ((self, None), (x, y))
            if quick and x.nbytes <= SMALL and self.hold is SHARED:
                self.hold = form_of(x)
            if to_learn and type(self.hold) is Form:
                to_learn = False
                return learn_quick_way(op, name, method, reverse)(self, other)
        else:
            return general(self, other)
        try:
            if x.nbytes >= LARGE:
                out = computed(rules, raw)
            else:
                out = compute(y, x) if reverse and y is other else compute(x, y)
        except FAILURES as error:
            raise op.explain(error, raw, NOTHING) from error
        if type(out) is not _array:
            out = np.asarray(out)
        if not self.hold or (y is not other and not other.hold):
            out = settled((other, self) if reverse else (self, other), raw := list(raw), out, 1)
            raw = tuple(raw)
        return recorded(op, out, inputs, raw, NOTHING, _getframe(1))

    return method


for _name, (_op, _reverse) in OPERATORS.items():
    _general = getattr(Operators, _name)
    setattr(
        Tensor,
        _name,
        _unary(_op, _name) if len(_op.inputs) == 1 else _binary(_op, _name, _general, _reverse),
    )


def _in_place(op: Op) -> Callable[..., Any]:
    """``p -= lr * p.grad`` inside ``no_grad()`` changes the leaf p itself; else p = p - ..."""
    ufunc = rules_of(op).ufunc

    def method(self: Tensor, other: Any) -> Any:
        if self.op is not None or not self._requires_grad or mode.recording():
            return NotImplemented
        x = self._data
        if (
            type(x) is type(other) is _array
            and x.shape == other.shape
            and x.dtype is other.dtype
            and is_ours_alone(other, _PASSED[0])
        ):
            self.data = ufunc(x, other, out=other)  # made for this only, so nobody else knows it
        else:
            self.data = op(constant(self), other)._data
        return self

    method.__doc__ = f"{op.doc} Inside ``no_grad()`` a leaf is changed in place."
    return method


class _Counter:
    """Counts what the interpreter holds of a result that is handed on to ``-=`` at once."""

    def __isub__(self, other: Any) -> Any:
        _PASSED.append(getrefcount(other))
        return self


_PASSED: list[int] = []
_counter = _Counter()
_counter -= np.empty(1) * 2.0
for _name in ("add", "sub", "mul", "truediv"):
    setattr(Tensor, f"__i{_name}__", _in_place(OPERATORS[f"__{_name}__"][0]))


def _plain_method(op: Any, name: str) -> Callable[..., Any]:
    settled_by_default = (
        isinstance(op, Op)
        and len(op.inputs) == 1
        and not (op.variadic or op.call)
        and PLAIN.issuperset(map(type, op.settings.values()))
    )

    def method(self: Tensor, *args: Any, **settings: Any) -> Any:
        if settings or args or not settled_by_default:
            return op(self, *args, **settings)
        return apply_op(op, (self,), op.settings)

    method.__doc__ = op.doc if isinstance(op, Op) else op.__doc__
    method.__name__ = name
    return method


def is_simple(op: Any) -> bool:
    """Whether an op has one input and nothing else, so that its method has no arguments."""
    return isinstance(op, Op) and len(op.inputs) == 1 and not op.settings and not op.call


def method_of(name: str, op: Any) -> Callable[..., Any]:
    """Make Tensor's method for an op or function under one of its names."""
    return _unary(op, name) if is_simple(op) else _plain_method(op, name)


def add_methods(names: Iterable[tuple[str, Any]]) -> None:
    """Give Tensor a method for each op and function under each of its names."""
    for name, op in names:
        if isinstance(Tensor.__dict__.get(name), LateMethod | None):
            setattr(Tensor, name, method_of(name, op))
