"""Learning rates along cosine waves."""

from __future__ import annotations

import math

from nn.optim.lr_scheduler.schedule import LRScheduler, at_least
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
        self.eta_min = eta_min
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
        self.eta_min = eta_min
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """A cosine wave since the last restart."""
        length = self.T_0
        while epoch >= length:
            epoch, length = epoch - length, length * self.T_mult
        return _cosine(self.base_lrs[group], self.eta_min, epoch / length)


class OneCycleLR(LRScheduler):
    """Rise to a high learning rate, then fall far below the first one.

    Args:
        optimizer: Whose learning rates change.
        max_lr: The highest learning rate.
        total_steps: How many steps the whole cycle takes.
        pct_start: The share of them that it rises.
        div_factor: The first learning rate is max_lr divided by this.
        final_div_factor: The last is the first divided by this.

    Source:
        L. N. Smith and N. Topin, "Super-Convergence" (2017), with cosine waves as in PyTorch.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        self.max_lr, self.pct_start = max_lr, pct_start
        self.total_steps = at_least("OneCycleLR", "total_steps", total_steps, 1)
        self.first = max_lr / div_factor
        self.last = self.first / final_div_factor
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Up, then down."""
        if epoch >= self.total_steps:
            raise ValueError(
                f"OneCycleLR: step {epoch} of a cycle of total_steps={self.total_steps}: "
                "the cycle is over"
            )
        top = self.pct_start * self.total_steps - 1
        if epoch <= top:
            rate = _between(self.first, self.max_lr, epoch / top)
        else:
            rate = _between(self.max_lr, self.last, (epoch - top) / (self.total_steps - 1 - top))
        return float(rate / self.base_lrs[group])


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine wave from start to end."""
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * share))


def _cosine(base: float, lowest: float, share: float) -> float:
    return _between(base, lowest, share) / base if base else 0.0
