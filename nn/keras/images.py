"""Keras' names for layers on images."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError, transpose
from nn import functional
from nn.checks.choices import check_name
from nn.checks.sizes import Sizes, sizes_of
from nn.init import Generator, generator_of
from nn.keras.dense import shape_given
from nn.keras.names import Bend, activation_of, bend_name, filled
from nn.keras.weights import Weights
from nn.layers.lazy import LazyConv2d
from nn.modules.module import Module

__all__ = [
    "FORMATS",
    "AveragePooling2D",
    "Conv2D",
    "Convolution2D",
    "Convolution2d",
    "MaxPooling2D",
    "images_of",
]

FORMATS = ("channels_first", "channels_last")
_TO_FIRST, _TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def _same(x: Any, window: tuple[int, ...], strides: tuple[int, ...], value: float) -> Any:
    """Put a border around images, so that there are ⌈size / stride⌉ windows; the odd one last."""
    sizes, widths = np.shape(x)[-2:], []
    for size, k, stride in zip(sizes, window, strides, strict=True):
        missing = max((math.ceil(size / stride) - 1) * stride + k - size, 0)
        widths.append((missing // 2, missing - missing // 2))
    if not any(sum(pair) for pair in widths):
        return x
    return functional.pad(x, (*widths[1], *widths[0]), value=value)


def images_of(layer: Any, x: Any) -> Any:
    """Bring the channels of images to the front.

    Args:
        layer: The layer that asks; its ``last`` says whether they came last.
        x: The images.

    Raises:
        ShapeError: If it has another number of axes.
    """
    if len(np.shape(x)) != 4:
        raise ShapeError(
            f"{layer!r}: an input of shape {np.shape(x)} came; needs images with channels, "
            + ("(n, height, width, channels)" if layer.last else "(n, channels, height, width)")
        )
    return transpose(x, _TO_FIRST) if layer.last else x


class Conv2D(Weights, LazyConv2d):
    """Slide learned kernels over images: Keras' ``Conv2D(filters, kernel_size, strides)``.

    Channels stand first, (n, channels, height, width), unless ``data_format`` says otherwise;
    kernels have the layout of ``Conv2d``, and start as in Keras (Glorot), with biases 0. The number
    of channels that come is known from ``input_shape``, or the layer before, or the first batch.
    ``nn.Conv2d(in_channels, out_channels, kernel_size)`` with a small d is PyTorch's layer.

    Args:
        filters: How many kernels.
        kernel_size: Their height and width; one number for both.
        strides: Steps from one window to the next.
        padding: "valid" for none, "same" for ⌈size / stride⌉ windows.
        activation: A name such as "relu", a function, or None.
        use_bias: Whether there are biases.
        kernel_initializer: How the kernels start: a name, or a function.
        bias_initializer: How the biases start.
        data_format: "channels_first", or "channels_last" as is Keras' default.
        input_shape: The shape of one image, channels where ``data_format`` has them.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is too small or a name unknown.

    Example:
        >>> from autograd import ones
        >>> layer = Conv2D(5, 3, padding="same", activation="relu")
        >>> layer(ones(2, 1, 8, 8)).shape, layer
        ((2, 5, 8, 8), Conv2D(1 -> 5, kernel_size=(3, 3), padding='same', relu))
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        *,
        activation: Bend = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        data_format: str = "channels_first",
        input_shape: Any = None,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        name = type(self).__name__
        border = check_name(name, "padding", padding, ["valid", "same"])
        last = check_name(name, "data_format", data_format, FORMATS) == "channels_last"
        bend, shape = activation_of(name, activation), shape_given(name, input_shape)
        if shape is not None and len(shape) != 3:
            raise ValueError(
                f"{name}: input_shape={input_shape} came; an image has a height, a width and "
                "channels, such as (1, 28, 28)"
            )
        if shape is not None and not last and shape[0] == shape[1] > shape[2] in (1, 3):
            raise ValueError(
                f"{name}: input_shape={shape} came, channels last as in Keras; here they stand "
                f"first: {(shape[2], *shape[:2])}, or give every layer data_format='channels_last'"
            )
        super().__init__(
            filters, kernel_size, strides, bias=use_bias, dtype=dtype, generator=generator
        )
        self.border, self.last, self.activation, self.input_shape = border, last, bend, shape
        self._starts = (kernel_initializer, bias_initializer)
        if shape is not None:
            self.become(self.ordinary_layer(shape[2 if last else 0]))

    def ordinary_layer(self, count: int, **other: Any) -> Any:
        """Make a convolution that starts as Keras' do."""
        source, name = generator_of(other.pop("generator", self._generator)), type(self).__name__
        layer = super().ordinary_layer(count, **{**other, "generator": 0})
        filled(name, layer.weight, self._starts[0], source)
        if layer.bias is not None:
            filled(name, layer.bias, self._starts[1], source)
        return layer

    def forward(self, x: Any) -> Any:
        """Convolve, and bend."""
        x = images_of(self, x)
        if self.border == "same":
            x = _same(x, self.kernel_size, self.stride, 0.0)
        y = super().forward(x)
        y = transpose(y, _TO_LAST) if self.last else y
        return y if self.activation is None else self.activation(y)

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        parts = [super().extra_repr()]
        parts += ["padding='same'"] if self.border == "same" else []
        parts += ["channels_last"] if self.last else []
        parts += [] if self.activation is None else [bend_name(self.activation)]
        return ", ".join(parts)


