"""`steps_text`: the forward and the backward pass told step by step, for a terminal."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.trace import Trace
from viz.labels import ascii_label
from viz.numbers import number, sign, spread
from viz.records import Step, steps_of
from viz.source import trace_of
from viz.terminal import needs_ascii, shows_color
from viz.wording import name_of, number_of, slope_name

WIDTH = 78  # fits the usual terminal of 80 columns
GUTTER = 5  # room for the step's number and two blanks
MOST_STEPS = 1000
_CODES = {"bold": "1", "quiet": "2", "plus": "36", "minus": "33", "zero": "2", "event": "1;35"}


def steps_text(
    x: Any,
    *,
    names: Mapping[str, Any] | None = None,
    color: bool | None = None,
    ascii: bool | None = None,
    limit: int = MOST_STEPS,
) -> str:
    """Tell the forward pass and then the backward pass, one chain-rule contribution per edge.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace.
        names: names for nodes without a label; by default the caller's variables.
        color: use ANSI colours; by default in a terminal, unless NO_COLOR is set.
        ascii: use ASCII only; by default when the terminal's encoding is not UTF-8.
        limit: tell at most so many steps of each pass.

    Returns:
        Text of at most about 80 columns. The graph is not changed: no `.grad` is written.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if the limit is negative.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(2.0), Value(3.0)
        >>> y = w * x
        >>> print(steps_text(y, color=False).splitlines()[2])
          1  y = w * x = 2 * 3 = 6
    """
    if limit < 0:
        raise ValueError(f"steps_text: limit={limit} came; 0 or more are needed")
    trace = trace_of(x, names, asked_by="steps_text")
    stream = sys.stdout
    if color is None:
        color = shows_color(stream)
    if ascii is None:
        ascii = needs_ascii(stream)
    teller = _Teller(trace, steps_of(trace), color, ascii, limit)
    return teller.text()


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
        backward = [step for step in self.steps if step.phase != "forward"]
        outputs = ", ".join(name_of(self.trace.nodes[index]) for index in self.trace.roots[:4])
        operations = f"{len(forward)} operation" + ("s" if len(forward) != 1 else "")
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
        lines = [line.rstrip() for line in self.lines]
        if self.ascii_only:
            lines = [ascii_label(line) for line in lines]
        return "\n".join(lines) + "\n"

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
            tone = "" if step.contribution is None else sign(step.contribution)
            self._numbered(step.number, step.text.split(" = "), tone)
            if step.note:
                note, blank, event = step.note.partition("   ")
                self._under(note + blank + (self._paint(event, "event") if event else ""))
            if step.phase == "seed":
                self._under(f"seed: {step.reason}", "quiet")
            elif step.source is not None:
                self._why(step, step.source != told)
            told = step.source
            self.lines.append("")

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
        final = {step.node: step for step in self.steps if step.phase != "forward"}
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
            if after is None:
                told = f"shape {node.shape}"
                told += "" if node.grad is None else f", now {spread(node.grad, ascii_only=True)}"
            else:
                told = self._paint(number(after, ascii_only=True).ljust(10), sign(after))
                stale += node.grad is not None and not _same(float(node.grad), after)
            paths = final[node.index].expected
            came = f"   {paths} paths" if paths > 1 else ""
            self.lines.append(
                f"  {name.ljust(width)} = {told}  at {name_of(node)} = {number_of(node)}{came}"
            )
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
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if self.color and tone in _CODES else text


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
