"""The one way a number is written, in every picture, table and step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

MINUS = "\N{MINUS SIGN}"
SIGNIFICANT_DIGITS = 4
WIDEST = f"{MINUS}0.0001234"  # room kept for any number, so that nothing moves between steps


def number(value: float, *, signed: bool = False, ascii_only: bool = False) -> str:
    """Write a number with four significant digits.

    Args:
        value: any real number; a NumPy scalar will do.
        signed: put a plus sign before a positive number.
        ascii_only: use the hyphen of the keyboard instead of the true minus sign.

    Returns:
        A short text. Whole numbers below a million keep all their digits.

    Example:
        >>> number(0.41421356), number(-0.0), number(12345.0), number(1.5e-9, ascii_only=True)
        ('0.4142', '0', '12345', '1.5e-9')
    """
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        text = "inf"
    elif value == int(value) and abs(value) < 1e6:
        text = str(abs(int(value)))
    else:
        text = f"{abs(value):.{SIGNIFICANT_DIGITS}g}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            text = f"{mantissa}e{int(exponent)}"
    if value < 0:
        text = "-" + text
    elif signed and value > 0:
        text = "+" + text
    return text if ascii_only else text.replace("-", MINUS)


def exact(value: Any) -> str:
    """Write a number with all its digits, for those who want to look closely.

    Example:
        >>> exact(0.1), exact(-1e-07), exact(float("nan"))
        ('0.1', '−1e−7', 'nan')
    """
    digits, power, exponent = repr(float(value)).partition("e")
    return (f"{digits}e{int(exponent)}" if power else digits).replace("-", MINUS)


def sign(value: float | None) -> str:
    """Name the sign of a number: "plus", "minus", or "zero" (also for nan and for no number).

    Example:
        >>> sign(-0.5), sign(0.0), sign(None)
        ('minus', 'zero', 'zero')
    """
    if value is None or math.isnan(value) or value == 0:
        return "zero"
    return "plus" if value > 0 else "minus"


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as the shortest unambiguous text.

    Example:
        >>> shape_text((8, 4)), shape_text((3,)), shape_text(())
        ('8×4', '3', 'scalar')
    """
    return "×".join(str(size) for size in shape) if shape else "scalar"


def spread(value: Any, *, signed: bool = False, ascii_only: bool = False) -> str:
    """Sum up an array in a few words: its one element, its few elements, or its range.

    Args:
        value: a float or an array of any shape.
        signed: put a plus sign before positive numbers (used for gradients).
        ascii_only: see `number`.

    Returns:
        For example "0.5", "[1, 2, 3]", "all 0" or "−1.2 … 3.4", and how many are nan or inf.

    Example:
        >>> import numpy as np
        >>> spread(np.array([1.0, 2.0])), spread(np.arange(12.0).reshape(3, 4))
        ('[1, 2]', '0 … 11')
    """
    if np.ndim(value) and 0 < np.size(value) <= 3:
        flat = np.asarray(value).reshape(-1)
        listed = (number(item, signed=signed, ascii_only=ascii_only) for item in flat)
        return f"[{', '.join(listed)}]"
    text = extent(value, signed=signed, ascii_only=ascii_only)
    odd = np.count_nonzero(~np.isfinite(_floats(value))) if np.ndim(value) else 0
    return f"{text} ({odd} nan or inf)".strip() if odd else text


def extent(value: Any, *, signed: bool = False, ascii_only: bool = False) -> str:
    """Write from where to where an array reaches; what is nan or infinite in it does not count.

    Args:
        value: a float or an array of any shape.
        signed: see `spread`.
        ascii_only: see `number`.

    Returns:
        For example "−1.2 … 3.4", "all 0", "empty", or nothing if no element is finite.

    Example:
        >>> import numpy as np
        >>> extent(np.array([1.0, np.nan, 3.0])), extent(np.zeros((0, 2)))
        ('1 … 3', 'empty')
    """

    def write(item: Any) -> str:
        return number(item, signed=signed, ascii_only=ascii_only)

    if np.ndim(value) == 0:
        return write(value)
    if not np.size(value):
        return "empty"
    array = _floats(value)
    finite = np.isfinite(array)
    if not finite.all():
        array = array[finite]
    if not array.size:
        return ""
    low, high = array.min(), array.max()
    if low == high:
        return f"all {write(low)}"
    return f"{write(low)} {'...' if ascii_only else '…'} {write(high)}"


def norm(value: Any) -> float:
    """Compute the length of an array taken as one vector, without overflow on the way.

    Example:
        >>> import numpy as np
        >>> norm(np.array([[3.0, 4.0]])), norm(np.zeros(0))
        (5.0, 0.0)
    """
    flat = _floats(value).reshape(-1)
    peak = float(np.max(np.abs(flat), initial=0.0))
    if peak == 0 or not math.isfinite(peak):
        return peak
    return peak * float(np.linalg.norm(flat / peak))


def _floats(value: Any) -> npt.NDArray[np.float64]:
    return np.asarray(value, dtype=np.float64)
