"""What an operation sends back to its inputs, read as a formula from the op's own derivative."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.trace import TraceNode
from viz.formulas.known import Known, is_number, product, replaced
from viz.formulas.rewriting import simplified, summed_over

ROW = "<row {}>"
_SHAPING = {"reshape", "broadcast_to", "astype", "expand_dims", "squeeze"}
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
)


class Unreadable(Exception):
    """The op's formula looks at numbers, or does what no symbol can."""


def op_of(node: TraceNode) -> Op:
    """Look up what made a node.

    Raises:
        ValueError: If the op is not in the table any more.
    """
    op = OPS.get(node.op or "")
    if op is None:
        raise ValueError(
            f"{node.op}: this op is not in autograd.OPS, so its formula cannot be read; "
            "define it before you look at graphs made with it"
        )
    return op


def row_slices(node: TraceNode) -> list[slice]:
    """Say which inputs of a Value belong to which list; nothing if it was not made of lists."""
    op, count = op_of(node), len(node.inputs)
    if node.kind != "value" or op.partials is not None or op.name == "pick":
        return []
    if op.name == "weighted_sum":
        half = count // 2
        return [slice(0, half), slice(half, 2 * half), slice(2 * half, count)]
    size = count // len(op.inputs)
    return [slice(i * size, (i + 1) * size) for i in range(len(op.inputs))]


def row_symbols(node: TraceNode, inputs: Sequence[Any]) -> list[Any]:
    """Make one symbol per list of inputs; a bias, which is one number, is a plain input."""
    rows: list[Any] = []
    for position, part in enumerate(row_slices(node)):
        numbers = [a.number if isinstance(a, Known) else a for a in inputs[part]]
        if op_of(node).name == "weighted_sum" and position == 2:
            rows.append(inputs[part][0])
        else:
            rows.append(Known(ROW.format(position), number=np.array(numbers, dtype=float)))
    return rows


def sent_back(node: TraceNode, slot: int, gradient: Any, out: Any, inputs: Sequence[Any]) -> Any:
    """Read what one input of a node receives when a gradient arrives.

    Args:
        node: a node that has an operation.
        slot: which of its inputs.
        gradient: the symbol of the gradient that arrived.
        out: the symbol of the result.
        inputs: symbols of the inputs; plain numbers for constants.

    Returns:
        A formula, before it is summed to the input's shape. For a node made of lists of Values the
        formula of one element; where the elements do not stand for themselves, it picks one of a
        row that has the symbols ``<row 0>``, ``<row 1>`` in it.

    Raises:
        Unreadable: if the formula cannot be read with symbols.
    """
    op = op_of(node)
    settings = dict(node.settings)
    try:
        if node.kind == "value" and op.name == "pick":
            shape = np.shape(inputs[0].number)
            return OPS["place"](gradient, index=settings["index"], shape=shape)
        if op.name == "assemble":
            at = tuple(int(i) for i in np.unravel_index(slot, node.shape))
            return gradient[at] if node.shape else gradient
        if row_slices(node):
            return _for_element(node, slot, gradient, out, inputs, settings)
        if op.partials is not None:
            formula = op.partials[slot]
            assert formula is not None
            return simplified(product(gradient, formula(out, *inputs, **settings)))
        if not isinstance(gradient, Known):
            gradient = Known("1", number=np.asarray(gradient, dtype=float))
        if isinstance(op.vjp, tuple):
            found = op.vjp[slot](gradient, out, *inputs, **settings)  # type: ignore[misc]
        else:
            found = op.vjp(gradient, out, *inputs, **settings)[slot]  # type: ignore[misc]
        return simplified(found)
    except _UNREADABLE as problem:
        raise Unreadable(f"{op.name}: {problem}") from problem


def _for_element(
    node: TraceNode,
    slot: int,
    gradient: Any,
    out: Any,
    inputs: Sequence[Any],
    settings: dict[str, Any],
) -> Any:
    """What one of many Values in a list receives."""
    op, slices = op_of(node), row_slices(node)
    position = next(i for i, part in enumerate(slices) if part.start <= slot < part.stop)
    element = slot - slices[position].start
    if op.name == "matmul":  # of two lists: a sum of products of two
        return product(gradient, inputs[slot + len(inputs) // 2 * (1 if position == 0 else -1)])
    if op.name == "prod":  # products of two, one after the other
        others = [a for i, a in enumerate(inputs) if i != slot]
        return reduce(product, others, gradient)
    rows = row_symbols(node, inputs)
    arrived = gradient if isinstance(gradient, Known) else Known("1", number=np.float64(1.0))
    assert isinstance(op.vjp, tuple)
    send = op.vjp[position]
    assert send is not None
    formula = simplified(send(arrived, out, *rows, **settings))
    if is_number(gradient, 1):
        formula = simplified(replaced(formula, {"1": 1.0}))
    if not np.shape(getattr(formula, "number", formula)):
        return formula
    if elementwise(formula):
        own = {
            str(row.head): inputs[part][element]
            for row, part in zip(rows, slices, strict=True)
            if isinstance(row, Known) and row.shape and len(inputs[part]) > element
        }
        return simplified(_of_one(replaced(formula, own)))
    return formula[element]


def _of_one(formula: Any) -> Any:
    """A formula of single numbers has no shapes to fit together."""
    if not isinstance(formula, Known) or not formula.args:
        return formula
    parts = [_of_one(a) for a in formula.args]
    if isinstance(formula.head, Op) and formula.head.name in _SHAPING:
        return parts[0]
    return Known(formula.head, parts, formula.settings)


def elementwise(formula: Any) -> bool:
    """Say whether a formula treats every element by itself."""
    if not isinstance(formula, Known) or not formula.args:
        return True
    if isinstance(formula.head, Op):
        alone = formula.head.partials is not None or formula.head.name in _SHAPING
        if not alone:
            return False
    return all(elementwise(a) for a in formula.args)


def sums_of(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """List the axes over which a gradient is summed to reach an input's smaller shape."""
    extra = len(shape) - len(wanted)
    if extra < 0:
        return ()
    kept = [i + extra for i, n in enumerate(wanted) if n == 1 != shape[i + extra]]
    return (*range(extra), *kept)


def fitted(formula: Any, wanted: tuple[int, ...]) -> Any:
    """Sum a formula to an input's shape, as broadcasting stretched that input.

    Example:
        >>> from autograd.symbol import text
        >>> g = Known("g", number=np.ones((3, 4)))
        >>> fitted(g, (4,)).shape, fitted(g, (3, 1)).shape, fitted(g, ()).shape
        ((4,), (3, 1), ())
    """
    shape = np.shape(getattr(formula, "number", formula))
    axes = sums_of(shape, wanted)
    if shape == wanted or not axes or not isinstance(formula, Known):
        return formula
    return summed_over(formula, axes, wanted)
