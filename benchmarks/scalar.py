"""Scalars: micrograd's moons demo, its code against ours, every phase.

100 points of two moons, a network 2-16-16-1 with ReLU, max-margin loss and L2, full batch, the garbage
collector on, exactly as micrograd's demo notebook has it.  ``plain`` makes every product and sum its own
node, as micrograd does; ``fused`` makes one node of each neuron's weighted sum.  The same initial weights
go into all three, and the losses must agree.

    pip install micrograd
    python benchmarks/scalar.py [--quick]
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import machine, main, median, median_ratio, print_table, rounds

PHASES = ("forward", "backward", "update", "total")


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
) -> tuple[float, list[float], Any]:
    """One step of the demo, each phase timed in CPU seconds."""
    start = time.process_time()
    inputs = [list(map(value, row)) for row in points.tolist()]
    scores = list(map(model, inputs))
    losses = [(1 + -label * score).relu() for label, score in zip(labels.tolist(), scores, strict=True)]
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
    return loss.data, [forward - start, backward - forward, end - backward, end - start], loss


def measure(model: Any, value: Callable[[float], Any], steps: int, count: Callable[[Any], int]) -> dict[str, Any]:
    """Time so many steps, then look at the memory of one more."""
    seeded = random.Random(1337)
    for p in model.parameters():
        p.data = seeded.uniform(-1, 1)
    points, labels = moons()
    times, losses = [], []
    for number in range(steps):
        loss, spent, _ = step(model, value, points, labels, number)
        times.append(spent)
        losses.append(loss)
    result = {
        phase: statistics.median(t[i] for t in times[1:]) for i, phase in enumerate(PHASES)
    }
    gc.collect()
    gc.disable()
    step(model, value, points, labels, steps)
    step(model, value, points, labels, steps)
    garbage = gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    _, _, graph = step(model, value, points, labels, steps)
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

    return measure(MLP(2, [16, 16, 1], fused=fused), Value, 12, lambda root: len(topological_order(root)))


def run_plain() -> dict[str, Any]:
    return _ours(fused=False)


def run_fused() -> dict[str, Any]:
    return _ours(fused=True)


CONTENDERS = {"micrograd": run_micrograd, "plain": run_plain, "fused": run_fused}


def report() -> None:
    results = rounds(__file__, list(CONTENDERS), 1 if "--quick" in sys.argv else 5)
    rows = []
    for name in CONTENDERS:
        cells = [f"{1000 * median(results, name, phase):.2f}" for phase in PHASES]
        nodes = results[0][name]["nodes"]
        rate = nodes / median(results, name, "total")
        memory = f"{median(results, name, 'bytes'):.0f}"
        rows.append([name, *cells, f"{nodes:,}", f"{rate / 1e6:.2f}", memory, results[0][name]["garbage"]])
    print_table(
        "Milliseconds per step (median)",
        ["engine", *PHASES, "nodes", "million nodes/s", "bytes a node", "garbage after 2 steps"],
        rows,
    )
    print_table(
        "Times faster than micrograd (median of the rounds' ratios)",
        ["engine", *PHASES, "must", "aim"],
        [
            [name, *(f"{median_ratio(results, 'micrograd', name, p):.1f}" for p in PHASES), *bars]
            for name, bars in (("plain", ("12", "20")), ("fused", ("50", "85")))
        ],
    )
    reference = results[0]["micrograd"]["losses"]
    for name in ("plain", "fused"):
        worst = max(abs(a - b) for a, b in zip(reference, results[0][name]["losses"], strict=False))
        print(f"\nlargest difference of the first {len(reference)} losses, {name} against micrograd: {worst:.1e}")
        if worst > 1e-9:
            raise SystemExit("the losses differ: the figures above mean nothing")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(__file__, CONTENDERS, report)
