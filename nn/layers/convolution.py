"""Convolutional layers: kernels that are learned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError
from nn import functional
from nn.checks.numbers import float_kind
from nn.checks.sizes import Padding, Sizes, padding_of, sizes_of
from nn.checks.whole_numbers import at_least_one
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d"]


class _Kernels(Module):
    """What all convolutions have: kernels, biases, and how the kernels are laid down."""

    axes: int
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Any,
        dilation: Sizes,
        groups: int,
        bias: bool,
        dtype: Any,
        generator: Generator,
    ) -> None:
        name = type(self).__name__
        self.in_channels = at_least_one(name, "in_channels", in_channels)
        self.out_channels = at_least_one(name, "out_channels", out_channels)
        self.kernel_size = sizes_of(name, "kernel_size", kernel_size, self.axes)
        self.stride = sizes_of(name, "stride", stride, self.axes)
        self.dilation = sizes_of(name, "dilation", dilation, self.axes)
        self.groups = at_least_one(name, "groups", groups)
        padding_of(name, padding, self.kernel_size, self.stride, self.dilation)
        self.padding = padding
        if in_channels % groups or out_channels % groups:
            raise ShapeError(
                f"{name}: {in_channels} and {out_channels} channels cannot be dealt out to "
                f"groups={groups}: both must be divisible by it"
            )
        first, second = (
            (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        )
        shape = (first, second // groups, *self.kernel_size)
        kind, source = float_kind(type(self).__name__, dtype), generator_of(generator)
        bound = 1.0 / math.sqrt(math.prod(shape[1:]))
        self.weight = uniform_(Parameter(np.zeros(shape, kind)), -bound, bound, source)
        self.bias = None
        if bias:
            self.bias = uniform_(Parameter(np.zeros(out_channels, kind)), -bound, bound, source)

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        parts = [f"{self.in_channels} -> {self.out_channels}", f"kernel_size={self.kernel_size}"]
        ones = (1,) * self.axes
        parts += [f"stride={self.stride}"] if self.stride != ones else []
        parts += [f"padding={self.padding!r}"] if self.padding != 0 else []
        parts += [f"dilation={self.dilation}"] if self.dilation != ones else []
        parts += [f"groups={self.groups}"] if self.groups != 1 else []
        parts += ["bias=False"] if self.bias is None else []
        return ", ".join(parts)


class _Convolution(_Kernels):
    fused = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype,
            generator,
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        """Convolve.

        Args:
            x: Shape (batch, in_channels, *size), or (in_channels, *size); or such lists of Values.

        Returns:
            Shape (batch, out_channels, *windows); lists of Values where such came.

        Raises:
            ShapeError: If x has other channels or axes, or no window fits.
        """
        convolve = functional.conv2d if self.axes == 2 else functional.conv1d
        return convolve(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups,
            fused=self.fused,
        )  # fmt: skip


class Conv1d(_Convolution):
    """Slide learned kernels over a line: (batch, in, length) becomes (batch, out, windows).

    There are ⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 windows. Kernels and
    biases start evenly spread over ±1/√(in / groups · kernel), as in PyTorch.

    Args:
        in_channels: How many channels come.
        out_channels: How many kernels there are.
        kernel_size: The length of a window.
        stride: Steps from one window to the next.
        padding: Zeros put on both ends; "same" for as many outputs as inputs.
        dilation: Steps between the elements of a window.
        groups: Into how many parts channels and kernels are dealt.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is too small, or the groups do not divide the channels.

    Example:
        >>> from autograd import Tensor
        >>> layer = Conv1d(1, 1, 2, bias=False)
        >>> layer.weight.data = [[[-1.0, 1.0]]]
        >>> y = layer(Tensor([[[1.0, 4.0, 9.0]]]))
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad
        ([[[3.0, 5.0]]], array([[[ 5., 13.]]]))
    """

    axes = 1


class Conv2d(_Convolution):
    """Slide learned kernels over an image: (batch, in, height, width) becomes (batch, out, ...).

    On each axis there are ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 windows.
    Kernels and biases start evenly spread over ±1/√(in / groups · height · width), as in PyTorch.
    A grid of Values may come, too: then every pixel of the result is a node that can be drawn.

    Args:
        in_channels: How many channels come.
        out_channels: How many kernels there are.
        kernel_size: The height and width of a window; one number for both.
        stride: Steps from one window to the next.
        padding: Zeros put on every side; "same" for an output as large as the input.
        dilation: Steps between the elements of a window.
        groups: Into how many parts channels and kernels are dealt.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is too small, or the groups do not divide the channels.

    Example:
        >>> from autograd import Tensor
        >>> layer = Conv2d(1, 1, (1, 2), bias=False)
        >>> layer.weight.data = [[[[-1.0, 1.0]]]]
        >>> y = layer(Tensor([[[[1.0, 4.0, 9.0]]]]))
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad
        ([[[[3.0, 5.0]]]], array([[[[ 5., 13.]]]]))
        >>> from autograd import Value
        >>> layer([[Value(1.0), Value(4.0)]])[0][0][0].data  # kernel 0, row 0, column 0
        3.0

    Attributes:
        fused: On Values, whether a window is one node; False makes each product and sum its own.

    Source:
        Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-Based Learning Applied to Document
        Recognition" (1998).
    """

    axes = 2


class _Transposed(_Kernels):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype,
            generator,
        )  # fmt: skip
        name = type(self).__name__
        self.output_padding = sizes_of(name, "output_padding", output_padding, self.axes, least=0)

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        more = f", output_padding={self.output_padding}" if any(self.output_padding) else ""
        return super().extra_repr() + more

    def forward(self, x: Any) -> Any:
        """Stamp the kernels.

        Args:
            x: Shape (batch, in_channels, *size), or (in_channels, *size).

        Returns:
            Shape (batch, out_channels, *larger).

        Raises:
            ShapeError: If x has other channels or axes.
        """
        stamp = functional.conv_transpose2d if self.axes == 2 else functional.conv_transpose1d
        return stamp(
            x, self.weight, self.bias, self.stride, self.padding, self.output_padding, self.groups,
            self.dilation,
        )  # fmt: skip


class ConvTranspose1d(_Transposed):
    """Stamp learned kernels along a line: what Conv1d sends back, as a layer that makes longer.

    The output has (length − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1
    elements. Kernels and biases start as in PyTorch.

    Args:
        in_channels: How many channels come.
        out_channels: How many channels are made.
        kernel_size: The length of a stamp.
        stride: Steps from one stamp to the next.
        padding: How much is cut off both ends.
        output_padding: How much longer the output is at its far end.
        groups: Into how many parts the channels are dealt.
        bias: Whether there are biases.
        dilation: Steps between the elements of a stamp.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is too small, or the groups do not divide the channels.

    Example:
        >>> from autograd import ones
        >>> ConvTranspose1d(4, 2, 3, stride=2)(ones(1, 4, 5)).shape
        (1, 2, 11)
    """

    axes = 1


class ConvTranspose2d(_Transposed):
    """Stamp learned kernels onto an image: what Conv2d sends back, as a layer that makes larger.

    On each axis the output has (size − 1)·stride − 2·padding + dilation·(kernel − 1) +
    output_padding + 1 elements. Kernels and biases start as in PyTorch.

    Args:
        in_channels: How many channels come.
        out_channels: How many channels are made.
        kernel_size: The height and width of a stamp; one number for both.
        stride: Steps from one stamp to the next.
        padding: How much is cut off every side.
        output_padding: How much larger the output is at its far sides.
        groups: Into how many parts the channels are dealt.
        bias: Whether there are biases.
        dilation: Steps between the elements of a stamp.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is too small, or the groups do not divide the channels.

    Example:
        >>> from autograd import ones
        >>> ConvTranspose2d(4, 2, 2, stride=2)(ones(1, 4, 5, 5)).shape
        (1, 2, 10, 10)
    """

    axes = 2
