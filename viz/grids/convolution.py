"""`convolution`: the kernel slides over the image, window by window, and the feature map fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.grids.convolution_arguments import check_sizes, pair, plane, single
from viz.grids.convolution_picture import ConvolutionPicture
from viz.grids.windows import Pair, Windows
from viz.words.labels import clean

NAMES = ("image", "kernel", "feature map")


def convolution(
    image: Any,
    kernel: Any,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    bias: Any = 0.0,
    gradient: Any = None,
    names: Sequence[str] = NAMES,
    seconds: float = 1.5,
) -> ConvolutionPicture:
    """Show a kernel sliding over an image: every product, every sum, and every gradient.

    As in every neural network library the kernel is not turned round (cross-correlation).

    Args:
        image: shape (height, width): lists, an array, a Tensor, a grid of Values; leading axes of
            length 1 (batch, channel) are left out.
        kernel: shape (kernel height, kernel width), the same way.
        stride: steps from one window to the next; one number, or (down, across).
        padding: zeros put on every side; one number, or (down, across).
        dilation: steps between the pixels of a window; one number, or (down, across).
        bias: a number added to every sum.
        gradient: of the feature map, for the backward views; by default 1 everywhere, which makes
            them the gradients of the feature map's sum.
        names: of image, kernel and feature map.
        seconds: how long the film stays at a window.

    Returns:
        A picture with `.output`, `.steps`, `.kernel_gradient`, `.input_gradient`; it plays in a
        notebook, `.save("c.html")` is a page to step through, and `print` tells every window.

    Raises:
        TypeError: if something else than real numbers came.
        ValueError: if the shapes do not fit, or there are more than 100 windows.

    Example:
        >>> edge = [[-1, -1, -1], [1, 1, 1], [0, 0, 0]]
        >>> picture = convolution([[4, 0, 1, 8], [6, 4, 7, 2], [3, 5, 9, 2]], edge)
        >>> picture.output.tolist(), picture.kernel_gradient[0].tolist()
        ([[12.0, 4.0]], [4.0, 1.0, 9.0])
        >>> picture.steps[1].products[0].tolist()
        [-0.0, -1.0, -8.0]
    """
    windows = Windows(
        plane(image, "image"),
        plane(kernel, "kernel"),
        pair(stride, "stride", 1),
        pair(padding, "padding", 0),
        pair(dilation, "dilation", 1),
        single(bias),
    )
    check_sizes(windows)
    if gradient is None:
        gradient = np.ones(windows.output_shape)
    gradient = plane(gradient, "gradient")
    if gradient.shape != windows.output_shape:
        raise ValueError(
            f"convolution: gradient has shape {gradient.shape}; needs that of the feature map, "
            f"{windows.output_shape}"
        )
    if isinstance(names, str) or len(names) != 3:
        raise ValueError(
            f"convolution: names={names!r} came; needs three names, of image, kernel and result"
        )
    if not (isinstance(seconds, int | float) and 0 < seconds <= 60):
        raise ValueError(f"convolution: seconds={seconds!r} came; needs more than 0, at most 60")
    return ConvolutionPicture(windows, gradient, [clean(str(n), 24) for n in names], seconds)
