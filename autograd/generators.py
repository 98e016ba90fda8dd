"""The default source of randomness, made when it is first needed: numpy.random starts slowly."""

from __future__ import annotations

from threading import RLock

import numpy as np

__all__ = ["default_generator", "manual_seed"]

_default: list[np.random.Generator] = []  # one, or none yet
_lock = RLock()


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
    with _lock:
        _default[:] = [np.random.default_rng(seed)]
        return _default[0]


def default_generator() -> np.random.Generator:
    """The generator that is used wherever none is passed."""
    with _lock:  # two threads that are the first must not both start it
        return _default[0] if _default else manual_seed(0)
