"""Names that stand for things, such as reductions; and the sentence for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["check_name"]


def check_name(asked_by: str, what: str, given: Any, known: Iterable[str]) -> str:
    """Return a name if it is a known one, or say which one may have been meant.

    Args:
        asked_by: The function or class that asks, for the error.
        what: What is named, such as "reduction".
        given: What came.
        known: The names there are.

    Returns:
        The name.

    Raises:
        TypeError: If it is not a string.
        ValueError: If it is not among the known names.

    Example:
        >>> check_name("mse_loss", "reduction", "maen", ["mean", "sum"])
        Traceback (most recent call last):
        ...
        ValueError: mse_loss: reduction 'maen' is unknown: did you mean 'mean'? There are: mean, sum
    """
    names = list(known)
    if not isinstance(given, str):
        raise TypeError(
            f"{asked_by}: {type(given).__name__} came as {what}: give one of {', '.join(names)}"
        )
    if given in names:
        return given
    from difflib import get_close_matches  # here, as few names are wrong

    close = get_close_matches(given, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ValueError(
        f"{asked_by}: {what} {given!r} is unknown: {hint}There are: {', '.join(names)}"
    )
