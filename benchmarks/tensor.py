"""Tensors: a training step of an MLP 784-128-10 (batches of 64, float32), and 100 tiny operations.

What is asked: how much do recording and differentiating cost over writing the same by hand?
That depends on how long the arithmetic takes, so the MLP is also run with the kernels that NumPy's
OpenBLAS has for processors without AVX-512, where products take 1.5 times as long.
PyTorch's eager mode runs the same step beside them when it is installed.  All start from the same
weights; the losses must agree.

    python benchmarks/tensor.py [--quick]
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import mlp_peers
import numpy as np
import tiny_ops
from harness import (
    chosen,
    machine,
    main,
    needed,
    quick,
    rounds,
    speed_table,
    timed,
)

SIZES = (784, 128, 10)
BATCH, STEPS, RATE = chosen("--batch", 64), 2000, 0.1


def start() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Weights and biases, a batch and its labels, the same for every contender."""
    generator = np.random.default_rng(0)
    parameters = []
    for n, m in pairwise(SIZES):
        parameters.append((generator.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32))
        parameters.append(np.zeros(m, np.float32))
    batch = generator.normal(size=(BATCH, SIZES[0])).astype(np.float32)
    return parameters, batch, generator.integers(0, SIZES[-1], BATCH)


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

    return timed(step, STEPS)


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
        with autograd.no_grad():
            for p in parameters:
                p -= RATE * p.grad
                p.grad = None
        return float(loss.item())

    return timed(step, STEPS)


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

    return timed(step, STEPS)


def run_torch(compiled: bool = False) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x, labels = start()
    first, second = torch.nn.Linear(784, 128), torch.nn.Linear(128, 10)
    model = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    with torch.no_grad():
        for p, a in zip(model.parameters(), arrays, strict=True):
            p.copy_(torch.from_numpy(np.ascontiguousarray(a.T) if a.ndim == 2 else a))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    if compiled:
        needed("torch.compile", "c++", "g++", "clang++")
        model = torch.compile(model)
    batch, target = torch.from_numpy(x), torch.from_numpy(labels)
    cross_entropy = torch.nn.functional.cross_entropy

    def step() -> float:
        loss = cross_entropy(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step, STEPS)


def run_peer(name: str) -> dict[str, Any]:
    return timed(mlp_peers.STEPS[name](*start(), RATE), STEPS)


ENGINES: dict[str, Callable[[], dict[str, Any]]] = {
    "numpy": run_numpy,
    "nn": run_nn,  # one after the other, as a busy machine changes from second to second
    "tensor": run_tensor,
    "torch": run_torch,
    "compiled": partial(run_torch, compiled=True),
    **{name: partial(run_peer, name) for name in mlp_peers.STEPS},
}
SLOW = ["mlp-compiled", "mlp-tinygrad"]  # to start: once is enough
CONTENDERS = {f"mlp-{name}": run for name, run in ENGINES.items()}
CONTENDERS |= {f"avx2-{name}": ENGINES[name] for name in ("numpy", "nn", "tensor")}
CONTENDERS |= {f"tiny-{name}": run for name, run in tiny_ops.ENGINES.items()}


def report() -> None:
    results = rounds(__file__, list(CONTENDERS), 1 if quick() else 9, least=SLOW)
    title = f"MLP 784-128-10, batch {BATCH}, float32"
    bars = [("nn", "torch", 0.90, 0.72), ("nn", "numpy", 1.15, 1.05)]
    speed_table(title, "mlp", list(ENGINES), results, bars)
    title = "MLP with products in AVX2 code, as on processors without AVX-512"
    speed_table(title, "avx2", list(ENGINES), results, bars[1:])
    title = "100 ops on 16 numbers, forward and backward"
    speed_table(title, "tiny", list(tiny_ops.ENGINES), results, [("tensor", "torch", 0.45, 0.33)])
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(CONTENDERS, report)
