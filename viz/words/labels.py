"""Labels come from users: they are made harmless, short and measurable here, for every renderer."""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
KEPT_FORMAT_CHARACTERS = "\N{ZERO WIDTH JOINER}"  # emoji families are joined by it
NARROW_BLANKS = {"\n": " ", "\t": " ", "\r": " "}

# Advance widths of the Helvetica/Arial/Liberation Sans family, in thousandths of the font size.
_WIDTHS = {
    character: width
    for width, characters in (
        (191, "'"),
        (222, "ijl"),
        (260, "|"),
        (278, " !,./:;I[\\]ft"),
        (333, "()-`r·"),
        (334, "{}"),
        (355, '"'),
        (389, "*"),
        (469, "^"),
        (500, "Jcksvxyz∂"),
        (584, "+<=>~−×÷"),
        (611, "FTZ"),
        (667, "&ABEKPSVXY"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (833, "Mm"),
        (889, "%"),
        (944, "W"),
        (1000, "→…—"),
        (1015, "@"),
    )
    for character in characters
}
_DEFAULT_WIDTH = 570
_BOLD = 1.07


def clean(text: str, limit: int = 26) -> str:
    r"""Make a label fit for a picture: one line, no control characters, of bounded length.

    Args:
        text: any text, hostile or not.
        limit: the longest result, in characters; the middle is left out.

    Returns:
        The label to draw. Escaping for XML or DOT comes after this.

    Example:
        >>> clean("a\x00b\nc"), clean("layers.0.neurons.12.weight", 14)
        ('a�b c', 'layers….weight')
    """
    if len(text) <= limit and text.isprintable() and "$" not in text:
        return text.strip()  # nearly all labels: nothing in them needs a look
    # Dollar signs would switch a notebook's MathJax on; U+FF04 looks the same and does not.
    kept = [
        NARROW_BLANKS.get(character, character)
        if character in NARROW_BLANKS or _harmless(character)
        else REPLACEMENT
        for character in text[: 20 * limit]
    ]
    line = "".join(kept).replace("$", "\N{FULLWIDTH DOLLAR SIGN}").strip()
    if len(line) <= limit and len(text) <= 20 * limit:
        return line
    tail = limit // 2
    return line[: limit - 1 - tail] + "…" + line[-tail:]


def _harmless(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp"):
        return False
    return category != "Cf" or character in KEPT_FORMAT_CHARACTERS


def xml(text: str) -> str:
    """Escape a text for XML and HTML, as content or inside double or single quotes.

    Example:
        >>> xml('<b class="x">')
        '&lt;b class=&quot;x&quot;&gt;'
    """
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def ascii_label(text: str) -> str:
    r"""Write a label for a terminal that knows ASCII only.

    Example:
        >>> ascii_label("σ1")
        '\\u03c31'
    """
    return text.encode("ascii", "backslashreplace").decode("ascii")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text will be drawn, without a font file.

    Args:
        text: one line.
        size: font size in pixels.
        bold: whether it is set in bold.

    Returns:
        Width in pixels.

    Example:
        >>> round(text_width("0.5", 12), 1)
        16.7
    """
    total = 0
    for character in text:
        if character in _WIDTHS:
            total += _WIDTHS[character]
        elif character.isdigit() or character.islower():
            total += 556
        elif unicodedata.east_asian_width(character) in "WF":
            total += 1000
        elif not unicodedata.combining(character):
            total += _DEFAULT_WIDTH + 130 * (ord(character) > 0x2FF)
    return total * size / 1000 * (_BOLD if bold else 1.0)
