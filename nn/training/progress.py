"""The progress bar of a training, in a terminal or a notebook."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from nn.training.run import Run

__all__ = ["Progress"]


class Progress:
    """A bar that grows with every batch, and tells the loss; nothing where nobody looks.

    Args:
        run: The training.
        shown: Whether to show it; None where there is a terminal or a notebook.

    Attributes:
        shown: Whether it is.
    """

    def __init__(self, run: Run, shown: bool | None) -> None:
        from tqdm.auto import tqdm  # here, because it takes longer to import than all of nn

        self._run, self._steps = run, run.batches or 1
        self.shown = _somebody_looks() if shown is None else shown
        self._bar = tqdm(
            total=run.epochs * self._steps,
            initial=run.epoch * self._steps + run.done,
            desc=self._title(),
            disable=not self.shown,
            bar_format="{desc} |{bar}| {percentage:3.0f}% [{elapsed}<{remaining}{postfix}]",
        )

    def _title(self) -> str:
        return f"epoch {min(self._run.epoch + 1, self._run.epochs)}/{self._run.epochs}"

    def epoch(self) -> None:
        """A new epoch begins."""
        self._bar.set_description_str(self._title(), refresh=False)

    def batch(self) -> None:
        """A batch was finished."""
        if self._run.batches is not None:
            self._bar.update()

    def row(self, row: Mapping[str, float]) -> None:
        """An epoch was finished.

        Args:
            row: What was measured, the seconds last.
        """
        shown = dict.fromkeys(["loss", list(row)[-2]])  # more would leave no room for the bar
        self._bar.set_postfix({name: f"{row[name]:.4g}" for name in shown}, refresh=False)
        if self._run.batches is None:
            self._bar.update()

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


def _somebody_looks() -> bool:
    """Whether the errors' stream is a terminal, or this is a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if type(shell).__name__ == "ZMQInteractiveShell":
        return True
    return bool(getattr(sys.stderr, "isatty", lambda: False)())
