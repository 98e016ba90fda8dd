"""Recurrent networks: one training step, float32, against NumPy by hand and PyTorch.

An LSTM over 48 steps (batch 32, 32 inputs, 128 hidden) and a tanh-RNN over 64 steps (batch 16, 32
inputs, 128 hidden); the loss is the mean square of the last output.  All start from the same
weights; the losses must agree.

    python benchmarks/recurrent.py [--quick]
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import rnn_by_hand
import rnn_peers
from harness import main, needed, speed_tables, timed

INPUTS, HIDDEN, RATE, STEPS = 32, 128, 0.1, 30
CASES = {"lstm": (48, 32, 4), "rnn": (64, 16, 1)}  # name -> (length, batch, gates)


def start(case: str) -> tuple[list[np.ndarray], np.ndarray]:
    """The four parameters of a layer and a batch, the same for every contender."""
    length, batch, gates = CASES[case]
    generator = np.random.default_rng(0)
    rows, edge = gates * HIDDEN, 1 / np.sqrt(HIDDEN)
    shapes = ((rows, INPUTS), (rows, HIDDEN), (rows,), (rows,))
    parameters = [generator.uniform(-edge, edge, s).astype(np.float32) for s in shapes]
    return parameters, generator.normal(size=(length, batch, INPUTS)).astype(np.float32)


def run_numpy(case: str) -> dict[str, Any]:
    return timed(rnn_by_hand.STEPS[case](*start(case), RATE), STEPS)


def run_nn(case: str) -> dict[str, Any]:
    import nn
    from autograd import Tensor

    arrays, x = start(case)
    layer = (nn.LSTM if case == "lstm" else nn.RNN)(INPUTS, HIDDEN)
    for parameter, array in zip(layer.parameters(), arrays, strict=True):
        parameter.retype_(np.float32)
        parameter.data = array
    optimizer = nn.SGD(list(layer.parameters()), lr=RATE)
    batch = Tensor(x)

    def step() -> float:
        last = layer(batch)[0][-1]
        loss = (last * last).mean()
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()
        return float(loss.item())

    return timed(step, STEPS)


def run_torch(case: str, compiled: bool = False) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x = start(case)
    layer = (torch.nn.LSTM if case == "lstm" else torch.nn.RNN)(INPUTS, HIDDEN)
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = torch.optim.SGD(layer.parameters(), lr=RATE)
    if compiled:
        needed("torch.compile", "c++", "g++", "clang++")
        layer = torch.compile(layer)
    batch = torch.from_numpy(x)

    def step() -> float:
        last = layer(batch)[0][-1]
        loss = (last * last).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step, STEPS)


def run_peer(case: str, name: str) -> dict[str, Any]:
    return timed(rnn_peers.STEPS[name](*start(case), RATE), STEPS)


ENGINES: dict[str, Callable[[str], dict[str, Any]]] = {
    "numpy": run_numpy,
    "nn": run_nn,
    "torch": run_torch,
    "compiled": partial(run_torch, compiled=True),
    **{name: partial(run_peer, name=name) for name in rnn_peers.STEPS},
}
SLOW = [f"{case}-{name}" for case in CASES for name in ("compiled", "hips", "mygrad")]
CONTENDERS = {f"{case}-{e}": partial(run, case) for case in CASES for e, run in ENGINES.items()}
BARS = {"rnn": [("nn", "torch", 0.6, 0.44)]}
TITLES = {
    "lstm": "LSTM, 48 steps, batch 32, hidden 128, float32",
    "rnn": "tanh-RNN, 64 steps, batch 16, hidden 128, float32",
}


def report() -> None:
    speed_tables(__file__, CONTENDERS, TITLES, BARS, SLOW)


if __name__ == "__main__":
    main(CONTENDERS, report)
