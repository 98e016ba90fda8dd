"""Put things back after a block so that Ctrl-C, whenever it comes, leaves nothing half put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["putting_back", "same_entries"]


@contextmanager
def putting_back(
    put_back: Callable[[], object], *, only_after_an_error: bool = False
) -> Iterator[None]:
    """Call a function when a block ends, and again if that call was itself broken off.

    So an error in the block and one Ctrl-C, at any moment, still leave everything put back.

    Args:
        put_back: What to call; a second call must change nothing, nor undo anything half-way.
        only_after_an_error: Whether a block that ends well is left as it is.

    Returns:
        A context manager.

    Example:
        >>> numbers = [1.0, 2.0]
        >>> def put_back():
        ...     numbers[:] = [1.0, 2.0]
        >>> with putting_back(put_back):
        ...     numbers[0] = 5.0
        >>> numbers
        [1.0, 2.0]
    """
    try:
        try:
            yield
            if not only_after_an_error:
                put_back()
        except BaseException:
            put_back()
            raise
    except BaseException:
        put_back()  # Ctrl-C may have come in the line above
        raise


def same_entries(holder: dict[Any, Any], before: dict[Any, Any]) -> None:
    """Give a dictionary the entries that it had, in their order; at no moment it lacks one of them.

    Args:
        holder: The dictionary, such as an object's ``__dict__``.
        before: A copy of what it held.

    Example:
        >>> holder = {"new": 3, "b": 5}
        >>> same_entries(holder, {"a": 1, "b": 2})
        >>> holder
        {'a': 1, 'b': 2}
    """
    holder.update(before)
    for name in holder.keys() - before.keys():
        del holder[name]
    if list(holder) != list(before):
        for name, content in before.items():
            del holder[name]
            holder[name] = content
