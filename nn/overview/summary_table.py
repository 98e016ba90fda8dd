"""What a summary of a model holds, and how it is shown: as text, and in notebooks."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Row", "Summary"]


class Row(NamedTuple):
    """One module of a model.

    Attributes:
        path: Where it is, such as "features.0"; "" for the model itself.
        name: The path from the row it is indented under.
        kind: The name of its class.
        depth: How many modules it is in.
        shapes: The shapes of what came out of its last call; empty if it was not called.
        parameters: How many numbers it learns or learnt that no row above has; None if not known.
        frozen: How many of them learn no more.
        shared: How many more it has in common with rows above.
        multiply_adds: How many multiply-adds it took, without the rows below; None if not known.
        calls: How often it was called.
    """

    path: str
    name: str
    kind: str
    depth: int
    shapes: tuple[tuple[int, ...], ...]
    parameters: int | None
    frozen: int
    shared: int
    multiply_adds: int | None
    calls: int


class Summary:
    """What ``nn.summary`` tells; printed it is a table, in a notebook a nice one.

    Attributes:
        rows: One ``Row`` for each module.
        parameters: How many numbers there are to learn, shared ones counted once, and layers that
            have no size yet not counted.
        frozen: How many of them learn no more.
        buffers: How many numbers are saved and not learned.
        bytes: The size of all these numbers.
        multiply_adds: How many multiply-adds the run took; None without an input.
        inputs: The shapes of the inputs.
    """

    def __init__(
        self,
        rows: list[Row],
        parameters: int,
        frozen: int,
        buffers: int,
        bytes: int,
        multiply_adds: int | None,
        inputs: tuple[tuple[int, ...], ...],
    ) -> None:
        self.rows = rows
        self.parameters, self.frozen, self.buffers = parameters, frozen, buffers
        self.bytes, self.multiply_adds, self.inputs = bytes, multiply_adds, inputs

    @property
    def trainable(self) -> int:
        """How many numbers learn."""
        return self.parameters - self.frozen

    def __str__(self) -> str:
        table = [self._titles(), *(self._cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if i < 2 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ).rstrip()
            for cells in table
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:], rule, *self._totals()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        line, quiet = "rgba(128,128,128,.4)", "opacity:.75;font-weight:normal"
        cell = "padding:.15em .9em .15em 0;text-align:{};white-space:pre;color:inherit"
        sides = ["left", "left", *["right"] * 9]

        def row(tag: str, cells: list[str], style: str = "") -> str:
            made = "".join(
                f'<{tag} style="{cell.format(side)};{style}">{_indented(text)}</{tag}>'
                for text, side in zip(cells, sides, strict=False)
            )
            return f"<tr>{made}</tr>"

        from html import escape  # here and below, as only notebooks ask

        head = row("th", self._titles(), f"border-bottom:1px solid {line}")
        body = "".join(row("td", self._cells(r)) for r in self.rows)
        foot = "<br>".join(map(escape, self._totals()))
        return (
            '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums;'
            f'color:inherit;background:none"><thead>{head}</thead><tbody>{body}</tbody></table>'
            f'<p style="margin:.4em 0;font-size:12px;{quiet}">{foot}</p>'
        )

    def _titles(self) -> list[str]:
        titles = ["layer", "output", "parameters"]
        titles += ["frozen"] if self.frozen else []
        return [*titles, "multiply-adds"] if self.inputs else titles

    def _cells(self, row: Row) -> list[str]:
        cells = [
            "  " * row.depth + (f"{row.name} ({row.kind})" if row.name else row.kind),
            ", ".join(map(str, row.shapes[:2])) + ", ..." * (len(row.shapes) > 2),
            _count(row.parameters),
        ]
        if row.shared:
            more = f"{row.shared:,} shared"
            cells[2] = f"{cells[2]} + {more}" if row.parameters else more
        cells[1] += f" x{row.calls}" * (row.calls > 1)
        cells += [_count(row.frozen)] if self.frozen else []
        return [*cells, _count(row.multiply_adds)] if self.inputs else cells

    def _totals(self) -> list[str]:
        learn = f", {self.frozen:,} of them frozen" if self.frozen else ""
        unsized = any(row.parameters is None for row in self.rows)
        unknown = ", and those of layers that have no size yet" if unsized else ""
        totals = [f"{self.parameters:,} parameters{learn}{unknown}"]
        totals += [
            "? is known once an input has come: summary((64, 8)) tries one of that shape"
        ] * unsized
        totals += [f"{self.buffers:,} numbers in buffers"] if self.buffers else []
        totals += [f"{_size(self.bytes)} in all" if self.buffers else _size(self.bytes)]
        if self.multiply_adds is not None:
            least = "at least " * any(row.multiply_adds is None for row in self.rows)
            given = ", ".join(map(str, self.inputs))
            totals += [f"{least}{self.multiply_adds:,} multiply-adds for an input of {given}"]
        return totals


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}" if number else "-"


def _indented(text: str) -> str:
    """Text for HTML, indented by spaces as wide as a letter is high."""
    from html import escape

    plain = text.lstrip()
    return "\u2003" * ((len(text) - len(plain)) // 2) + escape(plain)


def _size(count: int) -> str:
    step = next((i for i in range(3) if count < 1000 ** (i + 1)), 3)
    return f"{count / 1000**step:.4g} {('bytes', 'KB', 'MB', 'GB')[step]}"
