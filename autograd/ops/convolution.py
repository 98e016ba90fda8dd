"""Convolution, as neural networks mean it, over any number of axes.

It is linear in the input and in the kernel. Its two gradients are convolutions again, and so are
theirs: three of the ops below are each other's derivatives, to any order; the fourth adds a bias.
"""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.errors import ShapeError
from autograd.op import Sample
from autograd.ops import winograd
from autograd.ops.reduce import sum as total_of
from autograd.ops.window_plan import places_in, plan_of, row_blocks, scratch
from autograd.ops.windows import add_up, batch_last, columns_of, padded, room

__all__ = ["conv", "conv_bias", "conv_input", "conv_kernel"]


def _in_groups(weight, groups):
    """The kernels as matrices, shape (groups, out / groups, in / groups * window)."""
    return weight.reshape(groups, len(weight) // groups, math.prod(weight.shape[1:]))


def _misfit(x, weight, *rest, stride, padding, dilation, groups):
    """What is wrong with an input and kernels that do not fit."""
    came, kernels = _shape(x), _shape(weight)
    if len(came) != len(kernels) or len(came) < 3:
        return (
            "needs x of shape (batch, channels, *size) and kernels of shape "
            "(out, channels / groups, *window)"
        )
    if came[1] != kernels[1] * groups:
        of = f" x {groups} groups" if groups > 1 else ""
        return f"x has {came[1]} channels; the kernels need {kernels[1]}{of}"
    if kernels[0] % groups:
        return f"{kernels[0]} kernels came; {groups} groups need a multiple of {groups}"
    for bias in rest:
        if _shape(bias) != kernels[:1]:
            return f"a bias of shape {_shape(bias)} came; ({kernels[0]},) is needed"
    return None


def _shape(array):
    return array.shape if type(array) is np.ndarray else np.shape(array)


def _alike(*arrays):
    """Arrays of one kind of number."""
    kind = arrays[0].dtype
    for a in arrays:
        if a.dtype is not kind:
            break
    else:
        return arrays
    kind = np.result_type(*arrays)
    return tuple([a.astype(kind, copy=False) for a in arrays])


_ONE = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
_UNEVEN = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2), "groups": 2}
_LINE = {"stride": (2,), "padding": ((1, 2),), "dilation": (2,), "groups": 1}


def _to_input(g, out, x, weight, *bias, stride, padding, dilation, groups):
    return conv_input(g, weight, x.shape[2:], stride, padding, dilation, groups)


def _to_kernel(g, out, x, weight, *bias, stride, padding, dilation, groups):
    return conv_kernel(x, g, weight.shape[2:], stride, padding, dilation, groups)


def _convolved(x, weight, *rest, stride, padding, dilation, groups):
    """Copy windows out, and multiply all of them by all kernels at once."""
    if _misfit(x, weight, *rest, stride=stride, padding=padding, dilation=dilation, groups=groups):
        raise ValueError
    x, weight, *rest = _alike(x, weight, *rest)
    plan = plan_of("conv", x.shape, x.itemsize, weight.shape[2:], stride, padding, dilation)
    done, out = room(x, (len(x), len(weight), *plan.count))
    out = _correlate(padded(batch_last(x), padding), plan, weight, out, stride, dilation, groups)
    for bias in rest:
        out += bias.reshape(len(bias), *(1,) * (out.ndim - 1))
    return done(out)


def _correlate(x, plan, weight, out, stride, dilation, groups):
    """Every window of x times the kernels, written into ``out``; both with the batch last."""
    fewer = _by_winograd(x, weight.shape, out.shape, stride, dilation, groups)
    if fewer and winograd.correlate(x, weight, out):
        return out
    matrices = _in_groups(weight, groups)
    for start, stop, columns in _window_blocks(x, plan, groups, stride, dilation):
        if type(x) is not np.ndarray:
            return np.matmul(matrices, columns).reshape(out.shape)
        np.matmul(matrices, columns, out=_matrices(out[:, start:stop], groups))
    return out


def _by_winograd(x, kernels, windows, stride, dilation, groups):
    outer, inner, *kernel = kernels
    positions = math.prod(windows[1:])
    return winograd.suits(x, tuple(kernel), stride, dilation, groups, inner, outer, positions)


