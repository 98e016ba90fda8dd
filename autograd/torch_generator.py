"""The source of randomness as PyTorch's programs make it."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Generator"]


class Generator(np.random.Generator):
    """A source of randomness as PyTorch's programs make it; a ``numpy.random.Generator``.

    Args:
        device: "cpu", which changes nothing.

    Example:
        >>> from autograd import rand
        >>> a = rand(2, generator=Generator().manual_seed(3))
        >>> b = rand(2, generator=np.random.default_rng(3))
        >>> a.tolist() == b.tolist()
        True
    """

    def __init__(self, device: Any = "cpu") -> None:
        super().__init__(np.random.PCG64(0))

    def manual_seed(self, seed: int) -> Generator:
        """Start anew: the same seed gives the same numbers.

        Args:
            seed: A whole number.

        Returns:
            This generator.
        """
        self.bit_generator.state = np.random.PCG64(seed).state
        return self
