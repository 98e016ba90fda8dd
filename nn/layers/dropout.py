"""Dropout layers: nothing may be relied on alone."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.checks.sizes import probability
from nn.init import Generator, generator_of
from nn.modules.module import Module

__all__ = ["Dropout", "Dropout1d", "Dropout2d"]


class Dropout(Module):
    """Set each number to 0 with probability p while training; do nothing after ``eval()``.

    Args:
        p: The probability, from 0 to 1.
        inplace: PyTorch's switch, which changes nothing here.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Raises:
        ValueError: If p is no probability.

    Example:
        >>> from autograd import ones
        >>> layer = Dropout(0.5)
        >>> sorted(set(layer(ones(100)).tolist())), set(layer.eval()(ones(100)).tolist())
        ([0.0, 2.0], {1.0})

    Source:
        N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"
        (2014).
    """

    function = staticmethod(functional.dropout)

    def __init__(
        self, p: float = 0.5, inplace: bool = False, *, generator: Generator = None
    ) -> None:
        self.p = probability(type(self).__name__, "p", p)
        # a seed is made a source once: else every call would drop the same places
        self.generator = None if generator is None else generator_of(generator)

    def forward(self, x: Any) -> Any:
        """Drop."""
        return self.function(x, self.p, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}"


class Dropout1d(Dropout):
    """Drop whole channels of (batch, channels, length) while training."""

    function = staticmethod(functional.dropout1d)


class Dropout2d(Dropout):
    """Drop whole channels of (batch, channels, height, width) while training."""

    function = staticmethod(functional.dropout2d)
