"""Where a row of words repeats itself: the same words, over and over, one turn after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_TURNS = 3
MOST_PERIODS = 48  # candidates that are looked at; loops show by far more often than anything else


@dataclass(frozen=True)
class Run:
    """A stretch that repeats itself.

    Attributes:
        start: where it begins.
        end: where it ends, not included; the last turn need not be complete.
        period: the length of one turn.
    """

    start: int
    end: int
    period: int

    @property
    def turns(self) -> int:
        """How many complete turns there are."""
        return (self.end - self.start) // self.period


def longest_run(words: Sequence[int], least: int = 0) -> Run | None:
    """Find the stretch that covers the most; of equal ones the one with the shortest turns.

    Args:
        words: numbers that stand for words.
        least: how many words it must cover.

    Returns:
        The stretch, with three turns at least; None if there is none.

    Example:
        >>> longest_run([9, 1, 2, 1, 2, 1, 2, 1, 7])
        Run(start=1, end=8, period=2)
    """
    row = np.asarray(words)
    best: Run | None = None
    for period in _candidates(row):
        same = row[period:] == row[:-period]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], same.view(np.int8), [0]))))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            run = Run(start, end + period, period)
            if run.turns < FEWEST_TURNS or run.end - run.start < least:
                continue
            # a shorter turn wins unless the longer one covers clearly more
            if best is None or (run.end - run.start) > 1.1 * (best.end - best.start):
                best = run
    return best


def _candidates(row: np.ndarray) -> list[int]:
    """Distances at which the same word stands again, the most frequent ones, shortest first."""
    longest = len(row) // FEWEST_TURNS
    distances: Counter[int] = Counter()
    last: dict[tuple[int, ...], int] = {}
    words = row.tolist()
    for width in (1, 3, 8):
        last.clear()
        for place in range(len(words) - width + 1):
            key = tuple(words[place : place + width])
            if key in last and place - last[key] <= longest:
                distances[place - last[key]] += width
            last[key] = place
    return sorted(period for period, _ in distances.most_common(MOST_PERIODS))
