"""The default source of randomness, made when it is first needed: numpy.random starts slowly."""

from __future__ import annotations

import os

import numpy as np

from autograd.locks import lock

__all__ = ["default_generator", "manual_seed"]

_default: list[np.random.Generator] = []  # one, or none yet
_lock = lock()


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


def _open_in_child() -> None:
    """NumPy's generators have a lock of their own, which another thread may have held."""
    for generator in _default:
        generator.bit_generator.lock._at_fork_reinit()  # type: ignore[attr-defined]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open_in_child)
