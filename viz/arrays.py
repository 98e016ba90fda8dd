"""Whatever holds numbers, read as one array of floats: lists, arrays, Tensors, grids of Values."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]


def array_of(numbers: Any, *, asked_by: str, what: str, need: str) -> Array:
    """Read numbers of any container, without changing it.

    Args:
        numbers: an array, a Tensor of any library, or nested lists of numbers or Values.
        asked_by: the public function, for the error message.
        what: which argument it is, for the error message.
        need: what would fit, for the error message.

    Returns:
        A new float64 array; nan and infinities stay.

    Raises:
        TypeError: if there is something else than real numbers in it.
        ValueError: if lists differ in length, or there is no number at all.

    Example:
        >>> from autograd import Value
        >>> array_of([[Value(2.0), 3]], asked_by="f", what="x", need="a list")
        array([[2., 3.]])
    """
    try:
        found = np.array(_bare(numbers))
    except (TypeError, ValueError) as error:
        if isinstance(error, ValueError) and "inhomogeneous" in str(error):
            raise ValueError(f"{asked_by}: the lists of {what} differ in length; {need}") from None
        raise TypeError(f"{asked_by}: {what} is a {_kind(numbers)}; {need}") from None
    if found.dtype.kind not in "fiub":
        first = next((item for item in found.flat if not _is_real(item)), numbers)
        came = repr(first)[:40] if isinstance(first, str) else f"a {_kind(first)}"
        raise TypeError(f"{asked_by}: {what} holds {came}; {need}")
    if not found.size:
        raise ValueError(f"{asked_by}: {what} is empty, of shape {found.shape}; {need}")
    return found.astype(np.float64)


def _bare(numbers: Any) -> Any:
    """Take lists apart down to arrays and numbers."""
    if isinstance(numbers, list | tuple):
        return [_bare(item) for item in numbers]
    if isinstance(getattr(numbers, "data", None), float):
        return numbers.data  # a Value
    if hasattr(numbers, "detach"):  # PyTorch refuses to convert what is part of a graph
        numbers = numbers.detach()
        return np.asarray(numbers.cpu() if hasattr(numbers, "cpu") else numbers)
    if isinstance(numbers, str | bytes | dict | set) or numbers is None:
        raise TypeError
    return np.asarray(numbers)


def _is_real(item: Any) -> bool:
    return isinstance(item, int | float) and not isinstance(item, complex)


def _kind(thing: Any) -> str:
    return type(thing).__name__
