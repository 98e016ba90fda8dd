"""Tensors: one training step of an MLP 784-128-10 on batches of 64, float32, against NumPy by hand.

What is asked: how much does recording and differentiating cost over writing the same step by hand?
PyTorch's eager mode runs the same step beside them when it is installed.  All start from the same
weights; the losses must agree.

    python benchmarks/tensor.py [--quick]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
from harness import machine, main, median, median_ratio, print_table, rounds

SIZES = (784, 128, 10)
BATCH, STEPS, RATE = 64, 300, 0.1


def start() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Weights and biases, a batch and its labels, the same for every contender."""
    generator = np.random.default_rng(0)
    parameters = []
    for n, m in pairwise(SIZES):
        parameters.append((generator.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32))
        parameters.append(np.zeros(m, np.float32))
    batch = generator.normal(size=(BATCH, SIZES[0])).astype(np.float32)
    return parameters, batch, generator.integers(0, SIZES[-1], BATCH)


def timed(step: Callable[[], float]) -> dict[str, Any]:
    """The median CPU time of a step, and the losses."""
    losses, times = [], []
    for _ in range(STEPS):
        begin = time.process_time()
        losses.append(step())
        times.append(time.process_time() - begin)
    return {"step": statistics.median(times[20:]), "losses": losses[:20]}


def run_numpy() -> dict[str, Any]:
    (w1, b1, w2, b2), x, labels = start()
    rows = np.arange(BATCH)
    rate = np.float32(RATE)

    def step() -> float:
        nonlocal w1, b1, w2, b2
        hidden = x @ w1
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        scores = hidden @ w2
        scores += b2
        scores -= scores.max(axis=1, keepdims=True)
        exponentials = np.exp(scores)
        totals = exponentials.sum(axis=1, keepdims=True)
        loss = float((np.log(totals[:, 0]) - scores[rows, labels]).mean())
        back = exponentials / totals
        back[rows, labels] -= 1
        back /= BATCH
        gw2, gb2 = hidden.T @ back, back.sum(axis=0)
        back = back @ w2.T
        back *= hidden > 0
        gw1, gb1 = x.T @ back, back.sum(axis=0)
        w1 -= rate * gw1
        b1 -= rate * gb1
        w2 -= rate * gw2
        b2 -= rate * gb2
        return loss

    return timed(step)


def run_tensor() -> dict[str, Any]:
    import autograd
    from autograd import Tensor

    arrays, x, labels = start()
    w1, b1, w2, b2 = parameters = [Tensor(a, requires_grad=True) for a in arrays]
    batch = Tensor(x)
    places = labels[:, None]

    def step() -> float:
        hidden = autograd.relu(batch @ w1 + b1)
        shares = autograd.log_softmax(hidden @ w2 + b2)
        loss = -autograd.take_along_axis(shares, places, 1).mean()
        loss.backward(leaves_only=True)
        for p in parameters:
            p.data = p.data - RATE * p.grad
            p.grad = None
        return float(loss.item())

    return timed(step)


def run_nn() -> dict[str, Any]:
    import nn
    from autograd import Tensor

    arrays, x, labels = start()
    first, second = (nn.Linear(n, m, dtype=np.float32) for n, m in pairwise(SIZES))
    model = nn.Sequential(first, nn.ReLU(), second)
    weights = {"0.weight": arrays[0].T, "0.bias": arrays[1]}
    model.load_state_dict({**weights, "2.weight": arrays[2].T, "2.bias": arrays[3]})
    optimizer = nn.SGD(list(model.parameters()), lr=RATE)
    batch = Tensor(x)

    def step() -> float:
        loss = nn.functional.cross_entropy(model(batch), labels)
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()
        return float(loss.item())

    return timed(step)


def run_torch() -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x, labels = start()
    first, second = torch.nn.Linear(784, 128), torch.nn.Linear(128, 10)
    model = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    with torch.no_grad():
        for p, a in zip(model.parameters(), arrays, strict=True):
            p.copy_(torch.from_numpy(np.ascontiguousarray(a.T) if a.ndim == 2 else a))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    batch, target = torch.from_numpy(x), torch.from_numpy(labels)
    cross_entropy = torch.nn.functional.cross_entropy

    def step() -> float:
        loss = cross_entropy(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step)


CONTENDERS: dict[str, Callable[[], dict[str, Any]]] = {
    "numpy": run_numpy,
    "tensor": run_tensor,
    "nn": run_nn,
}
if find_spec("torch") is not None:
    CONTENDERS["torch"] = run_torch
LABELS = {
    "numpy": "NumPy by hand",
    "tensor": "glassgrad, ops",
    "nn": "glassgrad, nn",
    "torch": "PyTorch eager",
}


def report() -> None:
    results = rounds(__file__, list(CONTENDERS), 1 if "--quick" in sys.argv else 5)
    rows = []
    for name in CONTENDERS:
        against = [f"{median_ratio(results, name, 'numpy', 'step'):.2f}"]
        if "torch" in CONTENDERS:
            against.append(f"{median_ratio(results, name, 'torch', 'step'):.2f}")
        rows.append([LABELS[name], f"{1e6 * median(results, name, 'step'):.0f}", *against])
    header = ["engine", "microseconds a step", "time against NumPy"]
    if "torch" in CONTENDERS:
        header.append("time against PyTorch")
    print_table("MLP 784-128-10, batch 64, float32 (medians; below 1 is faster)", header, rows)
    reference = results[0]["numpy"]["losses"]
    for name in CONTENDERS:
        losses = results[0][name]["losses"]
        worst = max(abs(a - b) for a, b in zip(reference, losses, strict=True))
        print(
            f"largest difference of the first {len(reference)} losses, {LABELS[name]}: {worst:.1e}"
        )
        if worst > 1e-4:
            raise SystemExit("the losses differ: the figures above mean nothing")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(CONTENDERS, report)
