"""The picture of a recorded program, and what counts as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from viz.figures.figure import Figure
from viz.picture import Picture
from viz.programs.program_figure import LIMIT, program_figure
from viz.programs.upright import upright_svg


class ProgramPicture(Picture):
    """The collapsed graph of a program: a box for all that runs as one array call.

    Attributes:
        program: what was drawn.
    """

    def __init__(self, program: Any, figure: Figure, *, legend: bool = True) -> None:
        """Draw a figure of a program.

        Args:
            program: what `autograd.replay` recorded.
            figure: its boxes and links.
            legend: whether colours and shapes are explained under it.
        """
        super().__init__(upright_svg(figure, with_legend=legend), figure.description)
        self.program = program

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it; the text is the program's own list."""
        return super().writers() | {"txt": lambda: f"{self.program}\n"}


def is_replayed(thing: Any) -> bool:
    """Whether something is a recorded program, holds one, or records one when it is called."""
    return _is_program(thing) or _takes_batches(thing) or _is_program(_made_by(thing))


def program_picture(
    thing: Any,
    batch: Sequence[Any],
    foreign: Sequence[str] = (),
    *,
    everything: bool = False,
    limit: int = LIMIT,
    legend: bool = True,
) -> ProgramPicture:
    """Draw what `autograd.replay` made.

    Args:
        thing: a program, the losses of one, a replayed graph, or a function of batches.
        batch: for a function what it is called with.
        foreign: settings that were given and that only graphs of nodes know.
        everything: draw every part, also of what repeats itself.
        limit: how many boxes there may be.
        legend: explain colours and shapes.

    Returns:
        The picture.

    Raises:
        TypeError: if a function comes without a batch, anything else with one, or with a setting
            that it does not know.
        ValueError: if there are more boxes than the limit.
    """
    kind = type(thing).__name__
    if foreign:
        raise TypeError(
            f"draw: {', '.join(foreign)}: a recorded program knows only collapse, limit and legend"
        )
    if _takes_batches(thing):
        if not batch:
            raise TypeError(
                f"draw: {kind} is recorded when a batch comes: give it one, draw(step, X, y)"
            )
        program = thing.program(*batch)
    elif batch:
        raise TypeError(f"draw: {kind} is recorded already, and takes no batch: draw it alone")
    else:
        program = thing if _is_program(thing) else _made_by(thing)
    figure = program_figure(program.parts, program.instructions, everything=everything, limit=limit)
    return ProgramPicture(program, figure, legend=legend)


def _is_program(thing: Any) -> bool:
    return (
        hasattr(thing, "instructions") and hasattr(thing, "parts") and not isinstance(thing, type)
    )


def _takes_batches(thing: Any) -> bool:
    return callable(getattr(thing, "program", None)) and hasattr(thing, "value_and_grad")


def _made_by(thing: Any) -> Any:
    return getattr(thing, "program", None)
