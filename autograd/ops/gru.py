"""A layer of gated recurrent units over a whole sequence, as one op."""

from __future__ import annotations

import numpy as np

from autograd.buffers import take
from autograd.definition import operation
from autograd.ops.kept import keep, kept
from autograd.ops.recurrent import gru_step, unrolled
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

__all__ = ["gru_sequence"]


def _made_of(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, backwards, present
):  # fmt: skip
    weights = (weight_ih, weight_hh)
    return unrolled(
        gru_step, x, weights, (bias_ih,), bias_hh, (h,), backwards=backwards, present=present
    )[0]  # fmt: skip


def _way_back(
    g, out, x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, backwards, present,
    needed=(True,) * 6,
):  # fmt: skip
    """Go through the steps in the other order, with the gradient that flows along the state."""
    gates, back = (
        kept(out) or _run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, backwards, present)[1:]
    )
    slopes, new = _slopes(out, gates, back, h, backwards)
    flat, absent = slopes.reshape(*x.shape[:2], len(weight_ih)), absent_at(present, len(x))
    flowing, product = np.zeros_like(out[0]), np.empty_like(out[0])
    turned = weight_hh.astype(out.dtype, copy=False)
    for slope, sums, entered, arrived, update, gone in along(
        not backwards, slopes, flat, new, g, gates[:, :, 1], absent
    ):
        flowing += arrived
        held = None if gone is None else flowing.copy()
        if gone is not None:
            np.copyto(flowing, 0, where=gone)
        slope *= flowing[:, None]
        entered *= flowing
        flowing *= update
        flowing += np.dot(sums, turned, out=product)
        if held is not None:  # where there was no step the state stayed as it was
            np.copyto(flowing, held, where=gone)
    to_back = weight_gradient(flat, out, h, backwards) if needed[2] else None
    to_own = input_gradients(flat, x, weight_ih, (False, False, needed[4]))[2]
    slopes[:, :, 2] = new  # the inputs enter n past the reset gate
    to_x, to_weight, to_bias = input_gradients(
        flat, x, weight_ih, (needed[0], needed[1], needed[3])
    )
    return to_x, to_weight, to_back, to_bias, to_own, flowing


def _slopes(out, gates, back, h, backwards):
    """How h' feels what comes from the state for r, z and n; and what comes from the inputs for n.

    Each is a product of numbers of the same step, so all steps are computed at once.
    """
    reset, new = gates[:, :, 0], gates[:, :, 2]
    slopes = np.subtract(1, gates, out=take(gates.shape, gates.dtype))
    entered = slopes_of_tanh(new)
    entered *= slopes[:, :, 1]
    slopes *= gates  # the slope of a sigmoid
    slopes[:, :, 0] *= back
    slopes[:, :, 0] *= entered
    np.multiply(entered, reset, out=slopes[:, :, 2])
    begin, others = first_and_others(slopes[:, :, 1], backwards)
    new_begin, new_others = first_and_others(new, backwards)
    begin *= h - new_begin
    others *= earlier(out, backwards) - new_others
    return slopes, entered


def _run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, backwards, present):
    """All states; r, z and n, shape (steps, batch, 3, hidden); and what n gets from the state."""
    entered = all_entering(x, weight_ih, bias_ih)
    kind, (steps, batch, rows) = np.result_type(entered, weight_hh, bias_hh, h), entered.shape
    entered, turned = (part.astype(kind, copy=False) for part in (entered, weight_hh.T))
    n = rows // 3
    out, backs = (take((steps, batch, n), kind) for _ in range(2))
    product, share = np.empty((batch, rows), kind), np.empty((batch, n), kind)
    before, absent = first_of(h, share), absent_at(present, steps)
    with np.errstate(over="ignore"):
        for gates, state, back, gone in along(backwards, entered, out, backs, absent):
            np.dot(before, turned, out=product)
            product += bias_hh
            opened, new = gates[:, : 2 * n], gates[:, 2 * n :]
            opened += product[:, : 2 * n]
            sigmoid_in_place(opened)
            back[...] = product[:, 2 * n :]
            new += np.multiply(opened[:, :n], back, out=share)
            np.tanh(new, out=new)
            np.subtract(before, new, out=state)
            state *= opened[:, n:]
            state += new
            if gone is not None:
                np.copyto(state, before, where=gone)
            before = state
    return out, entered.reshape(steps, batch, 3, n), backs


@operation(
    vjp=_way_back,
    made_of=_made_of,
    symbol="GRU",
    check=checked(3, 1),
    samples=samples(3, 1),
)
def gru_sequence(
    x, weight_ih, weight_hh, bias_ih, bias_hh, h, *, backwards=False, present=None
):  # fmt: skip
    """All states of gated recurrent units along a sequence, as one node.

    The update gate lets part of the gradient pass to the step before as it is; each weight was used
    at every step, so what the steps send to it adds up.
    """
    refuse_misfits(3, 1, (x, weight_ih, weight_hh, bias_ih, bias_hh, h))
    return keep(*_run(x, weight_ih, weight_hh, bias_ih, bias_hh, h, backwards, present))
