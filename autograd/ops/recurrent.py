"""Recurrent networks step by step, on nodes of every kind: what the fused sequences stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.ops.activations import relu, sigmoid
from autograd.ops.arithmetic import where
from autograd.ops.arrange import stack
from autograd.ops.products import matmul
from autograd.ops.shape import swapaxes
from autograd.ops.trigonometry import tanh

__all__ = ["SQUASHED", "entering", "gru_step", "lstm_step", "plain_step", "unrolled"]

_CHUNK = 8
SQUASHED = {"tanh": tanh, "relu": relu}


def plain_step(entered, state, turned, bias, squash=tanh):
    """One step h' = tanh(entered + h Wᵀ), of the state (h,)."""
    return (squash(entered + matmul(state[0], turned)),)


def lstm_step(entered, state, turned, bias):
    """One step c' = f c + i g and h' = o tanh(c'), of the state (h, c)."""
    h, c = state
    n = h.shape[-1]
    gates = entered + matmul(h, turned)
    opened = sigmoid(gates)  # one node for three gates; its share of the fourth is not used
    new = tanh(gates[..., 2 * n : 3 * n])
    c = opened[..., n : 2 * n] * c + opened[..., :n] * new
    return opened[..., 3 * n :] * tanh(c), c


def gru_step(entered, state, turned, bias):
    """One step h' = (1 - z) n + z h, of the state (h,)."""
    (h,) = state
    n = h.shape[-1]
    back = matmul(h, turned)
    back = back if bias is None else back + bias  # the reset gate dims this bias, too
    opened = sigmoid(entered[..., : 2 * n] + back[..., : 2 * n])
    new = tanh(entered[..., 2 * n :] + opened[..., :n] * back[..., 2 * n :])
    return (new + opened[..., n:] * (h - new),)


def entering(x: Any, weight: Any, biases: Sequence[Any]) -> Any:
    """What the inputs bring into all steps, in one product, with those biases that there are."""
    entered = matmul(x, swapaxes(weight, -1, -2))
    given = [bias for bias in biases if bias is not None]
    return entered + (given[0] if len(given) == 1 else given[0] + given[1]) if given else entered


def unrolled(step, x, weights, biases, bias, state, *, backwards, present):
    """Go along a sequence step by step.

    Args:
        step: From what entered, the state, the turned weights and a bias to the new state.
        x: Shape (steps, batch, in).
        weights: From the inputs, and from the state.
        biases: What enters with the inputs.
        bias: What the step adds itself, or None.
        state: The arrays to begin with, each of shape (batch, hidden) or the number 0.
        backwards: Whether to go from the last step to the first.
        present: Bools of shape (steps, batch), false where the state stays; or None.

    Returns:
        For every array of the state, all its steps, shape (steps, batch, hidden).
    """
    into, back = weights
    turned = swapaxes(back, -1, -2)
    begin = np.zeros((x.shape[1], back.shape[1]), getattr(back, "dtype", None))
    state = tuple(part if len(np.shape(part)) else begin for part in state)
    steps = list(enumerate(_unstacked(entering(x, into, biases))))
    states = [None] * len(steps)
    for t, entered in reversed(steps) if backwards else steps:
        new = step(entered, state, turned, bias)
        if present is not None and not present[t].all():
            here = present[t][:, None]
            new = tuple(where(here, a, b) for a, b in zip(new, state, strict=True))
        states[t] = state = new
    return [stack(list(parts)) for parts in zip(*states, strict=True)]


def _unstacked(x):
    """The steps of a sequence, cut out in two stages or more.

    What a cut sends back is as large as what it was cut from, zeros around it: cut one by one from
    the whole, a sequence of twice the length would take four times the time.
    """
    length = x.shape[0]
    if length <= _CHUNK:
        return [x[t] for t in range(length)]
    size = _CHUNK
    while size * _CHUNK < length:
        size *= _CHUNK
    return [step for t in range(0, length, size) for step in _unstacked(x[t : t + size])]
