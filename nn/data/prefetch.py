"""Have the next things made in a background thread while the last ones are being used."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator
from queue import Empty, Full, Queue
from typing import Any, TypeVar

__all__ = ["prefetched"]

Thing = TypeVar("Thing")
_PATIENCE = 0.05  # seconds after which each side looks whether the other one is still there


def prefetched(things: Iterator[Thing], ahead: int) -> Generator[Thing, None, None]:
    """Hand out things in their order while a thread makes up to ``ahead`` more of them.

    The thread starts when the first one is asked for. It ends with the last one, with an error
    (which is raised here, where the thing was asked for, with its own traceback), and when this
    iterator is closed or no longer held by anyone.

    Args:
        things: What makes them, one after the other; used by that thread alone.
        ahead: How many may wait to be used, at least 1.

    Returns:
        The things.

    Example:
        >>> list(prefetched(iter("abc"), ahead=2))
        ['a', 'b', 'c']
    """
    queue: Queue[tuple[str, Any]] = Queue(maxsize=ahead)
    dropped = threading.Event()
    worker = threading.Thread(
        target=_make, args=(things, queue, dropped), name="prefetch", daemon=True
    )
    worker.start()
    try:
        while True:
            what, thing = _next(queue, worker)
            if what == "error":
                try:
                    raise thing
                finally:
                    del thing  # its traceback knows this frame: no circle of references
            if what == "end":
                return
            yield thing
            del thing  # the caller alone decides how long it lives
    finally:
        dropped.set()
        # the collector may run in any thread; and when Python ends, threads stand still
        if worker is not threading.current_thread() and not sys.is_finalizing():
            worker.join()


def _make(things: Iterator[Any], queue: Queue[tuple[str, Any]], dropped: threading.Event) -> None:
    """Run in the thread: put things into the queue until there is no more, or nobody to use it."""
    try:
        for thing in things:
            if not _put(queue, ("thing", thing), dropped):
                return
        last: tuple[str, Any] = ("end", None)
    except BaseException as error:
        last = ("error", error)
    _put(queue, last, dropped)


def _put(queue: Queue[tuple[str, Any]], item: tuple[str, Any], dropped: threading.Event) -> bool:
    while not dropped.is_set():
        try:
            queue.put(item, timeout=_PATIENCE)
        except Full:
            continue
        return True
    return False


def _next(queue: Queue[tuple[str, Any]], worker: threading.Thread) -> tuple[str, Any]:
    while True:
        try:
            return queue.get(timeout=_PATIENCE)  # with a time limit, so that Ctrl-C is heard
        except Empty:
            if not worker.is_alive() and queue.empty():
                raise RuntimeError(
                    "prefetch: the thread ended without a word; read the data without prefetch to "
                    "see why"
                ) from None
