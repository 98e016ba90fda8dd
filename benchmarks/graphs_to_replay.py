"""Programs of Values that are no layers: wide and irregular, thin, long, recorded already.

``wide`` has 16 inputs and 4 layers of 150 units, each of which takes 2 to 5 units of the last two
layers, drawn by chance, and is a neuron, a product or a scaled sum; 100 examples.  PyTorch is given
it as gathers, written by hand.  The others compare eager with replay on what suits replay least.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from harness import timed

INPUTS, LAYERS, WIDTH, EXAMPLES = 16, 4, 150, 100
RATE = 0.05
Unit = tuple[str, list[int], list[int]]  # what it is, the units that it takes, its weights


def layers() -> tuple[list[list[Unit]], list[float]]:
    """The wide graph: its units layer by layer, and the first numbers of its weights."""
    draws, found, weights = random.Random(0), [], 0
    for number in range(LAYERS):
        known = INPUTS + number * WIDTH
        last = range(max(0, known - 2 * WIDTH), known)
        units: list[Unit] = []
        for _ in range(WIDTH):
            chance = draws.random()
            kind = "neuron" if chance < 0.6 else "product" if chance < 0.8 else "scaled"
            taken = draws.choices(last, k=draws.randint(2, 5) if kind == "neuron" else 2)
            own = len(taken) + 1 if kind == "neuron" else int(kind == "scaled")
            units.append((kind, taken, list(range(weights, weights + own))))
            weights += own
        found.append(units)
    return found, [draws.uniform(-0.5, 0.5) for _ in range(weights)]


def examples() -> np.ndarray:
    """The inputs."""
    return np.random.default_rng(0).normal(size=(EXAMPLES, INPUTS))


def wide(weights: Any, x: Any, units: list[list[Unit]]) -> Any:
    """The loss of one example: the mean square of the last layer."""
    known = list(x)
    for layer in units:
        made = []
        for kind, taken, own in layer:
            if kind == "neuron":
                terms = (weights[w] * known[i] for w, i in zip(own, taken, strict=False))
                made.append((sum(terms) + weights[own[-1]]).relu())
            elif kind == "product":
                made.append(known[taken[0]] * known[taken[1]] * 0.1)
            else:
                made.append((known[taken[0]] + known[taken[1]]) * weights[own[0]])
        known.extend(made)
    return sum(v * v for v in known[-WIDTH:]) * (1 / WIDTH)


def _one_by_one(value: Callable[[float], Any], count: int) -> dict[str, Any]:
    units, numbers = layers()
    weights, points = [value(n) for n in numbers], examples().tolist()

    def step() -> float:
        loss = sum(wide(weights, [value(n) for n in x], units) for x in points) * (1 / EXAMPLES)
        for w in weights:
            w.grad = 0.0
        loss.backward()
        for w in weights:
            w.data -= RATE * w.grad
        return float(loss.data)

    return timed(step, count)


def run_wide_micrograd() -> dict[str, Any]:
    import sys

    from micrograd.engine import Value

    sys.setrecursionlimit(10**6)
    return _one_by_one(Value, 3)


def run_wide_eager() -> dict[str, Any]:
    from autograd import Value

    return _one_by_one(Value, 5)


def run_wide_replay() -> dict[str, Any]:
    from autograd import Value, parameters_together, replay

    units, numbers = layers()
    weights, points = [Value(n) for n in numbers], examples()
    loss = replay(lambda x: wide(weights, x, units))
    flat = parameters_together(weights)

    def step() -> float:
        found = loss(points)
        flat.grad = None
        found.backward()
        flat.data -= RATE * flat.grad
        return found.value

    return timed(step, 200)


def run_wide_torch() -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    units, numbers = layers()
    weights = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    points = torch.tensor(examples()).T.contiguous()
    plan = []  # per layer: what each kind gathers, and in which order the kinds are to stand
    for layer in units:
        neurons = [unit for unit in layer if unit[0] == "neuron"]
        longest = max(len(taken) for _, taken, _ in neurons)
        taken = [t + [t[0]] * (longest - len(t)) for _, t, _ in neurons]
        own = [w[:-1] + [w[0]] * (longest - len(t)) for _, t, w in neurons]
        there = [[1.0] * len(t) + [0.0] * (longest - len(t)) for _, t, _ in neurons]
        order = sorted(range(len(layer)), key=lambda k: layer[k][0])
        products = [t for kind, t, _ in layer if kind == "product"]
        scaled = [(t, w[0]) for kind, t, w in layer if kind == "scaled"]
        plan.append(
            [
                torch.tensor(found)
                for found in (
                    taken, own, there, [w[-1] for _, _, w in neurons], products,
                    [t for t, _ in scaled], [w for _, w in scaled], np.argsort(order),
                )
            ]
        )  # fmt: skip
    for parts in plan:
        parts[2] = parts[2].double()

    def step() -> float:
        known = points
        for taken, own, there, bias, products, pairs, scales, order in plan:
            left = (weights[own] * there)[:, None, :]
            neurons = (torch.bmm(left, known[taken])[:, 0] + weights[bias][:, None]).relu()
            both = known[products]
            multiplied = both[:, 0] * both[:, 1] * 0.1
            summed = known[pairs].sum(1) * weights[scales][:, None]
            made = torch.cat([neurons, multiplied, summed])[order]
            known = torch.cat([known, made])
        loss = (known[-WIDTH:] ** 2).sum() * (1 / WIDTH / EXAMPLES)
        weights.grad = None
        loss.backward()
        with torch.no_grad():
            weights.sub_(RATE * weights.grad)
        return float(loss.item())

    return timed(step, 100)


# ------------------------------------------------------------- where replay gains least: any graph


def _chain(length: int) -> tuple[Any, Any, Any]:
    from autograd import Value

    w = Value(0.9)

    def program(x: Any) -> Any:
        for _ in range(length):
            x = (w * x).cos()
        return x

    return program, [w], np.array([0.5])


def _neurons() -> tuple[Any, Any, Any]:
    from nn import MLP

    model = MLP(2, [16, 16, 1], generator=0)
    return model, model.parameters(), np.array([[0.5, -0.3]])


def _tail() -> tuple[Any, Any, Any]:
    """A wide layer, and then a long thin chain."""
    from autograd import Value

    draws = random.Random(0)
    rows = [[Value(draws.uniform(-0.1, 0.1)) for _ in range(200)] for _ in range(20)]

    def program(x: Any) -> Any:
        hidden = [sum(w * v for w, v in zip(row, x, strict=True)).tanh() for row in rows]
        out = sum(hidden)
        for h in hidden * 10:
            out = (out * 0.9 + h).tanh()
        return out

    return program, [w for row in rows for w in row], np.ones((1, 200)) * 0.3


def _whole() -> tuple[Any, Any, Any]:
    """A graph of all examples, without inputs."""
    from nn import MLP

    model = MLP(2, [16, 1], generator=0)
    points = np.random.default_rng(0).normal(size=(50, 2)).tolist()

    def program() -> Any:
        return sum((1 - model(point)).relu() for point in points) * (1 / 50)

    return program, model.parameters(), None


CASES: dict[str, tuple[str, Callable[[], tuple[Any, Any, Any]], int]] = {
    "chain": ("thin chain of 1,000 ops, one example", partial(_chain, 500), 200),
    "long": ("thin chain of 20,000 ops, one example", partial(_chain, 10_000), 15),
    "neurons": ("neurons 2-16-16-1, one example", _neurons, 200),
    "tail": ("wide layer with a thin chain behind it, one example", _tail, 30),
    "whole": ("recorded graph of 50 examples", _whole, 50),
}


def run_eagerly(name: str) -> dict[str, Any]:
    from autograd import Value

    _, made, count = CASES[name]
    program, parameters, batch = made()

    def values(item: Any) -> Any:
        return [Value(n) for n in item] if isinstance(item, list) else Value(item)

    def step() -> float:
        loss = program() if batch is None else program(values(batch.tolist()[0]))
        for p in parameters:
            p.grad = None
        loss.backward()
        return float(loss.data)

    return timed(step, count)


def run_replayed(name: str) -> dict[str, Any]:
    from autograd import parameters_together, replay

    _, made, count = CASES[name]
    program, parameters, batch = made()
    loss = replay(program() if batch is None else program)
    given = () if batch is None else (batch,)
    flat = parameters_together(parameters)

    def step() -> float:
        found = loss(*given)
        flat.grad = None
        found.backward()
        return found.value

    return timed(step, 5 * count)


CONTENDERS: dict[str, Callable[[], dict[str, Any]]] = {
    "wide-micrograd": run_wide_micrograd,
    "wide-eager": run_wide_eager,
    "wide-torch": run_wide_torch,
    "wide-replay": run_wide_replay,
}
for _name in CASES:
    CONTENDERS[f"{_name}-eager"] = partial(run_eagerly, _name)
    CONTENDERS[f"{_name}-replay"] = partial(run_replayed, _name)
