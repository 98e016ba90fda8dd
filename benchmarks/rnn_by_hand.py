"""A training step of a recurrent layer written by hand in NumPy, as well as one would write it.

All arrays are made once and written in place; what does not wait for the state is one product or
one elementwise call over all steps.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Parameters = list[Array]


def rnn(parameters: Parameters, x: Array, rate: float) -> Callable[[], float]:
    """Make the step of a tanh-RNN whose loss is the mean square of the last output."""
    w_in, w_state, b_in, b_state = parameters
    (length, batch, inputs), n = x.shape, w_state.shape[1]
    flat_x, pace = x.reshape(-1, inputs), np.float32(rate)
    sums, h = np.empty((length, batch, n), np.float32), np.zeros((length + 1, batch, n), np.float32)
    back, flowing = np.empty_like(sums), np.empty((batch, n), np.float32)

    def step() -> float:
        np.matmul(flat_x, w_in.T, out=sums.reshape(-1, n))
        np.add(sums, b_in + b_state, out=sums)
        turned = w_state.T
        for t in range(length):
            new = np.dot(h[t], turned, out=h[t + 1])
            new += sums[t]
            np.tanh(new, out=new)
        loss = float((h[-1] ** 2).mean())
        np.multiply(h[1:], h[1:], out=back)
        np.subtract(1, back, out=back)
        np.multiply(h[-1], np.float32(2 / h[-1].size), out=flowing)
        for t in range(length - 1, -1, -1):
            slope = np.multiply(back[t], flowing, out=back[t])
            np.dot(slope, w_state, out=flowing)
        _descend(parameters, pace, back.reshape(-1, n), flat_x, h[:-1].reshape(-1, n))
        return loss

    return step


def lstm(parameters: Parameters, x: Array, rate: float) -> Callable[[], float]:
    """Make the step of an LSTM whose loss is the mean square of the last output."""
    w_in, w_state, b_in, b_state = parameters
    (length, batch, inputs), n = x.shape, w_state.shape[1]
    flat_x, pace = x.reshape(-1, inputs), np.float32(rate)
    gates = np.empty((length, batch, 4, n), np.float32)
    back, product = np.empty_like(gates), np.empty((batch, 4 * n), np.float32)
    h, c = (np.zeros((length + 1, batch, n), np.float32) for _ in range(2))
    squashed, through = (np.empty((length, batch, n), np.float32) for _ in range(2))
    flowing, carried, share = (np.empty((batch, n), np.float32) for _ in range(3))

    def step() -> float:
        sums, turned = gates.reshape(length, batch, 4 * n), w_state.T
        np.matmul(flat_x, w_in.T, out=gates.reshape(-1, 4 * n))
        np.add(sums, b_in + b_state, out=sums)
        for t in range(length):
            s, gate = sums[t], gates[t]
            s += np.dot(h[t], turned, out=product)
            np.tanh(gate[:, 2], out=share)
            np.negative(s, out=s)
            np.exp(s, out=s)
            np.add(s, 1, out=s)
            np.reciprocal(s, out=s)
            gate[:, 2] = share
            np.multiply(gate[:, 1], c[t], out=c[t + 1])
            np.multiply(gate[:, 0], share, out=share)
            np.add(c[t + 1], share, out=c[t + 1])
            np.tanh(c[t + 1], out=squashed[t])
            np.multiply(gate[:, 3], squashed[t], out=h[t + 1])
        loss = float((h[-1] ** 2).mean())
        _slopes()
        np.multiply(h[-1], np.float32(2 / h[-1].size), out=flowing)
        carried[...] = 0
        for t in range(length - 1, -1, -1):
            slope = back[t]
            np.multiply(through[t], flowing, out=share)
            np.add(carried, share, out=carried)
            slope[:, :3] *= carried[:, None]
            slope[:, 3] *= flowing
            np.multiply(carried, gates[t, :, 1], out=carried)
            np.dot(slope.reshape(batch, 4 * n), w_state, out=flowing)
        _descend(parameters, pace, back.reshape(-1, 4 * n), flat_x, h[:-1].reshape(-1, n))
        return loss

    def _slopes() -> None:
        np.subtract(1, gates, out=back)
        np.multiply(back, gates, out=back)
        new = gates[:, :, 2]
        np.multiply(new, new, out=through)
        np.subtract(1, through, out=back[:, :, 2])
        back[:, :, 0] *= new
        back[:, :, 1] *= c[:-1]
        back[:, :, 2] *= gates[:, :, 0]
        back[:, :, 3] *= squashed
        np.multiply(squashed, squashed, out=through)
        np.subtract(1, through, out=through)
        np.multiply(through, gates[:, :, 3], out=through)

    return step


def _descend(parameters: Parameters, pace: np.float32, slopes: Array, x: Array, h: Array) -> None:
    """Go downhill by what every step sends to its sums."""
    total = slopes.sum(axis=0)
    for parameter, gradient in zip(
        parameters, (slopes.T @ x, slopes.T @ h, total, total), strict=True
    ):
        gradient = pace * gradient
        np.subtract(parameter, gradient, out=parameter)


STEPS = {"rnn": rnn, "lstm": lstm}
