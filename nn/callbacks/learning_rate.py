"""LearningRateScheduler: change the learning rate while a model learns."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nn.callbacks.base import Callback, Monitor
from nn.checks.choices import check_name
from nn.optim.lr_scheduler import ReduceLROnPlateau
from nn.training.run import Run

__all__ = ["LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Set the learning rate by a function, or by any schedule of ``nn.optim.lr_scheduler``.

    The learning rate at the end of each epoch goes into the history as "lr".

    Args:
        schedule: A function of (epoch) or (epoch, lr), with epochs from 0, that gives the learning
            rate; or a schedule; or what makes one of the optimizer, such as
            ``functools.partial(StepLR, step_size=3)``.
        per: When a schedule takes its step: after each "epoch", or after each "batch".
        monitor: What ``ReduceLROnPlateau`` looks at.

    Raises:
        TypeError: If it can be none of these.
        ValueError: If a function gives a negative rate, or the schedule is for another optimizer,
            or needs a figure that is not there after each batch.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2)
        >>> falling = LearningRateScheduler(lambda epoch, lr: lr / 2 if epoch else lr)
        >>> optimizer = nn.SGD(model.parameters(), lr=0.4)
        >>> nn.fit(model, *xor(), loss="cross_entropy", optimizer=optimizer, epochs=3,
        ...        callbacks=[falling])["lr"]
        [0.4, 0.2, 0.1]
    """

    adds = ("lr",)

    def __init__(self, schedule: Any, per: str = "epoch", monitor: str = "val_loss") -> None:
        name = type(self).__name__
        self.per = check_name(name, "per", per, ["epoch", "batch"])
        self.monitor = Monitor(name, monitor)
        made = hasattr(schedule, "get_last_lr") and not isinstance(schedule, type)
        self.schedule = schedule if made else None
        self._make = None if self.schedule is not None else schedule
        self._function: Callable[..., float] | None = None
        self._saved: Mapping[str, Any] | None = None
        if self._make is None:
            return
        if not callable(schedule):
            raise TypeError(
                f"LearningRateScheduler: {type(schedule).__name__} came; give a function of the "
                "epoch, or a schedule of nn.optim.lr_scheduler"
            )
        if not _makes_schedules(schedule):
            self._function, self._make = schedule, None

    def on_train_begin(self, run: Run) -> None:
        """Make the schedule, if that was left to this callback."""
        if self._make is not None and (not run.resumed or self.schedule is None):
            rates = [group["lr"] for group in run.optimizer.param_groups]
            self.schedule = self._make(run.optimizer)
            if self._saved is not None:
                self.schedule.load_state_dict(self._saved)
                self._saved = None
                for group, rate in zip(run.optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate  # as the checkpoint has it, whatever the schedule began with
        if self.schedule is None:
            return
        if self.schedule.optimizer is not run.optimizer:
            raise ValueError(
                "LearningRateScheduler: the schedule is for another optimizer; make it of the one "
                "that is trained with"
            )
        if isinstance(self.schedule, ReduceLROnPlateau):
            if self.per == "batch":
                raise ValueError(
                    "LearningRateScheduler: ReduceLROnPlateau looks at a figure of each epoch; "
                    "needs per='epoch'"
                )
            self.monitor.check(run)

    def on_epoch_begin(self, run: Run) -> None:
        """Ask the function."""
        if self._function is None:
            return
        for group in run.optimizer.param_groups:
            both = (run.epoch, group["lr"])
            rate = self._function(*both[: 2 if _arguments(self._function) > 1 else 1])
            if not isinstance(rate, (int, float, np.number)) or not 0 <= rate < math.inf:
                raise ValueError(
                    f"LearningRateScheduler: the function gave {rate!r} for epoch {run.epoch}; "
                    "needs a finite number of 0 or more"
                )
            group["lr"] = float(rate)

    def on_batch_end(self, run: Run) -> None:
        """Go on, where a batch is a step."""
        if self.schedule is not None and self.per == "batch":
            self.schedule.step()

    def on_epoch_end(self, run: Run) -> None:
        """Note the learning rate, and go on, where an epoch is a step."""
        run.logs["lr"] = run.optimizer.param_groups[0]["lr"]
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(self.monitor.figure(run))
        elif self.schedule is not None and self.per == "epoch":
            self.schedule.step()

    def state_dict(self) -> dict[str, Any]:
        """Give the state of the schedule."""
        return {} if self.schedule is None else {"schedule": self.schedule.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        if self.schedule is None:
            self._saved = state["schedule"]  # there is no schedule yet: on_train_begin makes it
        else:
            self.schedule.load_state_dict(state["schedule"])


def _makes_schedules(thing: Any) -> bool:
    """Whether it is a class of schedules, or a partial of one."""
    thing = getattr(thing, "func", thing)
    return isinstance(thing, type) and hasattr(thing, "get_last_lr")


def _arguments(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    return sum(
        p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        for p in parameters
    )
