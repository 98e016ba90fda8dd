"""Locks that a forked process finds open.

A child of ``os.fork`` (and of ``multiprocessing`` where it forks) has a copy of every lock and none
of the threads: one that another thread held at that moment would stay shut for ever.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import Any

__all__ = ["lock"]


def lock() -> Any:
    """Make a lock that its own thread may take again, and that is open in every forked child.

    Returns:
        The lock, for a ``with`` block.  It lives as long as the process.

    Example:
        >>> held = lock()
        >>> with held, held:
        ...     print("inside")
        inside
    """
    made: Any = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=made._at_fork_reinit)
    return made
