"""One derivative explained as plain text, for a terminal."""

from __future__ import annotations

import math
import textwrap
from itertools import groupby

from viz.formulas.paths import Arrival, Path
from viz.formulas.sections import (
    Section,
    count_words,
    factor_names,
    factor_numbers,
    route,
    sent_lines,
)
from viz.words.numbers import number
from viz.words.wording import formula, name_of, slope_name

WIDTH = 78


def text_of(section: Section) -> str:
    """Write a section as text of at most about 80 columns.

    Args:
        section: what there is to say.

    Returns:
        Lines, without one at the end.
    """
    lines = _wrapped(section.headline, "") + _wrapped(section.sentence, "")
    if section.found.start == section.found.end or section.found.count == 0:
        return "\n".join(lines)
    lines.append("")
    if not section.found.of_numbers:
        return "\n".join(lines + _arrays(section))
    if section.found.count == 1:
        path = section.found.strongest[0]
        lines += _equation(section.name, _chain(section, path), "  ")
        return "\n".join(lines)
    if section.lists_all:
        return "\n".join(lines + _paths(section) + _sum(section))
    lines += _arrivals(section)
    lines += ["", "  The strongest paths:", ""]
    return "\n".join(lines + _paths(section)).rstrip()


def _chain(section: Section, path: Path) -> list[str]:
    """A path's product: names, numbers, result."""
    names = " * ".join(factor_names(path, section.trace))
    if len(path.edges) == 1:
        return [_number(path.product)]
    return [names, " * ".join(factor_numbers(path)), _number(path.product)]


def _paths(section: Section) -> list[str]:
    lines = []
    for position, path in enumerate(section.found.strongest, start=1):
        mark = f"  {position:>2}  "
        lines += _wrapped(route(path, section.trace), mark)
        names = " * ".join(factor_names(path, section.trace))
        lines += _equation(names, _chain(section, path)[-2:] or [], "      ")
        lines.append("")
    return lines


def _sum(section: Section) -> list[str]:
    words = [_number(path.product) for path in section.found.strongest]
    bracketed = [w if not w.startswith("-") or not i else f"({w})" for i, w in enumerate(words)]
    return _equation(section.name, [" + ".join(bracketed), _number(section.found.total)], "  ")


def _arrivals(section: Section) -> list[str]:
    trace = section.trace
    listed = strongest_arrivals(section)
    lines = []
    for arrival in listed:
        target = trace.nodes[arrival.edge.target]
        paths = count_words(arrival.paths)
        made = f"{name_of(target)} = {formula(trace, target)}"
        lines += _wrapped(f"over {made}  ({paths} path{'s' * (arrival.paths > 1)})", "  ")
        names = [slope_name(section.result, target), slope_name(target, section.target)]
        numbers = [_number(arrival.upstream), _number(arrival.local)]
        numbers[1] = f"({numbers[1]})" if numbers[1].startswith("-") else numbers[1]
        sides = [" * ".join(numbers), _number(arrival.contribution)]
        lines += _equation(" * ".join(names), sides, "      ")
    rest = section.found.arrivals
    if len(rest) > len(listed):
        left = math.fsum(a.contribution or 0.0 for a in rest) - math.fsum(
            a.contribution or 0.0 for a in listed
        )
        lines.append(f"  and {len(rest) - len(listed):,} more last steps, together {_number(left)}")
    sign = "=" if len(rest) == 1 else "= the sum of these ="
    return [*lines, "", f"  {section.name} {sign} {_number(section.found.total)}"]


def strongest_arrivals(section: Section) -> list[Arrival]:
    """Give the last steps that contribute most, in the order of the backward pass."""

    def strength(arrival: Arrival) -> float:
        sent = arrival.contribution
        return math.inf if sent is None or math.isnan(sent) else abs(sent)

    kept = sorted(section.found.arrivals, key=strength, reverse=True)[: section.limit]
    return [arrival for arrival in section.found.arrivals if arrival in kept]


def _arrays(section: Section) -> list[str]:
    """What each operation sends back; operations as headings, shapes in a column of their own."""
    sent = sent_lines(section)
    column = min(46, max(len(line.rule) for line in sent) + 6)
    lines: list[str] = []
    for made, group in groupby(sent, key=lambda line: line.made):
        lines += _wrapped(made, "  ") if made else []
        for line in group:
            start = f"    {line.rule}"
            if len(start) > column:
                lines += _wrapped(line.rule, "    ")
                start = ""
            beside = f"{start.ljust(column)}  {line.shapes}".rstrip()
            if line.told and len(beside) + len(line.told) + 3 <= WIDTH:
                lines.append(f"{beside.ljust(column + 14)}   {line.told}")
                continue
            lines.append(beside)
            if line.told:
                lines.append(f"{' ' * column}  {line.told}")
    return lines


def _number(value: float | None) -> str:
    return "?" if value is None else number(value, ascii_only=True)


def _equation(left: str, sides: list[str], indent: str) -> list[str]:
    """Left = right = ..., on one line if it fits, else one equals sign per line."""
    line = f"{indent}{' = '.join([left, *sides])}"
    if len(line) <= WIDTH:
        return [line]
    if len(left) > 30:
        return [*_wrapped(left, indent), *_continued(sides, f"{indent}  = ")]
    first = f"{indent}{left} = "
    return [*_wrapped(sides[0], first), *_continued(sides[1:], f"{' ' * (len(first) - 2)}= ")]


def _continued(sides: list[str], start: str) -> list[str]:
    return [line for side in sides for line in _wrapped(side, start)]


def _wrapped(text: str, start: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
