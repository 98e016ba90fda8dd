"""Convolutions: one training step of CNNs, float32, against NumPy by hand and PyTorch.

"cnn" is conv 3x3 to 8 channels, ReLU, pool, conv 3x3 to 16, ReLU, pool, linear, on 32 pictures of
28x28; "digits" the same on 8x8 with padding and one pool less.  "wide" and "large" are two layers
with padding, 64 channels on 16x16 and 32 channels on 32x32, batch 16, a mean over each channel and
a linear layer: nearly all of their time is convolution.  All start from the same weights; the
losses must agree.

    python benchmarks/conv.py [--quick]
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import cnn_by_hand
import cnn_peers
import numpy as np
from harness import chosen, main, needed, speed_tables, timed

RATE, CLASSES = 0.05, 10
BATCH = chosen("--batch", 32)


class Case(NamedTuple):
    """What is trained: two convolutions and a linear layer.

    Attributes:
        batch: How many pictures.
        side: Their size.
        channels: That of the pictures, of the first and of the second convolution's result.
        padding: That of the convolutions.
        pooled: Whether each is followed by a pooling.
        features: What the linear layer sees: all, or as many as channels: their means.
        steps: How many are timed.
    """

    batch: int
    side: int
    channels: tuple[int, int, int]
    padding: int
    pooled: tuple[bool, bool]
    features: int
    steps: int

    @property
    def averaged(self) -> bool:
        """Whether the linear layer sees means."""
        return self.features == self.channels[2]


CASES = {
    "cnn": Case(BATCH, 28, (1, 8, 16), 0, (True, True), 16 * 5 * 5, 150),
    "digits": Case(BATCH, 8, (1, 8, 16), 1, (True, False), 16 * 4 * 4, 600),
    "wide": Case(16, 16, (64, 64, 64), 1, (False, False), 64, 40),
    "large": Case(16, 32, (32, 32, 32), 1, (False, False), 32, 40),
}


def start(case: str) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Weights and biases, a batch and its labels, the same for every contender."""
    batch, side, (inner, middle, outer), _, _, features, _ = CASES[case]
    generator = np.random.default_rng(0)
    shapes = {
        "first": (middle, inner, 3, 3),
        "second": (outer, middle, 3, 3),
        "last": (CLASSES, features),
    }
    parameters = {}
    for name, shape in shapes.items():
        scale = np.sqrt(np.prod(shape[1:]))
        parameters[f"{name}.weight"] = (generator.normal(size=shape) / scale).astype(np.float32)
        parameters[f"{name}.bias"] = np.zeros(shape[0], np.float32)
    x = generator.normal(size=(batch, inner, side, side)).astype(np.float32)
    return parameters, x, generator.integers(0, CLASSES, batch)


def run_numpy(name: str) -> dict[str, Any]:
    case = CASES[name]
    step = cnn_by_hand.step_of(*start(name), RATE, case.padding, case.pooled, case.averaged)
    return timed(step, case.steps)


def _model(library: Any, name: str) -> tuple[Any, int]:
    case = CASES[name]
    layers: list[Any] = []
    for pool, inner, outer in zip(case.pooled, case.channels, case.channels[1:], strict=False):
        layers += [library.Conv2d(inner, outer, 3, padding=case.padding), library.ReLU()]
        layers += [library.MaxPool2d(2)] if pool else []
    layers += [library.AdaptiveAvgPool2d(1)] if case.averaged else []
    layers += [library.Flatten(), library.Linear(case.features, CLASSES)]
    return library.Sequential(*layers), case.steps


def run_nn(case: str) -> dict[str, Any]:
    import nn
    from autograd import Tensor

    arrays, x, labels = start(case)
    model, steps = _model(nn, case)
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


def run_torch(case: str, compiled: bool = False) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x, labels = start(case)
    model, steps = _model(torch.nn, case)
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays.values(), strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    if compiled:
        needed("torch.compile", "c++", "g++", "clang++")
        model = torch.compile(model)
    batch, target = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> float:
        loss = torch.nn.functional.cross_entropy(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step, steps)


def run_peer(case: str, name: str) -> dict[str, Any]:
    parameters, x, labels = start(case)
    sizes = CASES[case]
    step = cnn_peers.STEPS[name](parameters, x, labels, RATE, sizes.padding, sizes.pooled[1])
    return timed(step, sizes.steps)


ENGINES: dict[str, Callable[[str], dict[str, Any]]] = {
    "numpy": run_numpy,
    "nn": run_nn,
    "torch": run_torch,
    "compiled": partial(run_torch, compiled=True),
    **{name: partial(run_peer, name=name) for name in cnn_peers.STEPS},
}
SMALL, LARGE = ("cnn", "digits"), ("wide", "large")
OWN = ("numpy", "nn", "torch")
SLOW = [f"{case}-{name}" for case in SMALL for name in ("compiled", "tinygrad", "mygrad")]
CONTENDERS = {f"{case}-{e}": partial(run, case) for case in SMALL for e, run in ENGINES.items()}
CONTENDERS |= {f"{case}-{e}": partial(ENGINES[e], case) for case in LARGE for e in OWN}
BARS = {
    "cnn": [("nn", "torch", 1.0, 0.62)],
    "digits": [("nn", "torch", 1.0, 0.62)],
    "wide": [("nn", "torch", 2.0, 1.4)],
    "large": [("nn", "torch", 2.0, 1.4)],
}
TITLES = {
    "cnn": "CNN on 28x28, batch 32, float32",
    "digits": "CNN on 8x8, batch 32, float32",
    "wide": "64 to 64 channels twice on 16x16, batch 16, float32",
    "large": "32 to 32 channels twice on 32x32, batch 16, float32",
}


def report() -> None:
    speed_tables(__file__, CONTENDERS, TITLES, BARS, SLOW)


if __name__ == "__main__":
    main(CONTENDERS, report)
