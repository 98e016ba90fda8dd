"""TensorBoard: what was measured, for TensorBoard's pages."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from nn.callbacks.base import Callback
from nn.checks.synonyms import either
from nn.training.run import Run

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Write what is measured to a folder that ``tensorboard --logdir`` shows.

    "loss" becomes "loss/train", "val_loss" becomes "loss/validation", and so for every metric. It
    uses the library tensorboardX: ``pip install 'glassgrad[tensorboard]'``.

    Args:
        folder: Where to write, by default "runs"; each training should have one of its own.
        histograms: After how many epochs all weights and gradients are written, too; 0 for never.
        log_dir: Keras' name for the folder.

    Raises:
        TypeError: If folder and log_dir came.
        ImportError: If tensorboardX is not installed.
        ValueError: If ``histograms`` is negative.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        histograms: int = 0,
        *,
        log_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        nothing = folder is None and log_dir is None
        folder = "runs" if nothing else either("TensorBoard", folder=folder, log_dir=log_dir)
        if histograms < 0:
            raise ValueError(f"TensorBoard: histograms={histograms} came; 0 or more are needed")
        _writer_class()
        self.folder, self.histograms = os.fspath(folder), histograms
        self._writer: Any = None

    def on_train_begin(self, run: Run) -> None:
        """Open the file."""
        later = {"purge_step": run.epoch + 1} if run.resumed else {}
        self._writer = _writer_class()(self.folder, **later)

    def on_epoch_end(self, run: Run) -> None:
        """Write what was measured, with the epoch, from 1, as step."""
        step = run.epoch + 1
        for name, figure in run.logs.items():
            plain = name.removeprefix("val_")
            both = plain == "loss" or f"val_{plain}" in run.measured
            side = "validation" if name != plain else "train"
            self._writer.add_scalar(f"{plain}/{side}" if both else name, figure, step)
        if self.histograms and step % self.histograms == 0:
            for name, parameter in run.model.named_parameters():
                self._writer.add_histogram(f"weights/{name}", np.asarray(parameter.data), step)
                if parameter.grad is not None:
                    self._writer.add_histogram(
                        f"gradients/{name}", np.asarray(parameter.grad), step
                    )
        self._writer.flush()

    def on_train_end(self, run: Run) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _writer_class() -> Any:
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise ImportError(
            "TensorBoard: the library tensorboardX is missing; install it: "
            "pip install 'glassgrad[tensorboard]'"
        ) from error
    return SummaryWriter
