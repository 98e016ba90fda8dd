"""The sources of randomness: the default one, and PyTorch's way to make one."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Generator", "default_generator", "manual_seed"]

_default = [np.random.default_rng(0)]


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


def manual_seed(seed: int) -> np.random.Generator:
    """Start the default source of randomness anew.

    Args:
        seed: A whole number; the same seed gives the same numbers.

    Returns:
        The generator, which is used wherever none is passed.

    Example:
        >>> a = manual_seed(1).random()
        >>> a == manual_seed(1).random()
        True
    """
    _default[0] = np.random.default_rng(seed)
    return _default[0]


def default_generator() -> np.random.Generator:
    """The generator that is used wherever none is passed."""
    return _default[0]
