"""A series of numbers for a plot: read, smoothed and thinned out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_POINTS = 800  # more cannot be told apart on the width of a picture


@dataclass(frozen=True)
class Series:
    """One named line of a plot.

    Attributes:
        name: what it is.
        raw: the numbers; nan where there is none.
        line: what is drawn boldly: the raw numbers or their running mean.
        smoothed: whether `line` is the running mean.
    """

    name: str
    raw: list[float]
    line: list[float]
    smoothed: bool

    @property
    def last(self) -> float:
        """The last finite number of the line, or nan."""
        return next((item for item in reversed(self.line) if math.isfinite(item)), math.nan)


def series_of(
    name: str,
    items: Iterable[float],
    *,
    smoothed: int | bool = False,
    log: bool = False,
    asked_by: str,
) -> Series:
    """Read a list of numbers.

    Args:
        name: what they are, for the plot and for the error message.
        items: the numbers.
        smoothed: over how many of them the running mean goes; True takes a twentieth of all.
        log: whether the axis is logarithmic: what is not positive is then missing.
        asked_by: the public function, for the error message.

    Returns:
        The series.

    Raises:
        TypeError: if something else than a list of numbers came.

    Example:
        >>> series_of("loss", [4.0, 2.0, 0.0], smoothed=3, asked_by="loss_curve").line
        [3.0, 2.0, 1.0]
    """
    raw = _numbers(name, items, asked_by)
    if log:
        raw = [item if item > 0 else math.nan for item in raw]
    window = len(raw) // 20 if smoothed is True else int(smoothed)
    if window < 2 or len(raw) < 3:
        return Series(name, raw, raw, False)
    return Series(name, raw, running_mean(raw, window), True)


def _numbers(name: str, items: Iterable[float], asked_by: str) -> list[float]:
    need = "a list of numbers is needed, one per step, or such lists by name"
    if isinstance(items, str) or not hasattr(items, "__iter__"):
        raise TypeError(f"{asked_by}: {name} is a {type(items).__name__}; {need}")
    found: list[float] = []
    for item in items:
        try:
            found.append(float(item))
        except (TypeError, ValueError):
            kind, shape = type(item).__name__, getattr(item, "shape", ())
            came = f"{kind} of shape {shape}" if shape else kind
            raise TypeError(f"{asked_by}: {name}[{len(found)}] is a {came}; {need}") from None
    return found


def running_mean(numbers: Sequence[float], window: int) -> list[float]:
    """Average each number with its neighbours on both sides, so that the mean does not lag.

    Args:
        numbers: the series; nan and inf are passed over.
        window: how many numbers are averaged; fewer at the two ends.

    Returns:
        As many numbers as were given.

    Example:
        >>> running_mean([4.0, 2.0, 0.0], 3)
        [3.0, 2.0, 1.0]
    """
    means, half = [], window // 2
    for index in range(len(numbers)):
        near = numbers[max(0, index - half) : index + window - half]
        finite = [item for item in near if math.isfinite(item)]
        means.append(sum(finite) / len(finite) if finite else math.nan)
    return means


def kept_steps(numbers: Sequence[float], most: int = MOST_POINTS) -> list[int]:
    """Thin out a long series, keeping the lowest and the highest number of every stretch.

    Args:
        numbers: the series.
        most: about how many points may stay.

    Returns:
        The indices that stay, rising; every gap stays a gap.

    Example:
        >>> kept_steps([0.0, 5.0, 0.0, 0.0, 0.0, 0.0], most=4)
        [0, 1, 3, 5]
    """
    if len(numbers) <= most:
        return list(range(len(numbers)))
    stretch = math.ceil(2 * len(numbers) / most)
    kept = {0, len(numbers) - 1}
    for start in range(0, len(numbers), stretch):
        steps = range(start, min(start + stretch, len(numbers)))
        finite = [step for step in steps if math.isfinite(numbers[step])]
        if finite:
            kept |= {min(finite, key=numbers.__getitem__), max(finite, key=numbers.__getitem__)}
        else:
            kept.add(start)  # a gap
        if len(finite) < len(steps):
            kept.add(next(step for step in steps if not math.isfinite(numbers[step])))
    return sorted(kept)
