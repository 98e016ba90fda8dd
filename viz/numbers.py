"""The one way a number is written, in every picture, table and step."""

from __future__ import annotations

import math
from typing import Any

MINUS = "\N{MINUS SIGN}"
SIGNIFICANT_DIGITS = 4
WIDEST = f"{MINUS}0.00000"  # room kept for any number, so that nothing moves between steps


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

    def write(item: Any) -> str:
        return number(float(item), signed=signed, ascii_only=ascii_only)

    size = int(getattr(value, "size", 1))
    if size == 0:
        return "empty"
    if getattr(value, "ndim", 0) == 0:
        return write(value)
    flat = [float(item) for item in value.reshape(-1)]
    if size <= 3:
        return "[" + ", ".join(write(item) for item in flat) + "]"
    finite = [item for item in flat if math.isfinite(item)]
    odd = size - len(finite)
    dots = "..." if ascii_only else "…"
    text = f"{write(min(finite))} {dots} {write(max(finite))}" if finite else ""
    if finite and min(finite) == max(finite):
        text = f"all {write(finite[0])}"
    return f"{text} ({odd} nan or inf)".strip() if odd else text
