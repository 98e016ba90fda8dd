"""What the examples share: they run from a clone, know ``--quick``, and print tables and times.

Imported before NumPy: the arrays here are small, so one thread computes them fastest.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # nothing needs to be installed


def options(
    description: str | None, arguments: Sequence[str] | None, **numbers: int
) -> argparse.Namespace:
    """Read the command line: ``--quick``, and whole numbers such as ``--seeds 5``."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="make everything small, for tests")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"default: {default}")
    return parser.parse_args(arguments)


class Table:
    """Prints a table row by row, while the figures come in: one column per heading."""

    def __init__(self, *headings: str, wide: int = 0) -> None:
        self.widths = [max(len(heading), 11) for heading in headings]
        self.widths[0] = max(self.widths[0], wide)
        print()
        self.row(*headings)
        print("  ".join("-" * width for width in self.widths))

    def row(self, *cells: Any) -> None:
        """Print one row: words to the left, numbers to the right."""
        texts = [f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in cells]
        first, *rest = zip(texts, self.widths, strict=True)
        line = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]
        print("  ".join(line).rstrip(), flush=True)


class Clock:
    """Counts seconds from when it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self.start
