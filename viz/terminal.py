"""What a terminal can show: colours, and more than ASCII."""

from __future__ import annotations

import os
from typing import Any


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
