"""How operations make Tensors, and what they record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from sys import getrefcount
from typing import Any, NoReturn

import numpy as np

from autograd.arrays import as_array
from autograd.errors import OperationError
from autograd.node import Node, caller_line
from autograd.op import Op
from autograd.operands import mixing
from autograd.ops.shape import stack
from autograd.recording import mode
from autograd.tensor import Tensor
from autograd.tensor_data import EXPOSED, SHARED
from autograd.value import Value

__all__ = ["add_methods"]

_new = object.__new__
_array = np.ndarray


def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to Tensors, arrays and numbers; record it if a gradient may be asked for."""
    raw: list[Any] = []
    tracked = False
    for a in args:
        if isinstance(a, Tensor):
            raw.append(a._data)
            tracked = tracked or a._requires_grad
        elif type(a) is _array or type(a) is float or type(a) is int:
            raw.append(a)
        elif isinstance(a, Value):
            if op.name != "assemble":
                raise mixing(op)
            raw.append(a.data)
            tracked = True
        else:
            raw.append(_plain(op, a))
    try:
        out = op.forward(*raw, **settings)
    except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
        raise op.explain(error, raw, settings) from error
    if type(out) is not _array and isinstance(out, (np.generic, float, int)):
        out = np.asarray(out)
    made = _new(Tensor)
    made._start(out)
    if not tracked or not op.differentiable or (mode.special and not mode.recording()):
        if type(out) is _array and (out.base is not None or any(out is r for r in raw)):
            _keep_apart(made, args)
        return made
    if out.dtype.kind != "f":
        return made
    inputs: list[Node | None] = []
    for i, a in enumerate(args):
        if isinstance(a, Tensor):
            inputs.append(a if a._requires_grad else None)
            if a.hold == EXPOSED and getrefcount(a._data) > 3 and type(a._data) is _array:
                raw[i] = raw[i].copy()  # the user still holds it and may write to it
                if out.base is not None or out is a._data:
                    made._data = out = out.copy()
            else:
                a.hold = SHARED
        else:
            inputs.append(a if isinstance(a, Value) else None)
            if type(a) is _array:
                raw[i] = a.copy()
    made._requires_grad = True
    made.hold = SHARED
    made.op = op
    made.inputs = tuple(inputs)
    made.args = tuple(raw)
    made.settings = settings
    made.out = out
    made.line = caller_line()
    return made


Tensor.apply_op = staticmethod(apply_op)


def _plain(op: Op, argument: Any) -> Any:
    """An input that is no node, as a number or an array."""
    if isinstance(argument, (list, tuple)):
        if any(isinstance(item, Node) for item in argument):
            return (
                stack(argument)._data
                if not any(i.requires_grad for i in argument)
                else _list_of(op)
            )
        return as_array(argument, None, copy=False)
    if isinstance(argument, (str, bytes, complex, dict, set)) or argument is None:
        raise OperationError(
            f"{op.name}: {type(argument).__name__} came; {op.usage()} as tensors, arrays or numbers"
        )
    return argument


def _list_of(op: Op) -> NoReturn:
    raise OperationError(
        f"{op.name}: a list of Tensors came; join them first with stack(...) or concatenate(...)"
    )


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
            setattr(Tensor, name, _plain_method(op, name))
