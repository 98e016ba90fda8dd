"""Sizes, strides and paddings as people give them: one number, or one for each axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import ShapeError

__all__ = ["Padding", "Sizes", "batched", "padding_of", "sizes_of"]

Sizes: TypeAlias = int | Sequence[int]
Padding: TypeAlias = str | int | Sequence[int]


def sizes_of(asked_by: str, what: str, given: Any, axes: int, least: int = 1) -> tuple[int, ...]:
    """Give one whole number per axis.

    Args:
        asked_by: The function or layer, for the error.
        what: What is given, such as "stride".
        given: A whole number, or one for each axis.
        axes: How many axes there are.
        least: The smallest number that makes sense.

    Returns:
        As many whole numbers as there are axes.

    Raises:
        TypeError: If it is not made of whole numbers.
        ValueError: If there are too few, too many, or one is too small.

    Example:
        >>> sizes_of("conv2d", "stride", 2, 2), sizes_of("conv2d", "stride", (1, 3), 2)
        ((2, 2), (1, 3))
    """
    several = tuple(given) if isinstance(given, (tuple, list, np.ndarray)) else (given,) * axes
    for number in several:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise TypeError(
                f"{asked_by}: {what}={given!r} came; needs a whole number, or {axes} of them"
            )
    if len(several) == 1:
        several *= axes
    if len(several) != axes or min(several) < least:
        raise ValueError(
            f"{asked_by}: {what}={given!r} came; needs a whole number of at least {least}, "
            f"or {axes} of them"
        )
    return tuple(int(number) for number in several)


def padding_of(
    asked_by: str,
    given: Any,
    window: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> tuple[tuple[int, int], ...]:
    """Give the padding before and after each axis.

    Args:
        asked_by: The function or layer, for the error.
        given: A number, one for each axis, "valid" (none) or "same".
        window: The window's sizes.
        stride: Its steps.
        dilation: The steps inside it.

    Returns:
        One pair per axis. "same" makes as many windows as elements; where that takes an odd
        number, the odd one stands at the end, as in PyTorch.

    Raises:
        ValueError: If it is another word, or "same" with a stride.

    Example:
        >>> padding_of("conv2d", "same", (3, 2), (1, 1), (1, 1))
        ((1, 1), (0, 1))
    """
    if not isinstance(given, str):
        numbers = sizes_of(asked_by, "padding", given, len(window), least=0)
        return tuple((number, number) for number in numbers)
    if given == "valid":
        return ((0, 0),) * len(window)
    if given != "same":
        raise ValueError(f"{asked_by}: padding={given!r} came; needs a number, 'valid' or 'same'")
    if set(stride) != {1}:
        raise ValueError(
            f"{asked_by}: padding='same' came with stride={tuple(stride)}; it needs a stride of 1"
        )
    extra = [step * (size - 1) for size, step in zip(window, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in extra)


def batched(asked_by: str, x: Any, axes: int) -> tuple[Any, bool]:
    """Put a single example into a batch of one.

    Args:
        asked_by: The function or layer, for the error.
        x: Shape (batch, channels, *size) or (channels, *size).
        axes: How many axes the size has.

    Returns:
        The batch, and whether it was made of a single example.

    Raises:
        ShapeError: If x has another number of axes.
    """
    shape = np.shape(x)
    if len(shape) == axes + 2:
        return x, False
    if len(shape) == axes + 1:
        return (np.asarray(x) if isinstance(x, (list, tuple)) else x)[None], True
    size = ", ".join(("length",) if axes == 1 else ("height", "width")[:axes])
    raise ShapeError(
        f"{asked_by}: x of shape {shape} came; needs (batch, channels, {size}) or "
        f"(channels, {size}): x[None] adds an axis"
    )
