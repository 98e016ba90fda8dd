"""A learning rate that falls when learning stalls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nn.checks.choices import check_name
from nn.checks.sizes import at_least_zero
from nn.optim.lr_scheduler.schedule import LRScheduler, at_least, known_optimizer
from nn.optim.optimizer import Optimizer

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau:
    """Multiply by a factor when a figure has not got better for a while.

    Args:
        optimizer: Whose learning rates change.
        mode: "min" if smaller is better, "max" if larger is.
        factor: The factor.
        patience: How many steps without improvement are borne.
        threshold: How much better counts as better.
        threshold_mode: "rel": by this share of the best; "abs": by this much.
        cooldown: How many steps to wait after a change.
        min_lr: The lowest learning rate.

    Example:
        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.8)
        >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
        >>> for loss in [3.0, 2.0, 2.0, 2.0]:
        ...     schedule.step(loss)
        >>> schedule.get_last_lr()
        [0.4]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        name = "ReduceLROnPlateau"
        self.optimizer = known_optimizer(name, optimizer)
        self.mode = check_name(name, "mode", mode, ("min", "max"))
        self.factor = at_least_zero(name, "factor", factor)
        if factor >= 1:
            raise ValueError(f"{name}: factor={factor} came; below 1 is needed")
        self.patience = at_least(name, "patience", patience, 0)
        self.threshold = at_least_zero(name, "threshold", threshold)
        self.threshold_mode = check_name(name, "threshold_mode", threshold_mode, ("rel", "abs"))
        self.cooldown = at_least(name, "cooldown", cooldown, 0)
        self.min_lr = at_least_zero(name, "min_lr", min_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

    def step(self, metrics: Any) -> None:
        """Look at the figure.

        Args:
            metrics: The figure, such as the validation loss.
        """
        figure = metrics.item() if hasattr(metrics, "item") else metrics
        if isinstance(figure, bool) or not isinstance(figure, (int, float)):
            raise TypeError(f"ReduceLROnPlateau.step: {metrics!r} came; a number is needed")
        self.last_epoch += 1
        if self._better(figure):
            self.best, self.num_bad_epochs = figure, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group in self.optimizer.param_groups:
                lower = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - lower > 1e-8:
                    group["lr"] = lower
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _better(self, figure: float) -> bool:
        lower = self.mode == "min"
        if self.threshold_mode == "abs":
            bar = self.best - self.threshold if lower else self.best + self.threshold
        else:
            bar = self.best * (1 - self.threshold if lower else 1 + self.threshold)
        return figure < bar if lower else figure > bar

    get_last_lr = LRScheduler.get_last_lr
    state_dict = LRScheduler.state_dict

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        vars(self).update(saved)
