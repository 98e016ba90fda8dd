"""The axes of matplotlib: given by the user, or made without pyplot and its open figures."""

from __future__ import annotations

import base64
import io
import os
from functools import cache
from pathlib import Path
from typing import Any

from autograd.files import write_atomically
from viz.words.labels import clean, xml

SIZE = (7.0, 5.0)  # inches
DOTS_PER_INCH = 144


def checked(ax: Any, asked_by: str) -> Any:
    """Accept what a user gave as axes.

    Args:
        ax: the axes.
        asked_by: the public function, for the error message.

    Returns:
        The same.

    Raises:
        TypeError: if it is something else, such as a figure or an array of axes.

    Example:
        >>> checked(3, "descent")
        Traceback (most recent call last):
        TypeError: descent: ax is a int; needs the Axes of matplotlib, such as figure.add_subplot()
    """
    if not (hasattr(ax, "plot") and hasattr(ax, "contourf")):
        several = "; of an array of them take one: ax=axes[0]" if hasattr(ax, "ravel") else ""
        raise TypeError(
            f"{asked_by}: ax is a {type(ax).__name__}; needs the Axes of matplotlib, "
            f"such as figure.add_subplot(){several}"
        )
    return ax


def axes_for(ax: Any, asked_by: str) -> Any:
    """Give the axes to draw on: the user's, or new ones that show and save themselves.

    pyplot is never asked. It would keep every figure open until someone closes it, and would
    choose a window system; a figure of its own has neither, and shows in any notebook by
    `_repr_html_`.

    Args:
        ax: the user's axes, or None for new ones.
        asked_by: the public function, for the error message.

    Returns:
        The axes; new ones have `.save("plot.png")`.

    Raises:
        ImportError: if matplotlib is not installed.
        TypeError: if something else than axes came.
    """
    if ax is not None:
        return checked(ax, asked_by)
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            f"{asked_by}: matplotlib is missing; install it: pip install 'glassgrad[plot]'"
        ) from error
    figure = Figure(figsize=SIZE, layout="constrained")
    return figure.add_subplot(axes_class=_own_axes())


@cache
def _own_axes() -> Any:
    from matplotlib.axes import Axes

    class ShownAxes(Axes):  # type: ignore[misc, unused-ignore]
        """Axes that a notebook shows as their figure, and that save it."""

        description = "a plot"

        def _repr_html_(self) -> str:
            return image(self.figure, self.description)

        def save(self, path: str | os.PathLike[str]) -> Path:
            """Write the figure to a file whose suffix says the format.

            Args:
                path: for example "plot.png"; an existing file is replaced in one step.

            Returns:
                The path that was written.

            Raises:
                ValueError: if the suffix is not one of those that work.
            """
            return save_figure(self.figure, path)

    return ShownAxes


def image(figure: Any, description: str) -> str:
    """Give an HTML `<img>` that holds a whole figure.

    Args:
        figure: of matplotlib.
        description: the alternative text.

    Returns:
        HTML without a file beside it.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DOTS_PER_INCH)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    width = round(96 * figure.get_figwidth())
    return (
        f'<img alt="{xml(description)}" style="max-width:100%;height:auto" width="{width}" '
        f'src="data:image/png;base64,{data}">'
    )


def save_figure(figure: Any, path: str | os.PathLike[str]) -> Path:
    """Write a figure to a file, whole or not at all.

    Args:
        figure: of matplotlib.
        path: its suffix says the format.

    Returns:
        The path that was written.

    Raises:
        ValueError: if the suffix is not one of those that work; the message lists them.
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    known = sorted(figure.canvas.get_supported_filetypes())
    if suffix not in known:
        got = f"the suffix .{suffix}" if suffix else "no suffix"
        needed = ", ".join(f".{name}" for name in known)
        raise ValueError(f"save: {path.name!r} has {got}; needs one of {needed}")
    file = io.BytesIO()
    figure.savefig(file, format=suffix, dpi=DOTS_PER_INCH)
    write_atomically(path, lambda out: out.write(file.getvalue()), asked_by="save")
    return path


def plain_text(text: str, limit: int = 26) -> str:
    r"""Make a label fit for matplotlib, which takes what stands between dollars for a formula.

    Args:
        text: any text.
        limit: the longest result, in characters.

    Returns:
        The label.

    Example:
        >>> plain_text("$x$")
        '\\$x\\$'
    """
    return clean(text, limit).replace("\N{FULLWIDTH DOLLAR SIGN}", r"\$")
