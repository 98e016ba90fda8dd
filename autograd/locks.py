"""Locks that a forked process finds open.

A child of ``os.fork`` (and of ``multiprocessing`` where it forks) has a copy of every lock and none
of the threads: one that another thread held at that moment would stay shut for ever.
"""

from __future__ import annotations

import os
from _thread import RLock, allocate_lock  # all of threading that is needed, which starts slowly
from typing import Any

__all__ = ["lock"]


def lock(again: bool = True) -> Any:
    """Make a lock that is open in every forked child.

    Args:
        again: Whether its own thread may take it again.

    Returns:
        The lock, for a ``with`` block.  It lives as long as the process.

    Example:
        >>> held = lock()
        >>> with held, held:
        ...     print("inside")
        inside
    """
    made: Any = RLock() if again else allocate_lock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=made._at_fork_reinit)
    return made
