"""Texts made harmless for Markdown, and tables in it."""

from __future__ import annotations

from collections.abc import Sequence

from viz.words.labels import clean

_KEPT = set(" .,;:+=-/()")


def markdown(text: str, limit: int = 200) -> str:
    r"""Escape a text for Markdown: no markup, no link, no HTML, no formula comes of it.

    Args:
        text: any text, hostile or not.
        limit: the longest result, before escaping.

    Returns:
        The text with its special characters written as numbered entities.

    Example:
        >>> markdown("a_b"), markdown("<b>"), markdown(r"\(x\)"), markdown("[w](u)")
        ('a&#95;b', '&#60;b&#62;', '＼(x＼)', '&#91;w&#93;(u)')
    """
    # A backslash would switch MathJax on even as an entity: its full-width twin does not.
    line = clean(text, limit).replace("\\", "\N{FULLWIDTH REVERSE SOLIDUS}")
    escaped = "".join(
        c if c.isalnum() or c in _KEPT or ord(c) > 127 else f"&#{ord(c)};" for c in line
    )
    return escaped.replace("www.", "www&#46;").replace("://", "&#58;//")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: int = 1) -> str:
    """Write a table whose cells are Markdown already.

    Args:
        header: titles of the columns.
        rows: cells.
        right: how many columns at the end hold numbers, which stand on the right.

    Returns:
        Lines of Markdown.

    Example:
        >>> print(table(["path", "product"], [["a to b", "2"]]))
        | path | product |
        |:--|--:|
        | a to b | 2 |
    """
    marks = [":--"] * (len(header) - right) + ["--:"] * right
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(marks)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
