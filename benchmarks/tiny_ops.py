"""A hundred operations on 16 numbers, forward and backward: nearly all of it is bookkeeping.

The steps of a recurrence that multiplies, adds, squashes and adds again, 25 times; the loss is the
sum of what comes out.  ``tensor.py`` runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from harness import timed

ROUNDS, WIDTH, STEPS = 25, 16, 2000


def start() -> list[np.ndarray]:
    """The first state, the factor and the summand."""
    draw = np.random.default_rng(0)
    return [draw.normal(size=WIDTH).astype(np.float32) * np.float32(0.3) for _ in range(3)]


def run_numpy() -> dict[str, Any]:
    x, w, b = start()

    def step() -> float:
        h, kept = x, []
        for _ in range(ROUNDS):
            t = np.tanh(h * w + b)
            kept.append((h, t))
            h = h + t
        g, gw, gb = np.ones_like(h), np.zeros_like(w), np.zeros_like(b)
        for h_before, t in reversed(kept):
            d = g * (1 - t * t)
            gb += d
            gw += d * h_before
            g += d * w
        return float(h.sum()) + 0.0 * float(g[0] + gw[0] + gb[0])

    return timed(step, STEPS)


def run_tensor() -> dict[str, Any]:
    from autograd import Tensor

    leaves = x, w, b = [Tensor(a, requires_grad=True) for a in start()]

    def step() -> float:
        h = x
        for _ in range(ROUNDS):
            h = h + (h * w + b).tanh()
        loss = h.sum()
        loss.backward(leaves_only=True)
        for leaf in leaves:
            leaf.grad = None
        return float(loss.item())

    return timed(step, STEPS)


def run_torch() -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    leaves = x, w, b = [torch.tensor(a, requires_grad=True) for a in start()]

    def step() -> float:
        h = x
        for _ in range(ROUNDS):
            h = h + (h * w + b).tanh()
        loss = h.sum()
        loss.backward()
        for leaf in leaves:
            leaf.grad = None
        return float(loss.item())

    return timed(step, STEPS)


ENGINES: dict[str, Callable[[], dict[str, Any]]] = {
    "numpy": run_numpy,
    "tensor": run_tensor,
    "torch": run_torch,
}
