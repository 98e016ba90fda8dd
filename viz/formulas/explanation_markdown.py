"""One derivative explained as Markdown for a notebook, and as HTML for a page."""

from __future__ import annotations

from collections.abc import Sequence

from viz.formulas.explanation_latex import latex_of
from viz.formulas.explanation_text import strongest_arrivals
from viz.formulas.sections import (
    Section,
    count_words,
    factor_names,
    factor_numbers,
    route,
    sent_lines,
)
from viz.words.labels import xml
from viz.words.markdown import markdown, table
from viz.words.numbers import MINUS, number
from viz.words.wording import formula, name_of

Table = tuple[list[str], list[list[str]], int]


def markdown_of(section: Section) -> str:
    """Write a section as Markdown: the sentence, the formula, the table.

    Args:
        section: what there is to say.

    Returns:
        Markdown; the labels in it are harmless.
    """
    parts = [f"**{markdown(section.headline)}**", markdown(section.sentence, 400)]
    parts.append(f"$$\n{latex_of(section)}\n$$")
    for header, rows, right in tables_of(section):
        cells = [[markdown(cell) for cell in row] for row in rows]
        parts.append(table(header, cells, right))
    return "\n\n".join(parts)


def html_of(section: Section) -> str:
    """Write a section as HTML; it takes the colours of the page it stands on.

    Args:
        section: what there is to say.

    Returns:
        A `<section>`; the labels in it are harmless.
    """
    parts = [f"<p><strong>{_html(section.headline)}</strong><br>{_html(section.sentence)}</p>"]
    for header, rows, right in tables_of(section):
        titles = "".join(
            f"<th{_side(i, header, right)}>{_html(t)}</th>" for i, t in enumerate(header)
        )
        body = "".join(f"<tr>{_cells('td', row, right)}</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>")
    return f'<section class="glassgrad-explanation">{"".join(parts)}</section>'


def _cells(tag: str, row: Sequence[str], right: int) -> str:
    return "".join(f"<{tag}{_side(i, row, right)}>{_html(c)}</{tag}>" for i, c in enumerate(row))


def _side(position: int, row: Sequence[str], right: int) -> str:
    side = "right" if position >= len(row) - right else "left"
    return f' style="text-align:{side}"'


def _html(text: str) -> str:
    # A backslash could switch a page's MathJax on.
    return xml(text.replace("\\", "\N{FULLWIDTH REVERSE SOLIDUS}"))


def tables_of(section: Section) -> list[Table]:
    """Arrange a section as tables of plain texts: header, rows, how many columns are numbers."""
    found = section.found
    if found.start == found.end or found.count == 0:
        return []
    if not found.of_numbers:
        header = ["operation", "sent back", "shape", "numbers"]
        rows, last = [], ""
        for line in sent_lines(section):
            rows.append([line.made if line.made != last else "", line.rule, line.shapes, line.told])
            last = line.made
        return [(header, rows, 0)]
    tables = [] if section.lists_all else [_last_steps(section)]
    if found.count > 1:
        tables.append(_path_table(section))
    return tables


def _path_table(section: Section) -> Table:
    rows = []
    for path in section.found.strongest:
        names = " · ".join(factor_names(path, section.trace))
        numbers = " · ".join(factor_numbers(path)).replace("-", MINUS)
        product = number(path.product if path.product is not None else float("nan"))
        way = route(path, section.trace).replace(" <- ", " ← ")
        rows.append([way, names, numbers, product])
    if section.lists_all:
        rows.append(["sum", "", "", number(section.found.total or 0.0)])
    title = "path" if section.lists_all else "strongest paths"
    return [title, "local derivatives", "as numbers", "product"], rows, 1


def _last_steps(section: Section) -> Table:
    trace, rows = section.trace, []
    listed = strongest_arrivals(section)
    for arrival in listed:
        target = trace.nodes[arrival.edge.target]
        numbers = [number(n or 0.0) for n in (arrival.upstream, arrival.local)]
        rows.append(
            [
                f"{name_of(target)} = {formula(trace, target)}",
                count_words(arrival.paths),
                f"{numbers[0]} · {numbers[1]}",
                number(arrival.contribution or 0.0),
            ]
        )
    if len(listed) < len(section.found.arrivals):
        rows.append([f"{len(section.found.arrivals) - len(listed):,} more", "", "", ""])
    total = ["sum", count_words(section.found.count), "", number(section.found.total or 0.0)]
    return ["last step", "paths", "upstream · local", "contribution"], [*rows, total], 3
