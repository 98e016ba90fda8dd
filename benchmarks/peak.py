"""The most memory that a training step holds at once, beyond what was there before it.

NumPy's arrays and Python's objects are counted by ``tracemalloc``, the tensors of PyTorch by its
own profiler: both tell the bytes that were asked for, the same in every run.  Parameters and data
exist before and do not count; gradients do.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

STEPS = 4


def watch() -> None:
    """Begin to count; to be called before parameters are made, so that their end counts, too."""
    if not tracemalloc.is_tracing():
        tracemalloc.start()


def peak_of(step: Callable[[], float]) -> dict[str, Any]:
    """Run a few steps; give the peak in bytes, and the losses."""
    return _peak_of_torch(step) if "torch" in sys.modules else _peak_of_arrays(step)


def _peak_of_arrays(step: Callable[[], float]) -> dict[str, Any]:
    watch()
    before, objects = tracemalloc.get_traced_memory()[0], _objects()
    losses = [step()]
    # what the first step imported and remembers is not what a step costs
    before += _objects() - objects
    tracemalloc.reset_peak()
    losses += [step() for _ in range(STEPS - 1)]
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return {"peak": peak, "losses": losses}


def _objects() -> int:
    """The bytes of all that is no array."""
    rest = tracemalloc.DomainFilter(inclusive=True, domain=0)
    lines = tracemalloc.take_snapshot().filter_traces([rest]).statistics("filename")
    return sum(line.size for line in lines)


def _peak_of_torch(step: Callable[[], float]) -> dict[str, Any]:
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        losses = [step() for _ in range(STEPS)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "trace.json")
        watched.export_chrome_trace(str(file))
        events = json.loads(file.read_text(encoding="utf-8"))["traceEvents"]
    changes = [event for event in events if event.get("name") == "[memory]"]
    changes.sort(key=lambda event: event["ts"])
    held = accumulate(event["args"]["Bytes"] for event in changes)
    return {"peak": max(held, default=0), "losses": losses}
