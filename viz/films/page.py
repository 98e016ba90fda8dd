"""What the page's film panel is told of a recorded training, as plain JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.export import plain
from viz.films.frames import Frame
from viz.films.words import Words, words_of
from viz.words.wording import name_of

MOST_NUMBERS = 60_000  # in all frames together: the page stays below about a megabyte
MOST_WORDS = 6_000
DIGITS = 9


def page_data(film: Any) -> dict[str, Any]:
    """Give what the panel reads.

    Args:
        film: the recorded training.

    Returns:
        "count" (iterations in all), "frames" (each with "iteration", "loss", "rate", "norm", and
        "grads" of the leaves, and in the form of the page's `setNumbers` "values", "locals",
        "updated"; of graphs of arrays
        also "data", "grad", "changes" and "steps" with [text, norm] for an array), "home" (the
        frame that the page shows first), "parameters" (node and name), "plain" (whether every
        update was lr * grad) and "notes" for the reader.
    """
    section = film.section
    frames = section.shown()
    last = frames[-1]
    per_frame = 1 + len(last.values) + len(last.locals)
    words = 0 if last.words is None else len(last.words.steps) + 2 * len(last.words.data)
    room = max(2, min(MOST_NUMBERS // per_frame, MOST_WORDS // words if words else 10**6))
    if len(frames) > room:
        places = np.linspace(0, len(frames) - 1, room).round().astype(int)
        frames = [frames[place] for place in places]
    nodes = section.trace.nodes
    clearing = sum(step.phase == "zero_grad" for step in film.steps())
    parameters = sorted(section.parameters) or sorted(last.leaves)
    return {
        "count": film.count,
        "frames": [_frame(frame, clearing) for frame in frames],
        "home": len(frames) - 1,
        "parameters": [[index, name_of(nodes[index])] for index in parameters],
        "plain": film.rate is not None,
        "notes": _notes(film),
    }


def _frame(frame: Frame, clearing: int) -> dict[str, Any]:
    record: dict[str, Any] = {
        "iteration": frame.iteration,
        "loss": _short(frame.loss),
        "rate": frame.rate,
        "norm": _short(frame.norm),
        "values": [_short(value) for value in frame.values],
        "locals": [_short(value) for value in frame.locals],
        "grads": {
            str(index): _quantity(gradient)
            for index, gradient in frame.gradients.items()
            if not np.ndim(gradient)
        },
        "updated": {str(i): _quantity(new) for i, new in (frame.moved or {}).items()},
    }
    if frame.words is not None:
        record["data"] = {str(i): _quantity(words) for i, words in frame.words.data.items()}
        record["grad"] = {str(i): _quantity(words) for i, words in frame.words.grad.items()}
        record["changes"] = {str(i): _short(change) for i, change in frame.changes.items()}
        record["steps"] = [
            [clearing + place, part, *_quantity(words)]
            for (place, part), words in frame.words.steps.items()
        ]
    return record


def _quantity(value: Any) -> Any:
    """Write a number, or for an array its text and its norm."""
    if np.ndim(value) and not isinstance(value, Words):
        value = words_of(value)
    return [value.text, _short(value.norm)] if isinstance(value, Words) else _short(float(value))


def _short(value: float | None) -> Any:
    """Write fewer digits than a float has: a page shows four of them."""
    return None if value is None else plain(float(f"{value:.{DIGITS}g}"))


def _notes(film: Any) -> list[str]:
    notes = []
    section = film.section
    if len(film.sections) > 1:
        last = section.first + section.count - 1
        notes.append(
            f"The graph changed its structure in this training; shown are iterations "
            f"{section.first} to {last}."
        )
    if section.stride > 1:
        notes.append(f"Of {section.count:,} iterations every {section.stride}th is kept.")
    return notes
