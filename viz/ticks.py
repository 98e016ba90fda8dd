"""Round numbers for the axes of a plot."""

from __future__ import annotations

import math


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Choose round numbers that span a range.

    Args:
        low: smallest number that must be covered.
        high: largest number that must be covered.
        wanted: about how many steps.

    Returns:
        Rising numbers, 1, 2, 2.5 or 5 times a power of ten apart; the first is at most `low`,
        the last at least `high`.

    Example:
        >>> nice_ticks(0.03, 0.97)
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    rough = (high - low) / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((power * factor for factor in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - rough))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def count_ticks(last: int, wanted: int = 6) -> list[int]:
    """Choose round whole numbers from 0 to a count, none beyond it.

    Example:
        >>> count_ticks(93), count_ticks(3)
        ([0, 20, 40, 60, 80], [0, 1, 2, 3])
    """
    step = max(1, round(nice_step(last / wanted)))
    return list(range(0, last + 1, step))


def nice_step(rough: float) -> float:
    """Round up to the next of 1, 2, 5 times a power of ten.

    Example:
        >>> nice_step(15.5)
        20.0
    """
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def log_ticks(low: float, high: float) -> list[float]:
    """Choose powers of ten that span a range of positive numbers, with 2 and 5 when it is narrow.

    Example:
        >>> log_ticks(0.004, 3.0)
        [0.001, 0.01, 0.1, 1.0, 10.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    if last - first <= 2:
        steps = [10.0**power * factor for power in range(first, last) for factor in (1, 2, 5)]
        steps.append(10.0**last)
        start = max((index for index, step in enumerate(steps) if step <= low), default=0)
        stop = next((index for index, step in enumerate(steps) if step >= high), len(steps) - 1)
        stop = max(stop, start + 1)
        return [float(f"{step:.6g}") for step in steps[start : stop + 1]]
    stride = max(1, round((last - first) / 6))
    return [float(f"{10.0**power:.6g}") for power in range(first, last + stride, stride)]
