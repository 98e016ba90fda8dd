"""The user's own source beside the picture: which lines to show, and which node each one made."""

from __future__ import annotations

import linecache
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Tensor, Value
from autograd.trace import Trace, TraceNode
from viz.caller import Caller
from viz.story.assignments import Scope

CONTEXT, MOST_LINES, LONGEST_LINE = 2, 60, 160


@dataclass(frozen=True)
class Excerpt:
    """Lines of a file that follow one another.

    Attributes:
        file: what to call it: the file's name without its folders, or "In [3]" for a cell.
        first: number of the first line.
        lines: the lines, without what they are all indented by.
    """

    file: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Source to show beside a graph.

    Attributes:
        excerpts: the parts of the files; between two of one file something is left out.
        places: by node the excerpt (from 0) and the number of the line that made it.
        guessed: nodes whose line was read from the source's assignments, not recorded.
    """

    excerpts: tuple[Excerpt, ...] = ()
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    guessed: frozenset[int] = frozenset()

    def line_of(self, node: int) -> str:
        """Give the text of the line that made a node; empty if it is not known."""
        if node not in self.places:
            return ""
        excerpt, line = self.places[node]
        return self.excerpts[excerpt].lines[line - self.excerpts[excerpt].first].strip()


def listing_of(
    trace: Trace, caller: Caller | None = None, *, context: int = CONTEXT, most: int = MOST_LINES
) -> Listing:
    """Find the source lines that made a graph.

    Recorded places come first: Tensors always have them, Values inside `source_lines()`. For other
    nodes with the name of a variable the caller's own source is read: the one assignment to it.
    A node without a name counts to the line of the named result that it flows into.

    Args:
        trace: the graph.
        caller: where the user's code stands; None leaves out the guesses.
        context: lines shown above and below each one that matters.
        most: how many lines are shown at most.

    Returns:
        The listing; empty where nothing is known.
    """
    known = {node.index: node.place for node in trace.nodes if node.place is not None}
    guesses = _guesses(trace, known, caller) if caller is not None else {}
    wanted: dict[str, set[int]] = {}
    texts: dict[str, Sequence[str]] = {}
    places: dict[int, tuple[str, int]] = {}
    for index, (file, line) in sorted({**guesses, **known}.items()):
        if file not in texts:
            texts[file] = _lines_of(file, caller)
        if 1 <= line <= len(texts[file]):
            places[index] = (file, line)
            wanted.setdefault(file, set()).add(line)
    ranges = _fitting(wanted, texts, context, most)
    shown = {}
    for index, (file, line) in places.items():
        for position, (of, first, last) in enumerate(ranges):
            if of == file and first <= line <= last:
                shown[index] = (position, line)
    excerpts = tuple(
        _excerpt(_title(file, caller), first, texts[file][first - 1 : last])
        for file, first, last in ranges
    )
    return Listing(excerpts, shown, frozenset(shown) & frozenset(guesses))


def _guesses(
    trace: Trace, known: Mapping[int, tuple[str, int]], caller: Caller
) -> dict[int, tuple[str, int]]:
    """Read from the caller's assignments where nodes come from that have no recorded place."""
    if all(node.index in known or node.kind == "constant" for node in trace.nodes):
        return {}
    scopes = _scopes(caller)
    found: dict[int, tuple[str, int]] = {}
    for node in trace.nodes:
        if node.index in known or not _is_variable(node, caller.variables):
            continue
        name = node.label.partition("[")[0]
        binding = [entry for entry in scopes if name in entry[1].bindings]
        if binding and (len(binding) == 1 or binding[0][1].is_certain(name)):
            file, scope, before = binding[0]  # of several cells the latest one counts
            line = scope.line_of(node.label, before)
            if line is not None:
                found[node.index] = (file, line)
    return found | _inherited(trace, known, found)


