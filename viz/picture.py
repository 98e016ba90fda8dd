"""What drawing functions return: shows itself in a notebook, saves itself to a file."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

from autograd.files import write_atomically
from viz.words.labels import xml


class Picture:
    """An SVG picture with a sentence that describes it.

    Attributes:
        svg: the text of the SVG file, light and dark in one.
        description: what the picture shows, in words.
    """

    def __init__(self, svg: str, description: str) -> None:
        """Wrap a finished SVG.

        Args:
            svg: text of a complete SVG file.
            description: the alternative text.
        """
        self.svg = svg
        self.description = description

    def __repr__(self) -> str:
        """Describe the picture in one line, with the hint how to look at it."""
        return f"<{type(self).__name__}: {self.description} Save it with .save('picture.svg')>"

    def image(self) -> str:
        """Give an HTML `<img>` that holds the whole picture and needs no file beside it."""
        data = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        return (
            f'<img alt="{xml(self.description)}" style="max-width:100%;height:auto" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def _repr_html_(self) -> str:
        """Show the picture in a notebook; an image survives where scripts and styles do not."""
        return self.image()

    def html(self) -> str:
        """Give a complete web page with the picture."""
        from viz.page import Section, index_page

        title, _, rest = self.description.partition(": ")
        return index_page(title, [Section(pictures=[self])], lead=rest)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return {
            "svg": lambda: self.svg,
            "html": self.html,
            "txt": lambda: self.description + "\n",
            "png": lambda: self.raster("png"),
            "pdf": lambda: self.raster("pdf"),
        }

    def raster(self, suffix: str) -> bytes:
        """Make the PNG or PDF file that looks as the SVG does.

        Args:
            suffix: "png" or "pdf".

        Returns:
            The bytes of the file.

        Raises:
            NoRasterError: if nothing installed can do it; the message says what can.
        """
        from viz.raster import raster

        return raster(self.svg, suffix)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose suffix says the format.

        Args:
            path: for example "graph.svg"; an existing file is replaced in one step.

        Returns:
            The path that was written.

        Raises:
            ValueError: if the suffix is not one of those that work; the message lists them.
            NoRasterError: if nothing installed can make a PNG or PDF file.
        """
        path = Path(path)
        writers = self.writers()
        suffix = path.suffix.lower().lstrip(".")
        if suffix not in writers:
            known = ", ".join(f".{name}" for name in writers)
            got = f"the suffix .{suffix}" if suffix else "no suffix"
            raise ValueError(f"save: {path.name!r} has {got}; needs one of {known}")
        content = writers[suffix]()
        packed = content if isinstance(content, bytes) else content.encode("utf-8")
        write_atomically(path, lambda file: file.write(packed), asked_by="save")
        return path
