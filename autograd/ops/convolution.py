"""Convolution, as neural networks mean it, over any number of axes.

It is linear in the input and in the kernel. Its two gradients are convolutions again, and so are
theirs: the three ops below are each other's derivatives, to any order.
"""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import operation
from autograd.errors import ShapeError
from autograd.op import Sample
from autograd.ops.windows import added_up, columns_of, window_places

__all__ = ["conv", "conv_input", "conv_kernel"]


def _in_groups(weight, groups):
    """The kernels as matrices, shape (groups, out / groups, in / groups * window)."""
    return weight.reshape(groups, weight.shape[0] // groups, math.prod(weight.shape[1:]))


def _per_group(columns, groups, count):
    """One matrix per example and group: what stands in a window, by the windows."""
    rows = math.prod(columns.shape[1 : columns.ndim - len(count)]) // groups
    return columns.reshape(len(columns), groups, rows, math.prod(count))


def _misfit(x, weight, *, stride, padding, dilation, groups):
    """What is wrong with an input and kernels that do not fit."""
    came, kernels = np.shape(x), np.shape(weight)
    if len(came) != len(kernels) or len(came) < 3:
        return (
            "needs x of shape (batch, channels, *size) and kernels of shape "
            "(out, channels / groups, *window)"
        )
    if came[1] != kernels[1] * groups:
        of = f" x {groups} groups" if groups > 1 else ""
        return f"x has {came[1]} channels, the kernels are made for {kernels[1]}{of}"
    if kernels[0] % groups:
        return f"{kernels[0]} kernels cannot be dealt out to {groups} groups"
    return None


_ONE = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
_UNEVEN = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2), "groups": 2}
_LINE = {"stride": (2,), "padding": ((1, 2),), "dilation": (2,), "groups": 1}


@operation(
    vjp=(
        lambda g, out, x, weight, *, stride, padding, dilation, groups: conv_input(
            g, weight, x.shape[2:], stride, padding, dilation, groups
        ),
        lambda g, out, x, weight, *, stride, padding, dilation, groups: conv_kernel(
            x, g, weight.shape[2:], stride, padding, dilation, groups
        ),
    ),
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
    axes = x.ndim - 2
    columns = columns_of(x, weight.shape[2:], stride, dilation, padding)
    count = columns.shape[2 + axes :]
    if _misfit(x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups):
        raise ValueError
    flat = _per_group(columns, groups, count)
    out = np.matmul(_in_groups(weight, groups), flat)
    return out.reshape(x.shape[0], weight.shape[0], *count)


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
    axes = sent.ndim - 2
    batch, count, kernel = sent.shape[0], sent.shape[2:], weight.shape[2:]
    whole = [n + before + after for n, (before, after) in zip(size, padding, strict=True)]
    if window_places(whole, kernel, stride, dilation) != count or sent.shape[1] != len(weight):
        raise ShapeError(
            f"conv_input: {sent.shape[1]} channels of {count} windows came; {len(weight)} of "
            f"{window_places(whole, kernel, stride, dilation)} are needed for a size of {size}"
        )
    flat = _per_group(sent, groups, count)
    columns = np.matmul(np.swapaxes(_in_groups(weight, groups), 1, 2), flat)
    columns = columns.reshape(batch, weight.shape[1] * groups, *kernel, *count)
    assert columns.ndim == 2 + 2 * axes
    return added_up(columns, size, stride, dilation, padding)


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
    columns = columns_of(x, window, stride, dilation, padding)
    count = columns.shape[2 + len(window) :]
    flat, weights = _per_group(columns, groups, count), _per_group(sent, groups, count)
    # one product per example, added up, rather than one long one: no transposed copy is needed
    total = np.matmul(weights, np.swapaxes(flat, 2, 3)).sum(axis=0)
    return total.reshape(sent.shape[1], x.shape[1] // groups, *window)
