"""Make README's picture again: run the lines of README that save it."""

import contextlib
import os
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
PICTURE = "picture.svg"


def lines_that_make_it(text: str) -> str:
    """Find the block of Python that saves the picture.

    Args:
        text: README as Markdown.

    Returns:
        The block's source.

    Raises:
        LookupError: if there is no such block.
    """
    for source in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if f'.save("{PICTURE}")' in source:
            return str(source)
    raise LookupError(f"README.md has no block that saves {PICTURE}")


def make_picture(folder: Path = DOCS) -> Path:
    """Run that block in a folder.

    Args:
        folder: where the picture is to be.

    Returns:
        The picture's path.
    """
    source = lines_that_make_it(README.read_text(encoding="utf-8"))
    before = Path.cwd()
    with contextlib.ExitStack() as stack:
        stack.callback(os.chdir, before)
        os.chdir(folder)
        exec(compile(source, str(README), "exec"), {"__name__": "__main__"})
    return folder / PICTURE


if __name__ == "__main__":
    path = make_picture()
    print(f"{path}: {path.stat().st_size:,} bytes")