class Convolution2D(Conv2D):
    """The name that Keras 1 had, with rows and columns: ``Convolution2D(5, 3, 3)``.

    Five kernels of 3 x 3. (In ``Conv2D(5, 3, 3)`` the third number is the stride, as in Keras 2.)

    Args:
        filters: How many kernels.
        rows: Their height; or their size as a pair.
        columns: Their width; by default as the height.
        strides: Steps from one window to the next.
        padding: "valid" or "same", see ``Conv2D``.
        settings: The others of ``Conv2D``.

    Raises:
        ValueError: If a size is too small or a name unknown.

    Example:
        >>> Convolution2d(5, 3, 3)
        Convolution2D(? -> 5, kernel_size=(3, 3))
    """

    def __init__(
        self,
        filters: int,
        rows: Sizes,
        columns: int | None = None,
        strides: Sizes = 1,
        padding: str = "valid",
        **settings: Any,
    ) -> None:
        size: Any = rows if columns is None else (rows, columns)
        super().__init__(filters, size, strides, padding, **settings)


Convolution2d = Convolution2D


class _Pooling(Module):
    def __init__(
        self,
        pool_size: Sizes = 2,
        strides: Sizes | None = None,
        padding: str = "valid",
        *,
        data_format: str = "channels_first",
        input_shape: Any = None,
    ) -> None:
        name = type(self).__name__
        self.window = sizes_of(name, "pool_size", pool_size, 2)
        self.strides = self.window if strides is None else sizes_of(name, "strides", strides, 2)
        self.border = check_name(name, "padding", padding, ["valid", "same"])
        self.last = check_name(name, "data_format", data_format, FORMATS) == "channels_last"
        self.input_shape = shape_given(name, input_shape)

    def pool(self, x: Any) -> Any:
        """Pool images whose channels stand first."""
        raise NotImplementedError

    def forward(self, x: Any) -> Any:
        """Pool."""
        y = self.pool(images_of(self, x))
        return transpose(y, _TO_LAST) if self.last else y

    def extra_repr(self) -> str:
        """The window, and what differs from the default."""
        parts = [str(self.window)]
        parts += [f"strides={self.strides}"] if self.strides != self.window else []
        parts += ["padding='same'"] if self.border == "same" else []
        parts += ["channels_last"] if self.last else []
        return ", ".join(parts)


class MaxPooling2D(_Pooling):
    """Keep the greatest element of every window: Keras' name for ``MaxPool2d``.

    Args:
        pool_size: The height and width of a window; one number for both.
        strides: Steps from one window to the next; by default its size.
        padding: "valid" for whole windows only, "same" for ⌈size / stride⌉ windows.
        data_format: "channels_first", or "channels_last" as is Keras' default.
        input_shape: The shape of one image, if this is the first layer.

    Raises:
        ValueError: If a size is too small or a name unknown.

    Example:
        >>> from autograd import ones
        >>> MaxPooling2D(2)(ones(1, 3, 5, 5)).shape, MaxPooling2D(2, padding="same")(
        ...     ones(1, 3, 5, 5)).shape
        ((1, 3, 2, 2), (1, 3, 3, 3))
    """

    def pool(self, x: Any) -> Any:
        """Take the greatest."""
        if self.border == "same":
            x = _same(x, self.window, self.strides, -math.inf)
        return functional.max_pool2d(x, self.window, self.strides)


class AveragePooling2D(_Pooling):
    """Take the mean of every window: Keras' name for ``AvgPool2d``.

    With "same", the border does not count in the mean.

    Args:
        pool_size: As for ``MaxPooling2D``, with all that follows.

    Raises:
        ValueError: If a size is too small or a name unknown.

    Example:
        >>> from autograd import ones
        >>> AveragePooling2D(2, padding="same")(ones(1, 1, 3, 3)).tolist()
        [[[[1.0, 1.0], [1.0, 1.0]]]]
    """

    def pool(self, x: Any) -> Any:
        """Take the mean."""
        if self.border == "valid":
            return functional.avg_pool2d(x, self.window, self.strides)
        ones = np.ones((1, 1, *np.shape(x)[-2:]), getattr(x, "dtype", float))
        share, means = (
            functional.avg_pool2d(_same(part, self.window, self.strides, 0.0), self.window,
                                  self.strides)
            for part in (ones, x)
        )  # fmt: skip
        return means / share
