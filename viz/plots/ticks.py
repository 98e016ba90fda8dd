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


def step_ticks(last: int, start: int, wanted: int = 6) -> list[tuple[int, str]]:
    """Choose marks for steps that are counted from some number on.

    Args:
        last: index of the last step; the first one is 0.
        start: what the first step is called.
        wanted: about how many marks.

    Returns:
        The index and the text of each mark; the first step has one if there is room.

    Example:
        >>> step_ticks(39, 1, wanted=4)
        [(0, '1'), (9, '10'), (19, '20'), (29, '30'), (39, '40')]
    """
    steps = [step for step in count_ticks(last + start, wanted) if step >= start]
    stride = steps[1] - steps[0] if len(steps) > 1 else last + 1
    if not steps or steps[0] - start >= 0.5 * stride:
        steps.insert(0, start)
    return [(step - start, str(step)) for step in steps]


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


def axis_ticks(low: float, high: float, *, log: bool = False, wanted: int = 5) -> list[float]:
    """Choose the ticks of an axis; a linear one that nearly begins at 0 shall begin there.

    Args:
        low: smallest number that must be covered; positive on a logarithmic axis.
        high: largest number that must be covered.
        log: whether the axis is logarithmic.
        wanted: about how many steps a linear axis has.

    Returns:
        Rising numbers; the first is at most `low`, the last at least `high`.

    Example:
        >>> axis_ticks(0.2, 2.0), axis_ticks(1.9, 2.0)
        ([0.0, 0.5, 1.0, 1.5, 2.0], [1.9, 1.92, 1.94, 1.96, 1.98, 2.0])
    """
    if log:
        return log_ticks(low, high)
    return nice_ticks(min(low, 0.0) if low < 0.4 * high else low, high, wanted)
