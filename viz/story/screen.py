"""One step as a page of text for a terminal of any size."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.trace import Trace
from viz.story.records import Step
from viz.terminal import painted
from viz.words.labels import ascii_label, clean
from viz.words.numbers import sign, spread
from viz.words.wording import name_of

NARROWEST, LOWEST = 24, 6
NOT_COMPUTED, NOT_REACHED = "not computed", "not reached"
KEYS = "left/right: step   [ ]: operation   Home/End   /: find   q: quit"


@dataclass(frozen=True)
class NodeState:
    """What is known of a node after some steps.

    Attributes:
        value: its value; None while it is not computed.
        gradient: what has arrived; None for nothing, or where its numbers are not known.
        arrival: how many contributions have come.
        expected: how many will.
    """

    value: Any = None
    gradient: Any = None
    arrival: int = 0
    expected: int = 0

    def gradient_text(self) -> str:
        """Write the gradient: not reached, partial, or what it is."""
        if not self.arrival:
            return NOT_REACHED
        text = "arrived" if self.gradient is None else spread(self.gradient, ascii_only=True)
        if self.arrival < self.expected:
            text += f"  partial: {self.arrival} of {self.expected}"
        return text


def states_after(steps: Sequence[Step], done: int, trace: Trace) -> list[NodeState]:
    """Say what is known of every node after the first steps.

    Args:
        steps: all steps.
        done: how many of them have been carried out.
        trace: the graph.

    Returns:
        A state for every node of the graph.
    """
    values: list[Any] = [None if node.op is not None else node.value for node in trace.nodes]
    reached: dict[int, tuple[Any, int, int]] = {}
    for step in steps[:done]:
        if step.phase in ("forward", "update"):
            values[step.node] = step.value
        elif step.phase in ("seed", "backward"):
            reached[step.node] = (step.after, step.arrival, step.expected)
    return [NodeState(value, *reached.get(index, ())) for index, value in enumerate(values)]


class Screen:
    """Writes steps as pages.

    Args:
        steps: all steps.
        trace: the graph they tell.
        color: whether to write ANSI colours.
        ascii_only: whether only ASCII can be shown.
        line_of: gives the source line that made a node, or an empty text.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        trace: Trace,
        *,
        color: bool = False,
        ascii_only: bool = False,
        line_of: Callable[[int], str] = lambda node: "",
    ) -> None:
        self.steps, self.trace, self.line_of = steps, trace, line_of
        self.color, self.ascii_only = color, ascii_only

    def page(self, place: int, width: int, height: int, bottom: str = KEYS) -> list[str]:
        """Write one step.

        Args:
            place: of the step in the list, from 0.
            width: columns of the terminal.
            height: lines of the terminal.
            bottom: the last line.

        Returns:
            As many lines as fit, none wider than the terminal.
        """
        width, height = max(width, NARROWEST), max(height, LOWEST)
        step = self.steps[place]
        top = [*self._heading(place, width), *self._sentences(step, width)]
        room = height - len(top) - 2
        table = self._table(place, width, room - 1) if room > 3 else []
        lines = [*top, "", *table][: height - 1]
        lines += [""] * (height - 1 - len(lines))
        lines.append(self._paint(self._fitted(bottom, width), "quiet"))
        return lines

    def _heading(self, place: int, width: int) -> list[str]:
        step, count = self.steps[place], len(self.steps)
        words = f"Step {place + 1} of {count}   {step.phase.replace('_', ' ')}"
        return [self._paint(self._fitted(words, width), "bold"), self._timeline(place, width)]

    def _timeline(self, place: int, width: int) -> str:
        """Draw the passes as a bar, what is done in full and what is to come in outline."""
        room = min(width, 78)
        full, empty = ("=", "-") if self.ascii_only else ("━", "─")
        count = max(len(self.steps), 1)
        done = round(room * (place + 1) / count)
        bar = []
        for column in range(room):
            step = self.steps[min(count - 1, column * count // room)]
            tone = "plus" if step.phase == "forward" else "minus"
            tone = "quiet" if step.phase in ("zero_grad", "update") else tone
            bar.append(self._paint(full if column < done else empty, tone))
        return "".join(bar)

    def _sentences(self, step: Step, width: int) -> list[str]:
        tone = sign(step.contribution) if isinstance(step.contribution, float) else ""
        tone = tone if step.phase == "backward" else ""
        lines = [""] + [
            self._paint(line, tone or "bold") for line in self._wrapped(step.text, width)
        ]
        lines += self._wrapped(step.note, width)
        if step.event and step.phase != "seed":
            lines += [self._paint(line, "event") for line in self._wrapped(step.event, width)]
        told = f"because: {step.reason}" if step.reason else ""
        turn = f"why now: {step.why_now}" if step.why_now else ""
        source = self.line_of(step.source if step.source is not None else step.node)
        made = f"source: {clean(source, 200)}" if source else ""
        for words in (told, turn, made):
            lines += [self._paint(line, "quiet") for line in self._wrapped(words, width)]
        return lines

    def _wrapped(self, text: str, width: int) -> list[str]:
        parts = textwrap.wrap(text, width, subsequent_indent="    ", max_lines=3) if text else []
        return [self._fitted(part, width) for part in parts]

    def _table(self, place: int, width: int, room: int) -> list[str]:
        """List the nodes around the active one with their values and gradients."""
        states, step = states_after(self.steps, place + 1, self.trace), self.steps[place]
        shown = _window(step.node, len(states), room)
        rows = [("", "name", "value", "gradient")]
        for index in shown:
            node, state = self.trace.nodes[index], states[index]
            mark = ">" if index == step.node else "*" if index == step.source else ""
            value = NOT_COMPUTED if state.value is None else spread(state.value, ascii_only=True)
            gradient = state.gradient_text() if node.requires_grad else ""
            rows.append((mark, name_of(node), value, gradient))
        widths = [max(_columns(row[column]) for row in rows) for column in range(4)]
        lines = []
        for place, row in enumerate(rows):
            cells = [cell + " " * (w - _columns(cell)) for cell, w in zip(row, widths, strict=True)]
            tone = "quiet" if place == 0 else "bold" if row[0] == ">" else ""
            line = f"{cells[0]} {'  '.join(cells[1:])}".rstrip()
            lines.append(self._paint(self._fitted(line, width), tone))
        return lines

    def _fitted(self, text: str, width: int) -> str:
        """Cut a line to the terminal's width, in columns as it will be shown."""
        if self.ascii_only:
            text = ascii_label(text)
        used, kept = 0, []
        for character in text:
            used += _columns(character)
            if used > width:
                break
            kept.append(character)
        return "".join(kept)

    def _paint(self, text: str, tone: str) -> str:
        return painted(text, tone) if self.color else text


def _window(active: int, count: int, room: int) -> range:
    """Choose the rows to show, the active one near the middle."""
    first = max(0, min(active - room // 2, count - room))
    return range(first, min(count, first + max(room, 1)))


def _columns(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
