"""Ops over lists of Values: sum([a, b, c]) is one node with three parents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import kernels
from autograd.errors import OperationError
from autograd.frozen import replace
from autograd.node import Node
from autograd.op import Op
from autograd.operands import mixing, number_for
from autograd.recording import mode
from autograd.value import Value, make_node
from autograd.weighted import weighted

__all__ = ["apply_to_lists"]


def apply_to_lists(op: Op, args: Sequence[Any]) -> Any:
    """Apply an op that makes one number of arrays to lists of Values: one node with many parents.

    Args:
        op: The op, its settings filled in.
        args: Values, numbers and flat lists of them.

    Returns:
        The Value.

    Raises:
        OperationError: If the op does not make one number of such lists.
    """
    if op.variadic or op.partials is not None:
        raise _not_for_values(op)
    groups: list[tuple[Any, ...]] = []
    for a in args:
        group = tuple(a) if isinstance(a, (list, tuple)) else (a,)
        for item in group:
            if isinstance(item, (list, tuple)):
                raise _not_for_values(op)
            if isinstance(item, Node) and not isinstance(item, Value):
                raise mixing(op)
        groups.append(group)
    sizes = tuple(len(a) if isinstance(a, (list, tuple)) else None for a in args)
    if op.name == "weighted_sum":
        return weighted(op, groups[0], groups[1], groups[2][0])
    filled = _sized(op, sizes)
    raw = tuple(item for group in groups for item in group)
    if mode.special and not op.differentiable:
        mode.refuse(f"{op.name} of Values")
    numbers = [a.number if isinstance(a, Value) else number_for(op, a) for a in raw]
    out, slopes, is_number = kernels.evaluate_lists(filled, numbers, sizes)
    if not is_number:
        raise _not_for_values(op)
    if not mode.recording() or not op.differentiable:
        return Value(out) if op.differentiable else out
    kept = [
        (a, s) for a, s in zip(raw, slopes, strict=True) if isinstance(a, Value) and s is not None
    ]
    slopes_kept: tuple[Any, ...] = (tuple(s for _, s in kept),)
    if len(kept) < len(raw):
        slopes_kept += (
            (tuple(a if isinstance(a, Value) else n for a, n in zip(raw, numbers, strict=True)),),
        )
    return make_node(filled, out, None, None, (tuple(a for a, _ in kept),), slopes_kept)


def _sized(op: Op, sizes: tuple[int | None, ...]) -> Op:
    """The op, remembering how its flat inputs divide into lists."""
    key = ("sizes", sizes)
    found = op._bound.get(key)
    if found is None:
        found = replace(
            op, filled={**op.filled, "sizes": sizes}, base=op.base or op, call=None, _bound={}
        )
        op._bound[key] = found
    return found


def _not_for_values(op: Op) -> OperationError:
    return OperationError(
        f"{op.name}: this does not make one number of a list of Values: make a Tensor of them with "
        "tensor_from_values(...) first"
    )
