"""LiveDecisionBoundary: see where a model changes its mind while it learns."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from autograd.node import display
from nn.callbacks.base import Callback
from nn.training.run import Run

__all__ = ["LiveDecisionBoundary"]


class LiveDecisionBoundary(Callback):
    """Draw the decision boundary while a model of two inputs learns.

    In a notebook one picture is drawn anew in its place. Elsewhere, or where a folder is given,
    every picture becomes a file "epoch-0001.png" there. ``viz`` draws, with matplotlib: write
    ``import viz`` before.

    Args:
        X: Points, shape (n, 2).
        y: Their labels, shape (n,).
        every: Draw after so many epochs; the first and the last are always drawn.
        path: A folder for the pictures; it is made if it does not exist.
        settings: Those of ``viz.decision_boundary``, such as ``resolution=80``.

    Attributes:
        picture: The last picture.

    Raises:
        ValueError: If ``every`` is not at least 1; in ``fit``, if there is no notebook and no path.
        RuntimeError: In ``fit``, if ``viz`` is not imported.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        every: int = 1,
        path: str | os.PathLike[str] | None = None,
        **settings: Any,
    ) -> None:
        if every < 1:
            raise ValueError(f"LiveDecisionBoundary: every={every} came; at least 1 is needed")
        self.X, self.y, self.every, self.settings = X, y, every, settings
        self.path = None if path is None else Path(path)
        self.picture: Any = None
        self._drawn = -1
        self._handle: Any = None

    def on_train_begin(self, run: Run) -> None:
        """See that there is something to draw with, and somewhere to show it."""
        if display.boundary is None:
            raise RuntimeError(
                "LiveDecisionBoundary: nothing here can draw yet; write: import viz "
                "(and pip install 'glassgrad[plot]')"
            )
        if self.path is not None:
            self.path.mkdir(parents=True, exist_ok=True)
        elif not _in_a_notebook():
            raise ValueError(
                "LiveDecisionBoundary: this is no notebook; give path=, a folder for the pictures"
            )
        self._drawn, self._handle = -1, None

    def on_epoch_end(self, run: Run) -> None:
        """Draw, if it is time."""
        if run.epoch == 0 or (run.epoch + 1) % self.every == 0:
            self._draw(run, run.epoch)

    def on_train_end(self, run: Run) -> None:
        """Draw the end."""
        last = run.history.epochs - 1
        if last >= 0 and self._drawn != last and display.boundary is not None:
            self._draw(run, last)

    def _draw(self, run: Run, epoch: int) -> None:
        if display.boundary is None:
            return
        self._drawn = epoch
        self.picture = display.boundary(run.model, self.X, self.y, **self.settings)
        figures = [f"{name} {run.logs[name]:.3g}" for name in list(run.logs)[:2]]
        self.picture.set_title(f"epoch {epoch + 1}: {', '.join(figures)}")
        if self.path is not None:
            self.picture.save(self.path / f"epoch-{epoch + 1:04d}.png")
        if _in_a_notebook():
            self._show()

    def _show(self) -> None:
        from IPython.display import display as show

        if self._handle is None:
            self._handle = show(self.picture, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]
        else:
            self._handle.update(self.picture)


def _in_a_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
