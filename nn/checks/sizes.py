"""Sizes, strides and paddings as people give them: one number, or one for each axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd import ShapeError
from nn.checks.choices import check_name
from nn.checks.numbers import numbers_of
from nn.checks.whole_numbers import is_whole

__all__ = [
    "Padding",
    "Sizes",
    "above_zero",
    "at_least_zero",
    "batched",
    "fitting_bias",
    "looked_up",
    "padding_of",
    "probability",
    "real",
    "sizes_of",
]

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
        if not is_whole(number):
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


def looked_up(function: Any, *given: Any) -> Any:
    """Call a function that keeps its answers, with what people give: lists, too.

    Args:
        function: Made with ``functools.lru_cache``.
        given: Its arguments; what cannot be looked up, such as a list, is worked out anew.

    Returns:
        Its answer.

    Example:
        >>> from functools import lru_cache
        >>> looked_up(lru_cache(len), (1, 2)), looked_up(lru_cache(len), [1, 2, 3])
        (2, 3)
    """
    try:
        hash(given)
    except TypeError:
        return function.__wrapped__(*given)
    return function(*given)


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
    check_name(asked_by, "padding", given, ("same", "valid"))
    if set(stride) != {1}:
        raise ValueError(
            f"{asked_by}: padding='same' came with stride={tuple(stride)}; it needs a stride of 1"
        )
    extra = [step * (size - 1) for size, step in zip(window, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in extra)


def probability(asked_by: str, what: str, given: Any) -> float:
    """Check a probability.

    Args:
        asked_by: The function or layer, for the error.
        what: What is given, such as "p".
        given: A number from 0 to 1.

    Returns:
        The number.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is below 0 or above 1.

    Example:
        >>> probability("Dropout", "p", 0.5)
        0.5
    """
    real(asked_by, what, given)
    if not 0 <= given <= 1:
        raise ValueError(f"{asked_by}: {what}={given} came; a probability from 0 to 1 is needed")
    return float(given)


def at_least_zero(asked_by: str, what: str, given: Any) -> float:
    """Check a number that must not be negative; see ``real``."""
    if real(asked_by, what, given) < 0:
        raise ValueError(f"{asked_by}: {what}={given} came; 0 or more is needed")
    return float(given)


def above_zero(asked_by: str, what: str, given: Any) -> float:
    """Check a number that must be more than 0; see ``real``."""
    if real(asked_by, what, given) <= 0:
        raise ValueError(f"{asked_by}: {what}={given} came; more than 0 is needed")
    return float(given)


def real(asked_by: str, what: str, given: Any) -> float:
    """Check a setting that is one real number, and not nan.

    Args:
        asked_by: The function or class, for the error.
        what: What is given, such as "eps".
        given: A Python or NumPy number.

    Returns:
        The number.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is nan.

    Example:
        >>> real("LayerNorm", "eps", 1e-5)
        1e-05
    """
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise TypeError(f"{asked_by}: {what}={given!r} came; a number is needed")
    if given != given:
        raise ValueError(f"{asked_by}: {what}=nan came; a number is needed")
    return given  # type: ignore[return-value]


def fitting_bias(asked_by: str, bias: Any, count: int) -> Any:
    """Check that there is one bias, or one number for each output.

    Args:
        asked_by: The function, for the error.
        bias: What came.
        count: How many outputs there are.

    Returns:
        The bias.

    Raises:
        ShapeError: If its shape is neither () nor (count,).
    """
    bias = numbers_of(f"{asked_by}: bias", bias)
    if bias.shape not in ((), (count,)):
        raise ShapeError(f"{asked_by}: a bias of shape {bias.shape} came; ({count},) is needed")
    return bias


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
    x = numbers_of(asked_by, x)
    shape = x.shape
    if len(shape) == axes + 2:
        return x, False
    if len(shape) == axes + 1:
        return x[None], True
    size = ", ".join(("length",) if axes == 1 else ("height", "width")[:axes])
    raise ShapeError(
        f"{asked_by}: x of shape {shape} came; needs (batch, channels, {size}) or "
        f"(channels, {size}): x[None] adds an axis"
    )
