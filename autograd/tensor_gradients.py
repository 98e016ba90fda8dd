"""What a recorded Tensor sends back to its inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.arrays import same_numbers
from autograd.engine import propagate
from autograd.errors import GradientError, StaleGraphError
from autograd.memory_order import take_like
from autograd.node import Node, line_text
from autograd.op import OPS
from autograd.ops.shape import sum_to
from autograd.recording import enable_grad
from autograd.tensor_data import TensorData
from autograd.value_graph import ValueGraph
from autograd.writes import last_write

__all__ = ["fitted", "pull_back", "selected", "times"]

_array = np.ndarray
_WORDS = {2: np.dtype(np.int16), 4: np.dtype(np.int32), 8: np.dtype(np.int64)}
_MANY = 4096  # from here on it pays to select by bits


def pull_back(node: TensorData, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
    """Send an arriving gradient on to the parents, by the op's formulas."""
    op, settings = node.op, node.settings
    if op is None:
        return []
    args, out = node.args, node.out
    if create_graph:
        args, out = _fresh_nodes(node)
        if op.made_of is not None:
            return _through_its_parts(node, op.made_of, g, args)
    sent: list[tuple[int, Any, Any]] = []
    if op.partials is not None:
        for slot, parent in enumerate(node.inputs):
            formula = op.partials[slot]
            if parent is not None and formula is not None:
                slope = formula(out, *args, **settings)
                sent.append((slot, parent, fitted(parent, node.args[slot], times(g, slope))))
    elif isinstance(op.vjp, tuple):
        for slot, parent in enumerate(node.inputs):
            send = op.vjp[slot]
            if parent is not None and send is not None:
                back = send(g, out, *args, **settings)
                sent.append((slot, parent, fitted(parent, node.args[slot], back)))
    elif op.vjp is not None:
        if op.made_of is not None:
            needed = [parent is not None for parent in node.inputs]
            answer = op.vjp(g, out, *args, **settings, needed=needed)
        else:
            answer = op.vjp(g, out, *args, **settings)
        if not isinstance(answer, (tuple, list)) or len(answer) != len(args):
            raise GradientError(
                f"{op.name}: its vjp gave {_counted(answer)} for {len(args)} inputs; one function "
                "gives a tuple with a gradient for each input (or give a tuple of functions)"
            )
        for slot, back in enumerate(answer):
            parent = node.inputs[slot]
            if parent is not None:
                sent.append((slot, parent, fitted(parent, node.args[slot], back)))
    return sent


def _through_its_parts(
    node: TensorData, made_of: Callable[..., Any], g: Any, args: tuple[Any, ...]
) -> list[tuple[int, Any, Any]]:
    """What a fused op sends back, recorded: by the ops that it stands for."""
    with enable_grad():
        out = made_of(*args, **node.settings)
    parents = {parent for parent in node.inputs if parent is not None}
    found = propagate(out, g, create_graph=True, stop=parents)
    sent = []
    for slot, parent in enumerate(node.inputs):
        if parent in parents:  # an input that stands in two places has it all at the first
            parents.discard(parent)
            if (back := found.get(parent)) is not None:
                sent.append((slot, parent, fitted(parent, node.args[slot], back)))
    return sent


def fitted(parent: Node, wanted: Any, back: Any) -> Any:
    """Sum a gradient to the shape of the input it belongs to, and give it that input's dtype.

    Args:
        parent: The input, as a node.
        wanted: The array that was recorded of it.
        back: What is sent to it.

    Returns:
        The gradient, in the shape and dtype of ``wanted``.
    """
    if type(back) is _array and back.dtype is wanted.dtype and back.shape == wanted.shape:
        return back  # as nearly always
    if isinstance(parent, ValueGraph):
        if isinstance(back, TensorData):
            return back.to_values()  # a Tensor of one number
        return float(back)
    if isinstance(back, TensorData):
        if back._data.shape != wanted.shape:
            if back._data.ndim >= wanted.ndim:
                back = sum_to(back, wanted.shape)
            back = OPS["broadcast_to"](back, shape=wanted.shape)
        return back if back._data.dtype == wanted.dtype else OPS["astype"](back, dtype=wanted.dtype)
    shape = np.shape(back)
    if shape != wanted.shape:
        if len(shape) >= len(wanted.shape) and shape != ():
            back = sum_to.forward(back, shape=wanted.shape)
        if np.shape(back) != wanted.shape:
            back = np.broadcast_to(back, wanted.shape)
    if isinstance(back, np.generic):
        back = np.asarray(back)
    return back if back.dtype == wanted.dtype else back.astype(wanted.dtype)


def _counted(answer: Any) -> str:
    if isinstance(answer, (tuple, list)):
        return f"{len(answer)} gradients"
    return type(answer).__name__


def times(g: Any, slope: Any) -> Any:
    """Multiply a gradient by a local derivative; a yes or no selects, so that 0 is exactly 0.

    Args:
        g: The gradient, an array or a node.
        slope: A number, array or node that broadcasts against it.

    Returns:
        The product, of the gradient's kind.
    """
    if type(slope) is int:
        if slope == 1:
            return g
        if slope == -1:
            return -g
    elif type(slope) is _array and type(g) is _array:
        if slope.dtype is g.dtype:
            return g * slope
        if slope.dtype == np.bool_:
            return selected(slope, g)
        return g * slope.astype(g.dtype)
    flags = slope._data if isinstance(slope, TensorData) else slope
    if getattr(flags, "dtype", None) == np.bool_:
        return OPS["where"](flags, g, 0)
    return g * slope


def selected(flags: Any, g: Any, out: Any = None) -> Any:
    """Keep the numbers where a flag is true, exactly 0 elsewhere, also beside inf and nan.

    Args:
        flags: An array of bools.
        g: An array of floats.
        out: Where the result may be written, in the place of an array of its own.

    Returns:
        An array like g.
    """
    word = _WORDS.get(g.dtype.itemsize)
    if g.size < _MANY or flags.shape != g.shape or word is None:
        return np.where(flags, g, g.dtype.type(0))
    # choosing one by one is slow where flags come at random; as whole numbers, times 1 or 0, all
    # bits stay or go
    if out is None:
        out = take_like(g)
    np.multiply(g.view(word), flags, out=out.view(word))
    return out


def _fresh_nodes(node: TensorData) -> tuple[tuple[Any, ...], TensorData]:
    """The inputs and the result as nodes, whose data must be what was recorded."""
    changed: list[Any] = []
    if node._data is not node.out and not same_numbers(node._data, node.out):
        changed.append(node)
    nodes: list[Any] = []
    for parent, recorded in zip(node.inputs, node.args, strict=True):
        if parent is None:
            nodes.append(recorded)
            continue
        now: Any = getattr(parent, "_data" if isinstance(parent, TensorData) else "data")
        if now is not recorded and not same_numbers(now, recorded):
            changed.append(parent)
        nodes.append(parent)
    if changed:
        whose = ["the result" if p is node else str(p.label or "an input") for p in changed]
        place = line_text(node.line)
        raise StaleGraphError(
            f"{node.op.name if node.op else ''}{f' ({place})' if place else ''}: the data of "
            f"{' and '.join(dict.fromkeys(whose))} was changed after this graph was recorded"
            f"{last_write(changed)}, so it cannot be differentiated again: compute it anew from "
            "the new data"
            + ("" if last_write(changed) else " (source_lines() around it all tells the line)")
        )
    return tuple(nodes), node
