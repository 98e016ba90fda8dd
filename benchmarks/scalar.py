"""Scalars: micrograd's moons demo, its code against ours, every phase.

100 points of two moons, a network 2-16-16-1 with ReLU, max-margin loss and L2, full batch, the
garbage collector on.  ``plain`` makes every product and sum its own node, as micrograd does;
``fused`` makes one node of each neuron's weighted sum.  The same initial weights go into all three,
and the losses must agree.  Times are means over the steps, since the collector works in some of
them only, and the total includes freeing the graph.  Once the graph goes at the end of its step;
once, as in a notebook cell, the name ``loss`` keeps it until the next loss takes its place.
Beside it stands an expression of 26 ops on two numbers (``expression.py``).

    make bench-peers
    python benchmarks/scalar.py [--quick]
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import expression
import numpy as np
from harness import (
    LABELS,
    bar_table,
    machine,
    main,
    median,
    median_ratio,
    print_table,
    quick,
    rounds,
)

PHASES = ("forward", "backward", "update", "total", "total, loss kept")


def moons() -> tuple[np.ndarray, np.ndarray]:
    """The points, the same for every contender."""
    generator = np.random.default_rng(0)
    turn = generator.uniform(0, np.pi, 50)
    outer = np.stack([np.cos(turn), np.sin(turn)], 1)
    inner = np.stack([1 - np.cos(turn), 0.5 - np.sin(turn)], 1)
    points = np.concatenate([outer, inner]) + generator.normal(0, 0.1, (100, 2))
    return points, np.repeat([-1.0, 1.0], 50)


def step(
    model: Any, value: Callable[[float], Any], points: np.ndarray, labels: np.ndarray, number: int
) -> tuple[Any, list[float]]:
    """One step of the demo, each phase timed in CPU seconds."""
    start = time.process_time()
    inputs = [list(map(value, row)) for row in points.tolist()]
    scores = list(map(model, inputs))
    pairs = zip(labels.tolist(), scores, strict=True)
    losses = [(1 + -label * score).relu() for label, score in pairs]
    data_loss = sum(losses) * (1.0 / len(losses))
    penalty = 1e-4 * sum(p * p for p in model.parameters())
    loss = data_loss + penalty
    forward = time.process_time()
    model.zero_grad()
    loss.backward()
    backward = time.process_time()
    rate = 1.0 - 0.9 * number / 100
    for p in model.parameters():
        p.data -= rate * p.grad
    end = time.process_time()
    return loss, [forward - start, backward - forward, end - backward]


def steps_dropping(step_number: Callable[[int], Any], count: int) -> tuple[list[float], list[Any]]:
    """So many steps; each loss goes, and its graph with it, before the next step begins."""
    losses, times = [], []
    for number in range(count):
        start = time.process_time()
        loss, spent = step_number(number)
        losses.append(loss.data)
        del loss
        times.append([*spent, time.process_time() - start])
    return losses, times


def steps_keeping(step_number: Callable[[int], Any], count: int) -> list[float]:
    """So many steps; each loss lives until the next one takes its name, as in a notebook cell."""
    times = []
    loss, _ = step_number(0)
    for number in range(count):
        start = time.process_time()
        loss, _ = step_number(number)
        times.append(time.process_time() - start)
    assert loss is not None
    return times


def measure(
    model: Any, value: Callable[[float], Any], steps: int, count: Callable[[Any], int]
) -> dict[str, Any]:
    """Time so many steps, then look at the memory of one more."""
    seeded = random.Random(1337)
    for p in model.parameters():
        p.data = seeded.uniform(-1, 1)
    points, labels = moons()

    def step_number(number: int) -> tuple[Any, list[float]]:
        return step(model, value, points, labels, number)

    losses, times = steps_dropping(step_number, steps)
    figures = [statistics.mean(t[i] for t in times[1:]) for i in range(4)]
    figures.append(statistics.mean(steps_keeping(step_number, steps)))
    result = dict(zip(PHASES, figures, strict=True))
    gc.collect()
    gc.disable()
    step_number(steps)
    step_number(steps)
    garbage = gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    graph, _ = step_number(steps)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    gc.enable()
    nodes = count(graph)
    return {**result, "losses": losses, "nodes": nodes, "bytes": held / nodes, "garbage": garbage}


def run_micrograd() -> dict[str, Any]:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    def count(root: Any) -> int:
        seen, stack = {root}, [root]
        while stack:
            for parent in stack.pop()._prev:
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return len(seen)

    return measure(MLP(2, [16, 16, 1]), Value, 4, count)


def _ours(fused: bool) -> dict[str, Any]:
    from autograd import Value
    from autograd.engine import topological_order
    from nn import MLP

    def count(root: Any) -> int:
        return len(topological_order(root))

    return measure(MLP(2, [16, 16, 1], fused=fused), Value, 12, count)


def run_plain() -> dict[str, Any]:
    return _ours(fused=False)


def run_fused() -> dict[str, Any]:
    return _ours(fused=True)


CONTENDERS = {"micrograd": run_micrograd, "plain": run_plain, "fused": run_fused}
SMALL = {
    "small-glassgrad": expression.run_glassgrad,
    "small-micrograd": expression.run_micrograd,
    "small-torch": expression.run_torch,
}
NAMES = {
    "micrograd": "micrograd",
    "plain": "glassgrad, every op a node",
    "fused": "glassgrad, weighted sums",
}


def moons_tables(results: list[dict[str, Any]]) -> list[tuple[str, float, float, float]]:
    """Print the demo's tables; give the figures that have bars."""
    there = [name for name in CONTENDERS if name in results[0]]
    rows = []
    for name in there:
        cells = [f"{1000 * median(results, name, phase):.2f}" for phase in PHASES]
        nodes = results[0][name]["nodes"]
        rate = nodes / median(results, name, "total")
        memory = f"{median(results, name, 'bytes'):.0f}"
        garbage = results[0][name]["garbage"]
        rows.append([NAMES[name], *cells, f"{nodes:,}", f"{rate / 1e6:.2f}", memory, garbage])
    print_table(
        "Milliseconds per step (mean of the steps, median of the rounds)",
        ["engine", *PHASES, "nodes", "million nodes/s", "bytes a node", "garbage after 2 steps"],
        rows,
    )
    found = [
        ("bytes a node after backward", median(results, "plain", "bytes"), 184, 160),
        ("garbage after 2 steps, every op a node", results[0]["plain"]["garbage"], 0, 0),
        ("garbage after 2 steps, weighted sums", results[0]["fused"]["garbage"], 0, 0),
    ]
    if "micrograd" not in there:
        return found
    bars = {"plain": (12, 20), "fused": (50, 85)}
    print_table(
        "Times faster than micrograd (median of the rounds' ratios)",
        ["engine", *PHASES, "must", "aim"],
        [
            [NAMES[e], *(f"{median_ratio(results, 'micrograd', e, p):.1f}" for p in PHASES), *bar]
            for e, bar in bars.items()
        ],
    )
    for name, (must, aim) in bars.items():
        times = median_ratio(results, "micrograd", name, "total")
        found.append((f"times faster than micrograd, {NAMES[name][11:]}", times, must, aim))
    reference = results[0]["micrograd"]["losses"]
    for name in bars:
        losses = results[0][name]["losses"]
        worst = max(abs(a - b) for a, b in zip(reference, losses, strict=False))
        print(f"largest difference of the first {len(reference)} losses, {name}: {worst:.1e}")
        if worst > 1e-9:
            raise SystemExit("the losses differ: the figures above mean nothing")
    return found


