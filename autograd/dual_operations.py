"""How operations act on Duals: by their own formulas, with no second text of any derivative.

An elementwise op multiplies each tangent by the slope its formula gives.  A linear op is applied to
the tangent.  Any other op's vjp is linear in the gradient it is given, so it is transposed by
differentiating it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import kernels
from autograd.dual import Dual, primal, raw, requires_grad, shape_of, zeros_for
from autograd.engine import propagate
from autograd.errors import OperationError
from autograd.node import Node
from autograd.op import OPS, Op
from autograd.recording import enable_grad, mode
from autograd.tensor import Tensor, from_array

__all__ = ["apply"]


def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to the values, and its derivative to the tangents."""
    if any(type(a) is list or type(a) is tuple for a in args):
        return _over_lists(op, args, settings)
    if op.made_of is not None:
        return op.made_of(*args, **settings)
    level = max(a.level for a in args if isinstance(a, Dual))
    values, tangents = [], []
    for a in args:
        inner = isinstance(a, Dual) and a.level == level
        values.append(a.value if inner else a)
        tangents.append(a.tangent if inner else None)
    with np.errstate(all="ignore"):  # as in the backward pass: an infinite slope is a fact
        if op.partials is not None and all(isinstance(v, (int, float)) for v in values):
            out, tangent = _on_numbers(op, values, tangents, settings)
        else:
            out = apply(op, values, settings)
            if not op.differentiable:
                return out
            push = _elementwise if op.partials is not None else _operation
            tangent = push(op, out, values, tangents, settings)
    return out if tangent is None else Dual(out, _fit(tangent, out), level)


