"""A recorded training as a table, a line per iteration."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.films.words import Words, words_of
from viz.words.numbers import number
from viz.words.wording import name_of

MOST_ROWS, MOST_COLUMNS = 24, 5


def table_text(sections: Any) -> str:
    """Write what was recorded.

    Args:
        sections: the film's sections, in the order of the training.

    Returns:
        A line per kept iteration, at most about two dozen: the loss, the length of the gradient,
        and the first few parameters (of an array its length).
    """
    parts = []
    for position, section in enumerate(sections):
        if position:
            parts.append(f"\nfrom iteration {section.first} on the graph has another structure:")
        parts.append(_section_text(section))
    return "\n".join(parts)


def _section_text(section: Any) -> str:
    frames = [*section.frames]
    if frames[-1].iteration != section.latest[0].iteration:
        frames.append(section.latest[0])
    leaves = sorted(section.parameters) or sorted(section.latest[0].leaves)
    shown = leaves[:MOST_COLUMNS]
    nodes = section.trace.nodes
    titles = [f"|{name_of(nodes[i])}|" if nodes[i].shape else name_of(nodes[i]) for i in shown]
    rows = [["iteration", "loss", "|grad|", *titles]]
    for frame in _thinned(frames):
        values = [_size(frame.leaves[index]) for index in shown]
        rows.append([str(frame.iteration), *map(_written, (frame.loss, frame.norm, *values))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].rjust(widths[0]),
                *(c.ljust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for row in rows
    ]
    more = len(leaves) - len(shown)
    notes = [f"and {more} more parameter{'s' if more > 1 else ''}"] if more else []
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:], *notes])


def _thinned(frames: list[Any]) -> list[Any]:
    if len(frames) <= MOST_ROWS:
        return frames
    places = np.linspace(0, len(frames) - 1, MOST_ROWS).round().astype(int)
    return [frames[place] for place in places]


def _size(value: Any) -> float:
    if isinstance(value, Words):
        return value.norm
    return words_of(value).norm if np.ndim(value) else float(value)


def _written(value: float) -> str:
    return number(value, ascii_only=True)
