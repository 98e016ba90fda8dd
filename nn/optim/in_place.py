"""Arrays that a step of an optimizer writes to, so that it asks the system for no memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.memory_order import take_like

__all__ = ["add_decay", "running"]


def running(state: dict[str, Any], name: str, like: Any, start: float = 0.0) -> Any:
    """Find an array that is carried from step to step and written in place.

    Args:
        state: What an optimizer remembers of a parameter.
        name: The array's name there.
        like: The parameter's numbers.
        start: What the array is filled with at first.

    Returns:
        The array; one of its own kind, shape and order even if the state came from elsewhere.

    Example:
        >>> state = {}
        >>> running(state, "sum", np.zeros(2)) is running(state, "sum", np.zeros(2))
        True
    """
    array = state.get(name)
    if (
        type(array) is not np.ndarray
        or array.dtype != like.dtype
        or array.shape != like.shape
        or array.strides != like.strides
        or not array.flags.writeable
    ):
        made = np.empty_like(like, subok=False)
        made[...] = start if array is None else array
        array = state[name] = made
    return array


def add_decay(numbers: Any, gradient: Any, decay: float) -> Any:
    """Add the pull of ``weight_decay`` towards 0 to a gradient, as ``decayed`` does."""
    if not decay:
        return gradient
    pulled = np.multiply(numbers, float(decay), out=take_like(numbers))
    return np.add(gradient, pulled, out=pulled)
