"""Ctrl-C in a training: the batch that is running is finished first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nn.training.run import Run

__all__ = ["finishing_the_batch"]


@contextmanager
def finishing_the_batch(run: Run) -> Iterator[None]:
    """Let a first Ctrl-C only set ``run.interrupted``, and a second one interrupt at once.

    Outside the main thread, and where Ctrl-C is ignored (``nohup``), nothing is changed.

    Args:
        run: The training.

    Returns:
        A context manager; afterwards Ctrl-C means what it meant before.
    """
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or before in (None, signal.SIG_IGN):
        yield
        return

    def handler(number: int, frame: FrameType | None) -> None:
        if run.interrupted:
            raise KeyboardInterrupt
        run.interrupted = True

    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
