"""Recurrent networks: one training step, float32, against NumPy by hand and PyTorch.

An LSTM over 48 steps (batch 32, 32 inputs, 128 hidden) and a tanh-RNN over 64 steps (batch 16, 32
inputs, 128 hidden); the loss is the mean square of the last output.  All start from the same
weights; the losses must agree.

    python benchmarks/recurrent.py [--quick]
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from harness import machine, main, rounds, speed_table, timed

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
    (w_in, w_state, b_in, b_state), x = start(case)
    length, batch, _ = CASES[case]
    n = HIDDEN
    rate = np.float32(RATE)

    def step() -> float:
        entering = (x.reshape(-1, INPUTS) @ w_in.T).reshape(length, batch, -1)
        entering += b_in + b_state
        h = np.zeros((length + 1, batch, n), np.float32)
        c = np.zeros((length + 1, batch, n), np.float32)
        squashed = np.empty((length, batch, n), np.float32)
        turned = w_state.T
        for t in range(length):
            s = entering[t]
            s += h[t] @ turned
            if case == "rnn":
                np.tanh(s, out=h[t + 1])
                continue
            new = np.tanh(s[:, 2 * n : 3 * n])
            np.negative(s, out=s)
            np.exp(s, out=s)
            s += 1
            np.reciprocal(s, out=s)
            s[:, 2 * n : 3 * n] = new
            c[t + 1] = s[:, n : 2 * n] * c[t] + s[:, :n] * new
            np.tanh(c[t + 1], out=squashed[t])
            np.multiply(s[:, 3 * n :], squashed[t], out=h[t + 1])
        loss = float((h[-1] ** 2).mean())
        g = h[-1] * np.float32(2 / h[-1].size)
        gc = np.zeros_like(g)
        back = np.empty_like(entering)
        for t in reversed(range(length)):
            if case == "rnn":
                np.multiply(g, 1 - h[t + 1] ** 2, out=back[t])
            else:
                s, q, b = entering[t], squashed[t], back[t]
                gc += g * s[:, 3 * n :] * (1 - q * q)
                b[:, :n] = gc * s[:, 2 * n : 3 * n]
                b[:, n : 2 * n] = gc * c[t]
                b[:, 2 * n : 3 * n] = gc * s[:, :n] * (1 - s[:, 2 * n : 3 * n] ** 2)
                b[:, 3 * n :] = g * q
                for i in (0, 1, 3):
                    gate = s[:, i * n : (i + 1) * n]
                    b[:, i * n : (i + 1) * n] *= gate * (1 - gate)
                gc *= s[:, n : 2 * n]
            g = back[t] @ w_state
        flat = back.reshape(length * batch, -1)
        total = flat.sum(axis=0)
        found = (flat.T @ x.reshape(-1, INPUTS), flat.T @ h[:-1].reshape(-1, n), total, total)
        for parameter, gradient in zip((w_in, w_state, b_in, b_state), found, strict=True):
            np.subtract(parameter, rate * gradient, out=parameter)
        return loss

    return timed(step, STEPS)


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


def run_torch(case: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    arrays, x = start(case)
    layer = (torch.nn.LSTM if case == "lstm" else torch.nn.RNN)(INPUTS, HIDDEN)
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
    optimizer = torch.optim.SGD(layer.parameters(), lr=RATE)
    batch = torch.from_numpy(x)

    def step() -> float:
        last = layer(batch)[0][-1]
        loss = (last * last).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return timed(step, STEPS)


ENGINES = {"numpy": run_numpy, "nn": run_nn}
if find_spec("torch") is not None:
    ENGINES["torch"] = run_torch
CONTENDERS = {f"{case}-{e}": partial(run, case) for case in CASES for e, run in ENGINES.items()}
TITLES = {
    "lstm": "LSTM, 48 steps, batch 32, hidden 128, float32",
    "rnn": "tanh-RNN, 64 steps, batch 16, hidden 128, float32",
}


def report() -> None:
    results = rounds(__file__, list(CONTENDERS), 1 if "--quick" in sys.argv else 5)
    for case, title in TITLES.items():
        speed_table(title, case, list(ENGINES), results)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(CONTENDERS, report)
