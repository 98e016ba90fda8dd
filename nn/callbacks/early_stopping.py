"""EarlyStopping: end a training that gets no better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nn.callbacks.base import Callback, Monitor
from nn.checks.whole_numbers import count_of
from nn.training.run import Run

__all__ = ["EarlyStopping"]


class EarlyStopping(Callback):
    """End the training when a figure has not got better for some epochs.

    Args:
        monitor: The figure, such as "val_loss" or "val_accuracy".
        min_delta: By how much better counts as better.
        patience: How many epochs without improvement are borne before the end.
        mode: "min" if low is good, "max" if high is; "auto" tells by the name.
        baseline: A figure that must be beaten from the first epoch on.
        restore_best_weights: Whether the model is at the end as it was in its best epoch.
        start_from_epoch: How many epochs to wait before looking.
        verbose: 1 to print when the training is ended, and which epoch was best.

    Attributes:
        best: The best figure.
        best_epoch: Its epoch, from 0.
        waited: For how many epochs there was no improvement.
        stopped_epoch: The epoch after which the training was ended; None if it was not.

    Raises:
        ValueError: If a setting is out of range; in ``fit``, if the figure is not measured.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2, generator=0)
        >>> stopping = EarlyStopping("loss", min_delta=1.0, patience=3)
        >>> nn.fit(model, *xor(), loss="cross_entropy", epochs=99, callbacks=stopping).epochs
        4

    Source:
        L. Prechelt, "Early Stopping - But When?" (1998).
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
        *,
        verbose: int = 0,
    ) -> None:
        count_of("EarlyStopping", "patience", patience, least=0)
        self.monitor = Monitor("EarlyStopping", monitor, mode, min_delta)
        self.patience, self.baseline = patience, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self.verbose = verbose
        self._forget()

    def _forget(self) -> None:
        self.monitor.best = None
        self.waited, self.best_epoch = 0, 0
        self.stopped_epoch: int | None = None
        self._weights: dict[str, Any] | None = None

    @property
    def best(self) -> float | None:
        """The best figure so far."""
        return self.monitor.best

    def on_train_begin(self, run: Run) -> None:
        """Begin anew, unless the training goes on from a checkpoint."""
        self.monitor.check(run)
        if not run.resumed:
            self._forget()
        elif self.waited > 0 and self.waited >= self.patience:
            run.stop = True  # it had been ended already

    def on_epoch_end(self, run: Run) -> None:
        """Look at the figure."""
        figure = self.monitor.figure(run)
        if run.epoch < self.start_from_epoch:
            return
        improved = self.monitor.better(figure)
        if improved:
            self.best_epoch = run.epoch
            if self.restore_best_weights:
                self._weights = run.model.state_dict()
        if improved and (self.baseline is None or self._beats(self.baseline, figure)):
            self.waited = 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.stopped_epoch, run.stop = run.epoch, True

    def _beats(self, baseline: float, figure: float) -> bool:
        return figure > baseline if self.monitor.highest else figure < baseline

    def on_train_end(self, run: Run) -> None:
        """Put the best weights back, if that is wanted."""
        if self.verbose and self.stopped_epoch is not None:
            best = (
                "" if self.best is None else f"; best: {self.best:.4g}, epoch {self.best_epoch + 1}"
            )
            print(f"EarlyStopping: {self.monitor.name} after epoch {self.stopped_epoch + 1}{best}")
        if self.restore_best_weights and self._weights is not None:
            run.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """Give the best figure, its weights if they are kept, and for how long there was none."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "weights": self._weights,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.monitor.best, self.best_epoch = state["best"], state["best_epoch"]
        self.waited, self._weights = state["waited"], state["weights"]
