"""A `graphviz.Digraph` that finds a way to render although `dot` is not installed."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

import graphviz

from viz.figures.figure import Figure

PURE = "graphviz-pure"


class NoEngineError(RuntimeError):
    """No installed program can make the format that was asked for."""


class Digraph(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no py.typed marker
    """Renders by `dot`, graphviz-pure, pygraphviz or our own drawing, whichever is there.

    Attributes:
        figure: what our own drawing draws when no Graphviz is installed.
    """

    figure: Figure | None = None

    def copy(self) -> Digraph:
        """Copy the graph together with its figure."""
        twin: Digraph = super().copy()
        twin.figure = self.figure
        return twin

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> bytes | str:
        """Render to memory.

        Args:
            format: "svg", "png", "pdf" and so on; by default the graph's own format.
            renderer: see graphviz.
            formatter: see graphviz.
            neato_no_op: see graphviz.
            quiet: see graphviz.
            engine: layout engine, by default the graph's own.
            encoding: return a text in this encoding rather than bytes.

        Returns:
            The file's content.

        Raises:
            NoEngineError: if nothing installed can make this format; the message says what can.
        """
        try:
            content: bytes | str = super().pipe(
                format=format,
                renderer=renderer,
                formatter=formatter,
                neato_no_op=neato_no_op,
                quiet=quiet,
                engine=engine,
                encoding=encoding,
            )
            return content
        except graphviz.ExecutableNotFound:
            pass  # the next lines stand outside, so that their error does not show this one too
        made = self._without_dot(format or self.format, engine or self.engine)
        return made if encoding is None else made.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        **options: Any,
    ) -> str:
        """Render to a file beside the source.

        Args:
            filename: file for the DOT source; the picture's name is this plus the format.
            directory: folder for both.
            view: open the picture afterwards.
            cleanup: remove the source afterwards.
            format: "svg", "png", "pdf" and so on.
            renderer: see graphviz.
            formatter: see graphviz.
            neato_no_op: see graphviz.
            quiet: see graphviz.
            quiet_view: see graphviz.
            outfile: name of the picture; its suffix says the format.
            engine: layout engine.
            options: passed on to graphviz.

        Returns:
            The path of the picture.

        Raises:
            NoEngineError: if nothing installed can make this format.
        """
        try:
            return str(
                super().render(
                    filename=filename,
                    directory=directory,
                    view=view,
                    cleanup=cleanup,
                    format=format,
                    renderer=renderer,
                    formatter=formatter,
                    neato_no_op=neato_no_op,
                    quiet=quiet,
                    quiet_view=quiet_view,
                    outfile=outfile,
                    engine=engine,
                    **options,
                )
            )
        except graphviz.ExecutableNotFound:
            pass
        if outfile is not None and format is None:
            format = Path(outfile).suffix.lstrip(".") or None
        format = format or self.format
        made = self._without_dot(format, engine or self.engine)
        source = Path(self.save(filename, directory=directory))
        target = Path(outfile) if outfile is not None else Path(f"{source}.{format}")
        target.write_bytes(made)
        if cleanup:
            source.unlink()
        if view or quiet_view:
            graphviz.view(str(target), quiet=quiet_view)
        return str(target)

    def _without_dot(self, suffix: str, engine: str) -> bytes:
        """Try every way that needs no `dot` program, our own drawing last."""
        made = by_graphviz_pure(self.source, suffix, engine)
        if made is None:
            made = by_pygraphviz(self.source, suffix, engine)
        if made is None and self.figure is not None:
            made = drawn_by_us(self.figure, suffix)
        if made is None:
            raise NoEngineError(
                f"dot: nothing installed here can make .{suffix}. Any one of these can be added: "
                "pip install 'glassgrad[dot]' (SVG and PNG), pip install 'glassgrad[pdf]' "
                "(PDF as well), or the system's package, for example apt install graphviz, "
                "brew install graphviz or winget install graphviz. "
                "SVG needs none of them: viz.draw(x).save('graph.svg')"
            )
        return made


def drawn_by_us(figure: Figure, suffix: str) -> bytes | None:
    """Draw the figure without Graphviz, or give None when that cannot be done in this format."""
    from viz.figures.svg import svg_of
    from viz.raster import NoRasterError, raster

    if suffix not in ("svg", "png", "pdf"):
        return None
    svg = svg_of(figure)
    try:
        return svg.encode("utf-8") if suffix == "svg" else raster(svg, suffix)
    except NoRasterError:
        return None


def by_graphviz_pure(source: str, suffix: str, engine: str) -> bytes | None:
    """Render with the program of graphviz-pure, or give None when that cannot be done."""
    program = find_graphviz_pure()
    if program is None:
        return None
    done = subprocess.run(
        [program, f"-K{engine}", f"-T{suffix}"],
        input=source.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    return done.stdout if done.returncode == 0 and done.stdout else None


def find_graphviz_pure() -> str | None:
    """Find the program of graphviz-pure: by its package, among our scripts, then on the PATH."""
    name = PURE + (".exe" if sys.platform == "win32" else "")
    try:
        files = metadata.files(PURE) or []
    except metadata.PackageNotFoundError:
        files = []
    places = [Path(str(file.locate())) for file in files if file.name == name]
    places += [Path(sysconfig.get_path("scripts")) / name, Path(sys.executable).parent / name]
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return str(place)
    return shutil.which(PURE)


def by_pygraphviz(source: str, suffix: str, engine: str) -> bytes | None:
    """Render with pygraphviz, or give None when it is missing or cannot make the format."""
    try:
        pygraphviz = importlib.import_module("pygraphviz")
    except ImportError:
        return None
    try:
        made = pygraphviz.AGraph(string=source).draw(format=suffix, prog=engine)
    except (ValueError, OSError, RuntimeError):  # older versions call a `dot` program themselves
        return None
    return made if isinstance(made, bytes) else None
