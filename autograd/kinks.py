"""Where a gradient depended on a convention: ``autograd.kinks(loss)``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.bad_numbers import Use, element_of, in_number, line_of, uses_of, written
from autograd.engine import propagate, topological_order
from autograd.kink_rules import Corner, corner_of, slopes_beside
from autograd.node import Node
from autograd.op import Op
from autograd.remarks import Remark, Report, names_around, table
from autograd.trace_records import plain_label
from autograd.value import Value

__all__ = ["Kink", "KinkReport", "kinks"]


@dataclass(frozen=True)
class Kink:
    """An op that stands where its slope is a convention, and lets a gradient through there.

    Attributes:
        op: The op.
        line: Where it was called, such as ``lesson.py:12``; None if that is not known.
        input: The name of its input.
        place: The first such element of the result; () for a single number.
        at: The number at which the input stands there.
        count: How many elements of the result stand so.
        what: In words where they stand.
        rule: In words which slope is taken.
        used: The slope that is taken; None for an op without a slope per element.
        left: The slope just below; None where there is none.
        right: The slope just above; None where there is none.
        node: The op's result.
    """

    op: str
    line: str | None
    input: str
    place: tuple[int, ...]
    at: float
    count: int
    what: str
    rule: str
    used: float | None
    left: float | None
    right: float | None
    node: Any


@dataclass(frozen=True, repr=False)
class KinkReport(Report):
    """The kinks of one graph, in its order; ``print`` writes a table, a notebook shows the graph.

    Attributes:
        kinks: What was found.
    """

    kinks: tuple[Kink, ...] = ()

    def __len__(self) -> int:
        return len(self.kinks)


def kinks(root: Any) -> KinkReport:
    """Tell where the gradient of a result depends on a convention.

    An op counts if it stands exactly at a corner (relu at 0), on an edge (sqrt at 0) or in a tie
    (max), and a gradient that is not 0 arrives there.  No ``.grad`` is written.

    Args:
        root: A Value or a Tensor; of an array the gradient of its sum is meant.

    Returns:
        The report; ``viz.draw`` marks its places in the graph.

    Raises:
        TypeError: If root is neither.

    Example:
        >>> from autograd import Tensor, relu
        >>> x = Tensor([-1.0, 0.0, 2.0], requires_grad=True, label="x")
        >>> found = kinks(relu(x).sum()).kinks[0]
        >>> found.op, found.place, found.used, found.left, found.right
        ('relu', (1,), 0.0, 0.0, 1.0)
    """
    if not isinstance(root, Node):
        raise TypeError(f"kinks: {type(root).__name__} came; give a Value or a Tensor")
    seed = 1.0 if isinstance(root, Value) else np.ones_like(written(root))
    arrived = propagate(root, seed) if root.requires_grad else {}
    around = names_around()
    named = {id(thing): name for name, thing in reversed(around.items())}
    found = []
    for node in topological_order(root):
        if node.op is None or node not in arrived:
            continue
        uses, op, settings = _read(node)
        out = written(node)
        corner = corner_of(op.name, settings, [use.numbers for use in uses], out)
        hit = np.asarray(corner.flags) & (np.asarray(arrived[node]) != 0)
        if np.any(hit):
            found.append(_kink(node, op, settings, uses, out, corner, hit, named))
    rows = [
        (kink.op, kink.line or "", str(kink.count), kink.input, in_number(kink.at),
         _slope(kink.used), _slope(kink.left), _slope(kink.right), kink.rule)
        for kink in found
    ]  # fmt: skip
    head = ("op", "line", "places", "input", "at", "slope", "left", "right", "rule")
    text = "no gradient here depends on a convention"
    if rows:
        text = "\n".join(table([head, *rows]))
    remarks = tuple(
        Remark(kink.node, "kink", "kink" if not kink.place else f"{kink.count} at a kink",
               f"{kink.input} = {in_number(kink.at)} stands {kink.what}: {kink.rule}.")
        for kink in found
    )  # fmt: skip
    names = {name: thing for name, thing in around.items() if isinstance(thing, Node)}
    return KinkReport(text, (root,), remarks, names, tuple(found))


def _read(node: Any) -> tuple[tuple[Use, ...], Op, Any]:
    """What an op was given: a list of Values as one array."""
    uses = uses_of(node)
    op: Op = node.op
    if not isinstance(node, Value):
        return uses, op, node.settings
    sizes = op.filled.get("sizes")
    settings = {k: v for k, v in op.filled.items() if k != "sizes"}
    if sizes is None:
        return uses, op.base or op, settings
    groups, start = [], 0
    for size in sizes:
        group = uses[start : start + (size or 1)]
        start += len(group)
        groups.append(Use(group[0].item, np.array([use.numbers for use in group])))
    return tuple(groups), op.base or op, settings


def _kink(
    node: Any, op: Op, settings: Any, uses: tuple[Use, ...], out: Any, corner: Corner, hit: Any,
    named: dict[int, str],
) -> Kink:  # fmt: skip
    place = tuple(int(i) for i in np.unravel_index(int(np.argmax(hit)), np.shape(hit)))
    slot = next((i for i, parent in enumerate(node.parents) if parent is not None), 0)
    slot = min(slot, len(uses) - 1)
    item = uses[slot].item
    label = item.label if isinstance(item, Node) else None
    name = plain_label(label) if label else named.get(id(item))
    name = name or (op.inputs[slot] if slot < len(op.inputs) else f"input {slot}")
    slopes = slopes_beside(op, settings, [use.numbers for use in uses], out, slot, place)
    if op.partials is not None:
        own, at = element_of(uses[slot], place)
        name += f"{list(own)}" if own else ""
    else:
        at = float(np.asarray(out)[place])
    used, left, right = slopes if slopes is not None else (None, None, None)
    return Kink(op.name, line_of(node), name, place, at, int(np.count_nonzero(hit)), corner.what,
                corner.rule, used, left, right, node)  # fmt: skip


def _slope(slope: float | None) -> str:
    return "" if slope is None else in_number(slope)
