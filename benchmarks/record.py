"""What a benchmark prints is also kept, so that the page of all figures can be made from it.

With ``--json FILE`` a script writes down its tables, its lines, its plots and what was measured.
"""

from __future__ import annotations

import contextlib
import io
import json
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from peers import HERE, installed

BAR_HEADER = ["figure", "measured", "must", "aim", "reached"]
MACHINE_ENDS = "one thread, CPU time"  # the page tells the machine once
_parts: list[dict[str, Any]] = []
_rounds: list[Any] = []


def _shown(text: str) -> None:
    """Print around whoever is listening to the lines."""
    print(text, file=sys.__stdout__, flush=True)


def markdown(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table as Markdown: the first column left, the others right."""
    lines = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(3, *(len(row[i]) for row in lines)) for i in range(len(header))]
    text = []
    for row in lines:
        cells = [
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        text.append("| " + " | ".join(cells) + " |")
    ends = "".join("-" * (w + 1) + (":|" if i else "-|") for i, w in enumerate(widths))
    return "\n".join([text[0], "|" + ends, *text[1:]])


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a Markdown table, and keep it."""
    cells = [[str(cell) for cell in row] for row in rows]
    _parts.append({"kind": "table", "title": title, "header": list(header), "rows": cells})
    _shown(f"\n{title}\n\n{markdown(header, cells)}")


def print_bars(title: str, rows: Sequence[Sequence[str]]) -> None:
    """Print figures beside their bars, and keep them apart: the page has one table of all."""
    cells = [list(row) for row in rows]
    _parts.append({"kind": "bars", "rows": cells})
    _shown(f"\n{title}\n\n{markdown(BAR_HEADER, cells)}")


def plot(
    name: str,
    title: str,
    axes: tuple[str, str],
    series: Mapping[str, Sequence[tuple[float, float]]],
) -> None:
    """Keep the curves of a plot with two logarithmic axes; ``page.py`` draws them.

    Args:
        name: Of the file, without its ending.
        title: What stands above.
        axes: What runs to the right, and what upwards.
        series: Curve by curve the points, each a place and a height.
    """
    lines = {key: [[float(x), float(y)] for x, y in points] for key, points in series.items()}
    _parts.append(
        {"kind": "plot", "name": name, "title": title, "axes": list(axes), "series": lines}
    )


def keep_round(results: Mapping[str, Any]) -> None:
    """Keep the numbers that one round measured, but no texts and no lists of losses."""
    _rounds.append(
        {
            name: {key: thing for key, thing in figures.items() if isinstance(thing, (int, float))}
            for name, figures in results.items()
        }
    )


class _Lines(io.TextIOBase):
    """Stands in for the standard output: shows all that is printed, and keeps it as text."""

    def __init__(self) -> None:
        self.started = ""

    def write(self, text: str) -> int:
        self.started += text
        *lines, self.started = self.started.split("\n")
        for line in lines:
            last = _parts[-1] if _parts and _parts[-1]["kind"] == "text" else None
            if line.endswith(MACHINE_ENDS):
                pass
            elif last:
                last["text"] += f"\n{line}"
            elif line.strip():
                _parts.append({"kind": "text", "text": line})
            _shown(line)
        return len(text)


def processor() -> str:
    """Name the processor."""
    table = Path("/proc/cpuinfo")
    for line in table.read_text().splitlines() if table.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine() -> str:
    """Say what this was measured on."""
    import numpy

    versions = f"Python {platform.python_version()}, NumPy {numpy.__version__}"
    return f"{processor()}, {versions}, {MACHINE_ENDS}"


def recorded(report: Callable[[], None], file: str | None) -> None:
    """Run a report, and write down what it told when a file is named."""
    if file is None:
        report()
        return
    import numpy

    begin = time.time()
    with contextlib.redirect_stdout(_Lines()):
        report()
    main = sys.modules["__main__"]
    for part in _parts:
        if part["kind"] == "text":
            part["text"] = part["text"].strip("\n")
    told = {
        "script": Path(main.__file__ or "").stem,
        "about": (main.__doc__ or "").strip(),
        "quick": "--quick" in sys.argv,
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(time.time() - begin),
        "machine": f"{processor()}, {platform.system()} {platform.machine()}",
        "versions": {
            "Python": platform.python_version(),
            "NumPy": numpy.__version__,
            **installed(),
        },
        "parts": _parts,
        "rounds": _rounds,
    }
    target = Path(file) if Path(file).is_absolute() else HERE / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
