"""What `convolution` accepts, and what it says to everything else."""

from __future__ import annotations

import math
import operator
from typing import Any

from viz.arrays import Array, array_of
from viz.grids.windows import Pair, Windows
from viz.words.numbers import shape_text

MOST_WINDOWS = 100
LARGEST_IMAGE, LARGEST_KERNEL = 64, 11


def plane(numbers: Any, what: str) -> Array:
    """Read an image or a kernel.

    Args:
        numbers: shape (height, width); leading axes of length 1 are left out.
        what: which argument it is.

    Returns:
        Shape (height, width).

    Raises:
        TypeError: if something else than real numbers came.
        ValueError: if it has another number of axes, or none of its axes has a length.
    """
    need = "needs numbers of shape (height, width)"
    array = array_of(numbers, asked_by="convolution", what=what, need=need)
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2:
        hint = f"; take one channel of it: {what}[0]" if array.ndim > 2 else ""
        raise ValueError(f"convolution: {what} has shape {array.shape}; {need}{hint}")
    return array


def pair(sizes: Any, what: str, least: int) -> Pair:
    """Read a setting for both axes.

    Args:
        sizes: one whole number, or two (down, across).
        what: which argument it is.
        least: the smallest that makes sense.

    Returns:
        Two whole numbers.

    Raises:
        ValueError: if it is something else.

    Example:
        >>> pair(2, "stride", 1), pair((1, 3), "stride", 1)
        ((2, 2), (1, 3))
    """
    need = f"needs a whole number of at least {least}, or two of them (down, across)"
    try:
        if isinstance(sizes, bool | str):
            raise TypeError
        listed = sizes if isinstance(sizes, tuple | list) else (sizes, sizes)
        down, across = (operator.index(size) for size in listed)
    except (TypeError, ValueError):
        raise ValueError(f"convolution: {what}={sizes!r} came; {need}") from None
    if down < least or across < least:
        raise ValueError(f"convolution: {what}={sizes!r} came; {need}")
    return down, across


def single(bias: Any) -> float:
    """Read the bias.

    Args:
        bias: a number, a Value, or anything that holds just one number.

    Returns:
        The number.

    Raises:
        TypeError: if it is no number.
        ValueError: if there are several.
    """
    array = array_of(bias, asked_by="convolution", what="bias", need="needs one number")
    if array.size != 1:
        raise ValueError(f"convolution: bias has shape {array.shape}; needs one number")
    return float(array.reshape(-1)[0])


def check_sizes(windows: Windows) -> None:
    """Refuse what does not fit, and what nobody could follow, with the way out.

    Args:
        windows: the convolution.

    Raises:
        ValueError: if no window fits, or image, kernel or their windows are too many to look at.
    """
    for what, shape, most in (
        ("image", windows.padded.shape, LARGEST_IMAGE),
        ("kernel", windows.kernel.shape, LARGEST_KERNEL),
    ):
        if max(shape) > most:
            raise ValueError(
                f"convolution: the {what} is {shape_text(shape)}; at most {most}×{most} can be "
                f"looked at cell by cell: take a part of it, {what}[:{most}, :{most}]"
            )
    rows, columns = windows.output_shape
    if rows < 1 or columns < 1:
        reach = " (with its dilation)" if windows.dilation != (1, 1) else ""
        padded = " with padding" if any(windows.padding) else ""
        raise ValueError(
            f"convolution: the kernel{reach} covers {shape_text(windows.extent)} pixels, and the "
            f"image{padded} has {shape_text(windows.padded.shape)}; no window fits: add padding"
        )
    if rows * columns > MOST_WINDOWS:
        side = math.isqrt(MOST_WINDOWS)
        rows_needed, columns_needed = (
            min(windows.image.shape[axis], windows.extent[axis] + (side - 1) * windows.stride[axis])
            for axis in (0, 1)
        )
        stride = max(
            -(-size * s // side) for size, s in zip((rows, columns), windows.stride, strict=True)
        )
        raise ValueError(
            f"convolution: this makes {rows * columns} windows; at most {MOST_WINDOWS} can be "
            f"followed one by one: take a part, image[:{rows_needed}, :{columns_needed}], or "
            f"larger steps, stride={stride}"
        )
