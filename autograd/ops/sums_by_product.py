"""Sums along an axis of a matrix as products with ones.

BLAS multiplies by a vector of ones four times as fast as NumPy adds up along the first axis, or
along a short last one; and in several partial sums, which is more exact.
"""

from __future__ import annotations

import numpy as np

__all__ = ["ones", "sum_of_rows"]

_BY_BLAS = frozenset({np.dtype(np.float32), np.dtype(np.float64)})
_LONGEST, _MOST = 1 << 12, 1 << 8
_known: dict[tuple[int, np.dtype], np.ndarray] = {}


def ones(count, dtype):
    """A vector of ones, which nobody writes to: the same one for the same length and kind."""
    found = _known.get((count, dtype))
    if found is None:
        found = np.ones(count, dtype)
        found.flags.writeable = False
        if count <= _LONGEST:
            if len(_known) >= _MOST:
                _known.clear()  # lengths that change at every step must not fill memory
            _known[count, dtype] = found
    return found


def sum_of_rows(matrix):
    """The sum of the rows of a matrix.

    >>> sum_of_rows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    dtype = matrix.dtype
    if dtype in _BY_BLAS:
        return ones(len(matrix), dtype).dot(matrix)
    return np.add.reduce(matrix, 0)
