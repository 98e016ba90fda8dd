"""A training step of a network 64-width-10 of any width on any batch, for ``growth.py``.

float64 and mean square error for all, as Values know nothing else; tanh in between.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import quick
from peak import peak_of, watch

INPUTS, OUTPUTS, RATE = 64, 10, 0.05
Step = Callable[[], float]


def start(width: int, batch: int) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Weights (rows are neurons) and biases, a batch and its targets, the same for all."""
    generator = np.random.default_rng(0)
    parameters = []
    for n, m in ((INPUTS, width), (width, OUTPUTS)):
        parameters += [generator.normal(size=(m, n)) / np.sqrt(n), np.zeros(m)]
    return parameters, generator.normal(size=(batch, INPUTS)), generator.normal(size=(batch, 10))


def numpy_step(width: int, batch: int) -> Step:
    (w1, b1, w2, b2), x, y = start(width, batch)

    def step() -> float:
        hidden = x @ w1.T
        hidden += b1
        np.tanh(hidden, out=hidden)
        g = hidden @ w2.T
        g += b2
        g -= y
        loss = float(np.vdot(g, g)) / g.size
        g *= 2 / g.size
        found = [g.T @ hidden, g.sum(axis=0)]
        g = g @ w2
        hidden *= hidden
        np.subtract(1, hidden, out=hidden)
        g *= hidden
        found = [g.T @ x, g.sum(axis=0), *found]
        for parameter, gradient in zip((w1, b1, w2, b2), found, strict=True):
            gradient *= RATE
            parameter -= gradient
        return loss

    return step


def nn_step(width: int, batch: int) -> Step:
    import nn
    from autograd import Tensor

    arrays, x, y = start(width, batch)
    double = np.float64
    first, last = (nn.Linear(n, m, dtype=double) for n, m in ((INPUTS, width), (width, OUTPUTS)))
    model = nn.Sequential(first, nn.Tanh(), last)
    for parameter, array in zip(model.parameters(), arrays, strict=True):
        parameter.data = array
    optimizer = nn.SGD(list(model.parameters()), lr=RATE)
    batch_x, batch_y = Tensor(x), Tensor(y)

    def step() -> float:
        loss = nn.functional.mse_loss(model(batch_x), batch_y)
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()
        return float(loss.item())

    return step


def replay_step(width: int, batch: int) -> Step:
    from autograd import parameters_together, replay
    from nn import MLP

    (w1, b1, w2, b2), x, y = start(width, batch)
    model = MLP(INPUTS, [width, OUTPUTS], "tanh")
    rows = [*np.column_stack([w1, b1]), *np.column_stack([w2, b2])]
    parameters = model.parameters()
    for parameter, number in zip(parameters, np.concatenate(rows).tolist(), strict=True):
        parameter.data = number

    flat = parameters_together(parameters)

    @replay
    def loss(point: Any, target: Any) -> Any:
        pairs = zip(model(point), target, strict=True)
        return sum((score - wanted) ** 2 for score, wanted in pairs) * (1 / OUTPUTS)

    def step() -> float:
        found = loss(x, y)
        flat.grad = None
        found.backward()
        flat.data -= RATE * flat.grad
        return float(found.value)

    return step


def torch_step(width: int, batch: int) -> Step:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    arrays, x, y = (list(map(torch.from_numpy, a)) if isinstance(a, list) else torch.from_numpy(a)
                    for a in start(width, batch))  # fmt: skip
    model = torch.nn.Sequential(
        torch.nn.Linear(INPUTS, width), torch.nn.Tanh(), torch.nn.Linear(width, OUTPUTS)
    )
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays, strict=True):
            parameter.copy_(array)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def step() -> float:
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


MAKERS = {"numpy": numpy_step, "nn": nn_step, "replay": replay_step, "torch": torch_step}


def times(engine: str, sizes: list[tuple[int, int]]) -> dict[str, Any]:
    """The median CPU seconds of a step, size by size, and the first losses."""
    found: dict[str, Any] = {}
    losses = []
    for width, batch in sizes:
        step = MAKERS[engine](width, batch)
        losses += [step() for _ in range(3)]
        spent: list[float] = []
        until = time.process_time() + (0.02 if quick() else 0.15)
        while len(spent) < 5 or (time.process_time() < until and len(spent) < 500):
            begin = time.process_time()
            step()
            spent.append(time.process_time() - begin)
        found[f"{width} x {batch}"] = statistics.median(spent)
    return {**found, "losses": losses}


def peak(engine: str, width: int, batch: int) -> dict[str, Any]:
    """The peak of memory in a step."""
    watch()
    return peak_of(MAKERS[engine](width, batch))
