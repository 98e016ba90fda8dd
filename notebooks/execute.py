"""Run the notebooks and store their outputs.

`python notebooks/execute.py` runs all, `python notebooks/execute.py 01-backprop-step-by-step` one.
Nothing that changes from run to run is stored.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
SECONDS_PER_CELL = 300


def executed(path: Path) -> Any:
    """Run a notebook in a fresh kernel.

    Args:
        path: the notebook; it is only read.

    Returns:
        The notebook with the outputs of this run.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails; the message shows which.
    """
    notebook = nbformat.read(path, as_version=4)
    os.environ.setdefault("PYTHONPATH", str(FOLDER.parent))  # a clone works without installing
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    return notebook


def main(names: list[str]) -> None:
    """Run the named notebooks, or all, and write them back."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        started = time.perf_counter()
        notebook = executed(path)
        notebook.metadata.pop("widgets", None)
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, path)
        kilobytes = path.stat().st_size / 1000
        print(f"{path.stem}: {time.perf_counter() - started:.1f} s, {kilobytes:,.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