def _matrices(image, groups):
    """One matrix per group, all positions of all images in a row; a view where that can be."""
    return image.reshape(groups, len(image) // groups, math.prod(image.shape[1:]))


def _window_blocks(x, plan, groups, stride, dilation):
    """Copy the windows of some rows out, then of the next, into the same memory.

    Yields:
        The first row and the last but one, and per group a matrix with a window in each column.
    """
    rows, across = plan.count[0], math.prod(plan.count[1:]) * x.shape[-1]
    if plan.held == len(x) and set(stride) == {1}:  # windows of one: nothing to copy out
        yield 0, rows, _matrices(x, groups)
        return
    inside = plan.held // groups
    if type(x) is not np.ndarray:
        columns = columns_of(x, plan, stride, dilation)
        yield 0, rows, columns.reshape(groups, inside, rows * across)
        return
    longest = plan.blocks[0][1] if plan.blocks else 0
    buffer = scratch(plan.row * longest, x.dtype)
    for start, stop in plan.blocks:
        columns = columns_of(x, plan, stride, dilation, (start, stop), buffer)
        yield start, stop, columns.reshape(groups, inside, (stop - start) * across)


@operation(
    vjp=(_to_input, _to_kernel),
    linear="x weight",
    symbol="∗",
    latex=r"{x} \star {weight}",
    check=_misfit,
    samples=(
        Sample(((2, 3, 5, 4), (4, 3, 3, 2)), _ONE),
        Sample(((1, 4, 6, 5), (2, 2, 3, 2)), _UNEVEN),
        Sample(((2, 2, 8), (3, 2, 3)), _LINE),
        Sample(((1, 2, 4, 4), (3, 2, 1, 1)), _ONE),
    ),
)
def conv(x, weight, *, stride, padding, dilation, groups):
    """Cross-correlation of every channel with every kernel, summed over the channels.

    Each pixel was used in many windows and each weight at every window, so their contributions add
    up: both gradients are convolutions themselves.
    """
    laid = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return _convolved(x, weight, **laid)


def _per_channel(g):
    """Everything that arrives in a channel, added up."""
    if type(g) is np.ndarray:
        return np.einsum("ij->i", batch_last(g).reshape(g.shape[1], g.size // (g.shape[1] or 1)))
    return total_of(g, axis=(0, *range(2, len(g.shape))))


@operation(
    vjp=(_to_input, _to_kernel, lambda g, out, x, weight, bias, **settings: _per_channel(g)),
    symbol="∗+",
    latex=r"{x} \star {weight} + {bias}",
    check=_misfit,
    samples=(
        Sample(((2, 3, 5, 4), (4, 3, 3, 2), (4,)), _ONE),
        Sample(((2, 2, 8), (3, 2, 3), (3,)), _LINE),
    ),
)
def conv_bias(x, weight, bias, *, stride, padding, dilation, groups):
    """Cross-correlation with every kernel, and the kernel's bias added to each of its sums.

    The gradients are those of the convolution; a bias was added at every window, so all their
    gradients add up.
    """
    laid = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return _convolved(x, weight, bias, **laid)


@operation(
    vjp=(
        lambda g, out, sent, weight, *, size, stride, padding, dilation, groups: conv(
            g, weight, stride, padding, dilation, groups
        ),
        lambda g, out, sent, weight, *, size, stride, padding, dilation, groups: conv_kernel(
            g, sent, weight.shape[2:], stride, padding, dilation, groups
        ),
    ),
    linear="sent weight",
    symbol="∗ᵀ",
    latex=r"{sent} \star^\top {weight}",
    samples=(
        Sample(((2, 4, 3, 3), (4, 3, 3, 2)), {"size": (5, 4), **_ONE}),
        Sample(((1, 2, 2, 6), (2, 2, 3, 2)), {"size": (5, 5), **_UNEVEN}),
        Sample(((2, 3, 4), (3, 2, 3)), {"size": (8,), **_LINE}),
    ),
)
def conv_input(sent, weight, *, size, stride, padding, dilation, groups):
    """Every kernel stamped down at every window and added up: what a convolution sends back.

    It is linear, and its own gradient is the convolution.
    """
    sent, weight = _alike(sent, weight)
    count, kernel = sent.shape[2:], weight.shape[2:]
    places = places_in(size, kernel, stride, padding, dilation)
    if places != count or sent.shape[1] != len(weight):
        raise ShapeError(
            f"conv_input: {sent.shape[1]} channels of {count} windows came; {len(weight)} of "
            f"{places} are needed for a size of {size}"
        )
    shape = (len(sent), weight.shape[1] * groups, *size)
    around = _turned_padding(size, kernel, count, stride, padding, dilation)
    if around is None or not _gathers(weight, size, count):
        done, out = room(sent, shape, zeros=True)
        return done(_stamped(batch_last(sent), weight, out, stride, padding, dilation, groups))
    done, out = room(sent, shape)
    plan = plan_of("conv_input", sent.shape, sent.itemsize, kernel, stride, around, dilation)
    sent = padded(batch_last(sent), around)
    return done(_correlate(sent, plan, _turned(weight, groups), out, stride, dilation, groups))


def _turned_padding(size, kernel, count, stride, padding, dilation):
    """The padding with which a convolution with turned kernels is the transposed one, or None."""
    around = []
    for n, k, c, (before, _), d in zip(size, kernel, count, padding, dilation, strict=True):
        front = d * (k - 1) - before
        around.append((front, n - c - front + d * (k - 1)))
    return tuple(around) if set(stride) == {1} and min(map(min, around)) >= 0 else None


def _turned(weight, groups):
    """The kernels turned round, which lead from outputs to inputs."""
    grouped = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
    backwards = (..., *(slice(None, None, -1),) * (weight.ndim - 2))
    turned = grouped.swapaxes(1, 2)[backwards]
    return turned.reshape(groups * weight.shape[1], len(weight) // groups, *weight.shape[2:])


# nanoseconds for a product and a sum, for copying a number out of its window, for adding it back
_MULTIPLY, _COPY, _ADD = 0.017, 0.09, 0.3


def _gathers(weight, size, count):
    """Whether copying out what was sent costs less than adding stamps up."""
    outer, inner, *_ = weight.shape
    gather = outer * math.prod(size) * (inner * _MULTIPLY + _COPY)
    return gather < inner * math.prod(count) * (outer * _MULTIPLY + _ADD)


def _stamped(sent, weight, total, stride, padding, dilation, groups):
    """The stamps of some rows after another's, added up in ``total``; all with the batch last."""
    kernel, count = weight.shape[2:], sent.shape[1:-1]
    back = _in_groups(weight, groups).swapaxes(1, 2)
    own = type(sent) is np.ndarray
    if own:
        sent = np.ascontiguousarray(sent)
    row = len(total) * math.prod(kernel) * math.prod(count[1:]) * sent.shape[-1]
    buffer = columns = None
    whole = ((0, count[0]),)
    for start, stop in row_blocks(row * sent.itemsize, count[0], total.nbytes) if own else whole:
        rows = _matrices(sent[:, start:stop], groups)
        if own:
            if buffer is None:
                buffer = scratch(row * (stop - start), sent.dtype)
            columns = buffer[: row * (stop - start)].reshape(groups, back.shape[1], rows.shape[2])
        stamps = np.matmul(back, rows, out=columns)
        stamps = stamps.reshape(len(total), *kernel, stop - start, *count[1:], sent.shape[-1])
        places = ((start, stop), *count[1:])
        add_up(total, stamps, kernel, places, stride, padding, dilation)
    return total


@operation(
    vjp=(
        lambda g, out, x, sent, *, window, stride, padding, dilation, groups: conv_input(
            sent, g, x.shape[2:], stride, padding, dilation, groups
        ),
        lambda g, out, x, sent, *, window, stride, padding, dilation, groups: conv(
            x, g, stride, padding, dilation, groups
        ),
    ),
    linear="x sent",
    symbol="∗ₖ",
    latex=r"{x} \star_k {sent}",
    samples=(
        Sample(((2, 3, 5, 4), (2, 4, 3, 3)), {"window": (3, 2), **_ONE}),
        Sample(((1, 4, 5, 5), (1, 2, 2, 6)), {"window": (3, 2), **_UNEVEN}),
        Sample(((2, 2, 8), (2, 3, 4)), {"window": (3,), **_LINE}),
    ),
)
def conv_kernel(x, sent, *, window, stride, padding, dilation, groups):
    """Every window of x weighted by what was sent to it and added up: a kernel's gradient.

    It is linear in both, and its own gradients are convolutions.
    """
    x, sent = _alike(x, sent)
    plan = plan_of("conv_kernel", x.shape, x.itemsize, window, stride, padding, dilation)
    x, sent = padded(batch_last(x), padding), batch_last(sent)
    if sent.shape[1:] != (*plan.count, x.shape[-1]):
        raise ValueError(
            f"a wrong number of windows came; {plan.count} of {x.shape[-1]} images are needed"
        )
    if type(sent) is np.ndarray:
        sent = np.ascontiguousarray(sent)
    shape = (len(sent), len(x) // groups, *window)
    if _by_winograd(x, shape, sent.shape, stride, dilation, groups):
        total = winograd.kernel_gradient(x, sent)
        if np.isfinite(total).all():
            return total
    total = None
    for start, stop, columns in _window_blocks(x, plan, groups, stride, dilation):
        part = np.matmul(_matrices(sent[:, start:stop], groups), columns.swapaxes(1, 2))
        total = part if total is None else total + part
    return total.reshape(shape)
