"""What a profile holds, and how it is shown: as text, and in notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

__all__ = ["ProfileRow", "ProfileTable", "Total"]


class ProfileRow(NamedTuple):
    """What one op did in one part of the model, in one direction.

    Attributes:
        op: The op's name.
        module: The path of the innermost module it ran in; "" outside ``nn.scopes``.
        phase: "forward" or "backward".
        calls: How often it ran.
        seconds: How long that took.
        bytes: The memory of its results; what is a view of an input takes none.
    """

    op: str
    module: str
    phase: str
    calls: int
    seconds: float
    bytes: int


class Total(NamedTuple):
    """One line of a table: everything an op, or a module, did.

    Attributes:
        name: The op or the module's path.
        calls: How often it ran forward.
        backward_calls: How often a gradient went back through it.
        forward: Seconds forward.
        backward: Seconds backward.
        bytes: The memory of the results, forward.
        backward_bytes: The memory of the gradients it sent.
        share: Its part of the time of all lines, from 0 to 1.
    """

    name: str
    calls: int
    backward_calls: int
    forward: float
    backward: float
    bytes: int
    backward_bytes: int
    share: float


class ProfileTable:
    """Lines sorted by time; printed it is an aligned table, in a notebook a nice one.

    Attributes:
        title: What the lines are: "op" or "module".
        lines: One ``Total`` for each, the longest first.
        footer: A sentence about all of it.
    """

    def __init__(self, title: str, named: Iterable[tuple[str, ProfileRow]], footer: str) -> None:
        self.title, self.footer = title, footer
        sums: dict[str, list[float]] = {}
        for name, row in named:
            line = sums.setdefault(name, [0, 0, 0.0, 0.0, 0, 0])
            back = row.phase == "backward"
            line[back] += row.calls
            line[2 + back] += row.seconds
            line[4 + back] += row.bytes
        whole = sum(line[2] + line[3] for line in sums.values())
        self.lines = [
            Total(
                name, int(a), int(b), forward, backward, int(c), int(d),
                (forward + backward) / whole if whole else 0.0,
            )
            for name, (a, b, forward, backward, c, d) in sums.items()
        ]  # fmt: skip
        self.lines.sort(key=lambda line: (-line.forward - line.backward, line.name))

    def __str__(self) -> str:
        if not self.lines:
            return self.footer
        table = [self._titles(), *map(_cells, self.lines)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if i else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ).rstrip()
            for cells in table
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:], rule, self.footer])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        line = "rgba(128,128,128,.4)"  # grey, and the page's own ink: right on light and on dark
        cell = "padding:.15em 0 .15em 1.2em;text-align:right;white-space:pre;color:inherit"
        first = "padding:.15em 0;text-align:left;white-space:pre;color:inherit"

        def row(tag: str, cells: list[str], share: float = 0.0, style: str = "") -> str:
            bar = (
                f"background:linear-gradient(to left,rgba(230,120,0,.35) {100 * share:.0f}%,"
                f"transparent {100 * share:.0f}%)"
                if share
                else ""
            )
            made = "".join(
                f'<{tag} style="{cell if i else first};'
                f'{bar if i == len(cells) - 1 else ""};{style}">{escape(text)}</{tag}>'
                for i, text in enumerate(cells)
            )
            return f'<tr style="background:none">{made}</tr>'

        if not self.lines:
            return f"<p>{escape(self.footer)}</p>"
        head = row("th", self._titles(), style=f"border-bottom:1px solid {line}")
        body = "".join(row("td", _cells(one), one.share) for one in self.lines)
        return (
            '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums;'
            f'color:inherit;background:none"><thead>{head}</thead><tbody>{body}</tbody></table>'
            f'<p style="margin:.4em 0;font-size:12px;opacity:.75">{escape(self.footer)}</p>'
        )

    def _titles(self) -> list[str]:
        return [
            self.title, "calls", "forward", "memory", "calls back", "backward", "memory back",
            "share",
        ]  # fmt: skip


def _cells(line: Total) -> list[str]:
    ran, back = line.calls, line.backward_calls
    return [
        line.name or "(no module)",
        f"{ran:,}" if ran else "-",
        duration(line.forward) if ran else "-",
        memory(line.bytes) if ran else "-",
        f"{back:,}" if back else "-",
        duration(line.backward) if back else "-",
        memory(line.backward_bytes) if back else "-",
        f"{100 * line.share:.1f}%",
    ]


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it.

    Args:
        seconds: The time.

    Returns:
        Three digits or so.

    Example:
        >>> duration(0.00123), duration(2.5)
        ('1.23 ms', '2.50 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * size:
            return f"{seconds / size:,.{2 if seconds < 9.995 * size else 1}f} {unit}"
    return f"{seconds * 1e6:.1f} us"


def memory(count: int) -> str:
    """Write a number of bytes in the unit that suits it.

    Args:
        count: The number.

    Returns:
        Four digits or fewer.

    Example:
        >>> memory(512), memory(401_408)
        ('512 bytes', '401.4 KB')
    """
    step = next((i for i in range(3) if count < 1000 ** (i + 1)), 3)
    return f"{count / 1000**step:.4g} {('bytes', 'KB', 'MB', 'GB')[step]}"
