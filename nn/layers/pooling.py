"""Pooling layers: one number for every window."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.checks.sizes import Sizes, sizes_of
from nn.modules.module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "MaxPool1d",
    "MaxPool2d",
]


class _Pool(Module):
    axes: int

    def __init__(self, kernel_size: Sizes, stride: Sizes | None, padding: Sizes) -> None:
        name = type(self).__name__
        self.kernel_size = sizes_of(name, "kernel_size", kernel_size, self.axes)
        self.stride = (
            self.kernel_size if stride is None else sizes_of(name, "stride", stride, self.axes)
        )
        self.padding = sizes_of(name, "padding", padding, self.axes, least=0)

    def extra_repr(self) -> str:
        """The window, and what differs from the default."""
        parts = [f"kernel_size={self.kernel_size}"]
        parts += [f"stride={self.stride}"] if self.stride != self.kernel_size else []
        parts += [f"padding={self.padding}"] if any(self.padding) else []
        return ", ".join([*parts, *self.unusual()])

    def unusual(self) -> list[str]:
        """What else differs from the default, for ``repr``."""
        return []


class _MaxPool(_Pool):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.dilation = sizes_of(type(self).__name__, "dilation", dilation, self.axes)

    def forward(self, x: Any) -> Any:
        """Keep the greatest element of every window."""
        pool = functional.max_pool2d if self.axes == 2 else functional.max_pool1d
        return pool(x, self.kernel_size, self.stride, self.padding, self.dilation)

    def unusual(self) -> list[str]:
        """The dilation."""
        return [f"dilation={self.dilation}"] if set(self.dilation) != {1} else []


class MaxPool1d(_MaxPool):
    """Keep the greatest element of every window on a line.

    Args:
        kernel_size: The length of a window.
        stride: Steps from one window to the next; by default its length.
        padding: How much is put on both ends, of what can never be the greatest.
        dilation: Steps between the elements of a window.

    Example:
        >>> from autograd import Tensor
        >>> MaxPool1d(2)(Tensor([[[1.0, 4.0, 9.0, 2.0]]])).tolist()
        [[[4.0, 9.0]]]
    """

    axes = 1


class MaxPool2d(_MaxPool):
    """Keep the greatest element of every window of an image.

    Args:
        kernel_size: The size of a window; one number for height and width.
        stride: Steps from one window to the next; by default its size.
        padding: How much is put around, of what can never be the greatest.
        dilation: Steps between the elements of a window.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 4.0], [3.0, 2.0]]]], requires_grad=True)
        >>> y = MaxPool2d(2)(x)
        >>> y.backward()
        >>> y.item(), x.grad.tolist()
        (4.0, [[[[0.0, 1.0], [0.0, 0.0]]]])
    """

    axes = 2


class _AvgPool(_Pool):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding)
        self.count_include_pad = count_include_pad

    def forward(self, x: Any) -> Any:
        """Take the mean of every window."""
        pool = functional.avg_pool2d if self.axes == 2 else functional.avg_pool1d
        return pool(x, self.kernel_size, self.stride, self.padding, self.count_include_pad)

    def unusual(self) -> list[str]:
        """Whether padding does not count."""
        return [] if self.count_include_pad else ["count_include_pad=False"]


class AvgPool1d(_AvgPool):
    """Take the mean of every window on a line.

    Args:
        kernel_size: The length of a window.
        stride: Steps from one window to the next; by default its length.
        padding: Zeros put on both ends.
        count_include_pad: Whether those zeros count as elements.

    Example:
        >>> from autograd import Tensor
        >>> AvgPool1d(2)(Tensor([[[1.0, 3.0, 9.0, 2.0]]])).tolist()
        [[[2.0, 5.5]]]
    """

    axes = 1


class AvgPool2d(_AvgPool):
    """Take the mean of every window of an image.

    Args:
        kernel_size: The size of a window; one number for height and width.
        stride: Steps from one window to the next; by default its size.
        padding: Zeros put around.
        count_include_pad: Whether those zeros count as elements.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 4.0], [3.0, 2.0]]]], requires_grad=True)
        >>> y = AvgPool2d(2)(x)
        >>> y.backward()
        >>> y.item(), x.grad.tolist()
        (2.5, [[[[0.25, 0.25], [0.25, 0.25]]]])
    """

    axes = 2


class _Adaptive(Module):
    axes: int

    def __init__(self, output_size: Sizes) -> None:
        self.output_size = sizes_of(type(self).__name__, "output_size", output_size, self.axes)

    def forward(self, x: Any) -> Any:
        """Take means so that the wanted size comes out."""
        two = self.axes == 2
        pool = functional.adaptive_avg_pool2d if two else functional.adaptive_avg_pool1d
        return pool(x, self.output_size)

    def extra_repr(self) -> str:
        """The size that comes out."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """Take means over windows chosen so that a given length comes out.

    Args:
        output_size: That length.

    Example:
        >>> from autograd import Tensor
        >>> AdaptiveAvgPool1d(1)(Tensor([[[1.0, 3.0, 8.0]]])).tolist()
        [[[4.0]]]
    """

    axes = 1


class AdaptiveAvgPool2d(_Adaptive):
    """Take means over windows chosen so that a given size comes out.

    Args:
        output_size: Rows and columns of the result; one number for both.

    Example:
        >>> from autograd import ones
        >>> AdaptiveAvgPool2d(1)(ones(5, 3, 8, 8)).shape
        (5, 3, 1, 1)
    """

    axes = 2
