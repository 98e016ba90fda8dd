"""Where in a recorded graph a nan or an infinity began."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.node import Node, line_text
from autograd.op import Op
from autograd.trace_records import in_short
from autograd.value import Value

__all__ = [
    "Origin", "Use", "amount", "bad_kind", "born_at", "element_of", "first_place", "in_number",
    "line_of", "origin_of", "uses_given", "uses_of", "way_between", "written",
]  # fmt: skip


@dataclass(frozen=True)
class Use:
    """An input of an op.

    Attributes:
        item: The node, or the plain number or array.
        numbers: What the op read.
        known_as: The name that the graph keeps for a constant.
    """

    item: Any
    numbers: Any
    known_as: str | None = None

    @property
    def is_data(self) -> bool:
        """Whether nothing was recorded that made it."""
        return not isinstance(self.item, Node) or self.item.op is None


@dataclass(frozen=True)
class Origin:
    """Where a bad number began.

    Attributes:
        node: The result of the op that made it of finite numbers, or used it first.
        op: That op.
        uses: What the op was given.
        entered: The one of ``uses`` with which it came in from outside; None if the op made it.
        path: The results that it went through, the origin's first.
    """

    node: Any
    op: Op
    uses: tuple[Use, ...]
    entered: int | None
    path: tuple[Any, ...]


def bad_kind(numbers: Any) -> str | None:
    """Tell ``"nan"`` or ``"inf"`` if there is one among the numbers, nan first; else None."""
    if type(numbers) is float:
        return None if numbers - numbers == 0.0 else "nan" if numbers != numbers else "inf"
    kind = getattr(getattr(numbers, "dtype", None), "kind", "i")
    if kind != "f" or bool(np.isfinite(numbers).all()):
        return None
    return "nan" if bool(np.isnan(numbers).any()) else "inf"


def first_place(flags: Any) -> tuple[int, ...] | None:
    """The index of the first true flag; None if there is none."""
    flags = np.asarray(flags)
    if not flags.any():
        return None
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(flags)), flags.shape))


def uses_of(node: Any) -> tuple[Use, ...]:
    """What a recorded node's op was given."""
    if isinstance(node, Value):
        return tuple(Use(item, _numbers(item)) for item in node.inputs)
    names = node.info.names if node.info is not None else {}
    return tuple(
        Use(parent if parent is not None else read, read, names.get(slot))
        for slot, (parent, read) in enumerate(zip(node.inputs, node.args, strict=True))
    )


def uses_given(made: Any, given: Sequence[Any]) -> tuple[Use, ...]:
    """What the op of a new result was given, also where nothing was recorded."""
    plain = list(_flat(given))
    if made.op is not None:
        uses = uses_of(made)
        if len(uses) != len(plain):
            return uses
        return tuple(
            use if isinstance(use.item, Node) else Use(item, use.numbers, use.known_as)
            for use, item in zip(uses, plain, strict=True)
        )
    return tuple(Use(item, _numbers(item)) for item in plain)


def _flat(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _flat(item)
        elif item is not None and not isinstance(item, (str, Mapping)):
            yield item


def _numbers(item: Any) -> Any:
    if isinstance(item, Value):
        return item.number
    return getattr(item, "_data", item)


def written(node: Any) -> Any:
    """What a node's op computed, whatever was written into the node since."""
    if isinstance(node, Value):
        return node.number
    return node.out if node.out is not None else node._data


def born_at(op: Op, uses: Sequence[Use], out: Any, kind: str) -> Any:
    """Where an elementwise op made a bad number of finite ones, as flags; None for other ops."""
    if op.partials is None:
        return None
    shape = np.shape(out)
    flags = np.isnan(out) if kind == "nan" else np.isinf(out)
    for use in uses:
        if np.broadcast_shapes(np.shape(use.numbers), shape) != shape:
            return None
        flags = flags & np.isfinite(use.numbers)
    return flags


def origin_of(made: Any, kind: str, op: Op, given: Sequence[Any] | None = None) -> Origin:
    """Go back from a bad result to where its first bad number began.

    Args:
        made: A result that holds a bad number.
        kind: ``"nan"`` or ``"inf"``, whichever is looked for; a nan may have begun as infinity.
        op: The op that made it.
        given: What the op was given, where that may not be recorded.

    Returns:
        Where it began.
    """
    node, path = made, [made]
    while True:
        uses = uses_of(node) if given is None or node is not made else uses_given(node, given)
        out = written(node)
        born = born_at(op, uses, out, kind)
        bad = [bad_kind(use.numbers) for use in uses]
        if not any(bad) or (born is not None and np.any(born)):
            return Origin(node, op, uses, None, tuple(reversed(path)))
        wanted = kind if kind in bad else "inf" if "inf" in bad else "nan"
        slot = bad.index(wanted)
        use = uses[slot]
        if use.is_data:
            return Origin(node, op, uses, slot, tuple(reversed(path)))
        node, op, kind = use.item, use.item.op, wanted
        path.append(node)


def way_between(root: Any, node: Any) -> list[Any]:
    """The shortest way from a node to a result that depends on it; the node itself comes first."""
    came_from: dict[Any, Any] = {root: None}
    waiting = deque([root])
    while waiting and node not in came_from:
        now = waiting.popleft()
        for parent in now.parents:
            if parent is not None and parent not in came_from:
                came_from[parent] = now
                waiting.append(parent)
    way, here = [], node if node in came_from else None
    while here is not None:
        way.append(here)
        here = came_from[here]
    return way or [node]


def element_of(use: Use, place: tuple[int, ...]) -> tuple[tuple[int, ...], float]:
    """Which element of an input met in an element of the result, and its number."""
    shape = np.shape(use.numbers)
    own = tuple(
        0 if size == 1 else i
        for size, i in zip(shape, place[len(place) - len(shape) :], strict=True)
    )
    return own, float(np.asarray(use.numbers)[own])


def line_of(node: Any) -> str | None:
    """Where a node was made, ``lesson.py:12``; None if that is not known."""
    if isinstance(node, Value):
        return line_text(node.info.line) if node.info is not None else None
    return line_text(getattr(node, "line", None))


def amount(numbers: Any) -> str:
    """Write a number, or how many nan and infinities there are in an array."""
    if np.ndim(numbers) == 0:
        return in_number(float(numbers))
    lost, endless = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    found = [f"{count} {word}" for count, word in ((lost, "nan"), (endless, "inf")) if count]
    if found:
        return f"{' and '.join(found)} of {np.size(numbers)}"
    if not np.size(numbers):
        return "empty"
    return f"{in_number(float(np.min(numbers)))} to {in_number(float(np.max(numbers)))}"


def in_number(number: float) -> str:
    """Write a number in short; nan and infinity, too."""
    return in_short(number) if np.isfinite(number) else repr(number)
