"""Nested lists, tuples and dicts of numbers: taken apart into a row, and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["leaves_of", "paths_of", "rebuilt", "same_structure"]


def _children(tree: Any) -> Iterator[tuple[str, Any]] | None:
    """The parts of a list, tuple or dict with the text that picks each; None for anything else."""
    if isinstance(tree, dict):
        return ((f"[{key!r}]", part) for key, part in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return ((f".{name}", part) for name, part in zip(tree._fields, tree, strict=True))
    if isinstance(tree, (list, tuple)):
        return ((f"[{i}]", part) for i, part in enumerate(tree))
    return None


def leaves_of(tree: Any) -> list[Any]:
    """List everything in a nested structure that is not itself a list, tuple or dict.

    Args:
        tree: Nested lists, tuples, named tuples and dicts, of anything.

    Returns:
        The leaves, in order; dicts in their own order.

    Example:
        >>> leaves_of({"w": [1.0, 2.0], "b": 3.0})
        [1.0, 2.0, 3.0]
    """
    return [leaf for _, leaf in _walk(tree, "")]


def paths_of(tree: Any) -> list[str]:
    """Tell for each leaf how to pick it out.

    Args:
        tree: A nested structure.

    Returns:
        One text per leaf, empty if the tree is a leaf itself.

    Example:
        >>> paths_of({"w": [1.0, 2.0], "b": 3.0})
        ["['w'][0]", "['w'][1]", "['b']"]
    """
    return [path for path, _ in _walk(tree, "")]


def _walk(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    parts = _children(tree)
    if parts is None:
        yield path, tree
        return
    for step, part in parts:
        yield from _walk(part, path + step)


def rebuilt(tree: Any, leaves: Sequence[Any]) -> Any:
    """Make the same structure with other leaves.

    Args:
        tree: The structure to follow.
        leaves: As many new leaves as it has.

    Returns:
        The new structure.

    Example:
        >>> rebuilt({"w": [1.0, 2.0], "b": 3.0}, "xyz")
        {'w': ['x', 'y'], 'b': 'z'}
    """
    return _rebuilt(tree, iter(leaves))


def _rebuilt(tree: Any, leaves: Iterator[Any]) -> Any:
    parts = _children(tree)
    if parts is None:
        return next(leaves)
    made = [_rebuilt(part, leaves) for _, part in parts]
    if isinstance(tree, dict):
        return dict(zip(tree, made, strict=True))
    if hasattr(tree, "_fields"):
        return type(tree)(*made)
    return made if isinstance(tree, list) else tuple(made)


def same_structure(first: Any, second: Any) -> bool:
    """Tell whether two structures have their leaves at the same places.

    Args:
        first: A nested structure.
        second: Another.

    Returns:
        True if every leaf of the one can be matched with a leaf of the other; a list matches a
        tuple.

    Example:
        >>> same_structure([1.0, [2.0]], (5.0, [6.0])), same_structure([1.0], 1.0)
        (True, False)
    """
    return paths_of(first) == paths_of(second)
