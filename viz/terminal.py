"""What a terminal can show: colours, and more than ASCII."""

from __future__ import annotations

import os
from typing import Any

CODES = {"bold": "1", "quiet": "2", "plus": "36", "minus": "33", "zero": "2", "event": "1;35"}


def painted(text: str, tone: str) -> str:
    r"""Write a text in a terminal's colour; an unknown or empty tone leaves it plain.

    Example:
        >>> painted("0.5", "plus"), painted("0.5", "")
        ('\x1b[36m0.5\x1b[0m', '0.5')
    """
    return f"\x1b[{CODES[tone]}m{text}\x1b[0m" if tone in CODES and text else text


def shows_color(stream: Any) -> bool:
    """Tell whether to write ANSI colours: to a terminal, unless NO_COLOR or TERM=dumb says no.

    Args:
        stream: where the text goes, such as `sys.stdout`; None counts as no terminal.

    Example:
        >>> import io
        >>> shows_color(io.StringIO())
        False
    """
    return bool(
        stream is not None
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def needs_ascii(stream: Any) -> bool:
    """Tell whether to write ASCII only, because the stream's encoding is not UTF-8.

    Args:
        stream: where the text goes, such as `sys.stdout`; a `StringIO` has no encoding and takes
            any character.

    Example:
        >>> import io
        >>> needs_ascii(io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
        True
    """
    encoding = getattr(stream, "encoding", "ascii") or "utf-8"
    return not encoding.lower().replace("-", "").startswith("utf")
