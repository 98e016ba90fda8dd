"""How operations make Tensors, and what they record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from sys import getrefcount
from typing import Any, NoReturn

import numpy as np

from autograd.arrays import as_array, own_settings
from autograd.errors import OperationError
from autograd.node import Node, caller_line
from autograd.op import Op
from autograd.operands import mixing
from autograd.operators import OPERATORS, Operators
from autograd.ops.arrange import stack
from autograd.picked import Picked
from autograd.recording import mode
from autograd.tensor import Tensor, constant, from_array
from autograd.tensor_data import EXPOSED, SHARED
from autograd.value import Value

__all__ = ["add_methods"]

_new = object.__new__
_array = np.ndarray


def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to Tensors, arrays and numbers; record it if a gradient may be asked for."""
    special = mode.special
    if special and (watcher := mode.watcher()) is not None:
        return watcher.applied(apply_op, op, args, settings)  # which calls this again, unwatched
    raw: list[Any] = []
    inputs: list[Node | None] = []
    tracked = False
    for a in args:
        if isinstance(a, Tensor):
            raw.append(a._data)
            if a._requires_grad:
                inputs.append(a)
                tracked = True
                continue
        elif type(a) is _array or type(a) is float or type(a) is int:
            raw.append(a)
        elif isinstance(a, Value):
            if op.name != "assemble":
                raise mixing(op)
            raw.append(a.data)
            inputs.append(a)
            tracked = True
            continue
        else:
            raw.append(_plain(op, a))
        inputs.append(None)
    try:
        out = op.forward(*raw, **settings)
    except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
        raise op.explain(error, raw, settings) from error
    if type(out) is not _array and isinstance(out, (np.generic, float, int)):
        out = np.asarray(out)
    made = _new(Tensor)
    made._start(out)
    if not tracked or not op.differentiable or (special and not mode.recording()):
        if type(out) is _array and (out.base is not None or any(out is r for r in raw)):
            _keep_apart(made, args)
        if out.dtype.kind not in "fiub":
            raise _no_real_numbers(op, out)
        return made
    if out.dtype.kind != "f":
        if out.dtype.kind not in "iub":
            raise _no_real_numbers(op, out)
        return made
    for i, a in enumerate(args):
        if isinstance(a, Tensor):
            if (
                a.hold == EXPOSED
                and type(a._data) is _array
                and getrefcount(a._data) - (getattr(out, "base", None) is a._data) > _ALONE
            ):
                raw[i] = raw[i].copy()  # the user still holds it and may write to it
                if out.base is not None or out is a._data:
                    made._data = out = out.copy()
            else:
                a.hold = SHARED
            if not a._requires_grad and a.info is not None and a.info.label:
                made._noted().names[i] = a.info.label
        elif type(a) is _array:
            raw[i] = a.copy()
    made._requires_grad = True
    made.hold = SHARED
    made.op = op
    made.inputs = tuple(inputs)
    made.args = tuple(raw)
    made.settings = own_settings(settings) if settings else settings
    made.out = out
    made.line = caller_line()
    return made


Tensor.apply_op = staticmethod(apply_op)


def _plain(op: Op, argument: Any) -> Any:
    """An input that is no node, as a number or an array."""
    if isinstance(argument, (list, tuple)):
        if isinstance(argument, Picked):
            return np.asarray(argument)  # which says that it is a pair
        if any(isinstance(item, Node) for item in argument):
            return (
                stack(argument)._data
                if not any(i.requires_grad for i in argument)
                else _list_of(op)
            )
        return as_array(argument, None, copy=False)
    if isinstance(argument, np.ndarray):
        return np.array(argument)  # a subclass, such as a matrix or a file mapped into memory
    if isinstance(argument, (str, bytes, complex, dict, set)) or argument is None:
        raise OperationError(
            f"{op.name}: {type(argument).__name__} came; {op.usage()} as tensors, arrays or numbers"
        )
    return argument


def _no_real_numbers(op: Op, out: Any) -> OperationError:
    return OperationError(f"{op.name}: the result would be {out.dtype}; give real numbers")


def _list_of(op: Op) -> NoReturn:
    raise OperationError(
        f"{op.name}: a list of Tensors came; join them first with stack(...) or concatenate(...)"
    )


def _references_when_alone() -> int:
    """Count what the interpreter itself holds of an array here: versions differ."""
    a = from_array(np.empty(0))
    raw = [a._data]
    return getrefcount(a._data) + 0 * len(raw)


_ALONE = _references_when_alone()


def _keep_apart(made: Tensor, args: Sequence[Any]) -> None:
    """A result that is a view of its input: neither may be written to while the other reads it."""
    for a in args:
        if isinstance(a, Tensor):
            if a.hold == EXPOSED:
                made._data = made._data.copy()
            else:
                a.hold = SHARED
        elif type(a) is _array:
            made._data = made._data.copy()
    made.hold = SHARED


def _direct(op: Op) -> Callable[..., Any]:
    """A method for an op of one input and no settings: no arguments to sort out."""

    def method(self: Tensor) -> Any:
        return apply_op(op, (self,), _NOTHING)

    method.__doc__ = op.doc
    method.__name__ = op.name
    return method


def _operator(op: Op, general: Callable[..., Any], reverse: bool) -> Callable[..., Any]:
    """A Python operator that takes the short way for what it is nearly always used with."""

    def method(self: Tensor, other: Any) -> Any:
        kind = type(other)
        if kind is Tensor or kind is float or kind is _array or kind is int:
            return apply_op(op, (other, self) if reverse else (self, other), _NOTHING)
        return general(self, other)

    return method


_NOTHING: Mapping[str, Any] = {}

for _name, (_op, _reverse) in OPERATORS.items():
    _general = getattr(Operators, _name)
    setattr(
        Tensor, _name, _direct(_op) if len(_op.inputs) == 1 else _operator(_op, _general, _reverse)
    )


def _in_place(op: Op) -> Callable[..., Any]:
    """``p -= lr * p.grad`` inside ``no_grad()`` changes the leaf p itself; else p = p - ..."""

    def method(self: Tensor, other: Any) -> Any:
        if self.op is not None or not self._requires_grad or mode.recording():
            return NotImplemented
        self.data = op(constant(self), other)._data
        return self

    method.__doc__ = f"{op.doc} Inside ``no_grad()`` a leaf is changed in place."
    return method


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
            setattr(Tensor, name, _direct(op) if simple else _plain_method(op, name))
