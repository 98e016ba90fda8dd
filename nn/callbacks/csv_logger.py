"""CSVLogger: what was measured, as a table in a file."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from nn.callbacks.base import Callback
from nn.checks.synonyms import either
from nn.training.run import Run

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Write a line for every epoch to a CSV file: the epoch, from 1, and what was measured.

    A training that goes on from a checkpoint goes on in the same file; lines of epochs that the
    checkpoint does not know are taken out first.

    Args:
        path: The file.
        separator: What stands between the columns.
        append: Whether to add to a file that exists.
        filename: Keras' name for the path.

    Raises:
        TypeError: If no path came, or two.
        ValueError: If the folder does not exist.

    Example:
        >>> import nn, tempfile
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     logger = CSVLogger(f"{folder}/training.csv")
        ...     _ = nn.fit(model, *xor(), loss="cross_entropy", epochs=2, callbacks=logger)
        ...     lines = Path(f"{folder}/training.csv").read_text().splitlines()
        >>> lines[0], len(lines)
        ('epoch,loss,accuracy,seconds', 3)
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        separator: str = ",",
        append: bool = False,
        *,
        filename: str | os.PathLike[str] | None = None,
    ) -> None:
        path = either("CSVLogger", path=path, filename=filename)
        self.path, self.separator, self.append = Path(path), separator, append
        if not self.path.absolute().parent.is_dir():
            raise ValueError(
                f"CSVLogger: {os.fspath(self.path)!r} is in a folder that does not exist; make it "
                "first"
            )
        self._columns: list[str] | None = None

    def on_train_begin(self, run: Run) -> None:
        """Empty the file, or find out where to go on."""
        self._columns = None
        lines: list[list[str]] = []
        if (self.append or run.resumed) and self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                lines = list(csv.reader(file, delimiter=self.separator))
        if lines:
            self._columns = lines[0][1:]
        if run.resumed:
            lines = lines[:1] + [line for line in lines[1:] if int(line[0]) <= run.epoch]
        if run.resumed or not lines:
            self._write(lines, "w")

    def on_epoch_end(self, run: Run) -> None:
        """Write a line."""
        lines: list[list[str]] = []
        if self._columns is None:
            self._columns = list(run.logs)
            lines.append(["epoch", *self._columns])
        figures = [repr(float(run.logs.get(name, float("nan")))) for name in self._columns]
        lines.append([str(run.epoch + 1), *figures])
        self._write(lines, "a")

    def _write(self, lines: list[list[str]], mode: str) -> None:
        with self.path.open(mode, newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=self.separator, lineterminator="\n").writerows(lines)
