"""A convolution in one channel, window by window, forwards and backwards: plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from viz.arrays import Array

Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, eq=False)
class ConvolutionStep:
    """One window.

    Attributes:
        row: of the cell in the feature map that it fills, from 0.
        column: of that cell.
        window: the pixels under the kernel, shape of the kernel; 0 where there is padding.
        products: each pixel times its weight, shape of the kernel.
        total: the sum of the products, plus the bias.
    """

    row: int
    column: int
    window: Array
    products: Array
    total: float


@dataclass(frozen=True, eq=False)
class Windows:
    """Where the windows of a convolution lie.

    Attributes:
        image: shape (height, width).
        kernel: shape (kernel height, kernel width).
        stride: steps from one window to the next, down and across.
        padding: rows and columns of zeros around the image.
        dilation: distance between neighbouring pixels of a window, down and across.
        bias: added to every sum.
    """

    image: Array
    kernel: Array
    stride: Pair
    padding: Pair
    dilation: Pair
    bias: float

    @property
    def padded(self) -> Array:
        """The image with its zeros around it."""
        down, across = self.padding
        return np.pad(self.image, ((down, down), (across, across)))

    @property
    def extent(self) -> Pair:
        """Rows and columns from the first to the last pixel of a window."""
        (height, width), (down, across) = self.kernel.shape, self.dilation
        return (height - 1) * down + 1, (width - 1) * across + 1

    @property
    def output_shape(self) -> Pair:
        """Rows and columns of the feature map; below 1 where the kernel does not fit."""
        rows, columns = (
            (self.image.shape[axis] + 2 * self.padding[axis] - self.extent[axis])
            // self.stride[axis]
            + 1
            for axis in (0, 1)
        )
        return rows, columns

    def places(self) -> Iterator[Pair]:
        """List the cells of the feature map, row by row."""
        rows, columns = self.output_shape
        return ((row, column) for row in range(rows) for column in range(columns))

    def corner(self, row: int, column: int) -> Pair:
        """Give the first pixel of a window, in the padded image."""
        return row * self.stride[0], column * self.stride[1]

    def pixels(self, row: int, column: int) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
        """Give the index of a window's pixels in the padded image."""
        top, left = self.corner(row, column)
        height, width = self.kernel.shape
        down = top + self.dilation[0] * np.arange(height)
        across = left + self.dilation[1] * np.arange(width)
        return down[:, None], across[None, :]

    def steps(self) -> list[ConvolutionStep]:
        """Compute every window.

        Example:
            >>> image, kernel = np.arange(4.0).reshape(2, 2), np.array([[1.0, -1.0]])
            >>> windows = Windows(image, kernel, (1, 1), (0, 0), (1, 1), 0.5)
            >>> [(step.row, step.column, step.total) for step in windows.steps()]
            [(0, 0, -0.5), (1, 0, -0.5)]
        """
        padded, found = self.padded, []
        with np.errstate(all="ignore"):  # 0 times infinity is nan, and is shown as that
            for row, column in self.places():
                window = padded[self.pixels(row, column)]
                products = window * self.kernel
                total = float(products.sum()) + self.bias
                found.append(ConvolutionStep(row, column, window, products, total))
        return found

    def kernel_gradient(self, gradient: Array) -> Array:
        """Add up what every window sends to the kernel: its pixels times its cell's gradient.

        Args:
            gradient: of the feature map, shape `output_shape`.

        Returns:
            Shape of the kernel.
        """
        padded, total = self.padded, np.zeros(self.kernel.shape)
        with np.errstate(all="ignore"):
            for place in self.places():
                total += gradient[place] * padded[self.pixels(*place)]
        return total

    def input_gradient(self, gradient: Array) -> Array:
        """Add up what every window sends to its pixels: the kernel times its cell's gradient.

        Args:
            gradient: of the feature map, shape `output_shape`.

        Returns:
            Shape of the image; what falls on the padding is left out.
        """
        total = np.zeros(self.padded.shape)
        with np.errstate(all="ignore"):
            for place in self.places():
                total[self.pixels(*place)] += gradient[place] * self.kernel
        (top, left), (height, width) = self.padding, self.image.shape
        return total[top : top + height, left : left + width]