def apply(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Apply an op to inputs in its own order, whatever they are.

    Args:
        op: The op.
        args: Its inputs: numbers, arrays, Values, Tensors or Duals.
        settings: A value for every setting.

    Returns:
        What the op makes of them.

    Example:
        >>> apply(OPS["concatenate"], [np.zeros(1), np.ones(1)], {"axis": 0})
        array([0., 1.])
    """
    readers = [type(a) for a in args if hasattr(type(a), "apply_op")]
    if op.name == "assemble" and readers and all(r.apply_rank < Dual.apply_rank for r in readers):
        return Tensor.apply_op(op, args, settings)
    if readers:
        return max(readers, key=lambda kind: kind.apply_rank).apply_op(op, args, settings)
    out = op.compute(args, settings)
    return np.asarray(out) if isinstance(out, np.generic) else out


def _on_numbers(
    op: Op, numbers: Sequence[float], tangents: Sequence[Any], settings: Mapping[str, Any]
) -> tuple[Any, Any]:
    """Plain floats, as a Value would have them: with its errors off the domain."""
    filled = op.with_settings(settings) if settings else op
    if not op.differentiable:
        return op.compute(numbers, settings), None
    out, slopes = kernels.evaluate(filled, [float(n) for n in numbers])
    total = None
    for slope, tangent in zip(slopes, tangents, strict=True):
        if slope is not None and tangent is not None:
            total = slope * tangent if total is None else total + slope * tangent
    return out, total


def _elementwise(
    op: Op, out: Any, values: Sequence[Any], tangents: Sequence[Any], settings: Mapping[str, Any]
) -> Any:
    """Every input's slope times its tangent, added up."""
    total = None
    for formula, tangent in zip(op.partials or (), tangents, strict=True):
        if formula is not None and tangent is not None:
            term = _scaled(tangent, formula(out, *values, **settings))
            total = term if total is None else total + term
    return total


def _scaled(tangent: Any, slope: Any) -> Any:
    """A slope times a tangent; a yes or no selects, so that 0 is exactly 0."""
    if type(slope) is int and slope in (1, -1):
        return tangent if slope == 1 else -tangent
    flags = slope._data if isinstance(slope, Tensor) else slope
    if getattr(flags, "dtype", None) == np.bool_:
        return OPS["where"](flags, tangent, 0)
    return slope * tangent


def _operation(
    op: Op, out: Any, values: Sequence[Any], tangents: Sequence[Any], settings: Mapping[str, Any]
) -> Any:
    """A linear map of the tangents: the op itself where it is linear, else its vjp transposed."""
    if op.linear == ("*",):
        filled = [zeros_for(v) if t is None else t for v, t in zip(values, tangents, strict=True)]
        return apply(op, filled, settings)
    total, rest = None, list(tangents)
    for i, name in enumerate(op.inputs if not op.variadic else ()):
        if name in op.linear and tangents[i] is not None:
            term = apply(op, [*values[:i], tangents[i], *values[i + 1 :]], settings)
            total = term if total is None else total + term
            rest[i] = None
    if any(t is not None for t in rest):
        term = _transposed(op, out, values, rest, settings)
        total = term if total is None else total + term
    return total


def _transposed(
    op: Op, out: Any, values: Sequence[Any], tangents: Sequence[Any], settings: Mapping[str, Any]
) -> Any:
    """J t as the gradient of <u J, t> towards u; the vjp is linear in u, so any u will do."""
    u = Tensor(np.zeros(shape_of(out), np.result_type(raw(out))), requires_grad=True)
    stop = {u, *(v for v in map(primal, values) if isinstance(v, Node))}
    create_graph = mode.recording() and any(map(requires_grad, (*values, *tangents)))
    with enable_grad():
        if isinstance(op.vjp, tuple):
            sent = [
                send(u, out, *values, **settings) if send is not None and t is not None else None
                for send, t in zip(op.vjp, tangents, strict=True)
            ]
        else:
            sent = [] if op.vjp is None else list(op.vjp(u, out, *values, **settings))
        product = None
        for back, tangent in zip(sent, tangents, strict=True):
            if back is not None and tangent is not None:
                term = OPS["sum"](back * tangent)
                product = term if product is None else product + term
        found = _derivative(product, u, stop, create_graph)
    return zeros_for(out) if found is None else found


def _derivative(product: Any, u: Tensor, stop: set[Any], create_graph: bool) -> Any:
    if isinstance(product, Dual):
        value = _derivative(product.value, u, stop, create_graph)
        tangent = _derivative(product.tangent, u, stop, create_graph)
        if tangent is None:
            return value
        return Dual(zeros_for(u) if value is None else value, tangent, product.level)
    if not isinstance(product, Tensor) or not product.requires_grad:
        return None
    one = np.ones_like(product._data)
    return propagate(product, one, create_graph=create_graph, stop=stop).get(u)


def _fit(tangent: Any, out: Any) -> Any:
    """Give a tangent the shape, dtype and kind of the value it belongs to."""
    value = raw(out)
    if isinstance(value, (int, float)):
        return tangent
    if isinstance(tangent, np.generic):
        tangent = np.asarray(tangent)
    if shape_of(tangent) != np.shape(value):
        tangent = OPS["broadcast_to"](tangent, shape=np.shape(value))
    if value.dtype.kind == "f" and np.result_type(raw(tangent)) != value.dtype:
        tangent = OPS["astype"](tangent, dtype=value.dtype)
    return (
        from_array(tangent) if isinstance(out, Tensor) and type(tangent) is np.ndarray else tangent
    )


# ---------------------------------------------------------------------- lists of numbers
def _over_lists(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """An op that makes one number of arrays, on lists of numbers, which are joined first."""
    joined = []
    for a in args:
        group = a if isinstance(a, (list, tuple)) else (a,)
        if any(isinstance(item, (list, tuple)) or shape_of(item) for item in group):
            raise OperationError(
                f"{op.name}: a list of arrays or lists came; join them first with "
                "stack(...) or concatenate(...)"
            )
        joined.append(apply(OPS["assemble"], group, {"shape": (len(group),) if group is a else ()}))
    out = apply(op, joined, settings)
    if shape_of(out) or not op.differentiable:
        return out
    return out.to_values() if isinstance(out, (Dual, Tensor)) else float(out)


Dual.apply_op = staticmethod(apply_op)
