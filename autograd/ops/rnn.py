"""A layer of the simplest recurrent network over a whole sequence, as one op."""

from __future__ import annotations

import numpy as np

from autograd.buffers import take, zeros
from autograd.definition import operation
from autograd.ops.recurrent import SQUASHED, plain_step, unrolled
from autograd.ops.sequences import (
    absent_at,
    all_entering,
    along,
    checked,
    first_of,
    input_gradients,
    refuse_misfits,
    samples,
    slopes_of_tanh,
    weight_gradient,
)

__all__ = ["rnn_sequence"]


def _made_of(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, nonlinearity, backwards, present
):  # fmt: skip
    def step(entered, state, turned, bias):
        return plain_step(entered, state, turned, bias, SQUASHED[nonlinearity])

    weights, biases = (weight_ih, weight_hh), (bias_ih, bias_hh)
    return unrolled(
        step, x, weights, biases, None, (h,), backwards=backwards, present=present
    )[0]  # fmt: skip


def _way_back(
    g, out, x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, nonlinearity, backwards, present,
    needed=(True,) * 6,
):  # fmt: skip
    """Go through the steps in the other order, with the gradient that flows along the state."""
    ramp = nonlinearity == "relu"
    slopes = zeros(out.shape, out.dtype) if ramp else slopes_of_tanh(out)
    flowing, back = np.zeros_like(out[0]), weight_hh.astype(out.dtype, copy=False)
    absent = absent_at(present, len(out))
    for slope, arrived, state, gone in along(not backwards, slopes, g, out, absent):
        flowing += arrived
        if ramp:  # chosen, not multiplied: nothing passes where it is flat, not even nan
            np.copyto(slope, flowing, where=state > 0)
        else:
            slope *= flowing
        if gone is None:
            np.dot(slope, back, out=flowing)
        else:
            np.copyto(slope, 0, where=gone)
            np.copyto(flowing, np.dot(slope, back), where=~gone)
    to_back = weight_gradient(slopes, out, h, backwards) if needed[2] else None
    needed = (needed[0], needed[1], needed[3] or needed[4])
    to_x, to_weight, to_bias = input_gradients(slopes, x, weight_ih, needed)
    return to_x, to_weight, to_back, to_bias, to_bias, flowing


@operation(
    vjp=_way_back,
    made_of=_made_of,
    symbol="RNN",
    check=checked(1, 1),
    samples=(*samples(1, 1, nonlinearity="tanh"), *samples(1, 1, nonlinearity="relu")),
)
def rnn_sequence(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, nonlinearity="tanh", backwards=False,
    present=None,
):  # fmt: skip
    """All states h' = tanh(W_ih x + b_ih + W_hh h + b_hh) along a sequence, as one node.

    The gradient goes back from step to step through the weights of the state; each weight was used
    at every step, so what the steps send to it adds up.
    """
    refuse_misfits(1, 1, (x, weight_ih, weight_hh, bias_ih, bias_hh, h))
    entered = all_entering(x, weight_ih, bias_ih + bias_hh)
    out = take(entered.shape, np.result_type(entered, weight_hh, h))
    before, turned = first_of(h, out[0]), weight_hh.T.astype(out.dtype, copy=False)
    absent = absent_at(present, len(out))
    for state, sums, gone in along(backwards, out, entered, absent):
        np.dot(before, turned, out=state)
        state += sums
        if nonlinearity == "relu":
            np.maximum(state, 0, out=state)
        else:
            np.tanh(state, out=state)
        if gone is not None:
            np.copyto(state, before, where=gone)
        before = state
    return out
