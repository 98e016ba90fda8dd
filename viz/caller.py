"""Where the user's code stood when it asked for a picture: its file, its line, its variables."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_SOURCE = 5000  # lines; longer files are not read to guess where a name was assigned


@dataclass(frozen=True)
class Caller:
    """A place in running code.

    Attributes:
        file: the whole name of the file, or what Python calls a notebook's cell.
        line: the line that is being executed, from 1.
        function: name of the function, "<module>" outside of all.
        first_line: where that function begins.
        variables: the names it sees, its own first.
        cells: the texts of a notebook's cells in the order in which they ran, this one last.
    """

    file: str
    line: int
    function: str
    first_line: int
    variables: Mapping[str, Any]
    cells: tuple[str, ...] = ()

    def source(self) -> str:
        """Read the text of the file; empty if there is none, or it is very long."""
        lines = linecache.getlines(self.file)
        return "".join(lines) if len(lines) <= LONGEST_SOURCE else ""


def caller_of(depth: int = 1) -> Caller:
    """Look at the code that called.

    Args:
        depth: how many frames above the function that asks: 1 is its caller.

    Returns:
        The place; the frame itself is not kept.

    Example:
        >>> def asks():
        ...     return caller_of().function
        >>> asks()
        '<module>'
    """
    frame = sys._getframe(depth + 1)
    try:
        code, near, far = frame.f_code, dict(frame.f_locals), frame.f_globals
        variables = {**near, **{name: thing for name, thing in far.items() if name not in near}}
        history = far.get("In") if "get_ipython" in far else None
        cells = tuple(history) if isinstance(history, list) else ()
        return Caller(
            code.co_filename,
            frame.f_lineno,
            code.co_name,
            code.co_firstlineno,
            variables,
            tuple(cell for cell in cells if isinstance(cell, str)),
        )
    finally:
        del frame  # a kept frame would keep the user's graph alive
