"""The page of all figures, ``docs/benchmarks.md``, and its plots, from what was measured last.

It reads the files that ``make bench`` wrote to ``docs/benchmarks`` and nothing else, so it can be
made again at any time, and a test sees to it that no figure was changed by hand.

    python benchmarks/page.py
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curves import drawn
from record import BAR_HEADER, markdown

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER = DOCS / "benchmarks"
ORDER = (
    "scalar", "replay", "tensor", "conv", "recurrent", "memory", "growth", "startup", "pictures",
)  # fmt: skip

INTRODUCTION = """\
# Benchmarks

How fast the engine is, and how small, beside hand-written NumPy and the libraries that people know.
This page is made by a script from the figures that `make bench` measured; nothing on it is typed.

```sh
make bench-peers   # the other libraries, each in an environment of its own below .bench
make bench         # about ten minutes on a quiet machine: every table, every plot, this page
make bench-page    # this page again from the figures in docs/benchmarks
```

"""
METHOD = """\
## How it is measured

- One thread for everybody, and CPU time of the process, not the clock on the wall.
- Every contender runs in a process of its own, and a peer in an environment of its own. Contenders
  take turns: A B C, then C B A, and so on. Ratios are taken within a round, and their median over
  the rounds is quoted: absolute figures drift by half between runs, ratios by some 15 %.
- A step is forward, backward and update, timed once it is warm. What is compiled first (PyTorch
  compiled, JAX, tinygrad) is timed without its compilation.
- All contenders begin with the same weights and the same data, and their losses are compared
  before a table is printed. A contender that is missing is left out, and a line says so.
- Memory is the most that is alive at once beyond parameters and data.
- *Must* and *aim* are bars set before the work was done; they come from prototypes and from peers.

"""
LOSSES = """\

What no table shows: accelerators and many threads, which nothing here uses, for us or for the
peers; and the seconds that PyTorch compiled, JAX and tinygrad take to compile every new program,
which they pay once and we never.
"""
OURS = ("glassgrad", "eager", "replay", "together")


def told() -> dict[str, Any]:
    """Everything that was measured last, script by script."""
    files = {name: FOLDER / f"{name}.json" for name in ORDER}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.exists()
    }


def page(measured: dict[str, Any]) -> str:
    """Write the page.

    Args:
        measured: Script by script what ``--json`` wrote.

    Returns:
        The text in Markdown.
    """
    parts = [INTRODUCTION, _where(measured), METHOD]
    bars = _bars(measured)
    if bars:
        parts.append(bars)
    parts.append(_losses(measured))
    parts += [_section(one) for one in measured.values()]
    return "".join(part.rstrip("\n") + "\n\n" for part in parts).rstrip("\n") + "\n"


def plots(measured: dict[str, Any]) -> dict[str, str]:
    """Draw every plot: the names of the files and their SVG."""
    return {
        f"{part['name']}.svg": drawn(part["title"], part["axes"], part["series"])
        for one in measured.values()
        for part in one["parts"]
        if part["kind"] == "plot"
    }


def _where(measured: dict[str, Any]) -> str:
    """When, on which machine and with which versions; once if all are alike."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for name, one in measured.items():
        versions = ", ".join(f"{who} {which}" for who, which in one["versions"].items())
        rows.setdefault((one["date"], one["machine"], versions), []).append(name)
    lines = ["## Where and when\n\n"]
    for (date, machine, versions), names in rows.items():
        which = "" if len(rows) == 1 else f" ({', '.join(names)})"
        lines.append(f"- {date}{which}: {machine}; {versions}.\n")
    short = [name for name, one in measured.items() if one["quick"]]
    if short:
        lines.append(
            f"- **Not measured yet, only tried with `--quick`: {', '.join(short)}.** "
            "Those figures show that the scripts work, no more.\n"
        )
    return "".join(lines)


def _bars(measured: dict[str, Any]) -> str:
    """All bars in one table, and how many of them are reached."""
    rows = [
        [row[0], *row[1:], f"[{name}](#{_anchor(_heading(one))})"]
        for name, one in measured.items()
        for part in one["parts"]
        if part["kind"] == "bars"
        for row in part["rows"]
    ]
    if not rows:
        return ""
    count = {word: sum(row[4] == word for row in rows) for word in ("aim", "must")}
    judged = sum(bool(row[4]) for row in rows)  # a figure without a bar explains another one
    missed = judged - sum(count.values())
    summary = (
        f"Of {judged} figures {count['aim']} reach their aim, {count['must']} what they must "
        f"reach, and {missed} neither.\n\n"
    )
    return f"## The bars\n\n{summary}{markdown([*BAR_HEADER, 'table'], rows)}\n\n"


def _losses(measured: dict[str, Any]) -> str:
    """Who is faster than the fastest way of ours, table by table."""
    lines = ["## What we lose\n\n"]
    for one in measured.values():
        for part in one["parts"]:
            if part["kind"] != "table" or not part["header"][1].startswith("microseconds"):
                continue
            taken = {row[0]: float(row[1].replace(",", "")) for row in part["rows"]}
            ours = min((t for who, t in taken.items() if who.startswith(OURS)), default=0.0)
            faster = [
                f"{who} takes {t / ours:.2f} of our time" for who, t in taken.items() if t < ours
            ]
            if faster:
                title = part["title"].partition(" (")[0]
                lines.append(f"- {_heading(one)}. {title}: {', '.join(faster)}.\n")
    if len(lines) == 1:
        lines.append("- In no table is anybody faster.\n")
    return "".join(lines) + LOSSES


def _heading(one: dict[str, Any]) -> str:
    return str(one["about"].partition(":")[0])


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-").replace(",", "")


def _section(one: dict[str, Any]) -> str:
    heading, _, about = one["about"].partition(":")
    sentences = [p for p in about.strip().split("\n\n") if not p.startswith("    ")]
    sentences[0] = sentences[0][:1].upper() + sentences[0][1:]
    lines = [f"## {heading}\n\n", "\n\n".join(sentences).replace("``", "`") + "\n\n"]
    lines.append(f"`python benchmarks/{one['script']}.py` ({one['seconds']} s)\n\n")
    lines += [_part(part) for part in one["parts"]]
    return "".join(lines)


def _part(part: dict[str, Any]) -> str:
    if part["kind"] == "table":
        return f"{part['title']}:\n\n{markdown(part['header'], part['rows'])}\n\n"
    if part["kind"] == "bars":
        return ""  # they stand together further up
    if part["kind"] == "plot":
        about = f"{part['title']}: {part['axes'][1]} against {part['axes'][0]}"
        return f"![{about}](benchmarks/{part['name']}.svg)\n\n"
    return f"```text\n{part['text']}\n```\n\n"


def write(measured: dict[str, Any], docs: Path = DOCS) -> Sequence[Path]:
    """Write the page and its plots; give the files."""
    files = {docs / "benchmarks.md": page(measured)}
    files |= {docs / "benchmarks" / name: svg for name, svg in plots(measured).items()}
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


if __name__ == "__main__":
    for written in write(told()):
        print(written.relative_to(DOCS.parent))
