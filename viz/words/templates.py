"""Sentences with places for numbers, filled by the same rule here and in the page's JavaScript.

A place is one private-use character. `clean` takes those out of labels, so no label can fake one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from viz.words.numbers import number

UPSTREAM, LOCAL, CONTRIBUTION, BEFORE, AFTER = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
VALUE, OLD, RATE = "\ue005", "\ue006", "\ue007"
FIRST_INPUT, BRACKETED = 0xE010, 0x100
MOST_INPUTS = 0xE100 - FIRST_INPUT  # inputs after that have no place; their numbers are written out
_PLACES = re.compile("[\ue000-\ue1ff]")


def input_place(slot: int) -> str:
    """Give the place for the value of an operation's input.

    Example:
        >>> hex(ord(input_place(1)))
        '0xe011'
    """
    return chr(FIRST_INPUT + slot)


def bracketed(place: str) -> str:
    """Give the place for the same number, in parentheses if it is negative.

    Example:
        >>> fill(f"2 * {bracketed(LOCAL)}", {LOCAL: -3.0}), fill(bracketed(LOCAL), {LOCAL: 3.0})
        ('2 * (-3)', '3')
    """
    return chr(ord(place) + BRACKETED)


def fill(template: str, numbers: Mapping[str, float | None]) -> str:
    """Put numbers in the places of a sentence.

    Args:
        template: text with places.
        numbers: by place (without brackets) its number; what is missing is written "?".

    Returns:
        The sentence, with a keyboard's minus signs.

    Example:
        >>> fill(f"a.grad: {BEFORE} -> {AFTER}", {BEFORE: 0.0, AFTER: -0.41421356})
        'a.grad: 0 -> -0.4142'
    """
    return _PLACES.sub(lambda found: _written(found[0], numbers), template)


def _written(place: str, numbers: Mapping[str, float | None]) -> str:
    in_brackets = ord(place) >= 0xE000 + BRACKETED
    value = numbers.get(chr(ord(place) - BRACKETED) if in_brackets else place)
    if value is None:
        return "?"
    text = number(value, ascii_only=True)
    return f"({text})" if in_brackets and text.startswith("-") else text
