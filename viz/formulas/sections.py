"""What there is to say about one derivative: the facts from which text and Markdown are made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.formulas.paths import Path, Paths
from viz.words.numbers import number, spread
from viz.words.rules import stretched_shape
from viz.words.tensor_wording import axes_words, differential, rule_words, shapes_of_rule
from viz.words.wording import formula, name_of, shape_words, slope_name

MOST_FACTORS = 8
MOST_LINES = 60


@dataclass(frozen=True)
class Section:
    """One derivative, explained.

    Attributes:
        trace: the graph.
        found: the paths.
        limit: how many paths and last steps are listed.
        sent: what every edge sent back, by (index, slot), where arrays flow.
        arrived: the gradient that arrived at each node, where arrays flow.
    """

    trace: Trace
    found: Paths
    limit: int
    sent: Mapping[tuple[int, int], Any]
    arrived: Mapping[int, Any]

    @property
    def result(self) -> TraceNode:
        """What is differentiated."""
        return self.trace.nodes[self.found.start]

    @property
    def target(self) -> TraceNode:
        """Towards what."""
        return self.trace.nodes[self.found.end]

    @property
    def total(self) -> Any:
        """The derivative: a number or an array; None if nobody computed it."""
        if self.found.of_numbers and not self.target.shape:
            return self.found.total
        if self.found.count == 0:
            return np.zeros(self.target.shape)
        arrived = self.arrived.get(self.found.end)
        return arrived if arrived is None or self.target.shape else float(arrived)

    @property
    def lists_all(self) -> bool:
        """Whether every path is listed."""
        return self.found.count <= self.limit

    @property
    def name(self) -> str:
        """The derivative's name, such as do/dw1."""
        return slope_name(self.result, self.target)

    @property
    def headline(self) -> str:
        """The derivative and what it is, in keyboard signs."""
        if self.found.count == 0:
            return f"{self.name} = 0"
        if self.total is None:
            return f"{self.name}: shape {self.target.shape}"
        if not self.target.shape:
            return f"{self.name} = {number(float(self.total), ascii_only=True)}"
        told = spread(self.total, ascii_only=True)
        return f"{self.name}: {told}, shape {self.target.shape}"

    @property
    def sentence(self) -> str:
        """How the result depends on the target."""
        result, target, count = name_of(self.result), name_of(self.target), self.found.count
        if self.found.start == self.found.end:
            return f"{result} itself: it changes as much as it is changed."
        if count == 0:
            return (
                f"0: no path leads from {result} back to {target}, so changing {target} leaves "
                f"{result} as it is."
            )
        paths = f"{count_words(count)} path{'s' * (count > 1)} lead{'s' * (count == 1)} "
        paths += f"from {result} back to {target}"
        if not self.found.of_numbers:
            rest = "; what arrives over each adds up" if count > 1 else ""
            return f"{paths}{rest}. Each operation on the way sends back:"
        if count == 1:
            return f"{paths}; the local derivatives along it are multiplied."
        if self.lists_all:
            along = "along each the local derivatives are multiplied, and the products add up."
            return f"{paths}; {along}"
        return (
            f"{paths}, too many to list: they are added up by their last step, and the "
            f"{len(self.found.strongest)} strongest are shown."
        )


def count_words(count: int) -> str:
    """Write a number of paths, however large.

    Example:
        >>> count_words(1234567), count_words(3**400)
        ('1,234,567', 'about 7e190')
    """
    if count < 10**21:
        return f"{count:,}"
    power = math.log10(count)
    return f"about {10 ** (power - math.floor(power)):.0f}e{math.floor(power)}"


def factor_names(path: Path, trace: Trace) -> list[str]:
    """Name the local derivatives along a path; the middle of a long one is left out."""
    nodes = trace.nodes
    words = [slope_name(nodes[edge.target], nodes[edge.source]) for edge in path.edges]
    return shortened(words)


def factor_numbers(path: Path) -> list[str]:
    """Write the local derivatives along a path; a negative one behind another in brackets."""
    words = [number(math.nan if f is None else f, ascii_only=True) for f in path.factors]
    words = [w if i == 0 or not w.startswith("-") else f"({w})" for i, w in enumerate(words)]
    return shortened(words)


def shortened(words: list[str]) -> list[str]:
    """Leave the middle of a long product out, and say how many factors that was."""
    if len(words) <= MOST_FACTORS:
        return words
    ends = MOST_FACTORS // 2 - 1
    return [*words[:ends], f"...{len(words) - 2 * ends} more...", *words[-ends:]]


def route(path: Path, trace: Trace) -> str:
    """Name the nodes along a path, the result first."""
    return " <- ".join(shortened([name_of(trace.nodes[index]) for index in path.nodes]))


@dataclass(frozen=True)
class Sent:
    """One line of a graph of arrays.

    Attributes:
        made: how the node was made that sends: "Y = x @ W".
        rule: what is sent: "dW += x.T @ dY".
        shapes: of what is sent and of what it is made.
        told: its numbers, in a few words.
    """

    made: str
    rule: str
    shapes: str
    told: str


def sent_lines(section: Section) -> list[Sent]:
    """Tell what every operation between result and target sends back, in the order of the pass."""
    lines = []
    several = arrivals_of(section)
    for edge in section.found.edges:
        lines += _lines_of(edge, section, "+=" if several[edge.source] > 1 else "=")
    if len(lines) <= MOST_LINES:
        return lines
    cut = len(lines) - MOST_LINES
    skipped = Sent("", f"... {cut} more lines ...", "", "")
    return [*lines[: MOST_LINES // 2], skipped, *lines[cut + MOST_LINES // 2 :]]


def arrivals_of(section: Section) -> dict[int, int]:
    """Count over how many edges a gradient arrives at each node on the way."""
    several: dict[int, int] = {}
    for edge in section.found.edges:
        several[edge.source] = several.get(edge.source, 0) + 1
    return several


def _lines_of(edge: TraceEdge, section: Section, sign: str) -> list[Sent]:
    trace = section.trace
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    made = f"{name_of(target)} = {formula(trace, target)}"
    receives = differential(source)
    sent = section.sent.get((edge.target, edge.slot))
    told = "" if sent is None else spread(sent, ascii_only=True)
    stretched = stretched_shape(edge, trace)
    rule = rule_words(edge, trace)
    if stretched == source.shape:
        return [Sent(made, f"{receives} {sign} {rule}", shapes_of_rule(edge, trace), told)]
    # What broadcasting stretched gets one gradient per copy first; adding these up is a step.
    copies = Sent(made, f"copies of {receives} = {rule}", shapes_of_rule(edge, trace), "")
    summed = f"{axes_words(stretched, source.shape)} of the copies"
    shapes = f"{shape_words(source.shape)} from {shape_words(stretched)}"
    return [copies, Sent(made, f"{receives} {sign} {summed}", shapes, told)]
