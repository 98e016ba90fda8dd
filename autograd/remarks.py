"""What is to be said about places in a graph: as text, and in a notebook as a picture of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from autograd.node import Node, caller_line, display

__all__ = ["Remark", "Report", "names_around", "table"]

MOST_NAMES = 1000  # in one list of nodes


@dataclass(frozen=True)
class Remark:
    """One remark about a node.

    Attributes:
        node: The node.
        kind: ``"culprit"``, where something went wrong, or ``"kink"``.
        word: What a badge in a picture shows.
        text: The sentence behind it.
    """

    node: Any
    kind: str
    word: str
    text: str


@dataclass(frozen=True, repr=False)
class Report:
    """Remarks about one graph; ``print`` writes them, a notebook shows the graph marked.

    Attributes:
        text: What there is to say, in several lines.
        roots: The results whose graph it is; nothing to draw if there are none.
        remarks: The places, the most important first.
        names: Nodes by the names that the user's variables give them.
    """

    text: str
    roots: tuple[Any, ...] = ()
    remarks: tuple[Remark, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape  # here, as it starts slowly and only notebooks ask

        picture = display.html(self) if display.html is not None and self.roots else None
        return f"<pre>{escape(self.text)}</pre>{picture or ''}"


def names_around() -> dict[str, Any]:
    """Collect the nodes and arrays that the user's code has names for, where it stands now.

    Returns:
        Things by name, the nearest first: local variables, what ``self`` holds, global ones.
    """
    frame = _user_frame()
    if frame is None:
        return {}
    near, far = frame.f_locals, frame.f_globals
    named = dict(near)
    parts = getattr(near.get("self"), "__dict__", {})
    named.update({f"self.{name}": thing for name, thing in parts.items()})
    named.update({name: thing for name, thing in far.items() if name not in named})
    found: dict[str, Any] = {}
    for name, thing in named.items():
        if name.startswith("_"):
            continue
        kind = type(thing)  # isinstance would ask the thing itself, and it may refuse
        if issubclass(kind, Node) or hasattr(kind, "__array_function__"):
            found[name] = thing
        elif kind in (list, tuple) and len(thing) <= MOST_NAMES:
            nodes = [(i, x) for i, x in enumerate(thing) if issubclass(type(x), Node)]
            found.update({f"{name}[{i}]": x for i, x in nodes})
    return found


def _user_frame() -> FrameType | None:
    line = caller_line()
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (line is None or frame.f_code is not line[0]):
        frame = frame.f_back
    return frame


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Write rows of words as lines with columns.

    Args:
        rows: The head, and the rows.

    Returns:
        The lines; there is one under the head.

    Example:
        >>> table([("op", "line"), ("log", "lesson.py:3")])
        ['op   line', '---  -----------', 'log  lesson.py:3']
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
