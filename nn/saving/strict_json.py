"""JSON as its standard has it: no name twice, no NaN."""

from __future__ import annotations

import json
from typing import Any

from nn.saving.errors import SavedFileError

__all__ = ["parsed"]


def parsed(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        text: The text, or its bytes.

    Returns:
        The object.

    Raises:
        SavedFileError: If it is something else, holds a name twice, or a number that is not finite.
        ValueError: If it is not JSON.

    Example:
        >>> parsed('{"a": 1, "a": 2}')
        Traceback (most recent call last):
        ...
        nn.saving.errors.SavedFileError: the name 'a' comes twice
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    found = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)
    if not isinstance(found, dict):
        raise SavedFileError(f"a JSON object is needed; {type(found).__name__} came")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {}
    for name, value in pairs:
        if name in found:
            raise SavedFileError(f"the name {name[:80]!r} comes twice")
        found[name] = value
    return found


def _refused(constant: str) -> Any:
    raise SavedFileError(f"{constant} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise SavedFileError(f"{digits[:40]} is too large")
    return number
