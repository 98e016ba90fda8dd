"""Whether a training is looked over by the linter."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

__all__ = ["linted"]


def linted(wanted: bool) -> AbstractContextManager[Any]:
    """Open the linter, unless one is open already: that one looks here, too.

    Args:
        wanted: Whether to look for mistakes.

    Returns:
        A context manager that gives a report, or None.
    """
    if not wanted:
        return nullcontext()
    from autograd.linting import is_linting, lint  # here, as most trainings do without

    return nullcontext() if is_linting() else lint("collect")
