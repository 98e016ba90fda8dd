"""ReduceLROnPlateau: a lower learning rate when a figure gets better no more, as Keras counts."""

from __future__ import annotations

from functools import partial

from nn.callbacks.base import Monitor
from nn.callbacks.learning_rate import LearningRateScheduler
from nn.checks.sizes import at_least_zero
from nn.modules.parameter import Parameter
from nn.optim import SGD, lr_scheduler
from nn.optim.lr_scheduler.schedule import at_least
from nn.training.run import Run

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(LearningRateScheduler):
    """Multiply the learning rate by a factor when a figure has not got better for some epochs.

    The work is done by ``nn.optim.lr_scheduler.ReduceLROnPlateau``, which has PyTorch's names and
    waits one epoch longer for the same ``patience``. The learning rate of each epoch goes into the
    history as "lr".

    Args:
        monitor: The figure.
        factor: The factor, below 1.
        patience: After how many epochs without improvement the rate falls.
        verbose: 1 to print each new rate.
        mode: "min" if low is good, "max" if high is; "auto" tells by the name.
        min_delta: By how much better counts as better.
        cooldown: How many epochs after a change are not counted, the first one excepted.
        min_lr: The lowest learning rate.

    Raises:
        ValueError: If a setting is out of range; in ``fit``, if the figure is not measured.
        TypeError: If a setting is no number.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2)
        >>> falling = ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100.0)
        >>> optimizer = nn.SGD(model.parameters(), lr=0.4)
        >>> nn.fit(model, *xor(), loss="cross_entropy", optimizer=optimizer, epochs=4,
        ...        callbacks=falling)["lr"]
        [0.4, 0.4, 0.2, 0.1]
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        name = type(self).__name__
        at_least_zero(name, "min_delta", min_delta)
        waits = at_least(name, "patience", patience, 0), at_least(name, "cooldown", cooldown, 0)
        highest = Monitor(name, monitor, mode).highest
        make = partial(
            lr_scheduler.ReduceLROnPlateau,
            mode="max" if highest else "min",
            factor=factor,
            patience=max(waits[0] - 1, 0),  # PyTorch's bears so many, Keras' acts at the last
            threshold=min_delta,
            threshold_mode="abs",
            cooldown=max(waits[1] - 1, 0),
            min_lr=min_lr,
        )
        make(SGD([Parameter([0.0])], lr=1.0))  # so that a wrong setting is told here
        super().__init__(make, monitor=monitor)
        self.verbose = verbose

    def on_epoch_end(self, run: Run) -> None:
        """Note the learning rate, and lower it if it is time."""
        super().on_epoch_end(run)
        rate = run.optimizer.param_groups[0]["lr"]
        if self.verbose and rate != run.logs["lr"]:
            print(f"{type(self).__name__}: epoch {run.epoch + 1}: learning rate {rate:.4g}")
