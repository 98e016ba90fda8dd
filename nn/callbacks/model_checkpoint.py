"""ModelCheckpoint: save the model while it learns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nn.callbacks.base import Callback, Monitor
from nn.checks.synonyms import either
from nn.training.run import Run

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(Callback):
    """Save the model's weights after each epoch, or only when it is better than ever.

    To go on with a training that was interrupted, use ``fit(checkpoint=...)``, which saves all that
    this needs, not only the weights.

    Args:
        path: The file, .safetensors or .npz; ``{epoch}`` (from 1) and measured figures may stand in
            it: "digits-{epoch:02d}-{val_accuracy:.3f}.npz".
        monitor: The figure that says which is best.
        save_best_only: Whether only a better model is saved.
        mode: "min" if low is good, "max" if high is; "auto" tells by the name.
        every: Save after so many epochs.
        verbose: 1 to print what is saved.
        filepath: Keras' name for the path.

    Raises:
        TypeError: If no path came, or two.
        ValueError: If a setting is out of range, or the folder does not exist; in ``fit``, if a
            figure is not measured.

    Example:
        >>> import nn, tempfile
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     saving = ModelCheckpoint(f"{folder}/line-{{epoch}}.npz", every=2)
        ...     _ = nn.fit(model, *xor(), loss="cross_entropy", epochs=4, callbacks=saving)
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['line-2.npz', 'line-4.npz']
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        monitor: str = "val_loss",
        save_best_only: bool = False,
        mode: str = "auto",
        every: int = 1,
        *,
        verbose: int = 0,
        filepath: str | os.PathLike[str] | None = None,
    ) -> None:
        if every < 1:
            raise ValueError(f"ModelCheckpoint: every={every} came; at least 1 is needed")
        self.path = os.fspath(either("ModelCheckpoint", path=path, filepath=filepath))
        if Path(self.path).suffix not in (".safetensors", ".npz"):
            raise ValueError(
                f"ModelCheckpoint: {self.path!r} came; needs a file .safetensors or .npz"
            )
        if not Path(self.path).absolute().parent.is_dir():
            raise ValueError(
                f"ModelCheckpoint: {self.path!r} is in a folder that does not exist; make it first"
            )
        self.monitor = Monitor("ModelCheckpoint", monitor, mode)
        self.save_best_only, self.every, self.verbose = save_best_only, every, verbose
        self.saved: Path | None = None

    def on_train_begin(self, run: Run) -> None:
        """Check that what shall stand in the file's name, or decide, is measured."""
        if not run.resumed:
            self.monitor.best = None
        if self.save_best_only:
            self.monitor.check(run)
        self._named(0, dict.fromkeys(run.measured, 0.0))

    def on_epoch_end(self, run: Run) -> None:
        """Save the model, if it is time and it is good enough."""
        if self.save_best_only and not self.monitor.better(self.monitor.figure(run)):
            return
        if (run.epoch + 1) % self.every == 0 or self.save_best_only:
            self.saved = self._named(run.epoch + 1, run.logs)
            run.model.save(self.saved)
            if self.verbose:
                print(f"ModelCheckpoint: epoch {run.epoch + 1} saved to {self.saved}")

    def _named(self, epoch: int, logs: Mapping[str, float]) -> Path:
        try:
            return Path(self.path.format(**{**logs, "epoch": epoch}))
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(
                f"ModelCheckpoint: {self.path!r}: {error}; there are: epoch, {', '.join(logs)}"
            ) from error

    def state_dict(self) -> dict[str, Any]:
        """Give the best figure."""
        return {"best": self.monitor.best}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.monitor.best = state["best"]
