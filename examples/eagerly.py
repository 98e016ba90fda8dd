"""How long the same training would take without replay: a few examples timed, and multiplied."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import lesson  # noqa: F401  first: it finds the package

from autograd import gc_paused
from autograd.engine import topological_order


def measure(loss_of: Callable[[int], Any], times: int) -> tuple[float, int]:
    """Run single examples forward and backward, one by one, and time them.

    Each runs at its best: the collector is paused. Gradients are left behind; clear them.

    Args:
        loss_of: Makes the loss of an example, a Value, by its number.
        times: How many examples.

    Returns:
        CPU seconds of one example, the median, and how many Values it makes.
    """
    found = []
    for number in range(times):
        with gc_paused():
            begin = time.process_time()
            loss = loss_of(number)
            loss.backward()
            found.append(time.process_time() - begin)
    nodes = sum(node.op is not None for node in topological_order(loss))
    return statistics.median(found), nodes


class CpuClock:
    """Counts the CPU seconds of this program: others on the machine do not matter."""

    def __init__(self) -> None:
        self.start = time.process_time()

    @property
    def seconds(self) -> float:
        """CPU seconds so far."""
        return time.process_time() - self.start


def told(seconds: float) -> str:
    """Write a time as people say it."""
    for size, name in ((86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.1f} seconds"
