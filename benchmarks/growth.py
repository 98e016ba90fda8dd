"""Growth: time and memory of a chain of Values, and of a network, from small to large.

A chain of nodes (products and sums) is built and sent back, with Python's collector at rest for
all; what counts is the time for each node, freeing included, and what the process grows for each.
micrograd goes by recursion and stops at 10^5.  A chain of up to 10^5 nodes (18 MB) fits the
processor's cache, so that its nodes cost less; from there on the time in the program is linear.
What the system takes for handing out fresh memory (1.8 GB for the longest) is told beside it: by
how much a page costs it grows with what else the machine holds.  The network is
64-width-10 with tanh, float64, written as Tensors (``nn``), as Values that are replayed over the
batch (154,000 weights at a width of 2048, each a Value), with PyTorch and with NumPy by hand
(``sized_mlp.py``).

    python benchmarks/growth.py [--quick]
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from harness import (
    LABELS,
    bar_table,
    machine,
    main,
    median,
    median_ratio,
    plot,
    present,
    print_table,
    quick,
    rounds,
    run_alone,
)
from record import keep_round
from sized_mlp import MAKERS, peak, times

LENGTHS = (100, 1000, 10_000) if quick() else tuple(10**k for k in range(2, 8))
LONGEST = {"glassgrad": 10**7, "micrograd": 10**5, "torch": 10**6}
BATCHES = (1, 64) if quick() else (1, 4, 16, 64, 256, 1024, 4096)
WIDTHS = (8, 32) if quick() else (8, 32, 128, 512, 2048)
WIDTH, BATCH = 32, 64


def chain(engine: str, length: int) -> dict[str, Any]:
    """Microseconds and bytes a node of a chain."""
    value: Any
    if engine == "torch":
        import torch

        torch.set_num_threads(1)
        value = partial(torch.tensor, dtype=torch.float64, requires_grad=True)
    elif engine == "micrograd":
        from micrograd.engine import Value as value

        sys.setrecursionlimit(10**6)
    else:
        from autograd import Value as value

    gc.collect()
    gc.disable()
    spent, inside = [], []
    grown = 0
    for _ in range(max(1, min(50, 10**5 // length))):
        held = _resident()
        begin, own = time.process_time(), _outside_of_the_system()
        a, b = value(0.999), value(0.001)
        out = a
        for _ in range(length // 2):
            out = out * a + b
        out.backward()
        grown = max(grown, _resident() - held)
        found = float(a.grad)
        del out
        spent.append(time.process_time() - begin)
        inside.append(_outside_of_the_system() - own)
        if engine == "micrograd":
            gc.collect()  # its nodes lie in cycles; searching for them is left out of the time
    figures = {
        "node": statistics.median(spent) / length,
        "own": statistics.median(inside) / length,
        "losses": [found],
    }
    return {**figures, "bytes": grown / length} if length >= 10_000 else figures


def _outside_of_the_system() -> float:
    """The CPU seconds of this process, without those that the system worked for it."""
    try:
        import resource
    except ImportError:  # Windows tells both together
        return time.process_time()
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def _resident() -> int:
    """The bytes that the process holds; 0 where the system does not tell."""
    table = Path("/proc/self/statm")
    return int(table.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if table.exists() else 0


def sizes(curve: str) -> list[tuple[int, int]]:
    """The widths and batches of a curve."""
    if curve == "batch":
        return [(WIDTH, batch) for batch in BATCHES]
    return [(width, BATCH) for width in WIDTHS]


CHAINS = {
    f"chain-{n}-{engine}": partial(chain, engine, n)
    for engine, longest in LONGEST.items()
    for n in LENGTHS
    if n <= longest
}
TIMES = {
    f"{curve}-{engine}": partial(times, engine, sizes(curve))
    for curve in ("batch", "width")
    for engine in MAKERS
}
PEAKS = {
    f"peak-{width}-{batch}-{engine}": partial(peak, engine, width, batch)
    for engine in MAKERS
    for curve in ("batch", "width")
    for width, batch in sizes(curve)
}


def chains() -> None:
    """Print and plot the chains."""
    slow = [  # of the peers: ours has bars to meet
        name
        for name in CHAINS
        if ("-10000000-" in name or "-1000000-" in name) and not name.endswith("-glassgrad")
    ]
    results = rounds(__file__, list(CHAINS), 1 if quick() else 3, least=slow)
    engines = [e for e in LONGEST if f"chain-{LENGTHS[0]}-{e}" in results[0]]
    labels = {**LABELS, "torch": "PyTorch, 0-dim"}
    curves: dict[str, dict[str, list[tuple[float, float]]]] = {"node": {}, "bytes": {}}
    rows = []
    for n in LENGTHS:
        cells = []
        for key, factor, digits in (("node", 1e6, 2), ("bytes", 1, 0)):
            for engine in engines:
                name = f"chain-{n}-{engine}"
                if name in results[0] and key in results[0][name]:
                    figure = factor * median(results, name, key)
                    curves[key].setdefault(labels[engine], []).append((n, figure))
                    cells.append(f"{figure:.{digits}f}")
                else:
                    cells.append("")
        rows.append([f"{n:,}", *cells])
        found = {results[0][f"chain-{n}-{e}"]["losses"][0] for e in engines if n <= LONGEST[e]}
        if max(found) - min(found) > 1e-9 * abs(max(found)):
            raise SystemExit(f"chain of {n}: the gradients differ: {found}")
    heads = [f"{labels[e]}, {unit}" for unit in ("us", "bytes") for e in engines]
    print_table("A chain, for each node (medians)", ["nodes", *heads], rows)
    plot("chain-time", "A chain of scalars", ("nodes", "microseconds a node"), curves["node"])
    last = f"chain-{LENGTHS[-1]}-glassgrad"
    time_of_node = 1e6 * median(results, last, "node")
    title = f"a chain of {LENGTHS[-1]:,}"
    bars: list[tuple[str, float, float | None, float | None]] = [
        (f"{title}: microseconds a node, collector at rest", time_of_node, None, 0.85),
    ]
    # linear: both are too long for the processor's caches, which make shorter ones faster
    shorter = LENGTHS[-2]
    straight = median_ratio(results, last, f"chain-{shorter}-glassgrad", "own")
    bars.append((f"{title}: a node against one of {shorter:,}", straight, 1.2, None))
    system = 1e6 * statistics.median(r[last]["node"] - r[last]["own"] for r in results)
    bars.append((f"{title}: of which the system, handing out memory", system, None, None))
    if "bytes" in results[0][last]:
        bars.append((f"{title}: bytes a node", median(results, last, "bytes"), 184, 160))
    bar_table("Bars of the chain", bars)


def networks(curve: str, title: str, column: str) -> None:
    """Print and plot a network's step against the batch or the width."""
    results = rounds(__file__, [n for n in TIMES if n.startswith(curve)], 1 if quick() else 3)
    engines = present(MAKERS)
    reference = results[0][f"{curve}-numpy"]["losses"]
    times_of: dict[str, list[tuple[float, float]]] = {}
    peaks_of: dict[str, list[tuple[float, float]]] = {}
    rows = {}
    for engine in engines:
        losses = results[0][f"{curve}-{engine}"]["losses"]
        worst = max(abs(a - b) for a, b in zip(reference, losses, strict=False))
        if worst > 1e-9:
            raise SystemExit(f"{curve}: the losses of {LABELS[engine]} differ by {worst:.1e}")
        for width, batch in sizes(curve):
            size = batch if curve == "batch" else width
            spent = 1e6 * median(results, f"{curve}-{engine}", f"{width} x {batch}")
            name = f"peak-{width}-{batch}-{engine}"
            told = run_alone(__file__, name)
            keep_round({name: told})
            times_of.setdefault(LABELS[engine], []).append((size, spent))
            peaks_of.setdefault(LABELS[engine], []).append((size, told["peak"] / 1e6))
            rows[engine, size] = (f"{spent:.0f}", f"{told['peak'] / 1e6:.3g}")
    table = [
        [f"{size:,}", *(rows.get((e, size), ("", ""))[i] for i in (0, 1) for e in engines)]
        for size in (BATCHES if curve == "batch" else WIDTHS)
    ]
    heads = [f"{LABELS[e]}, {unit}" for unit in ("us", "MB") for e in engines]
    print_table(f"{title}: a step's time and peak of memory", [column, *heads], table)
    plot(f"{curve}-time", title, (column, "microseconds a step"), times_of)
    plot(f"{curve}-memory", title, (column, "MB at the peak of a step"), peaks_of)


def report() -> None:
    chains()
    networks("batch", f"Network 64-{WIDTH}-10 on growing batches", "batch")
    networks("width", f"Network 64-width-10 on batches of {BATCH}", "width")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main({**CHAINS, **TIMES, **PEAKS}, report)
