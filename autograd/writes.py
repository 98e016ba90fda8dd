"""Where a node's data were last written to, if that can be known; for errors about stale graphs.

Lines are kept inside ``source_lines()`` only, as no update of a parameter shall become slower.
An array that someone else holds may be written to at any time, and nobody sees it: then no line is
named, rather than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from sys import getrefcount
from typing import Any
from weakref import ref

import numpy as np

from autograd.node import Node, caller_line, line_text

__all__ = ["forget_write", "last_write", "note_number", "note_write"]

_clock = count()


def note_write(node: Any, array: Any) -> None:
    """Remember the user's line as the one that gives a node its data; called by their setter.

    Args:
        node: The node.
        array: Its new array, which is not yet put there.
    """
    again = 2 * (array is node._data)  # the node holds it already, and so does the setter's ``old``
    if type(array) is np.ndarray and getrefcount(array) - again <= _ALONE:
        node._noted().written = caller_line(), ref(array), next(_clock)
    else:
        forget_write(node)


def forget_write(node: Node) -> None:
    """Note that from now on someone may write to a node's array unseen."""
    if node.info is not None:
        node.info.written = None


def note_number(node: Any, number: float) -> None:
    """Remember the user's line as the one that gives a Value its number."""
    node._noted().written = caller_line(), number, next(_clock)


def last_write(nodes: Iterable[Any]) -> str:
    """Say where the data of nodes were written last.

    Args:
        nodes: Those whose data are not what they were.

    Returns:
        Such as " at lesson.py:12"; nothing if that is not known.

    Example:
        >>> from autograd import Tensor, source_lines
        >>> x = Tensor([1.0])
        >>> last_write([x])
        ''
        >>> with source_lines():
        ...     x.data = [2.0]
        >>> last_write([x]).startswith(" at ")
        True
    """
    known = []
    for node in nodes:
        written = node.info.written if node.info is not None else None
        if written is None:
            continue
        line, what, when = written
        if what() is node._data if type(what) is ref else what == node.number:
            known.append((when, line))  # else it was replaced since, by someone who did not say so
    place = line_text(max(known, key=lambda one: one[0])[1]) if known else None
    return f" at {place}" if place else ""


def _references_when_alone() -> int:
    """Count what holds an array on its way through a setter: versions of Python differ."""
    counted: list[int] = []

    class Probe:
        def _set(self, array: Any) -> None:
            new = same(array)
            note(self, new)

        data = property(None, _set)

    def same(array: Any) -> Any:
        return array

    def note(probe: Probe, array: Any) -> None:
        counted.append(getrefcount(array))

    Probe().data = np.empty(0)
    return counted[0]


_ALONE = _references_when_alone()
