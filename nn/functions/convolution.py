"""Convolution, plain and transposed: functions of Tensors, and of grids of Values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from autograd import OPS, ShapeError, reshape
from nn.checks.numbers import numbers_of
from nn.checks.sizes import Padding, Sizes, batched, looked_up, padding_of, sizes_of
from nn.checks.whole_numbers import at_least_one
from nn.functions import value_grids, value_windows

__all__ = ["conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"]


def conv1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    *,
    fused: bool = True,
) -> Any:
    """Slide kernels over a line: every output is the sum of the products in one window.

    Args:
        x: Shape (batch, channels, length) or (channels, length); or lists of Values.
        weight: The kernels, shape (out, channels / groups, window).
        bias: One number per kernel, shape (out,), or None.
        stride: Steps from one window to the next.
        padding: Zeros put on both ends; "same" for as many outputs as inputs, "valid" for none.
        dilation: Steps between the elements of a window.
        groups: Into how many parts channels and kernels are dealt, each part seeing only its own.
        fused: On Values, whether a window is one node; False makes each product and sum its own.

    Returns:
        Shape (batch, out, windows).

    Raises:
        ShapeError: If the shapes do not fit, or no window fits into x.

    Example:
        >>> from autograd import Tensor
        >>> w = Tensor([[[1.0, -1.0]]], requires_grad=True)
        >>> y = conv1d(Tensor([[[1.0, 4.0, 9.0]]]), w)
        >>> y.sum().backward()
        >>> y.tolist(), w.grad
        ([[[-3.0, -5.0]]], array([[[ 5., 13.]]]))
    """
    return _conv("conv1d", 1, x, weight, bias, stride, padding, dilation, groups, fused)


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    *,
    fused: bool = True,
) -> Any:
    """Slide kernels over an image: every output is the sum of the products in one window.

    This is cross-correlation, as in every neural network library: the kernel is not turned round.

    Args:
        x: Shape (batch, channels, height, width) or (channels, height, width); or a grid of Values:
            rows of Values, or a list of such grids, one per channel, or a list of such images.
        weight: The kernels, shape (out, channels / groups, height, width).
        bias: One number per kernel, shape (out,), or None.
        stride: Steps from one window to the next; one number, or one for each axis.
        padding: Zeros put on every side; "same" for an output as large as x, "valid" for none.
        dilation: Steps between the elements of a window.
        groups: Into how many parts channels and kernels are dealt, each part seeing only its own.
        fused: On Values, whether a window is one node; False makes each product and sum its own.

    Returns:
        Shape (batch, out, rows, columns); for a grid of Values one grid per kernel.

    Raises:
        ShapeError: If the shapes do not fit, or no window fits into x.

    Example:
        >>> from autograd import Tensor
        >>> w = Tensor([[[[1.0, -1.0]]]], requires_grad=True)
        >>> y = conv2d(Tensor([[[[1.0, 4.0, 9.0]]]]), w)
        >>> y.sum().backward()
        >>> y.tolist(), w.grad
        ([[[[-3.0, -5.0]]]], array([[[[ 5., 13.]]]]))
    """
    return _conv("conv2d", 2, x, weight, bias, stride, padding, dilation, groups, fused)


def _conv(
    name: str, axes: int, x: Any, weight: Any, bias: Any, stride: Sizes, padding: Padding,
    dilation: Sizes, groups: int, fused: bool,
) -> Any:  # fmt: skip
    if not value_grids.holds_values(weight):
        weight = numbers_of(f"{name}: weight", weight)
    kernels = value_grids.shape_of(weight)
    settings = looked_up(_settings, name, axes, kernels, stride, padding, dilation, groups)
    if value_grids.holds_values(x) or value_grids.holds_values(weight):
        steps, around, holes, _ = settings.values()
        return value_windows.convolve(x, weight, bias, steps, around, holes, groups, fused)
    x, alone = batched(name, x, axes)
    if bias is None:
        out = OPS["conv"](x, weight, **settings)
    else:
        out = OPS["conv_bias"](x, weight, _fitting_bias(name, bias, kernels[0]), **settings)
    return out[0] if alone else out


@lru_cache(maxsize=256, typed=True)
def _settings(
    name: str, axes: int, kernels: tuple[int, ...], stride: Sizes, padding: Padding,
    dilation: Sizes, groups: int,
) -> dict[str, Any]:  # fmt: skip
    """What the operation is told, from what people write; worked out once for a layer."""
    steps = sizes_of(name, "stride", stride, axes)
    holes = sizes_of(name, "dilation", dilation, axes)
    groups = at_least_one(name, "groups", groups)
    if len(kernels) != axes + 2:
        raise ShapeError(
            f"{name}: kernels of shape {kernels} came; "
            f"(out, channels / groups, {', '.join('size' for _ in range(axes))}) is needed"
        )
    around = padding_of(name, padding, kernels[2:], steps, holes)
    return {"stride": steps, "padding": around, "dilation": holes, "groups": groups}


def conv_transpose1d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0,
    output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1,
) -> Any:  # fmt: skip
    """Stamp kernels along a line: what ``conv1d`` sends back, used as a layer of its own.

    Args:
        x: Shape (batch, channels, length), or (channels, length).
        weight: Shape (channels, out / groups, window).
        bias: Shape (out,), or None.
        stride: Steps from one stamp to the next.
        padding: How much is cut off both ends.
        output_padding: How much longer the output is at its far end.
        groups: As for ``conv1d``.
        dilation: As for ``conv1d``.

    Returns:
        Shape (batch, out, length).

    Raises:
        ShapeError: If the shapes do not fit.
    """
    return _transposed(
        "conv_transpose1d", 1, x, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose2d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0,
    output_padding: Sizes = 0, groups: int = 1, dilation: Sizes = 1,
) -> Any:  # fmt: skip
    """Stamp kernels onto an image: what ``conv2d`` sends back, used as a layer of its own.

    Args:
        x: Shape (batch, channels, height, width), or (channels, height, width).
        weight: Shape (channels, out / groups, height, width).
        bias: Shape (out,), or None.
        stride: Steps from one stamp to the next.
        padding: How much is cut off every side.
        output_padding: How much larger the output is at its far sides.
        groups: As for ``conv2d``.
        dilation: As for ``conv2d``.

    Returns:
        Shape (batch, out, rows, columns).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> from autograd import Tensor
        >>> stamp = Tensor([[[[1.0, 2.0]]]], requires_grad=True)
        >>> y = conv_transpose2d(Tensor([[[[3.0, 5.0]]]]), stamp, stride=(1, 2))
        >>> y.sum().backward()
        >>> y.tolist(), stamp.grad
        ([[[[3.0, 6.0, 5.0, 10.0]]]], array([[[[8., 8.]]]]))
    """
    return _transposed(
        "conv_transpose2d", 2, x, weight, bias, stride, padding, output_padding, groups, dilation
    )


def _transposed(
    name: str, axes: int, x: Any, weight: Any, bias: Any, stride: Sizes, padding: Sizes,
    output_padding: Sizes, groups: int, dilation: Sizes,
) -> Any:  # fmt: skip
    steps, holes = (
        sizes_of(name, "stride", stride, axes),
        sizes_of(name, "dilation", dilation, axes),
    )
    cut = sizes_of(name, "padding", padding, axes, least=0)
    more = sizes_of(name, "output_padding", output_padding, axes, least=0)
    groups = at_least_one(name, "groups", groups)
    x, alone = batched(name, x, axes)
    window = np.shape(weight)[2:]
    if len(window) != axes or np.shape(weight)[0] != x.shape[1] or x.shape[1] % groups:
        raise ShapeError(
            f"{name}: x of shape {x.shape} and kernels of shape {np.shape(weight)} came; the "
            f"kernels' first axis must be x's {x.shape[1]} channels, divisible by groups={groups}, "
            f"and {axes + 2} axes are needed"
        )
    if any(m >= max(s, d) for m, s, d in zip(more, steps, holes, strict=True)):
        raise ShapeError(
            f"{name}: output_padding={more} came; it must be smaller than stride or dilation"
        )
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + 1 + m
        for n, s, p, d, k, m in zip(x.shape[2:], steps, cut, holes, window, more, strict=True)
    )
    if min(size) < 1:
        raise ShapeError(f"{name}: the output would have the size {size}: use less padding")
    options = {"stride": steps, "dilation": holes, "groups": groups}
    if all(m < s for m, s in zip(more, steps, strict=True)):
        # the far sides are cut by less when the output is larger there
        around = tuple((p, p) for p in cut)
        out = OPS["conv_input"](x, weight, size=size, padding=around, **options)
    else:  # no stamp reaches so far: all that was stamped, zeros behind it, and then the cut
        whole = tuple(n + 2 * p - m for n, p, m in zip(size, cut, more, strict=True))
        out = OPS["conv_input"](x, weight, size=whole, padding=((0, 0),) * axes, **options)
        out = OPS["pad"](out, pad_width=((0, 0), (0, 0), *((0, m) for m in more)))
        middle = (slice(p, p + n) for p, n in zip(cut, size, strict=True))
        inside = (slice(None), slice(None), *middle)
        out = out[inside]
    if bias is not None:
        column = (out.shape[1], *(1,) * axes)  # each is added to its own channel
        out = out + reshape(_fitting_bias(name, bias, out.shape[1]), column)
    return out[0] if alone else out


def _fitting_bias(name: str, bias: Any, count: int) -> Any:
    """The biases, one for each channel of the result."""
    shape = value_grids.shape_of(bias)
    if shape != (count,):
        raise ShapeError(f"{name}: a bias of shape {shape} came; ({count},) is needed")
    return bias
