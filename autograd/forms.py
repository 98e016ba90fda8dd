"""Small arrays of one shape and kind: what the quick ways of recording need not look at again.

Most of a small operation's time is spent on looking: is it an array, of which shape and kind, who
may write to it?  The answers for an array that a graph reads stay the same, so its Tensor keeps
them as one object, a ``Form``, in ``hold``.  Two Tensors with the same form fit each other, and so
does the result of an elementwise operation on them: one comparison tells.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["COMMON", "EXPOSED", "PRIVATE", "SHARED", "SMALL", "Form", "form_of", "plain_numbers"]

# Who else knows a tensor's array: nobody; the user; a recorded graph, which reads it.  A ``Form``
# says the last, too, of a small tensor that wants a gradient.  What is true may not be written to.
PRIVATE, EXPOSED, SHARED = None, 0, 1
SMALL = 1 << 14  # bytes up to which a new array costs less than to ask who holds the old one
COMMON = {"0": "zero", "1": "one", "2": "two", "0.5": "half"}  # how they are written, and called
_MOST_KNOWN = 1 << 12
_MOST_NUMBERS = 1 << 10
_KINDS = frozenset(np.dtype(kind) for kind in (np.float16, np.float32, np.float64))


class Numbers(dict[Any, Any]):
    """Plain numbers as arrays without axes, which NumPy takes in half the time.

    Looked up by the number, or by how the number is written.

    Attributes:
        dtype: The kind.
        zero: The number 0.
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.zero = np.array(0, dtype)

    def __missing__(self, number: Any) -> Any:
        made = np.array(float(number) if type(number) is str else number, self.dtype)
        if number and len(self) < _MOST_NUMBERS:  # 0.0 and -0.0 are one key and two numbers
            self[number] = made
        return made


_numbers: dict[Any, Numbers] = {}


def plain_numbers(dtype: Any) -> Numbers:
    """Give plain numbers as arrays of a kind: what multiplies an array often, but not large ones.

    Args:
        dtype: The kind.

    Returns:
        A dict by the number; the same one for the same kind.

    Example:
        >>> plain_numbers(np.dtype(np.float32))[0.5]
        array(0.5, dtype=float32)
    """
    found = _numbers.get(dtype)
    if found is None:
        found = _numbers[dtype] = Numbers(dtype)
    return found


class Form:
    """A shape with at least one axis and a dtype; there is one object of each.

    Attributes:
        shape: The size of each axis.
        dtype: The kind of number.
        numbers: Plain numbers as arrays of this kind.
        zero, one, two, half: The usual ones of these.
    """

    __slots__ = ("dtype", "half", "numbers", "one", "shape", "two", "zero")

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.shape = shape
        self.dtype = dtype
        self.numbers = plain_numbers(dtype)
        self.zero, self.one, self.two, self.half = (self.numbers[n] for n in COMMON)

    def __reduce__(self) -> Any:
        return _form, (self.shape, self.dtype)


_known: dict[Any, Form] = {}


def form_of(array: Any) -> Any:
    """Find the form of an array that a recorded graph reads from now on.

    Args:
        array: What a Tensor that wants a gradient holds.

    Returns:
        The form; ``SHARED`` if it has none: it is large, has no axes or no floats.

    Example:
        >>> form_of(np.zeros(3)) is form_of(np.ones(3)), form_of(np.float64(1.0))
        (True, 1)
    """
    if type(array) is np.ndarray and array.ndim and array.nbytes <= SMALL:
        return _known.get((array.shape, array.dtype)) or _form(array.shape, array.dtype)
    return SHARED


def _form(shape: tuple[int, ...], dtype: Any) -> Any:
    if dtype not in _KINDS:
        return SHARED
    if len(_known) >= _MOST_KNOWN:
        _known.clear()  # sizes that change at every step must not fill memory
    return _known.setdefault((shape, dtype), Form(shape, dtype))
