"""What comes as parameters: a list of them, or a sentence about what came instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["list_of_parameters"]


def list_of_parameters(asked_by: str, given: Any) -> list[Any]:
    """Make a list of what came as parameters, and say so if a model or something else came.

    Args:
        asked_by: The optimizer or function, for the error.
        given: Parameters, or groups of them.

    Returns:
        A list.

    Raises:
        TypeError: If it cannot be walked through, or is a model.
    """
    kind = type(given).__name__
    if hasattr(given, "parameters"):
        raise TypeError(f"{asked_by}: a model came ({kind}); give model.parameters()")
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise TypeError(f"{asked_by}: {kind} came; a list is needed: model.parameters()")
    return list(given)
