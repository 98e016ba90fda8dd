"""The methods and operators of Tensor, made from the op table: the quick ways of recording.

A small operation costs mostly what is done around it, so the two usual cases, one input or two,
do on the spot what ``tensor_recording`` does for any number of inputs and settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sys import _getframe, getrefcount
from typing import Any

import numpy as np

from autograd.buffers import LARGE, is_ours_alone
from autograd.node import Node, caller_line, latest
from autograd.op import Op
from autograd.operators import OPERATORS, Operators
from autograd.recording import mode
from autograd.rules import computed, rules_of
from autograd.tensor import Tensor, constant
from autograd.tensor_data import SHARED
from autograd.tensor_recording import FAILURES, apply_op, settled
from autograd.tensor_sending import learn_to_send

__all__ = ["add_methods"]

_new = object.__new__
_array = np.ndarray
_NOTHING: Mapping[str, Any] = {}


def _unary(op: Op) -> Callable[..., Any]:
    """A method for an op of one input and no settings: no arguments to sort out."""
    rules = rules_of(op)
    learn_to_send(op)
    compute = rules.compute
    quick = op.differentiable and op.partials is not None  # so the result is no view of the input

    def method(self: Tensor) -> Any:
        if mode.special or not (quick and self._requires_grad and type(self._data) is _array):
            return apply_op(op, (self,), _NOTHING)
        x = self._data
        try:
            out = compute(x) if x.nbytes < LARGE else computed(rules, (x,))
        except FAILURES as error:
            raise op.explain(error, (x,), _NOTHING) from error
        if type(out) is not _array:
            out = np.asarray(out)
        raw: Any = (x,)
        if self.hold != SHARED:
            out = settled((self,), raw := [x], out, 1)
            raw = tuple(raw)
        made = _new(Tensor)
        made._data = made.out = out
        made._requires_grad = True
        made._borrowed = False
        made.hold = SHARED
        made.op = op
        made.inputs = (self,)
        made.args = raw
        made.settings = _NOTHING
        made._grad = made.info = None
        made.mark = 0
        frame = _getframe(1)
        code = frame.f_code
        made.line = (code, frame.f_lasti) if code is latest[0] else caller_line(frame)
        return made

    method.__doc__ = op.doc
    method.__name__ = op.name
    object.__setattr__(op, "quick", (Tensor, method))  # an Op is frozen: this is nothing new of it
    return method


def _binary(op: Op, general: Callable[..., Any], reverse: bool) -> Callable[..., Any]:
    """A Python operator that takes the short way for what it is nearly always used with."""
    rules = rules_of(op)
    learn_to_send(op)
    compute = rules.compute

    def method(self: Tensor, other: Any) -> Any:
        x = self._data
        kind = type(other)
        inputs: tuple[Node | None, ...]
        raw: Any
        if kind is Tensor or isinstance(other, Tensor):
            y = other._data
            inputs, raw = (self, other), (x, y)
            if mode.special or type(x) is not _array or type(y) is not _array:
                return apply_op(op, inputs, _NOTHING)
            if not (self._requires_grad and other._requires_grad):
                if self._requires_grad and other.info is None:
                    inputs = (self, None)
                elif other._requires_grad and self.info is None:
                    inputs = (None, other)
                else:  # nothing to record, or a constant with a name
                    return apply_op(op, inputs, _NOTHING)
        elif kind is float or kind is int:
            y = other
            if mode.special or type(x) is not _array or not self._requires_grad:
                return apply_op(op, (y, self) if reverse else (self, y), _NOTHING)
            inputs, raw = ((None, self), (y, x)) if reverse else ((self, None), (x, y))
        else:
            return general(self, other)
        try:
            if x.nbytes >= LARGE:
                out = computed(rules, raw)
            else:
                out = compute(y, x) if reverse and y is other else compute(x, y)
        except FAILURES as error:
            raise op.explain(error, raw, _NOTHING) from error
        if type(out) is not _array:
            out = np.asarray(out)
        if self.hold != SHARED or (y is not other and other.hold != SHARED):
            given = (other, self) if reverse else (self, other)
            out = settled(given, raw := list(raw), out, 1)
            raw = tuple(raw)
        made = _new(Tensor)
        made._data = made.out = out
        made._requires_grad = True
        made._borrowed = False
        made.hold = SHARED
        made.op = op
        made.inputs = inputs
        made.args = raw
        made.settings = _NOTHING
        made._grad = made.info = None
        made.mark = 0
        frame = _getframe(1)
        code = frame.f_code
        made.line = (code, frame.f_lasti) if code is latest[0] else caller_line(frame)
        return made

    return method


for _name, (_op, _reverse) in OPERATORS.items():
    _general = getattr(Operators, _name)
    setattr(
        Tensor, _name, _unary(_op) if len(_op.inputs) == 1 else _binary(_op, _general, _reverse)
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
    def method(self: Tensor, *args: Any, **settings: Any) -> Any:
        return op(self, *args, **settings)

    method.__doc__ = op.doc if isinstance(op, Op) else op.__doc__
    method.__name__ = name
    return method


def add_methods(names: Iterable[tuple[str, Any]]) -> None:
    """Give Tensor a method for each op and function under each of its names."""
    for name, op in names:
        if name not in Tensor.__dict__:
            simple = isinstance(op, Op) and len(op.inputs) == 1 and not op.settings and not op.call
            setattr(Tensor, name, _unary(op) if simple else _plain_method(op, name))
