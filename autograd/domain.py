"""Where an operation is defined: one object words errors, samples tests and fills the docs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.frozen import dataclass

__all__ = [
    "ABOVE_MINUS_ONE",
    "AT_LEAST_ONE",
    "INSIDE_UNIT",
    "NONNEGATIVE",
    "NONZERO",
    "POSITIVE",
    "REALS",
    "UNIT",
    "Domain",
]


@dataclass(frozen=True)
class Domain:
    """A set of real numbers.

    Attributes:
        words: How an error or the docs says it, such as ``"x > 0"`` (``{x}`` is the input's name).
        contains: Tells whether a number (or each element of an array) lies in the set.
        low: Where samples start; a little inside the set, away from its edge.
        high: Where samples end.
        avoid_zero: Whether samples stay at least 0.1 away from zero.
    """

    words: str
    contains: Callable[[Any], Any]
    low: float = -2.0
    high: float = 2.0
    avoid_zero: bool = False

    def sample(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """Draw numbers well inside the set.

        Args:
            generator: The source of randomness.
            shape: The shape to fill.

        Returns:
            A float64 array of that shape.

        Example:
            >>> bool((POSITIVE.sample(np.random.default_rng(0), (5,)) > 0).all())
            True
        """
        drawn = generator.uniform(self.low, self.high, shape)
        if self.avoid_zero:
            drawn = np.where(np.abs(drawn) < 0.1, drawn + 0.25, drawn)
        return drawn

    def describe(self, name: str) -> str:
        """Say the condition about an input of the given name."""
        return self.words.format(x=name)


REALS = Domain("any {x}", lambda x: x == x)
POSITIVE = Domain("{x} > 0", lambda x: x > 0, 0.2, 3.0)
NONNEGATIVE = Domain("{x} >= 0", lambda x: x >= 0, 0.2, 3.0)
NONZERO = Domain("{x} != 0", lambda x: x != 0, -2.0, 2.0, avoid_zero=True)
UNIT = Domain("-1 <= {x} <= 1", lambda x: abs(x) <= 1, -0.9, 0.9)
INSIDE_UNIT = Domain("-1 < {x} < 1", lambda x: abs(x) < 1, -0.9, 0.9)
AT_LEAST_ONE = Domain("{x} >= 1", lambda x: x >= 1, 1.2, 3.0)
ABOVE_MINUS_ONE = Domain("{x} > -1", lambda x: x > -1, -0.8, 2.0)
