"""What the linter found, and how it says so: in a terminal, in a notebook, as a warning."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

__all__ = ["DOCS", "Finding", "LintError", "LintWarning", "Report"]

DOCS = "docs/lint.md"


class LintWarning(UserWarning):
    """A mistake that ``autograd.lint(on="warn")`` found, shown at the line where it is made."""


class LintError(RuntimeError):
    """A mistake that ``autograd.lint(on="raise")`` found.

    Attributes:
        finding: What was found.
    """

    def __init__(self, message: str, finding: Finding | None = None) -> None:
        super().__init__(message)
        self.finding = finding


@dataclass(frozen=True)
class Finding:
    """One mistake.

    Attributes:
        code: Its name, such as "no-zero-grad".
        text: A sentence that says what is wrong, with names and numbers.
        fix: What to do.
        file: The file of the line that makes it, if it is known.
        line: The number of that line.
        count: How often it was seen.
    """

    code: str
    text: str
    fix: str
    file: str | None = None
    line: int | None = None
    count: int = 1

    @property
    def link(self) -> str:
        """Where this is explained."""
        return f"{DOCS}#{self.code}"

    @property
    def place(self) -> str:
        """The line, as ``train.py:12``; in a notebook as ``line 12 of the cell``."""
        if self.file is None:
            return ""
        if "ipykernel_" in self.file or self.file.startswith("<ipython"):
            return f"line {self.line} of the cell"
        return f"{self.file.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"

    @property
    def source(self) -> str:
        """The text of the line, as far as it can be read."""
        if self.file is None or self.line is None:
            return ""
        return linecache.getline(self.file, self.line).strip()

    @property
    def message(self) -> str:
        """Text, fix and link in one line."""
        return f"{self.text} {self.fix} ({self.link})"

    def __str__(self) -> str:
        where = f"{self.place}  {self.source}".strip()
        often = f", seen {self.count} times" if self.count > 1 else ""
        lines = [f"{self.code}{often}", where, self.text, f"Fix: {self.fix}", f"See {self.link}"]
        return "\n    ".join(line for line in lines if line)


class Report:
    """The findings of a block, each once, in the order in which they were made.

    Attributes:
        findings: The findings.
        steps: How many backward passes were seen.
        failed: Checks that ended in an error of their own and were given up: normally empty.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.failed: list[str] = []
        self._found: dict[tuple[str, str], Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return list(self._found.values())

    @property
    def codes(self) -> list[str]:
        """The names of the mistakes, each once."""
        return list(dict.fromkeys(finding.code for finding in self.findings))

    def add(self, subject: str, finding: Finding) -> bool:
        """Note a finding, or that it was made once more.

        Args:
            subject: What it is about: the same mistake elsewhere is another finding.
            finding: The finding.

        Returns:
            Whether it is new.
        """
        before = self._found.get((finding.code, subject))
        if before is not None:
            self._found[finding.code, subject] = replace(before, count=before.count + 1)
            return False
        self._found[finding.code, subject] = finding
        return True

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __bool__(self) -> bool:
        return True  # a report is there also if it holds nothing

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = [self._heading()]
        lines += [f"{i}. {finding}" for i, finding in enumerate(self.findings, start=1)]
        return "\n".join(lines)

    def _heading(self) -> str:
        passes = f"{self.steps} backward pass{'es' * (self.steps != 1)}"
        many = len(self)
        if not many:
            return f"lint: nothing found in {passes}"
        return f"lint: {many} finding{'s' * (many != 1)} in {passes}"

    def _repr_html_(self) -> str:
        return "".join([_STYLE, f'<div class="gg-lint"><p><b>{escape(self._heading())}</b></p>',
                        *map(_card, self.findings), "</div>"])  # fmt: skip


def _card(finding: Finding) -> str:
    often = f" <small>seen {finding.count} times</small>" if finding.count > 1 else ""
    where = ""
    if finding.place:
        source = f" <code>{_text(finding.source)}</code>" if finding.source else ""
        where = f'<p class="where"><code>{_text(finding.place)}</code>{source}</p>'
    return (
        f"<section><p><b>{_text(finding.code)}</b>{often}</p>{where}"
        f"<p>{_text(finding.text)}</p><p><b>Fix</b> {_text(finding.fix)}</p>"
        f"<p><small>{_text(finding.link)}</small></p></section>"
    )


def _text(words: str) -> str:
    return escape(words).replace("$", "&#36;")  # which notebooks take for the start of a formula


# grey and the page's own ink are right on light and on dark; the mark at the side is orange on both
_STYLE = (
    "<style>.gg-lint{color:inherit;max-width:60em}.gg-lint section{margin:.6em 0;padding:.1em 0 "
    ".1em .8em;border-left:3px solid rgba(230,120,0,.8)}.gg-lint p{margin:.25em 0}"
    ".gg-lint code{background:rgba(128,128,128,.15);color:inherit;padding:.05em .3em;"
    "white-space:pre-wrap;overflow-wrap:anywhere}.gg-lint small{opacity:.75}</style>"
)
