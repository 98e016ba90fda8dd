"""Callback: something that looks on while a model is trained, and may act."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from nn.training.run import Run

__all__ = ["Callback", "Monitor"]

_HIGHER = ("acc", "precision", "recall", "f1", "score", "r2", "auc", "top_k")


class Callback:
    """What all callbacks share; a new one writes the methods that it needs.

    ``run`` is the state of the loop: ``run.model``, ``run.optimizer``, ``run.history``,
    ``run.epoch`` and ``run.epochs``, ``run.batch`` and ``run.batches`` (all counted from 0),
    ``run.loss`` of the last batch, ``run.logs`` with the numbers of the epoch that ends, and
    ``run.order``. ``run.stop = True`` ends the training after this batch or epoch. What is put into
    ``run.logs`` goes into the history. Any object with some of these methods will do.

    Attributes:
        adds: The names of what it puts into ``run.logs``.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> class Patience(Callback):
        ...     def on_epoch_end(self, run):
        ...         run.stop = run.epoch == 2
        >>> model = nn.Linear(2, 2)
        >>> nn.fit(model, *xor(), loss="cross_entropy", epochs=99, callbacks=[Patience()]).epochs
        3
    """

    adds: tuple[str, ...] = ()

    def on_train_begin(self, run: Run) -> None:
        """The training begins, or goes on from a checkpoint."""

    def on_epoch_begin(self, run: Run) -> None:
        """An epoch begins."""

    def on_batch_begin(self, run: Run) -> None:
        """A batch begins; the model has not seen it yet."""

    def on_batch_end(self, run: Run) -> None:
        """A batch has ended: the optimizer has made its step, and the gradients are still there."""

    def on_epoch_end(self, run: Run) -> None:
        """An epoch has ended: ``run.logs`` holds what was measured."""

    def on_train_end(self, run: Run) -> None:
        """The training has ended, in whatever way; the model is in eval mode."""

    def state_dict(self) -> dict[str, Any]:
        """Give what a checkpoint must keep, as plain data and arrays."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        vars(self).update(state)


class Monitor:
    """A figure that shall get better, and the best one so far.

    Args:
        asked_by: The callback, for errors.
        name: The figure, such as "val_loss".
        mode: "min" or "max"; "auto" tells by the name.
        min_delta: By how much better counts as better.

    Attributes:
        best: The best so far, or None.

    Raises:
        ValueError: If the mode is unknown, or ``min_delta`` negative.

    Example:
        >>> monitor = Monitor("demo", "val_accuracy")
        >>> [monitor.better(figure) for figure in (0.5, 0.7, 0.6)], monitor.best
        ([True, True, False], 0.7)
    """

    def __init__(
        self, asked_by: str, name: str, mode: str = "auto", min_delta: float = 0.0
    ) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"{asked_by}: mode={mode!r} came; needs 'auto', 'min' or 'max'")
        if not min_delta >= 0:
            raise ValueError(f"{asked_by}: min_delta={min_delta} came; 0 or more is needed")
        self.asked_by, self.name, self.min_delta = asked_by, name, float(min_delta)
        self.highest = mode == "max" or (mode == "auto" and any(word in name for word in _HIGHER))
        self.best: float | None = None

    def check(self, run: Run) -> None:
        """Refuse a figure that the training will not measure.

        Raises:
            ValueError: If there is no such figure.
        """
        if self.name in run.measured:
            return
        close = get_close_matches(self.name, run.measured, n=1, cutoff=0.7)
        hint = f"did you mean {close[0]!r}? " if close and not self._no_validation(run) else ""
        if self._no_validation(run):
            hint = "there is no validation: give validation= or validation_split=. "
        raise ValueError(
            f"{self.asked_by}: monitor={self.name!r} is not measured: {hint}"
            f"There are: {', '.join(run.measured)}"
        )

    def _no_validation(self, run: Run) -> bool:
        return self.name.startswith("val_") and self.name[4:] in run.measured

    def figure(self, run: Run) -> float:
        """Find the figure of the epoch that ends."""
        if self.name not in run.logs:
            self.check(run)
            raise ValueError(
                f"{self.asked_by}: nothing put {self.name!r} into run.logs; there are "
                f"{', '.join(run.logs)}"
            )
        return float(run.logs[self.name])

    def better(self, figure: float) -> bool:
        """Compare with the best so far, and keep the better one.

        Args:
            figure: The new one; nan is never better.
        """
        best = self.best
        if best is None:
            improved = figure == figure
        elif self.highest:
            improved = figure > best + self.min_delta
        else:
            improved = figure < best - self.min_delta
        if improved:
            self.best = figure
        return improved
