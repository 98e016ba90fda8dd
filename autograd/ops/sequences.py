"""What the recurrent layers over a whole sequence share.

Everything that does not wait for the state is one product over all steps: what the inputs bring in,
and on the way back the gradients of the weights.  Only the state goes from step to step, in arrays
that are written in place.  Sequences have the shape (steps, batch, numbers).
"""

from __future__ import annotations

import numpy as np

from autograd.buffers import take
from autograd.op import Sample
from autograd.ops.sums_by_product import sum_of_rows

__all__ = [
    "absent_at",
    "all_entering",
    "along",
    "checked",
    "earlier",
    "first_and_others",
    "first_of",
    "input_gradients",
    "refuse_misfits",
    "samples",
    "sigmoid_in_place",
    "slopes_of_tanh",
    "weight_gradient",
]


def _misfit(gates, states, given):
    """What is wrong with the shapes of a sequence, its weights, biases and first state; or None."""
    x, into, back, *rest = (np.shape(array) for array in given)
    if len(x) != 3 or not x[0] or len(into) != 2 or len(back) != 2:
        return "needs x of shape (steps, batch, in), one step or more, and two matrices of weights"
    rows, hidden = back
    if rows != gates * hidden or into != (rows, x[2]):
        return f"needs weights of shape ({gates} hidden, {x[2]}) and ({gates} hidden, hidden)"
    if any(shape not in ((), (rows,)) for shape in rest[: len(rest) - states]):
        return f"needs biases of shape ({rows},)"
    if any(shape not in ((), (x[1], hidden)) for shape in rest[len(rest) - states :]):
        return f"needs a first state of shape ({x[1]}, {hidden})"
    return None


def checked(gates, states):
    """The check of an op whose last inputs are so many states."""
    return lambda *given, **settings: _misfit(gates, states, given)


def refuse_misfits(gates, states, given):
    """Fail, for the check to say why: NumPy would let some shapes pass that only broadcast."""
    if _misfit(gates, states, given):
        raise ValueError


def samples(gates, states, **settings):
    """Ways to call a sequence in tests: both directions, with and without gaps."""
    shapes = ((gates * 2, 3), (gates * 2, 2), (gates * 2,), (gates * 2,), *((2, 2),) * states)
    gaps = np.array([[True, True], [True, False], [False, False], [True, True]])
    forward = {"backwards": False, "present": None, **settings}
    return (
        Sample(((4, 2, 3), *shapes), forward),
        Sample(((4, 2, 3), *shapes), {**forward, "backwards": True}),
        Sample(((4, 2, 3), *shapes), {**forward, "backwards": True, "present": gaps}),
        Sample(((4, 2, 3), *shapes), {**forward, "present": gaps}),
        Sample(((1, 2, 3), *shapes), forward),
    )


# ---------------------------------------------------------------------- the order of the steps
def along(backwards, *sequences):
    """Go through the steps of several sequences side by side, from the first or from the last."""
    ordered = (sequence[::-1] for sequence in sequences) if backwards else sequences
    return zip(*ordered, strict=True)


def first_and_others(sequence, backwards):
    """The step that is gone through first, and all others, as views."""
    return (sequence[-1], sequence[:-1]) if backwards else (sequence[0], sequence[1:])


def earlier(states, backwards):
    """The states before all steps but the first, beside those steps."""
    return states[1:] if backwards else states[:-1]


def absent_at(present, steps):
    """For every step which sequences have none there, shape (batch, 1); None where all have one."""
    if present is None:
        return [None] * steps
    return [None if row.all() else ~row[:, None] for row in present]


def first_of(state, like):
    """The state to begin with as an array, of the shape and kind of a step's."""
    return np.array(np.broadcast_to(state, like.shape), like.dtype)


# ---------------------------------------------------------------------- products over all steps
def all_entering(x, weight, bias):
    """What the inputs and a bias bring into every step, in an array to write to."""
    flat = _flat(x)
    entered = take((len(flat), len(weight)), np.result_type(x, weight, bias))
    np.matmul(flat, weight.T, out=entered)
    entered += bias
    return entered.reshape(*x.shape[:2], len(weight))


def weight_gradient(slopes, states, first, backwards):
    """The gradient of the weights of the state, from what the steps send to their sums."""
    begin, others = first_and_others(slopes, backwards)
    total = np.matmul(_flat(others).T, _flat(earlier(states, backwards)))
    if np.shape(first):  # else it is the number 0
        total += np.matmul(begin.T, first)
    return total


def input_gradients(slopes, x, weight, needed):
    """The gradients of the inputs, of their weights and of a bias, those that are needed."""
    flat = _flat(slopes)
    to_x = np.matmul(flat, weight).reshape(x.shape) if needed[0] else None
    to_weight = np.matmul(flat.T, _flat(x)) if needed[1] else None
    to_bias = sum_of_rows(flat) if needed[2] else None
    return to_x, to_weight, to_bias


def _flat(sequence):
    """All steps of all sequences as the rows of one matrix."""
    steps, batch, numbers = sequence.shape
    return sequence.reshape(steps * batch, numbers)


# ---------------------------------------------------------------------- bends, in place
def sigmoid_in_place(sums):
    """Squash to (0, 1); an overflow on the way ends as the 0 that it is."""
    np.negative(sums, out=sums)
    np.exp(sums, out=sums)
    sums += 1
    np.reciprocal(sums, out=sums)


def slopes_of_tanh(out):
    """The slope 1 - out² everywhere, in an array to write to."""
    slopes = np.multiply(out, out, out=take(out.shape, out.dtype))
    return np.subtract(1, slopes, out=slopes)
