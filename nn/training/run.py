"""Run: the visible state of the training loop, which callbacks look at."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.training.history import History

__all__ = ["MOMENTS", "Run", "checked_callbacks"]

MOMENTS = (
    "on_train_begin",
    "on_epoch_begin",
    "on_batch_begin",
    "on_batch_end",
    "on_epoch_end",
    "on_train_end",
)


@dataclass
class Run:
    """The state of a training, as callbacks see it.

    Attributes:
        model: The model.
        optimizer: Its optimizer.
        epochs: How many epochs there shall be.
        batches: How many batches an epoch has; None if that is not known.
        measured: What every epoch's row will hold, such as "loss" and "val_loss".
        order: The source of the order of the examples.
        callbacks: All callbacks.
        history: The finished epochs.
        epoch: The number of this epoch, from 0.
        batch: The number of this batch in its epoch, from 0.
        loss: The loss of the last batch.
        logs: The row of this epoch, once it is finished; what a callback adds goes to the history.
        stop: Set it to True to end the training after this batch, or this epoch.
        interrupted: Whether Ctrl-C was pressed.
        done: How many batches of this epoch are finished.
        resumed: Whether a checkpoint was loaded.
    """

    model: Any
    optimizer: Any
    epochs: int
    batches: int | None
    measured: tuple[str, ...]
    order: np.random.Generator
    callbacks: tuple[Any, ...] = ()
    history: History = field(default_factory=History)
    epoch: int = 0
    batch: int = 0
    loss: float = float("nan")
    logs: dict[str, float] = field(default_factory=dict)
    stop: bool = False
    interrupted: bool = False
    done: int = 0
    resumed: bool = False
    _begun: list[Any] = field(default_factory=list)

    @property
    def ending(self) -> bool:
        """Whether a callback or Ctrl-C asks for the end."""
        return self.stop or self.interrupted

    def call(self, moment: str) -> None:
        """Tell every callback that has a method for it; the end only those that have begun.

        Args:
            moment: One of MOMENTS.
        """
        ends = moment == "on_train_end"  # one that refused to begin may hold an older training
        for callback in self._begun if ends else self.callbacks:
            method = getattr(callback, moment, None)
            if method is not None:
                method(self)
            if moment == "on_train_begin":
                self._begun.append(callback)

    def note(self, row: dict[str, float]) -> None:
        """Put an epoch's row into the history, let callbacks see it, and keep what they add."""
        self.logs = dict(row)
        self.history.add(row)
        self.call("on_epoch_end")
        self.history.add({name: n for name, n in self.logs.items() if name not in row})


def checked_callbacks(given: Any) -> tuple[Any, ...]:
    """Take callbacks as a user gives them: several, one, or None.

    Args:
        given: What came.

    Returns:
        The callbacks.

    Raises:
        TypeError: If something has none of the methods of a callback, or is a class, or a method
            takes something else than ``run``.

    Example:
        >>> checked_callbacks(None)
        ()
    """
    if given is None:
        return ()
    one = isinstance(given, type) or not isinstance(given, Iterable)
    callbacks = (given,) if one else tuple(given)
    for callback in callbacks:
        if isinstance(callback, type):
            raise TypeError(
                f"fit: the class {callback.__name__} came as a callback; make one with brackets: "
                f"{callback.__name__}(...)"
            )
        if not any(callable(getattr(callback, moment, None)) for moment in MOMENTS):
            hint = "of functions nn.callbacks.LambdaCallback(on_epoch_end=...) makes one"
            if hasattr(callback, "get_last_lr"):
                hint = "of a schedule nn.callbacks.LearningRateScheduler(schedule) makes one"
            raise TypeError(
                f"fit: {type(callback).__name__} came as a callback, and has none of "
                f"{', '.join(MOMENTS)}; {hint}"
            )
        for moment in MOMENTS:
            _check_takes_run(callback, moment)
    return callbacks


def _check_takes_run(callback: Any, moment: str) -> None:
    """Refuse Keras' ``on_epoch_end(epoch, logs)``, which would fail in the middle of a training."""
    try:
        signature = inspect.signature(getattr(callback, moment, None))  # type: ignore[arg-type]
    except (TypeError, ValueError):  # there is no such method, or it does not tell
        return
    try:
        signature.bind(None)
    except TypeError:
        fits = False
    else:
        fits = "logs" not in signature.parameters
    if not fits:
        raise TypeError(
            f"fit: {type(callback).__name__} has {moment}{signature}; here it takes one thing, "
            "run, with run.epoch, run.logs['loss'], run.model and run.optimizer; run.stop = True "
            "ends the training"
        )
