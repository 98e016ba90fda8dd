"""A layer of long short-term memory over a whole sequence, as one op."""

from __future__ import annotations

import numpy as np

from autograd.buffers import take
from autograd.definition import operation
from autograd.ops.arrange import stack
from autograd.ops.kept import keep, kept
from autograd.ops.recurrent import lstm_step, unrolled
from autograd.ops.sequences import (
    absent_at,
    all_entering,
    along,
    checked,
    earlier,
    first_and_others,
    first_of,
    input_gradients,
    refuse_misfits,
    samples,
    sigmoid_in_place,
    slopes_of_tanh,
    weight_gradient,
)

__all__ = ["lstm_sequence"]


def _made_of(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, *, backwards, present
):  # fmt: skip
    weights, biases = (weight_ih, weight_hh), (bias_ih, bias_hh)
    return stack(unrolled(
        lstm_step, x, weights, biases, None, (h, c), backwards=backwards, present=present
    ))  # fmt: skip


def _way_back(
    g, out, x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, *, backwards, present,
    needed=(True,) * 7,
):  # fmt: skip
    """Go through the steps in the other order, with what flows along h and along c."""
    opened, squashed = (
        kept(out) or _run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, backwards, present)[1:]
    )
    slopes, through = _slopes(out[1], opened, squashed, c, backwards)
    flat, absent = slopes.reshape(*x.shape[:2], len(weight_ih)), absent_at(present, len(x))
    flowing, carried, share = (np.zeros_like(out[0, 0]) for _ in range(3))
    back = weight_hh.astype(out.dtype, copy=False)
    for slope, sums, at_h, at_c, felt, forget, gone in along(
        not backwards, slopes, flat, g[0], g[1], through, opened[:, :, 1], absent
    ):
        flowing += at_h
        carried += at_c
        held = None if gone is None else (flowing.copy(), carried.copy())
        carried += np.multiply(felt, flowing, out=share)
        slope[:, :3] *= carried[:, None]
        slope[:, 3] *= flowing
        carried *= forget
        if gone is not None:
            np.copyto(sums, 0, where=gone)
        np.dot(sums, back, out=flowing)
        if held is not None:  # where there was no step the state stayed as it was
            np.copyto(flowing, held[0], where=gone)
            np.copyto(carried, held[1], where=gone)
    to_back = weight_gradient(flat, out[0], h, backwards) if needed[2] else None
    needed = (needed[0], needed[1], needed[3] or needed[4])
    to_x, to_weight, to_bias = input_gradients(flat, x, weight_ih, needed)
    return to_x, to_weight, to_back, to_bias, to_bias, flowing, carried


def _slopes(cells, opened, squashed, c, backwards):
    """How every gate's sum is felt by c (the last by h), and how c is felt by h."""
    slopes = np.subtract(1, opened, out=take(opened.shape, opened.dtype))
    slopes *= opened  # the slope of a sigmoid
    np.copyto(slopes[:, :, 2], slopes_of_tanh(opened[:, :, 2]))
    slopes[:, :, 0] *= opened[:, :, 2]
    begin, others = first_and_others(slopes[:, :, 1], backwards)
    begin *= c
    others *= earlier(cells, backwards)
    slopes[:, :, 2] *= opened[:, :, 0]
    slopes[:, :, 3] *= squashed
    through = slopes_of_tanh(squashed)
    through *= opened[:, :, 3]
    return slopes, through


def _run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, backwards, present):
    """All h and c, shape (2, steps, batch, hidden); the gates i, f, g, o; and tanh(c)."""
    entered = all_entering(x, weight_ih, bias_ih + bias_hh)
    kind, (steps, batch, rows) = np.result_type(entered, weight_hh, h, c), entered.shape
    entered, turned = (part.astype(kind, copy=False) for part in (entered, weight_hh.T))
    n = rows // 4
    out, squashed = take((2, steps, batch, n), kind), take((steps, batch, n), kind)
    product, share = np.empty((batch, rows), kind), np.empty((batch, n), kind)
    before, cell_before = first_of(h, share), first_of(c, share)
    absent = absent_at(present, steps)
    with np.errstate(over="ignore"):
        for gates, state, cell, bent, gone in along(
            backwards, entered, out[0], out[1], squashed, absent
        ):
            gates += np.dot(before, turned, out=product)
            np.tanh(gates[:, 2 * n : 3 * n], out=share)
            sigmoid_in_place(gates)  # of all four at once: cheaper than of three that lie apart
            gates[:, 2 * n : 3 * n] = share
            np.multiply(gates[:, n : 2 * n], cell_before, out=cell)
            cell += np.multiply(gates[:, :n], share, out=share)
            np.tanh(cell, out=bent)
            np.multiply(gates[:, 3 * n :], bent, out=state)
            if gone is not None:
                np.copyto(state, before, where=gone)
                np.copyto(cell, cell_before, where=gone)
            before, cell_before = state, cell
    return out, entered.reshape(steps, batch, 4, n), squashed


@operation(
    vjp=_way_back,
    made_of=_made_of,
    symbol="LSTM",
    check=checked(4, 2),
    samples=samples(4, 2),
)
def lstm_sequence(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, *, backwards=False, present=None
):  # fmt: skip
    """All h and c of a long short-term memory along a sequence, as one node.

    Along c the gradient is only scaled by the forget gates, so it reaches far back; each weight was
    used at every step, so what the steps send to it adds up.
    """
    refuse_misfits(4, 2, (x, weight_ih, weight_hh, bias_ih, bias_hh, h, c))
    return keep(*_run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, c, backwards, present))
