"""Numbers, arrays and comments as they stand in written Python."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import numpy as np

from autograd.op import OPS
from viz.words.labels import clean

WIDTH = 96  # four less than a line may have: the code may stand inside a function
LONGEST_REASON = 80


def array_source(array: Any, indent: int = 0) -> str:
    """Write an array as a call of `np.array` that gives exactly the same numbers.

    Args:
        array: of floats, whole numbers or yes and no.
        indent: how far in the line it stands, to break it in time.

    Returns:
        Source; long arrays have one row per line.

    Example:
        >>> array_source(np.array([[1.0, np.nan]])), array_source(np.zeros((0, 3)))
        ('np.array([[1.0, np.nan]])', 'np.zeros((0, 3))')
        >>> array_source(np.array([0.1, 2.0], dtype=np.float32))
        'np.array([0.1, 2.0], dtype=np.float32)'
    """
    usual = array.dtype in (np.dtype(float), np.dtype(int), np.dtype(bool))
    kind = "" if usual else f", dtype=np.{array.dtype.name}"
    if not array.size:
        return f"np.zeros({array.shape}{kind or ('' if array.dtype == float else ', dtype=int')})"
    first = array.flat[0]
    if array.dtype == float and array.size > 4 and first in (0, 1) and np.all(array == first):
        return f"np.{'ones' if first else 'zeros'}({array.shape})"
    line = f"np.array({_nested(array)}{kind})"
    if len(line) + indent <= WIDTH - 10 or array.ndim < 1:
        return line
    return f"np.array({_broken(array, 0)}{kind})"


def _broken(array: Any, indent: int) -> str:
    """An array over several lines: one row per line, or as many short parts as fit."""
    blank, parts = " " * (indent + 4), [_nested(part) for part in array]
    longest = max(map(len, parts))
    if longest + indent + 5 > WIDTH and array.ndim > 1:
        parts = [_broken(part, indent + 4) for part in array]
    elif longest <= WIDTH // 4:
        parts = _packed(parts)
    return "[\n" + "".join(f"{blank}{part},\n" for part in parts) + " " * indent + "]"


def _packed(parts: list[str]) -> list[str]:
    """Several short parts on one line."""
    rows = [parts[0]]
    for part in parts[1:]:
        if len(rows[-1]) + len(part) + 7 > WIDTH - 10:
            rows.append(part)
        else:
            rows[-1] += f", {part}"
    return rows


def _nested(array: Any) -> str:
    if array.ndim == 0:
        return _item(array)
    return "[" + ", ".join(_nested(part) for part in array) + "]"


def _item(item: Any) -> str:
    number = item.item()
    if isinstance(number, float):
        if number != number:
            return "np.nan"
        if number in (float("inf"), float("-inf")):
            return "np.inf" if number > 0 else "-np.inf"
        return repr(float(str(item[()])))  # the shortest text that gives this number in its dtype
    return repr(number)


def comment(text: str, limit: int = 80) -> str:
    r"""Make any text fit for a comment: one line, nothing that ends it or hides in it.

    Example:
        >>> comment("w\nimport os")
        'w import os'
    """
    return clean(text, limit).replace("`", "'")


def short_reason(op: str | None) -> str:
    """Say in a few words why an operation's gradient looks as it does.

    Example:
        >>> short_reason("mul")
        "each factor's gradient is scaled by the other factor"
    """
    known = OPS.get(op or "")
    if known is None or not known.reason:
        return ""
    first = re.split(r"[;:]|\.(?:\s|$)", known.reason)[0].strip()
    if len(first) > LONGEST_REASON:
        cut = first[:LONGEST_REASON]
        first = cut[: max(cut.rfind(","), 0)] or cut[: cut.rfind(" ")] + " ..."
    word = first.split(" ")[0]
    return first if word.isupper() and len(word) > 1 else first[:1].lower() + first[1:]


def with_comment(line: str, told: str) -> str:
    """Write a comment behind a line, or before it where both together are too long.

    Example:
        >>> with_comment("y = 2 * x", "6")
        'y = 2 * x  # 6'
    """
    if len(line) + len(told) + 4 <= WIDTH:
        return f"{line}  # {told}"
    above = textwrap.wrap(told, WIDTH - 4, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*above, folded(line)])


def folded(line: str) -> str:
    """Break a long statement at its outermost signs, or else between the inputs of its call.

    Example:
        >>> print(folded("y = " + " + ".join(["weight * input"] * 7)))
        y = (
            weight * input
            + weight * input
            + weight * input
            + weight * input
            + weight * input
            + weight * input
            + weight * input
        )
    """
    if len(line) <= WIDTH:
        return line
    name, equals, value = line.partition(" = " if " += " not in line else " += ")
    for signs in (("+", "-"), ("*", "/", "@")):
        terms = _split(value, signs)
        if len(terms) > 1:
            return "\n    ".join([f"{name}{equals}(", *terms]) + "\n)"
    opened = value.find("(") if equals else line.find("(")
    value = value if equals else line
    if value.endswith(")") and opened >= 0:
        inputs = _split(value[opened + 1 : -1], (",",))
        start = f"{name}{equals}" if equals else ""
        return "\n    ".join([f"{start}{value[: opened + 1]}", *inputs]) + "\n)"
    return line


def _split(text: str, signs: tuple[str, ...]) -> list[str]:
    """Cut a text at signs that no bracket holds; commas stay behind, other signs go in front."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return [text]  # the bracket that opens the text is not the one that closes it
        if depth == 0 and character in signs:
            if character == ",":
                parts.append(text[start : at + 1])
                start = at + 2
            elif text[at - 1 : at] == " " and text[at + 1 : at + 2] == " " and at > 1:
                parts.append(text[start : at - 1])
                start = at
    return [*parts, text[start:]]
