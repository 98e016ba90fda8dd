"""Replay: a network written in scalars for one point, run over all of them at matrix speed.

micrograd's demo: 100 points of two moons, a network 2-16-16-1 with ReLU, max-margin loss and L2,
full batch, plain gradient descent.  The replayed program is written for one point with Values, and
its parameters are Values too: updated one by one, or `together` in one array.  PyTorch, JAX and
NumPy are given matrices, written by hand.  All start from the same weights, and the losses must
agree.  Then come graphs that are no layers at all (`graphs_to_replay.py`).

    make bench-peers
    python benchmarks/replay.py [--quick]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import demo_peers
import graphs_to_replay as graphs
import numpy as np
from harness import bar_table, machine, main, median, median_ratio, print_table, rounds, timed
from scalar import moons
from scalar import step as demo_step

RATE = 0.5


def seeded(parameters: Any) -> None:
    """The same start for every engine that has a number per parameter."""
    draws = random.Random(1337)
    for p in parameters:
        p.data = draws.uniform(-1, 1)


def matrices() -> list[tuple[np.ndarray, np.ndarray]]:
    """The same start as matrices and biases."""
    draws = random.Random(1337)
    layers = []
    for columns, count in ((2, 16), (16, 16), (16, 1)):
        rows = np.array([[draws.uniform(-1, 1) for _ in range(columns + 1)] for _ in range(count)])
        layers.append((rows[:, :-1].copy(), rows[:, -1].copy()))
    return layers


def _scalars(model: Any, value: Callable[[float], Any], count: int) -> dict[str, Any]:
    seeded(model.parameters())
    points, labels = moons()

    def step() -> float:
        loss, _ = demo_step(model, value, points, labels, 500 / 9)  # a rate of 0.5
        return float(loss.data)

    return timed(step, count)


def run_micrograd() -> dict[str, Any]:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return _scalars(MLP(2, [16, 16, 1]), Value, 4)


def run_eager() -> dict[str, Any]:
    from autograd import Value
    from nn import MLP

    return _scalars(MLP(2, [16, 16, 1]), Value, 20)


def run_replay(together: bool = False) -> dict[str, Any]:
    from autograd import parameters_together, replay
    from nn import MLP

    model = MLP(2, [16, 16, 1])
    parameters = model.parameters()
    seeded(parameters)
    points, labels = moons()

    @replay
    def loss(x: Any, y: Any) -> Any:
        return (1 - y * model(x)).relu() + 1e-4 * sum(p * p for p in parameters)

    begin = time.process_time()
    program = loss.program(points, labels)
    setup = time.process_time() - begin

    def step() -> float:
        found = loss(points, labels)
        for p in parameters:
            p.grad = None
        found.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return found.value

    if together:
        flat = parameters_together(parameters)

    def step_together() -> float:
        found = loss(points, labels)
        flat.grad = None
        found.backward()
        flat.data -= RATE * flat.grad
        return found.value

    def passes() -> float:
        found = loss(points, labels)
        found.backward()
        return found.value

    return {
        **timed(step_together if together else step, 1000),
        "passes": timed(passes, 1000)["step"],
        "setup": setup,
        "program": str(program),
    }


def run_torch() -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    double = torch.float64
    layers = [tuple(torch.tensor(a, dtype=double) for a in layer) for layer in matrices()]
    parameters = [p.requires_grad_() for layer in layers for p in layer]
    points, labels = (torch.tensor(a, dtype=double) for a in moons())

    def step() -> float:
        x = points
        for number, (w, b) in enumerate(layers):
            x = torch.nn.functional.linear(x, w, b)
            x = x.relu() if number < 2 else x
        loss = (1 - labels * x[:, 0]).relu().mean()
        loss = loss + 1e-4 * sum((p * p).sum() for p in parameters)
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= RATE * p.grad
        return loss.item()

    return timed(step, 1000)


def run_numpy() -> dict[str, Any]:
    layers = matrices()
    points, labels = moons()

    def step() -> float:
        x, kept, penalty = points, [], 0.0
        for number, (w, b) in enumerate(layers):
            z = x @ w.T + b
            kept.append((x, z))
            x = np.maximum(z, 0) if number < 2 else z
            penalty += (w * w).sum() + (b * b).sum()
        margin = 1 - labels * x[:, 0]
        loss = np.maximum(margin, 0).mean() + 1e-4 * penalty
        d = (np.where(margin > 0, -labels, 0) / len(labels))[:, None]
        for number in (2, 1, 0):
            w, b = layers[number]
            x, z = kept[number]
            d = d * (z > 0) if number < 2 else d
            sent = d @ w
            w -= RATE * (d.T @ x + 2e-4 * w)
            b -= RATE * (d.sum(0) + 2e-4 * b)
            d = sent
        return float(loss)

    return timed(step, 1000)


def run_jax() -> dict[str, Any]:
    return timed(demo_peers.jax_step(matrices(), *moons(), RATE), 1000)


CONTENDERS: dict[str, Callable[[], dict[str, Any]]] = {
    "micrograd": run_micrograd,
    "eager": run_eager,
    "torch": run_torch,
    "jax": run_jax,
    "replay": run_replay,
    "together": partial(run_replay, together=True),
    "numpy": run_numpy,
}


def compare(results: list[dict[str, Any]], names: list[str]) -> None:
    """Refuse to go on if the losses differ."""
    first = results[0][names[0]]["losses"]
    for name in names:
        worst = max(abs(a - b) for a, b in zip(first, results[0][name]["losses"], strict=False))
        if worst > 1e-9:
            raise SystemExit(f"{name}: the losses differ by {worst:.1e}")


def report() -> None:
    count = 1 if "--quick" in sys.argv else 5
    results = rounds(__file__, list(CONTENDERS), count)
    others = rounds(__file__, list(graphs.CONTENDERS), min(count, 3), least=["wide-micrograd"])
    rows = []
    there = list(results[0])
    compare(results, there)
    for name in there:
        against = [f"{median_ratio(results, other, name, 'step'):.4g}" for other in there]
        rows.append([name, f"{1e6 * median(results, name, 'step'):.0f}", *against])
    print(results[0]["replay"]["program"])
    print_table(
        "A step: microseconds, and how many times faster than each other (medians)",
        ["engine", "microseconds", *(f"x {name}" for name in there)],
        rows,
    )
    setup, passes = (1e6 * median(results, "replay", key) for key in ("setup", "passes"))
    print(f"\nreplay: forward and backward alone {passes:.0f} us; recorded in {setup:.0f} us")
    bars = [
        ("dense network: time against PyTorch", results, "together", "torch", 0.35, 0.17),
        ("dense network: time against NumPy by hand", results, "together", "numpy", 1.3, 1.0),
        ("wide irregular graph: time against PyTorch", others, "wide-replay", "wide-torch", 2, 1.3),
        (
            "wide irregular graph: times micrograd",
            others,
            "wide-micrograd",
            "wide-replay",
            1000,
            2000,
        ),
    ]
    report_graphs(others, bars)
    print(f"\n{machine()}")


def report_graphs(others: list[dict[str, Any]], bars: list[Any]) -> None:
    """Print what graphs took that are no layers, and all bars."""
    wide = [name for name in others[0] if name.startswith("wide-")]
    compare(others, wide)
    rows = [
        [
            name.partition("-")[2],
            f"{1e6 * median(others, name, 'step'):,.0f}",
            f"{median_ratio(others, name, 'wide-replay', 'step'):,.4g}",
        ]
        for name in wide
    ]
    print_table(
        "A wide irregular graph, 100 examples", ["engine", "microseconds", "x replay's time"], rows
    )
    rows, gains = [], []
    for case, (what, _, _) in graphs.CASES.items():
        pair = [f"{case}-eager", f"{case}-replay"]
        compare(others, pair)
        gains.append(median_ratio(others, pair[0], pair[1], "step"))
        times = [f"{1e6 * median(others, name, 'step'):,.0f}" for name in pair]
        rows.append([what, *times, f"{gains[-1]:.1f}"])
    print_table(
        "Forward and backward, microseconds", ["graph", "eager", "replay", "times faster"], rows
    )
    found = [
        (what, median_ratio(measured, top, bottom, "step"), must, aim)
        for what, measured, top, bottom, must, aim in bars
        if top in measured[0] and bottom in measured[0]
    ]
    bar_table("Bars of replay", [*found, ("any graph: least times eager", min(gains), 4, 6)])


if __name__ == "__main__":
    main({**CONTENDERS, **graphs.CONTENDERS}, report)
