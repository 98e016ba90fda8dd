"""Convolutions: one training step of two small CNNs, float32, against NumPy by hand and PyTorch.

"cnn" is conv 3x3 to 8 channels, ReLU, pool, conv 3x3 to 16, ReLU, pool, linear, on 32 pictures of
28x28; "digits" the same on 8x8 with padding and one pool less.  All start from the same weights;
the losses must agree.

    python benchmarks/conv.py [--quick]
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from harness import machine, main, rounds, speed_table, timed

BATCH, RATE, CLASSES = 32, 0.05, 10
# name -> (side, padding, whether the second layer is pooled, features at the end, steps)
CASES = {"cnn": (28, 0, True, 16 * 5 * 5, 80), "digits": (8, 1, False, 16 * 4 * 4, 150)}


def start(case: str) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Weights and biases, a batch and its labels, the same for every contender."""
    side, _, _, features, _ = CASES[case]
    generator = np.random.default_rng(0)
    shapes = {"first": (8, 1, 3, 3), "second": (16, 8, 3, 3), "last": (CLASSES, features)}
    parameters = {}
    for name, shape in shapes.items():
        scale = np.sqrt(np.prod(shape[1:]))
        parameters[f"{name}.weight"] = (generator.normal(size=shape) / scale).astype(np.float32)
        parameters[f"{name}.bias"] = np.zeros(shape[0], np.float32)
    x = generator.normal(size=(BATCH, 1, side, side)).astype(np.float32)
    return parameters, x, generator.integers(0, CLASSES, BATCH)


def _columns(x: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    columns = np.empty((n, c, 3, 3, h - 2, w - 2), x.dtype)
    for i in range(3):
        for j in range(3):
            columns[:, :, i, j] = x[:, :, i : i + h - 2, j : j + w - 2]
    return columns.reshape(n, c * 9, (h - 2) * (w - 2))


def _pooled(x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    parts = [x[:, :, i:h:2, j:w:2] for i in (0, 1) for j in (0, 1)]
    out = np.maximum(np.maximum(parts[0], parts[1]), np.maximum(parts[2], parts[3]))
    return out, parts


def _unpooled(g: np.ndarray, out: np.ndarray, parts: list[np.ndarray], shape: Any) -> np.ndarray:
    back = np.zeros(shape, g.dtype)
    h, w = shape[2] // 2 * 2, shape[3] // 2 * 2
    free = np.ones(out.shape, bool)  # the first of equals wins
    places = [(i, j) for i in (0, 1) for j in (0, 1)]
    for (i, j), part in zip(places, parts, strict=True):
        wins = (part == out) & free
        free &= ~wins
        back[:, :, i:h:2, j:w:2] = g * wins
    return back


def run_numpy(case: str) -> dict[str, Any]:
    p, x, labels = start(case)
    _, padding, twice, _, steps = CASES[case]
    rows, rate = np.arange(BATCH), np.float32(RATE)
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))

    def forward(x: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
        columns = _columns(np.pad(x, around) if padding else x)
        side = x.shape[2] + 2 * padding - 2
        weight = p[f"{name}.weight"]
        out = np.matmul(weight.reshape(len(weight), -1), columns)
        out += p[f"{name}.bias"][:, None]
        np.maximum(out, 0, out=out)
        return out.reshape(BATCH, len(weight), side, side), columns

    def backward(g: np.ndarray, columns: np.ndarray, name: str) -> tuple[np.ndarray, Any, Any]:
        flat = g.reshape(BATCH, g.shape[1], -1)
        weight = p[f"{name}.weight"]
        back = np.matmul(flat, columns.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape)
        return flat, back, flat.sum(axis=(0, 2))

    def step() -> float:
        one, columns1 = forward(x, "first")
        small, parts1 = _pooled(one)
        two, columns2 = forward(small, "second")
        end, parts2 = _pooled(two) if twice else (two, [])
        if not twice:
            end, parts2 = two, []
        features = end.reshape(BATCH, -1)
        scores = features @ p["last.weight"].T
        scores += p["last.bias"]
        scores -= scores.max(axis=1, keepdims=True)
        exponentials = np.exp(scores)
        totals = exponentials.sum(axis=1, keepdims=True)
        loss = float((np.log(totals[:, 0]) - scores[rows, labels]).mean())
        g = exponentials / totals
        g[rows, labels] -= 1
        g /= BATCH
        found = {"last.weight": g.T @ features, "last.bias": g.sum(axis=0)}
        g = (g @ p["last.weight"]).reshape(end.shape)
        if twice:
            g = _unpooled(g, end, parts2, two.shape)
        g *= two > 0
        flat, found["second.weight"], found["second.bias"] = backward(g, columns2, "second")
        sent = np.matmul(p["second.weight"].reshape(16, -1).T, flat)
        side = two.shape[2]
        sent = sent.reshape(BATCH, 8, 3, 3, side, side)
        g = np.zeros((BATCH, 8, side + 2, side + 2), np.float32)
        for i in range(3):
            for j in range(3):
                g[:, :, i : i + side, j : j + side] += sent[:, :, i, j]
        if padding:
            g = g[:, :, padding:-padding, padding:-padding]
        g = _unpooled(g, small, parts1, one.shape)
        g *= one > 0
        _, found["first.weight"], found["first.bias"] = backward(g, columns1, "first")
        for name, back in found.items():
            p[name] -= rate * back
        return loss

    return timed(step, steps)


def _model(library: Any, case: str, flatten: Any) -> tuple[Any, Any]:
    _, padding, twice, features, steps = CASES[case]
    layers = [library.Conv2d(1, 8, 3, padding=padding), library.ReLU(), library.MaxPool2d(2)]
    layers += [library.Conv2d(8, 16, 3, padding=padding), library.ReLU()]
    layers += [library.MaxPool2d(2)] if twice else []
    layers += [flatten(), library.Linear(features, CLASSES)]
    return library.Sequential(*layers), steps


def run_nn(case: str) -> dict[str, Any]:
    import nn
    from autograd import Tensor

    arrays, x, labels = start(case)
    model, steps = _model(nn, case, nn.Flatten)
    for parameter, array in zip(model.parameters(), arrays.values(), strict=True):
        parameter.retype_(np.float32)
        parameter.data = array
    optimizer = nn.SGD(list(model.parameters()), lr=RATE)
    batch = Tensor(x)

    def step() -> float:
        loss = nn.functional.cross_entropy(model(batch), labels)
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()
        return float(loss.item())

    return timed(step, steps)


def run_torch(case: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x, labels = start(case)
    model, steps = _model(torch.nn, case, torch.nn.Flatten)
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays.values(), strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    batch, target = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> float:
        loss = torch.nn.functional.cross_entropy(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step, steps)


ENGINES = {"numpy": run_numpy, "nn": run_nn}
if find_spec("torch") is not None:
    ENGINES["torch"] = run_torch
CONTENDERS = {f"{case}-{e}": partial(run, case) for case in CASES for e, run in ENGINES.items()}
TITLES = {"cnn": "CNN on 28x28, batch 32, float32", "digits": "CNN on 8x8, batch 32, float32"}


def report() -> None:
    results = rounds(__file__, list(CONTENDERS), 1 if "--quick" in sys.argv else 5)
    for case, title in TITLES.items():
        speed_table(title, case, list(ENGINES), results)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(CONTENDERS, report)
