"""Lazy layers: the size of the input need not be said, the first input tells it."""

from __future__ import annotations

from typing import Any

from autograd import ShapeError
from nn.checks.sizes import Padding, Sizes
from nn.functions.value_grids import holds_values, shape_of
from nn.init import Generator
from nn.layers.convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d
from nn.modules.lazy import Lazy

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyLinear",
]


class LazyLinear(Lazy, Linear):
    """A ``Linear`` that learns from its first input how many features come.

    Until then its parameters have no size. ``model.materialize(x)`` gives all lazy layers their
    size; do so before an optimizer is made. The starting weights are those of a ``Linear`` made at
    that moment.

    Args:
        out_features: How many outputs.
        bias: Whether there is a bias.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed; by default what ``manual_seed``
            set.

    Raises:
        ValueError: If the size is not at least 1.

    Example:
        >>> from autograd import ones
        >>> layer = LazyLinear(3)
        >>> layer
        LazyLinear(? -> 3)
        >>> layer(ones(5, 2)).sum().backward()
        >>> layer, layer.bias.grad
        (Linear(2 -> 3), array([5., 5., 5.]))
    """

    ordinary = Linear
    counts = "in_features"

    def __init__(
        self,
        out_features: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.postpone(out_features=out_features, bias=bias, dtype=dtype, generator=generator)

    def count_in_input(self, x: Any) -> int:
        """The length of the last axis."""
        shape = shape_of(x)
        if not shape or shape[-1] < 1:
            raise ShapeError(f"{self!r}: an input of shape {shape} came; needs (..., features)")
        return shape[-1]

    def count_in_saved(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        """The length of a row of the weight."""
        shape = shapes.get("weight", ())
        return shape[1] if len(shape) == 2 and shape[1] else None


class _LazyKernels(Lazy):
    counts = "in_channels"
    axes: int
    groups: int
    transposed: bool

    def count_in_input(self, x: Any) -> int:
        """The number of channels."""
        shape = shape_of(x)
        if len(shape) == self.axes and holds_values(x):
            return 1  # a single grid of Values
        if len(shape) - self.axes not in (1, 2) or not shape[-self.axes - 1]:
            size = ("length", "height, width")[self.axes - 1]
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; needs (batch, channels, {size}) or "
                f"(channels, {size})"
            )
        return shape[-self.axes - 1]

    def count_in_saved(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        """What the kernels' shape says."""
        shape = shapes.get("weight", ())
        if len(shape) != self.axes + 2 or 0 in shape:
            return None
        return shape[0] if self.transposed else shape[1] * self.groups


class _LazyConvolution(_LazyKernels):
    def __init__(
        self,
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
        self.postpone(
            out_channels=out_channels, kernel_size=kernel_size, stride=stride, padding=padding,
            dilation=dilation, groups=groups, bias=bias, dtype=dtype, generator=generator,
        )  # fmt: skip


class LazyConv1d(_LazyConvolution, Conv1d):
    """A ``Conv1d`` that learns from its first input how many channels come.

    Args:
        out_channels: How many kernels there are.
        kernel_size: The length of a window.
        stride: As for ``Conv1d``, with all that follows.

    Raises:
        ValueError: If a size is too small.

    Example:
        >>> from autograd import ones
        >>> layer = LazyConv1d(4, 3)
        >>> layer(ones(1, 2, 5)).shape, layer
        ((1, 4, 3), Conv1d(2 -> 4, kernel_size=(3,)))
    """

    ordinary = Conv1d


class LazyConv2d(_LazyConvolution, Conv2d):
    """A ``Conv2d`` that learns from its first input how many channels come.

    Args:
        out_channels: How many kernels there are.
        kernel_size: The height and width of a window; one number for both.
        stride: As for ``Conv2d``, with all that follows.

    Raises:
        ValueError: If a size is too small.

    Example:
        >>> from autograd import ones
        >>> layer = LazyConv2d(4, 3, padding=1)
        >>> layer
        LazyConv2d(? -> 4, kernel_size=(3, 3), padding=1)
        >>> layer(ones(1, 2, 5, 5)).shape, layer
        ((1, 4, 5, 5), Conv2d(2 -> 4, kernel_size=(3, 3), padding=1))
    """

    ordinary = Conv2d


class _LazyTransposed(_LazyKernels):
    def __init__(
        self,
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
        self.postpone(
            out_channels=out_channels, kernel_size=kernel_size, stride=stride, padding=padding,
            output_padding=output_padding, groups=groups, bias=bias, dilation=dilation,
            dtype=dtype, generator=generator,
        )  # fmt: skip


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """A ``ConvTranspose1d`` that learns from its first input how many channels come.

    Args:
        out_channels: How many channels are made.
        kernel_size: The length of a stamp.
        stride: As for ``ConvTranspose1d``, with all that follows.

    Raises:
        ValueError: If a size is too small.

    Example:
        >>> from autograd import ones
        >>> LazyConvTranspose1d(4, 2, stride=2)(ones(1, 3, 5)).shape
        (1, 4, 10)
    """

    ordinary = ConvTranspose1d


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """A ``ConvTranspose2d`` that learns from its first input how many channels come.

    Args:
        out_channels: How many channels are made.
        kernel_size: The height and width of a stamp; one number for both.
        stride: As for ``ConvTranspose2d``, with all that follows.

    Raises:
        ValueError: If a size is too small.

    Example:
        >>> from autograd import ones
        >>> LazyConvTranspose2d(4, 2, stride=2)(ones(1, 3, 5, 5)).shape
        (1, 4, 10, 10)
    """

    ordinary = ConvTranspose2d


class _LazyBatchNorm(Lazy):
    counts = "num_features"
    ranks: Any  # the ordinary layer has these two
    needs: Any

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        self.postpone(
            eps=eps, momentum=momentum, affine=affine, track_running_stats=track_running_stats,
            dtype=dtype,
        )  # fmt: skip

    def count_in_input(self, x: Any) -> int:
        """The number of channels."""
        shape = shape_of(x)
        if len(shape) not in self.ranks or shape[1] < 1:
            raise ShapeError(f"{self!r}: an input of shape {shape} came; needs {self.needs}")
        return shape[1]

    def count_in_saved(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        """The number of scales, or of running means."""
        shape = shapes.get("weight", shapes.get("running_mean", ()))
        return shape[0] if len(shape) == 1 and shape[0] else None


class LazyBatchNorm1d(_LazyBatchNorm, BatchNorm1d):
    """A ``BatchNorm1d`` that learns from its first input how many features come.

    Args:
        eps: As for ``BatchNorm1d``, with all that follows.

    Example:
        >>> from autograd import Tensor
        >>> layer = LazyBatchNorm1d()
        >>> layer(Tensor([[1.0], [3.0]])).data.round(4).tolist(), layer
        ([[-1.0], [1.0]], BatchNorm1d(1))
    """

    ordinary = BatchNorm1d


class LazyBatchNorm2d(_LazyBatchNorm, BatchNorm2d):
    """A ``BatchNorm2d`` that learns from its first input how many channels come.

    Args:
        eps: As for ``BatchNorm2d``, with all that follows.

    Example:
        >>> from autograd import ones
        >>> layer = LazyBatchNorm2d()
        >>> layer(ones(2, 3, 4, 4)).shape, layer
        ((2, 3, 4, 4), BatchNorm2d(3))
    """

    ordinary = BatchNorm2d
