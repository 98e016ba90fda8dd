"""In which order an array's numbers lie in memory: sums in another order round differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nn.saving.errors import SavedFileError
from nn.saving.named_arrays import Array

__all__ = ["axes_in_memory", "laid_out"]


def axes_in_memory(array: Array) -> list[int] | None:
    """Sort the axes by how far apart their numbers lie.

    Args:
        array: An array.

    Returns:
        The axes, the farthest first; None where they already stand in that order.

    Example:
        >>> axes_in_memory(np.zeros((2, 3))), axes_in_memory(np.zeros((3, 2)).T)
        (None, [1, 0])
    """
    if array.flags.c_contiguous:
        return None
    axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
    return axes if axes != list(range(array.ndim)) else None


def laid_out(array: Array, axes: Any) -> Array:
    """Lay an array's numbers out in memory as another's were.

    Args:
        array: The numbers.
        axes: What ``axes_in_memory`` gave.

    Returns:
        An equal array that owns its memory.

    Raises:
        SavedFileError: If these are not the array's axes.

    Example:
        >>> laid_out(np.zeros((2, 3)), [1, 0]).flags.f_contiguous
        True
    """
    if axes is None:
        return array
    if not isinstance(axes, Sequence) or sorted(axes) != list(range(array.ndim)):
        raise SavedFileError(f"the axes {axes!r} are not those of shape {array.shape}")
    back = [axes.index(axis) for axis in range(array.ndim)]
    # order="K" copies the order in memory, so the result is no view, which others would copy
    return np.array(np.ascontiguousarray(array.transpose(axes)).transpose(back), order="K")
