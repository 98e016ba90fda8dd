"""Learning rates along cosine waves."""

from __future__ import annotations

import math

from nn.checks.sizes import above_zero, at_least_zero, probability
from nn.optim.lr_scheduler.schedule import LRScheduler, at_least, known_optimizer
from nn.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts", "OneCycleLR"]


class CosineAnnealingLR(LRScheduler):
    """Fall along half a cosine wave, and rise again if it goes on.

    Args:
        optimizer: Whose learning rates change.
        T_max: After how many steps the lowest point is reached.
        eta_min: The learning rate there.

    Source:
        I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016).
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = at_least("CosineAnnealingLR", "T_max", T_max, 1)
        self.eta_min = at_least_zero("CosineAnnealingLR", "eta_min", eta_min)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """A cosine wave."""
        return _cosine(self.base_lrs[group], self.eta_min, epoch / self.T_max)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Fall along half a cosine wave, jump back up, and again, each time for longer.

    Args:
        optimizer: Whose learning rates change.
        T_0: How many steps the first fall takes.
        T_mult: How much longer each next one takes.
        eta_min: The lowest learning rate.

    Source:
        I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016).
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0
    ) -> None:
        self.T_0 = at_least("CosineAnnealingWarmRestarts", "T_0", T_0, 1)
        self.T_mult = at_least("CosineAnnealingWarmRestarts", "T_mult", T_mult, 1)
        self.eta_min = at_least_zero("CosineAnnealingWarmRestarts", "eta_min", eta_min)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """A cosine wave since the last restart."""
        length = self.T_0
        while epoch >= length:
            epoch, length = epoch - length, length * self.T_mult
        return _cosine(self.base_lrs[group], self.eta_min, epoch / length)


class OneCycleLR(LRScheduler):
    """Rise to a high learning rate, then fall far below the first one.

    The momentum (of an Adam the first of its ``betas``) goes the other way, as in PyTorch.

    Args:
        optimizer: Whose learning rates change.
        max_lr: The highest learning rate.
        total_steps: How many steps the whole cycle takes.
        epochs: Instead of ``total_steps``: how many epochs it takes,
        steps_per_epoch: and how many steps each of them has.
        pct_start: The share of them that it rises.
        cycle_momentum: Whether the momentum changes, too, if the optimizer has one.
        base_momentum: The momentum where the learning rate is highest.
        max_momentum: The momentum at both ends.
        div_factor: The first learning rate is max_lr divided by this.
        final_div_factor: The last is the first divided by this.

    Raises:
        TypeError: If neither ``total_steps`` nor ``epochs`` and ``steps_per_epoch`` came.
        ValueError: If a setting is out of range.

    Source:
        L. N. Smith and N. Topin, "Super-Convergence" (2017), with cosine waves as in PyTorch.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        *,
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        name = type(self).__name__
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise TypeError(
                    f"{name}: no total_steps came; give it, or epochs and steps_per_epoch"
                )
            total_steps = at_least(name, "epochs", epochs, 1)
            total_steps *= at_least(name, "steps_per_epoch", steps_per_epoch, 1)
        self.max_lr = above_zero(name, "max_lr", max_lr)
        self.pct_start = probability(name, "pct_start", pct_start)
        self.total_steps = at_least(name, "total_steps", total_steps, 1)
        self.first = max_lr / above_zero(name, "div_factor", div_factor)
        self.last = self.first / above_zero(name, "final_div_factor", final_div_factor)
        self.momenta = (
            probability(name, "max_momentum", max_momentum),
            probability(name, "base_momentum", base_momentum),
        )
        self.cycle_momentum = cycle_momentum
        for group in known_optimizer(name, optimizer).param_groups:
            above_zero(name, "the optimizer's lr", group["lr"])
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Up, then down."""
        if epoch > self.total_steps:  # a loop that steps after every batch comes to total_steps
            raise ValueError(
                f"OneCycleLR: step {epoch} of a cycle of total_steps={self.total_steps}: "
                "the cycle is over, give more steps"
            )
        rate = self._cycled(epoch, self.first, self.max_lr, self.last)
        return float(rate / self.base_lrs[group])

    def _cycled(self, epoch: int, first: float, middle: float, last: float) -> float:
        top = self.pct_start * self.total_steps - 1
        if epoch <= top:
            return _between(first, middle, epoch / top if top else 1.0)
        fall = self.total_steps - 1 - top
        return _between(middle, last, (epoch - top) / fall if fall else 1.0)

    def _apply(self) -> None:
        super()._apply()
        if not self.cycle_momentum:
            return
        high, low = self.momenta
        momentum = self._cycled(self.last_epoch, high, low, high)
        for group in self.optimizer.param_groups:
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            elif "momentum" in group:
                group["momentum"] = momentum


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine wave from start to end."""
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))


def _cosine(base: float, lowest: float, share: float) -> float:
    return _between(base, lowest, share) / base if base else 0.0
