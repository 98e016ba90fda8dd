"""How operations make Values: the fast methods, and the careful way for what is not common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from sys import _getframe
from typing import Any

import numpy as np

from autograd import kernels
from autograd.node import Node, caller_line, latest
from autograd.op import Op
from autograd.operands import mixing, number_for
from autograd.operators import OPERATORS
from autograd.recording import Mode, mode, watching
from autograd.tensor import Tensor
from autograd.value import Value, make_node
from autograd.value_lists import apply_to_lists

__all__ = ["add_methods"]


def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to Values, numbers and lists of them."""
    if mode.special and (watcher := mode.watcher()) is not None:
        return watcher.applied(apply_op, op, args, settings)
    if op.name == "assemble":  # the one op that makes a Tensor of Values
        return Tensor.apply_op(op, args, settings)
    if settings:
        op = op.with_settings(settings)
    if op.partials is None or any(type(a) in (list, tuple) for a in args):
        return apply_to_lists(op, args)
    if not op.differentiable:
        return op.compute([a.data if isinstance(a, Value) else a for a in args], {})
    if len(args) == 1:
        return _kernel(op, False)(args[0])
    if len(args) == 2:
        if isinstance(args[0], Value):
            made = _kernel(op, False)(*args)
        else:
            made = _kernel(op, True)(args[1], args[0])
        if made is NotImplemented:
            raise TypeError(
                f"{op.name}: {', '.join(type(a).__name__ for a in args)} came; give numbers"
            )
        return made
    return _record(op, args)


Value.apply_op = staticmethod(apply_op)


def _record(op: Op, args: Sequence[Any]) -> Any:
    """Make a node the careful way: any number of inputs, recording perhaps switched off."""
    if (watcher := watching.get()) is not None:
        return watcher.applied(_record_unwatched, op, args)
    if mode.special == 1 and len(args) < 3 and mode.program():
        return _quick(op, args)
    return _record_unwatched(op, args)


def _quick(op: Op, args: Sequence[Any]) -> Any:
    """Make a node the fast way, where nothing but the recording of a program is unusual."""
    value_first = isinstance(args[0], Value)
    kernel = _quiet.get((op, value_first))
    if kernel is None:
        kernel = _quiet[op, value_first] = _quiet_kernel(op, not value_first)
    return kernel(*args) if value_first else kernel(*args[::-1])


def _record_unwatched(op: Op, args: Sequence[Any]) -> Any:
    numbers = []
    for a in args:
        if isinstance(a, Value):
            numbers.append(a.number)
        elif isinstance(a, Node):
            raise mixing(op)
        else:
            numbers.append(a if type(a) is float else number_for(op, a))
    out, slopes = kernels.evaluate(op, numbers, args)
    if not mode.recording():
        return Value(out)
    pairs = [
        (a, s) for a, s in zip(args, slopes, strict=True) if isinstance(a, Value) and s is not None
    ]
    if len(args) == 1:
        return make_node(op, out, args[0], slopes[0], None, None)
    if len(args) == 2:
        sides = [
            (a, s) if isinstance(a, Value) else (None, n)
            for a, s, n in zip(args, slopes, numbers, strict=True)
        ]
        return make_node(op, out, *sides[0], *sides[1])
    raw = tuple(
        a if isinstance(a, Value) and (s is not None or mode.program()) else n
        for a, s, n in zip(args, slopes, numbers, strict=True)
    )
    if not pairs and not mode.program():
        return Value(out)
    parents, known = tuple(a for a, _ in pairs), tuple(s for _, s in pairs)
    return make_node(op, out, None, None, (parents,), (known, (raw,)))


def _quiet_kernel(op: Op, reverse: bool) -> Callable[..., Any]:
    """Make an op's fast method that does not ask whether anything is unusual."""
    if len(op.inputs) > 2 or op.base is not None:
        return lambda *args: _record_unwatched(op, args[::-1] if reverse else args)
    return kernels.build(op, Value, _HELPERS, reverse, flag=Mode())


def _constant(op: Op, p: Value, reverse: bool, other: Any) -> Any:
    """Make a float of an operand that is no Value; or give what the operator returns for it."""
    if isinstance(other, (int, np.integer, np.floating, np.bool_)):
        return float(other)
    if isinstance(other, np.ndarray) and other.ndim == 0 and other.dtype.kind in "fiub":
        return float(other)
    if isinstance(other, Value):  # of a class of its own, such as a window on an array
        return _record_unwatched(op, (other, p) if reverse else (p, other))
    if isinstance(other, Node):
        raise mixing(op)
    if isinstance(other, np.ndarray):
        raise TypeError(
            f"{op.name}: a Value is one number, and an array of shape {other.shape} came: "
            "use a list of Values, or Tensors"
        )
    if getattr(type(other), "apply_rank", 0) > Value.apply_rank:
        return type(other).apply_op(op, (other, p) if reverse else (p, other), {})
    return NotImplemented


_HELPERS = {
    "record": _record,
    "constant": _constant,
    "watching": watching.get,
    "frame_at": _getframe,
    "latest": latest,
    "caller_line": caller_line,
}
_kernels: dict[tuple[Op, bool], Callable[..., Any]] = {}
_quiet: dict[tuple[Op, bool], Callable[..., Any]] = {}
_uses: dict[Op, int] = {}  # of ops whose settings are filled in
_WORTH_IT = 30  # so many uses cost about as much as generating the method
_MOST_KEPT = 1000  # settings that differ at every call must not fill memory


def _kernel(op: Op, reverse: bool) -> Callable[..., Any]:
    found = _kernels.get((op, reverse))
    if found is not None:
        return found
    if op.base is not None:
        if len(_uses) >= _MOST_KEPT:
            _uses.clear()
            _kernels.clear()
            _quiet.clear()
        uses = _uses[op] = _uses.get(op, 0) + 1
        if uses < _WORTH_IT:
            return lambda *args: _record(op, args[::-1] if reverse else args)
    found = _kernels[op, reverse] = kernels.build(op, Value, _HELPERS, reverse)
    return found


class _LazyMethod:
    """An op's fast method, generated when it is first asked for and put in this one's place."""

    def __init__(self, op: Op, reverse: bool) -> None:
        self.op = op
        self.reverse = reverse

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        method = _kernel(self.op, self.reverse)
        setattr(Value, self.name, method)
        return method if instance is None else method.__get__(instance, owner)


def _add_method(name: str, op: Op, reverse: bool = False) -> None:
    lazy = _LazyMethod(op, reverse)
    lazy.__set_name__(Value, name)
    setattr(Value, name, lazy)


def _plain_method(op: Op) -> Callable[..., Any]:
    def method(self: Value, *args: Any, **settings: Any) -> Any:
        return op(self, *args, **settings)

    method.__doc__ = op.doc
    method.__name__ = op.name
    return method


def add_methods(names: Iterable[tuple[str, Op]]) -> None:
    """Give Value a method for each elementwise op under each of its names."""
    for name, op in names:
        if op.partials is None or name in Value.__dict__:
            continue
        if op.settings or len(op.inputs) > 1:
            setattr(Value, name, _plain_method(op))
        else:
            _add_method(name, op)


for _name, (_op, _reverse) in OPERATORS.items():
    if _op.partials is not None:
        _add_method(_name, _op, _reverse)
