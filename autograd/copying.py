"""Copies of nodes and recorded graphs, by ``copy`` and ``pickle``, without recursion.

Python's own ways follow the parents one call inside the other, which ends after a few hundred
nodes.  Here the nodes are put in a row, parents first, and each names its parents by their places.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import topological_order
from autograd.node import Node, place_of
from autograd.recording import mode

__all__ = ["copied", "copied_alone", "reduced"]


class _Place:
    """Stands for an intermediate result in a row of records."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> Any:
        return _Place, (self.number,)


def copied_alone(node: Any) -> Any:
    """Copy a node that has the same parents: what ``copy.copy`` does.

    Args:
        node: A Value or a Tensor.

    Returns:
        The copy, with arrays of its own and without hooks.

    Example:
        >>> import copy
        >>> from autograd import Tensor
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> y = copy.copy(x * 3)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([3.0, 6.0], array([3., 3.]))
    """
    from copy import deepcopy

    if mode.special:
        mode.refuse("copying a node")
    if _has_its_own_way(node):
        return _by_its_own_way(node)
    made = _empty(type(node))
    memo: dict[int, Any] = {}
    for name, held in _state(node):
        own = name == "info" or isinstance(held, np.ndarray)
        setattr(made, name, deepcopy(held, memo) if own else held)
    return made


def copied(node: Any, memo: dict[int, Any]) -> Any:
    """Copy a node with everything that it was made of.

    Args:
        node: A Value or a Tensor.
        memo: What was copied before, by id: the table that ``copy.deepcopy`` passes on.

    Returns:
        The copy.  Hooks are not copied; they belong to the node that they were given to.

    Example:
        >>> import copy
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> b = copy.deepcopy(a * a)
        >>> b.backward()
        >>> b.data, a.grad, b.parents[0].grad
        (9.0, None, 6.0)
    """
    from copy import deepcopy

    if mode.special:
        mode.refuse("copying a node")
    rows: dict[int, Any] = {}  # tuples that several nodes share stay shared

    def parent(item: Any) -> Any:
        return memo.get(id(item))

    for each in topological_order(node):
        if id(each) in memo:
            continue
        if _has_its_own_way(each):
            memo[id(each)] = _by_its_own_way(each)
            continue
        memo[id(each)] = made = _empty(type(each))
        for name, content in _state(each):
            setattr(made, name, _mapped(content, parent, rows, lambda c: deepcopy(c, memo)))
    return memo[id(node)]


def reduced(node: Any) -> Any:
    """Take a node apart for ``pickle``.

    Args:
        node: A Value or a Tensor.

    Returns:
        A function and its arguments that make it anew: the leaves as they are (so that leaves
        shared with other things in the same pickle stay shared), the results as records.

    Example:
        >>> import pickle
        >>> from autograd import Value
        >>> a = Value(3.0)
        >>> again, leaf = pickle.loads(pickle.dumps((a * a, a)))
        >>> again.backward()
        >>> again.data, leaf.grad
        (9.0, 6.0)
    """
    if mode.special:
        mode.refuse("pickling a node")
    if node.op is None:
        return _restored, ([(type(node), _state(node))],)
    order = [each for each in topological_order(node) if each.op is not None]
    places = {id(each): _Place(number) for number, each in enumerate(order)}
    rows: dict[int, Any] = {}

    def parent(item: Any) -> Any:
        return places.get(id(item))

    records = [
        (
            type(each),
            [
                (name, place_of(held) if name == "line" and held else _mapped(held, parent, rows))
                for name, held in _state(each)
            ],
        )
        for each in order
    ]
    return _restored, (records,)


def _restored(records: list[tuple[Any, list[tuple[str, Any]]]]) -> Any:
    """Make the results anew, and give the last one."""
    made = [_empty(kind) for kind, _ in records]
    rows: dict[int, Any] = {}

    def parent(item: Any) -> Any:
        return made[item.number] if type(item) is _Place else None

    for node, (_, state) in zip(made, records, strict=True):
        for name, held in state:
            setattr(node, name, _mapped(held, parent, rows))
    return made[-1]


_empty: Any = object.__new__


def _has_its_own_way(node: Any) -> bool:
    method: Any = type(node).__reduce_ex__
    return method is not _node_reduced


def _by_its_own_way(node: Any) -> Any:
    """Copy a leaf whose class says itself how it is pickled."""
    function, arguments = node.__reduce_ex__(4)[:2]
    return function(*arguments)


def _state(node: Any) -> list[tuple[str, Any]]:
    """What a node holds, by name; the mark of the last sweep means nothing elsewhere."""
    names = [*copyreg._slotnames(type(node)), *getattr(node, "__dict__", ())]  # type: ignore[attr-defined]
    held = [(n, getattr(node, n)) for n in names if n not in node.not_copied and hasattr(node, n)]
    return [(name, 0 if name == "mark" else content) for name, content in held]


def _mapped(
    content: Any,
    parent: Callable[[Any], Any],
    rows: dict[int, Any],
    other: Callable[[Any], Any] = lambda content: content,
) -> Any:
    """Replace the nodes in what a node holds, also inside tuples of tuples."""
    found = parent(content)
    if found is not None:
        return found
    if type(content) is tuple:
        known = rows.get(id(content))
        if known is None:
            made = tuple([_mapped(item, parent, rows, other) for item in content])
            rows[id(content)] = known = (made, content)  # held, so that its id stays its own
        return known[0]
    return other(content)


def _node_reduced(self: Any, protocol: Any) -> Any:
    return reduced(self)


for _name, _method in (
    ("__copy__", copied_alone), ("__deepcopy__", copied), ("__reduce_ex__", _node_reduced)
):  # fmt: skip
    setattr(Node, _name, _method)
