"""What a recorded Tensor sends back to its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.arrays import same_numbers
from autograd.errors import GradientError, StaleGraphError
from autograd.node import Node, line_text
from autograd.op import OPS
from autograd.ops.shape import sum_to
from autograd.tensor_data import TensorData
from autograd.value_graph import ValueGraph

__all__ = ["pull_back"]

_array = np.ndarray
_WORDS = {2: np.int16, 4: np.int32, 8: np.int64}
_MANY = 4096  # from here on it pays to select by bits


def pull_back(node: TensorData, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
    """Send an arriving gradient on to the parents, by the op's formulas."""
    op, settings = node.op, node.settings
    if op is None:
        return []
    args, out = node.args, node.out
    if create_graph:
        args, out = _fresh_nodes(node)
    sent: list[tuple[int, Any, Any]] = []
    if op.partials is not None:
        for slot, parent in enumerate(node.inputs):
            formula = op.partials[slot]
            if parent is not None and formula is not None:
                slope = formula(out, *args, **settings)
                sent.append((slot, parent, _fit(node, slot, parent, _times(g, slope))))
    elif isinstance(op.vjp, tuple):
        for slot, parent in enumerate(node.inputs):
            send = op.vjp[slot]
            if parent is not None and send is not None:
                back = send(g, out, *args, **settings)
                sent.append((slot, parent, _fit(node, slot, parent, back)))
    elif op.vjp is not None:
        answer = op.vjp(g, out, *args, **settings)
        if not isinstance(answer, (tuple, list)) or len(answer) != len(args):
            raise GradientError(
                f"{op.name}: its vjp gave {_counted(answer)} for {len(args)} inputs; one function "
                "gives a tuple with a gradient for each input (or give a tuple of functions)"
            )
        for slot, back in enumerate(answer):
            parent = node.inputs[slot]
            if parent is not None:
                sent.append((slot, parent, _fit(node, slot, parent, back)))
    return sent


def _fit(node: TensorData, slot: int, parent: Node, back: Any) -> Any:
    """Sum a gradient to the shape of the input it belongs to, and give it that input's dtype."""
    wanted = node.args[slot]
    if type(back) is _array and back.dtype is wanted.dtype and back.shape == wanted.shape:
        return back  # as nearly always
    if isinstance(parent, ValueGraph):
        if isinstance(back, TensorData):
            return back.to_values()  # type: ignore[attr-defined]  # a Tensor of one number
        return float(back)
    if isinstance(back, TensorData):
        if back._data.shape != wanted.shape:
            if back._data.ndim >= wanted.ndim:
                back = sum_to(back, wanted.shape)
            back = OPS["broadcast_to"](back, shape=wanted.shape)
        return back if back._data.dtype == wanted.dtype else OPS["astype"](back, dtype=wanted.dtype)
    shape = np.shape(back)
    if shape != wanted.shape:
        if len(shape) < len(wanted.shape) or shape == ():
            back = np.broadcast_to(back, wanted.shape)
        else:
            back = np.broadcast_to(sum_to.forward(back, shape=wanted.shape), wanted.shape)
    if isinstance(back, np.generic):
        back = np.asarray(back)
    return back if back.dtype == wanted.dtype else back.astype(wanted.dtype)


def _counted(answer: Any) -> str:
    if isinstance(answer, (tuple, list)):
        return f"{len(answer)} gradients"
    return type(answer).__name__


def _times(g: Any, slope: Any) -> Any:
    """The gradient times a local derivative; a yes or no selects, so that 0 is exactly 0."""
    if type(slope) is int:
        if slope == 1:
            return g
        if slope == -1:
            return -g
    elif type(slope) is _array and type(g) is _array:
        if slope.dtype is g.dtype:
            return g * slope
        if slope.dtype == np.bool_:
            return _selected(slope, g)
        return g * slope.astype(g.dtype)
    flags = slope._data if isinstance(slope, TensorData) else slope
    if getattr(flags, "dtype", None) == np.bool_:
        return OPS["where"](flags, g, 0)
    return g * slope


def _selected(flags: Any, g: Any) -> Any:
    """The numbers where a flag is true, exactly 0 elsewhere, also beside inf and nan."""
    word = _WORDS.get(g.dtype.itemsize)
    if g.size < _MANY or flags.shape != g.shape or word is None:
        return np.where(flags, g, g.dtype.type(0))
    # choosing one by one is slow where flags come at random: all bits are kept or cleared instead
    out = np.empty_like(g)
    np.bitwise_and(g.view(word), np.negative(flags.view(np.int8)), out=out.view(word))
    return out


def _fresh_nodes(node: TensorData) -> tuple[tuple[Any, ...], TensorData]:
    """The inputs and the result as nodes, whose data must be what was recorded."""
    stale = node._data is not node.out and not same_numbers(node._data, node.out)
    nodes: list[Any] = []
    for parent, recorded in zip(node.inputs, node.args, strict=True):
        if parent is None:
            nodes.append(recorded)
            continue
        now: Any = getattr(parent, "_data" if isinstance(parent, TensorData) else "data")
        stale = stale or (now is not recorded and not same_numbers(now, recorded))
        nodes.append(parent)
    if stale:
        names = ", ".join(str(p.label) for p in node.inputs if p is not None and p.label)
        place = line_text(node.line)
        raise StaleGraphError(
            f"{node.op.name if node.op else ''}{f' ({place})' if place else ''}: the data of "
            f"{names or 'an input'} or of the result was changed after this graph was recorded, "
            "so it cannot be differentiated again: compute it anew from the new data"
        )
    return tuple(nodes), node
