"""Pausing Python's cyclic collector while large graphs of Values are built and walked."""

from __future__ import annotations

import gc
from contextlib import ContextDecorator

from autograd.locks import lock

__all__ = ["gc_paused"]


class _Pauses:
    """How many blocks are open in the whole process, and whether the collector ran before."""

    def __init__(self) -> None:
        self.open = 0
        self.collected = True
        self.lock = lock()  # a signal handler may come while its own thread holds it


_pauses = _Pauses()


class gc_paused(ContextDecorator):
    """Let Python's cyclic collector rest inside; afterwards it is on or off as it was before.

    Every Value is an object that the collector keeps an eye on.  While a graph of thousands of them
    grows, it looks through all of them again and again for cycles, and there are none: a graph
    dies by reference count as soon as nothing holds its result.  So this search finds nothing, and
    costs up to half of the time (a seventh where whole neurons are single nodes).  It is never
    switched off for good, and not by importing anything, as other code may depend on it.

    The collector belongs to the whole process, not to one thread: it rests as long as any thread is
    inside such a block, and blocks may lie within each other.  What other code leaves in cycles
    inside waits until the end, so put one step of a training inside, not all of it.  Works as a
    decorator, too.

    Example:
        >>> import gc
        >>> from autograd import Value, gc_paused
        >>> x = Value(2.0)
        >>> with gc_paused():
        ...     y = sum(x * k for k in range(1000))
        ...     y.backward()
        ...     paused = not gc.isenabled()
        >>> x.grad, paused, gc.isenabled()
        (499500.0, True, True)
    """

    def __enter__(self) -> None:
        with _pauses.lock:
            _pauses.open += 1  # first, so that a signal handler in between finds the block open
            if _pauses.open == 1:
                _pauses.collected = gc.isenabled()
                gc.disable()

    def __exit__(self, *exc: object) -> None:
        with _pauses.lock:
            if _pauses.open == 1:
                (gc.enable if _pauses.collected else gc.disable)()
            _pauses.open -= 1
