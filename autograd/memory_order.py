"""Memory for a result in the order that its inputs have: with the batch first, or last."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.buffers import LARGE, POOLED, left_to_numpy, take_large

__all__ = ["take_like"]

_empty_like = np.empty_like


def take_like(array: Any) -> Any:
    """Make an array of another's shape, dtype and, as ``np.empty_like`` does, order in memory.

    Args:
        array: A NumPy array.

    Returns:
        An array that nobody else knows.

    Example:
        >>> from autograd.buffers import is_view
        >>> a = np.zeros((400, 3, 8, 8)).transpose(3, 0, 1, 2)  # the first axis last in memory
        >>> take_like(a).strides == a.strides, is_view(take_like(a))
        (True, False)
    """
    size = array.nbytes
    if size < POOLED:
        if size >= LARGE:
            left_to_numpy()
        return _empty_like(array)
    flags = array.flags
    if flags.c_contiguous:
        return take_large(size, array.shape, array.dtype)
    if (
        flags.f_contiguous or array.transpose(*range(1, array.ndim), 0).flags.c_contiguous
    ):  # as convolutions have it
        return take_large(size, array.shape, array.dtype, array.strides)
    return _empty_like(array)