def small_table(results: list[dict[str, Any]]) -> list[tuple[str, float, float, float]]:
    """Print the small expression's table; give the figures that have bars."""
    own, bars = "small-glassgrad", {"micrograd": (3, 4), "torch": (10, 15)}
    rows, found = [], []
    for name in results[0]:
        if results[0][name]["losses"] != results[0][own]["losses"]:
            raise SystemExit(f"{name}: another gradient than ours")
        peer = name.removeprefix("small-")
        bar = bars.get(peer, ("", ""))
        ratio = median_ratio(results, name, own, "step")
        label = {"torch": "PyTorch, 0-dim"}.get(peer, LABELS.get(peer, peer))
        rows.append([label, f"{1e6 * median(results, name, 'step'):.1f}", f"{ratio:.2f}", *bar])
        if peer in bars:
            found.append((f"26 ops: times faster than {label}", ratio, *bar))
    print_table(
        "An expression of 26 ops on two numbers, forward and backward (medians)",
        ["engine", "microseconds", "x glassgrad", "must", "aim"],
        rows,
    )
    return found


def report() -> None:
    found = moons_tables(rounds(__file__, list(CONTENDERS), 1 if quick() else 3))
    found += small_table(rounds(__file__, list(SMALL), 1 if quick() else 5))
    bar_table("Bars of the scalar engine", found)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main({**CONTENDERS, **SMALL}, report)
