"""Functions made from source that was written by a program, which can be read and debugged."""

from __future__ import annotations

import linecache
from typing import Any

__all__ = ["generated"]


def generated(title: str, source: str, names: dict[str, Any]) -> None:
    """Run source that defines functions.

    Args:
        title: What tracebacks call the file.
        source: The source.
        names: What it may use; what it defines is added.

    Example:
        >>> names = {"three": 3}
        >>> generated("threefold", "triple = lambda x: three * x", names)
        >>> names["triple"](5)
        15
    """
    filename = f"<autograd {title}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    exec(compile(source, filename, "exec"), names)
