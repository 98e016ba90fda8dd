"""Steps put into lines for a terminal: aligned, folded, coloured."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.story.step_record import Step
from viz.terminal import needs_ascii, painted, shows_color
from viz.words.labels import ascii_label
from viz.words.numbers import number, sign, spread
from viz.words.wording import name_of, number_of, shape_words, slope_name

WIDTH = 78  # fits the usual terminal of 80 columns
GUTTER = 5  # room for the step's number and two blanks
MOST_STEPS = 1000


def told(
    graph: Trace | Watched,
    steps: Sequence[Step],
    *,
    color: bool | None = None,
    ascii: bool | None = None,
    limit: int = MOST_STEPS,
) -> str:
    """Write steps as text.

    Args:
        graph: what they tell.
        steps: all of them, in order.
        color: use ANSI colours; by default in a terminal, unless NO_COLOR is set.
        ascii: use ASCII only; by default when the terminal's encoding is not UTF-8.
        limit: tell at most so many steps of each pass.

    Returns:
        Text of at most about 80 columns.
    """
    trace = graph.trace if isinstance(graph, Watched) else graph
    stream = sys.stdout
    color = shows_color(stream) if color is None else color
    ascii = needs_ascii(stream) if ascii is None else ascii
    return _Teller(trace, steps, color, ascii, limit).text()


class _Teller:
    """Turns the steps of one trace into lines."""

    def __init__(
        self, trace: Trace, steps: Sequence[Step], color: bool, ascii_only: bool, limit: int
    ) -> None:
        self.trace, self.steps, self.limit = trace, steps, limit
        self.color, self.ascii_only = color, ascii_only
        self.lines: list[str] = []

    def text(self) -> str:
        forward = [step for step in self.steps if step.phase == "forward"]
        backward = [step for step in self.steps if step.phase in ("seed", "backward")]
        outputs = ", ".join(name_of(self.trace.nodes[index]) for index in self.trace.roots[:4])
        operations = f"{len(forward)} operation" + ("s" if len(forward) != 1 else "")
        self._plainly("Before: old gradients are cleared", "zero_grad")
        self._heading(f"Forward pass: {operations}, from the inputs to {outputs}")
        self._forward(forward[: self.limit])
        self._left_out(len(forward) - self.limit)
        self.lines.append("")
        if backward:
            self._heading(f"Backward pass: the chain rule, from {outputs} back to the inputs")
            self._backward(backward[: self.limit])
            self._left_out(len(backward) - self.limit)
            self._result()
        else:
            self._heading("Backward pass: nothing to do, no input asks for a gradient")
        self._plainly("Update: every input moves against its gradient", "update", before=True)
        lines = [line.rstrip() for line in self.lines]
        if self.ascii_only:
            lines = [ascii_label(line) for line in lines]
        return "\n".join(lines) + "\n"

    def _plainly(self, heading: str, phase: str, *, before: bool = False) -> None:
        """List the steps of an optimizer, if there are any."""
        steps = [step for step in self.steps if step.phase == phase]
        if not steps:
            return
        self.lines += [""] * before
        self._heading(heading)
        for step in steps[: self.limit]:
            self._numbered(step.number, step.text.split(" = "), "")
            if step.note:
                self._under(step.note)
        self._left_out(len(steps) - self.limit)
        self.lines += [""] * (not before)

    def _heading(self, words: str) -> None:
        self.lines.append(self._paint(words, "bold"))
        self.lines.append(self._paint(("-" if self.ascii_only else "─") * WIDTH, "quiet"))

    def _left_out(self, count: int) -> None:
        if count > 0:
            self._under(f"... {count:,} more steps; steps_text(x, limit=...) tells them all")

    def _forward(self, steps: Sequence[Step]) -> None:
        parts = [step.text.split(" = ") for step in steps]
        widths = _aligned([part for part in parts if len(part) == 4])
        for step, part in zip(steps, parts, strict=True):
            if len(part) == 4 and widths:
                part[:3] = [word.ljust(width) for word, width in zip(part, widths, strict=False)]
            self._numbered(step.number, part, "bold" if len(part) == 4 else "")
            if step.note:
                self._under(step.note)

    def _backward(self, steps: Sequence[Step]) -> None:
        told: int | None = None
        for step in steps:
            tone = sign(step.contribution) if isinstance(step.contribution, float) else ""
            self._numbered(step.number, step.text.split(" = "), tone)
            self._changed(step)
            if step.phase == "seed":
                self._under(f"seed: {step.reason}", "quiet")
            elif step.source is not None:
                self._why(step, step.source != told)
            told = step.source
            self.lines.append("")

    def _changed(self, step: Step) -> None:
        """Write what the gradient was and is, and behind it what deserves a remark."""
        event = self._paint(step.event, "event") if step.event else ""
        if step.phase == "seed":
            event = ""
        if line := "   ".join(part for part in (step.note, event) if part):
            self._under(line)

    def _why(self, step: Step, is_first: bool) -> None:
        """Say the local derivative's formula, and once per operation why it looks so."""
        nodes = self.trace.nodes
        target, source = nodes[step.source or 0], nodes[step.node]
        words = f"{target.op}: {step.reason}" if is_first and step.reason else ""
        if any(character.isalpha() for character in step.formula) and len(step.formula) < 50:
            words = f"{slope_name(target, source)} = {step.formula}   {words}"
        if words:
            self._under(words.strip(), "quiet")

    def _result(self) -> None:
        final = {s.node: s for s in self.steps if s.phase in ("seed", "backward")}
        leaves = [
            node
            for node in self.trace.nodes
            if node.op is None and node.requires_grad and node.index in final
        ]
        self._heading("Result: the gradient of every input")
        names = [f"{name_of(node)}.grad" for node in leaves[: self.limit]]
        width = max((len(name) for name in names), default=0)
        stale = 0
        for node, name in zip(leaves, names, strict=False):
            after = final[node.index].after
            if after is None or node.shape:
                told = "" if after is None else f"{spread(after, ascii_only=True)}   "
                told += shape_words(node.shape)
                stale += not _same_arrays(node.grad, after)
            else:
                told = self._paint(number(after, ascii_only=True).ljust(10), sign(after))
                stale += node.grad is not None and not _same(float(node.grad), after)
            paths = final[node.index].expected
            came = f"   {paths} paths" if paths > 1 else ""
            place = "" if node.shape else f"  at {name_of(node)} = {number_of(node)}"
            self.lines.append(f"  {name.ljust(width)} = {told}{place}{came}")
        self._left_out(len(leaves) - self.limit)
        if all(node.grad is None for node in leaves):
            self.lines.append("")
            self._sentence("backward() has not run yet: these are the gradients it will give.")
        elif stale:
            self.lines.append("")
            self._sentence(
                f"{stale} of these differ from the .grad in the graph: gradients of earlier "
                "backward passes are still in it, because backward() adds to what is there."
            )

    def _numbered(self, position: int, parts: Sequence[str], tone: str) -> None:
        """Write a chain of equations, folded before an equals sign when it is long."""
        first, plus, rest = parts[0].partition(" += ")
        lines, used = [parts[0]], len(parts[0])
        if used > WIDTH - GUTTER and plus:
            lines, used = [f"{first} +=", f"    {rest}"], len(rest) + 4
        for index, part in enumerate(parts[1:], start=2):
            shown = self._paint(part, tone) if index == len(parts) and tone else part
            if used + len(part) + 3 > WIDTH - GUTTER:
                lines.append(f"    = {shown}")
                used = len(part) + 6
            else:
                lines[-1] += f" = {shown}"
                used += len(part) + 3
        self.lines.append(f"{self._paint(str(position).rjust(GUTTER - 2), 'bold')}  {lines[0]}")
        self.lines += [" " * GUTTER + line for line in lines[1:]]

    def _under(self, text: str, tone: str = "") -> None:
        for line in textwrap.wrap(text, WIDTH - GUTTER) if "\x1b" not in text else [text]:
            self.lines.append(" " * GUTTER + (self._paint(line, tone) if tone else line))

    def _sentence(self, text: str) -> None:
        self.lines += [f"  {line}" for line in textwrap.wrap(text, WIDTH - 2)]

    def _paint(self, text: str, tone: str) -> str:
        return painted(text, tone) if self.color else text


def _same_arrays(one: Any, other: Any) -> bool:
    """Compare two arrays; one that is not known cannot differ."""
    if one is None or other is None:
        return True
    return bool(np.allclose(one, other, rtol=1e-4, atol=1e-9, equal_nan=True))


def _same(one: float, other: float) -> bool:
    """Compare two gradients; nan is the same as nan."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)


def _aligned(rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths of the first three columns, or nothing when aligning would make lines too long."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return widths if sum(widths) + 20 <= WIDTH - GUTTER else []
