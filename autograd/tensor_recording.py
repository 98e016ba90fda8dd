"""How operations make Tensors, and what they record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from sys import _getframe, getrefcount
from typing import Any, NoReturn

import numpy as np

from autograd.arrays import as_array, own_settings
from autograd.buffers import LARGE, is_view
from autograd.errors import OperationError
from autograd.forms import EXPOSED, PRIVATE, SHARED, form_of
from autograd.node import Node
from autograd.op import Op
from autograd.operands import mixing
from autograd.ops.arrange import stack
from autograd.picked import Picked
from autograd.recording import mode
from autograd.rules import computed, rules_of
from autograd.tensor import Tensor, from_array
from autograd.tensor_nodes import recorded
from autograd.value import Value

__all__ = ["FAILURES", "apply_op", "settled"]

_array = np.ndarray
FAILURES = (ValueError, TypeError, IndexError, np.linalg.LinAlgError)


def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to Tensors, arrays and numbers; record it if a gradient may be asked for."""
    special = mode.special
    if special and (watcher := mode.watcher()) is not None:
        return watcher.applied(apply_op, op, args, settings)  # which calls this again, unwatched
    raw: list[Any] = []
    inputs: list[Node | None] = []
    fresh: list[Tensor] = []
    array: Any = None
    tracked = large = unsettled = named = False
    for a in args:
        node: Node | None = None
        if isinstance(a, Tensor):
            if a._requires_grad:
                node, tracked = a, True
            elif a.info is not None:
                named = True
            array = a._data
            if a.hold is PRIVATE:
                fresh.append(a)
            elif not a.hold:
                unsettled = True
            if not large and type(array) is _array and array.nbytes >= LARGE:
                large = True
        elif type(a) is _array:
            array, unsettled = a, True
        elif type(a) is float or type(a) is int:
            array = a
        elif isinstance(a, Value):
            if op.name != "assemble":
                raise mixing(op)
            node, tracked = a, True
            array = a.data
        else:
            array = _plain(op, a)
        raw.append(array)
        inputs.append(node)
    try:
        if settings:
            out = op.forward(*raw, **settings)
        elif large and (op.rules or rules_of(op)).is_numpys:
            out = computed(op.rules, raw)
        else:
            out = op.forward(*raw)
    except FAILURES as error:
        raise op.explain(error, raw, settings) from error
    if type(out) is not _array and isinstance(out, (np.generic, float, int)):
        out = np.asarray(out)
    kind = out.dtype.kind
    if kind not in "fiub":
        raise _no_real_numbers(op, out)
    if not tracked or kind != "f" or not op.differentiable or (special and not mode.recording()):
        made = from_array(out)
        if type(out) is _array and (is_view(out) or any(out is r for r in raw)):
            _keep_apart(made, args)
        return made
    del array
    if unsettled:
        out = settled(args, raw, out, 0)
    for a in fresh:
        a.hold = SHARED
    if settings and settings is not op.settings:
        settings = own_settings(settings)
    made = recorded(op, out, tuple(inputs), tuple(raw), settings, _getframe(1))
    if named:
        for i, a in enumerate(args):
            if inputs[i] is None and isinstance(a, Tensor) and a.info is not None and a.info.label:
                made._noted().names[i] = a.info.label
    return made


def settled(args: Sequence[Any], raw: list[Any], out: Any, others: int) -> Any:
    """See to it that nobody writes to what a graph reads: what the user may write to is copied.

    Args:
        args: The inputs as they came.
        raw: Their arrays and numbers; copies are put in here.
        out: The result, which may be a view of an input.
        others: How many more references to an input the caller holds.

    Returns:
        The result, perhaps copied.
    """
    for i, a in enumerate(args):
        if isinstance(a, Tensor):
            array = a._data
            if (
                a.hold == EXPOSED
                and type(array) is _array
                and getrefcount(array) - others - (getattr(out, "base", None) is array) > _ALONE
            ):
                raw[i] = array.copy("K")  # the user still holds it and may write to it
                if out is array or (out.base is not None and is_view(out)):
                    out = out.copy()
            elif not a.hold:
                a.hold = form_of(array) if a._requires_grad else SHARED
        elif type(a) is _array:
            raw[i] = a.copy()
    return out


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
        return as_array(argument, None, copy=True)  # a subclass: a matrix, a file in memory
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
    """Count what the interpreter itself holds of an array in ``settled``: versions differ."""
    tensor = from_array(np.empty(0))
    array = tensor._data
    raw = [array]
    return getrefcount(array) + 0 * len(raw)


_ALONE = _references_when_alone()


def _keep_apart(made: Tensor, args: Sequence[Any]) -> None:
    """A result that is a view of its input: neither may be written to while the other reads it."""
    for a in args:
        if isinstance(a, Tensor):
            if a.hold == EXPOSED:
                made._data = made._data.copy()
            else:
                a.hold = a.hold or SHARED
        elif type(a) is _array:
            made._data = made._data.copy()
    made.hold = SHARED
