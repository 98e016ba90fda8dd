"""Learning rates that fall in steps, evenly, or by a factor every time."""

from __future__ import annotations

from collections.abc import Sequence

from nn.checks.sizes import at_least_zero
from nn.optim.lr_scheduler.schedule import LRScheduler, at_least, rising
from nn.optim.optimizer import Optimizer

__all__ = ["ConstantLR", "ExponentialLR", "LinearLR", "MultiStepLR", "StepLR"]


class StepLR(LRScheduler):
    """Multiply by gamma every so many steps.

    Args:
        optimizer: Whose learning rates change.
        step_size: After how many steps, each time.
        gamma: The factor.
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = at_least("StepLR", "step_size", step_size, 1)
        self.gamma = at_least_zero("StepLR", "gamma", gamma)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Gamma for every full stretch."""
        return float(self.gamma ** (epoch // self.step_size))


class MultiStepLR(LRScheduler):
    """Multiply by gamma at given steps.

    Args:
        optimizer: Whose learning rates change.
        milestones: After how many steps.
        gamma: The factor.
    """

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones = rising("MultiStepLR", milestones)
        self.gamma = at_least_zero("MultiStepLR", "gamma", gamma)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Gamma for every milestone behind."""
        return float(self.gamma ** sum(milestone <= epoch for milestone in self.milestones))


class ExponentialLR(LRScheduler):
    """Multiply by gamma at every step.

    Args:
        optimizer: Whose learning rates change.
        gamma: The factor.
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = at_least_zero("ExponentialLR", "gamma", gamma)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Gamma to the power of the steps made."""
        return float(self.gamma**epoch)


class ConstantLR(LRScheduler):
    """Multiply by a factor for some steps, then by 1.

    Args:
        optimizer: Whose learning rates change.
        factor: The factor at first.
        total_iters: For how many steps.
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3.0, total_iters: int = 5
    ) -> None:
        self.first = at_least_zero("ConstantLR", "factor", factor)
        self.total_iters = at_least("ConstantLR", "total_iters", total_iters, 0)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """The factor, then 1."""
        return self.first if epoch < self.total_iters else 1.0


class LinearLR(LRScheduler):
    """Go evenly from one factor to another: a linear warm-up by default.

    Args:
        optimizer: Whose learning rates change.
        start_factor: The factor at first.
        end_factor: The factor after ``total_iters`` steps, and from then on.
        total_iters: How many steps it takes.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3.0,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor = at_least_zero("LinearLR", "start_factor", start_factor)
        self.end_factor = at_least_zero("LinearLR", "end_factor", end_factor)
        self.total_iters = at_least("LinearLR", "total_iters", total_iters, 1)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """A straight line."""
        share = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * share