def _inherited(
    trace: Trace, known: Mapping[int, Any], found: Mapping[int, tuple[str, int]]
) -> dict[int, tuple[str, int]]:
    """Let unnamed results count to the line of the named ones that they flow into."""
    consumers: dict[int, set[int]] = {}
    for edge in trace.edges:
        consumers.setdefault(edge.source, set()).add(edge.target)
    lines: dict[int, set[tuple[str, int] | None]] = {}
    inherited = {}
    for node in reversed(trace.nodes):
        if node.index in found or node.index in known or node.named:
            lines[node.index] = {known.get(node.index) or found.get(node.index)}
            continue
        reaches = [lines[index] for index in consumers.get(node.index, ())]
        lines[node.index] = set().union(*reaches)
        (first, *others) = lines[node.index] or {None}
        if node.op is not None and first is not None and not others:
            inherited[node.index] = first
    return inherited


def _is_variable(node: TraceNode, variables: Mapping[str, Any]) -> bool:
    """Say whether a node's name is that of a variable, and not only a label that reads like one."""
    if not node.named or node.kind == "constant":
        return False
    name, is_item, rest = node.label.partition("[")
    thing = variables.get(name)
    if is_item:
        place = rest.removesuffix("]")
        if not isinstance(thing, list | tuple) or not place.isdecimal():
            return False
        thing = thing[int(place)] if int(place) < len(thing) else None
    if not isinstance(thing, Value | Tensor) or np.shape(thing) != node.shape:
        return False
    made_by = thing.op.name if thing.op is not None else None
    return made_by == node.op and (bool(node.shape) or bool(thing.data == node.value))


def _scopes(caller: Caller) -> list[tuple[str, Scope, int]]:
    """Give the sources to look through, the one that counts first: file, bindings, current line."""
    scope = Scope(caller.source(), caller.function, caller.first_line)
    scopes = [(caller.file, scope, caller.line)]
    if caller.function == "<module>":
        for position in range(len(caller.cells) - 2, -1, -1):
            text = caller.cells[position]
            scopes.append((f"In [{position}]", Scope(text), text.count("\n") + 2))
    return scopes


def _lines_of(file: str, caller: Caller | None) -> Sequence[str]:
    if caller is not None and file.startswith("In ["):
        return caller.cells[int(file[4:-1])].splitlines()
    try:
        return [line.rstrip("\n") for line in linecache.getlines(file)]
    except ValueError:  # no file can have such a name
        return []


def _title(file: str, caller: Caller | None) -> str:
    """Name a file for people: a notebook's cell by its number, a file without its folders."""
    if caller is not None and caller.cells and file == caller.file:
        return f"In [{len(caller.cells) - 1}]"
    return file.replace("\\", "/").rpartition("/")[2]


def _fitting(
    wanted: Mapping[str, set[int]], texts: Mapping[str, Sequence[str]], context: int, most: int
) -> list[tuple[str, int, int]]:
    """Choose what to show: the wanted lines with neighbours, fewer of these if it is too much."""
    ranges: list[tuple[str, int, int]] = []
    for around in range(context, -1, -1):
        ranges = [
            (file, first, last)
            for file, lines in wanted.items()
            for first, last in _ranges(sorted(lines), around, len(texts[file]))
        ]
        if sum(last - first + 1 for _, first, last in ranges) <= most:
            return ranges
    fitting, room = [], most
    for file, first, last in reversed(ranges):  # the lines next to the result matter most
        first = max(first, last - room + 1)
        if first <= last:
            fitting.append((file, first, last))
            room -= last - first + 1
    return fitting[::-1]


def _ranges(lines: Sequence[int], around: int, length: int) -> list[tuple[int, int]]:
    """Join lines that stand close together; a gap of one line is not worth a gap."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        first, last = max(1, line - around), min(length, line + around)
        if ranges and first <= ranges[-1][1] + 2:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    return ranges


def _excerpt(file: str, first: int, lines: Sequence[str]) -> Excerpt:
    shown = [_harmless(line) for line in lines]
    indents = [len(line) - len(line.lstrip()) for line in shown if line.strip()]
    indent = min(indents, default=0)
    return Excerpt(file, first, tuple(line[indent:] for line in shown))


def _harmless(line: str) -> str:
    """Make a line of source fit to show: no control characters, of bounded length."""
    kept = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in line.expandtabs(4)[:LONGEST_LINE]
    )
    return kept.rstrip() + ("…" if len(line) > LONGEST_LINE else "")
