"""What all schedules share: a factor on every group's first learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nn.optim.optimizer import Optimizer

__all__ = ["LRScheduler", "LambdaLR", "SequentialLR", "at_least"]


class LRScheduler:
    """What all schedules share: each is a factor on every group's first learning rate.

    Args:
        optimizer: Whose learning rates change.

    Attributes:
        base_lrs: The learning rates that the groups started with.
        last_epoch: How often ``step`` was called.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"{type(self).__name__}: {type(optimizer).__name__} came; give the optimizer first"
            )
        self.optimizer = optimizer
        self.base_lrs = [
            group.setdefault("initial_lr", group["lr"]) for group in optimizer.param_groups
        ]
        self.last_epoch = 0
        self._apply()

    def factor(self, epoch: int, group: int) -> float:
        """Say what the first learning rate is multiplied by.

        Args:
            epoch: How often ``step`` was called.
            group: The number of the parameter group.

        Returns:
            The factor.
        """
        raise NotImplementedError(f"{type(self).__name__} has no factor method")

    def step(self) -> None:
        """Go on by one: call it once per epoch, or once per batch, after ``optimizer.step()``."""
        self.last_epoch += 1
        self._apply()

    def _apply(self) -> None:
        for number, (group, base) in enumerate(
            zip(self.optimizer.param_groups, self.base_lrs, strict=True)
        ):
            group["lr"] = base * self.factor(self.last_epoch, number)

    def get_last_lr(self) -> list[float]:
        """List the groups' learning rates."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Give what is needed to go on later, as plain data."""
        return {
            name: value
            for name, value in vars(self).items()
            if name != "optimizer" and not callable(value)
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave, and set the learning rates accordingly."""
        vars(self).update(saved)
        self._apply()


class LambdaLR(LRScheduler):
    """Multiply by what a function says.

    Args:
        optimizer: Whose learning rates change.
        lr_lambda: Takes the number of steps made and gives the factor; or one for each group.

    Example:
        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.8)
        >>> schedule = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.4]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
    ) -> None:
        count = len(optimizer.param_groups)
        functions = [lr_lambda] * count if callable(lr_lambda) else list(lr_lambda)
        if len(functions) != count:
            raise ValueError(f"LambdaLR: {len(functions)} functions came for {count} groups")
        self._functions = tuple(functions)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Ask the function."""
        return self._functions[group](epoch)

    def state_dict(self) -> dict[str, Any]:
        """Give what is needed to go on later; the functions are the program's."""
        return {name: value for name, value in super().state_dict().items() if name != "_functions"}


class SequentialLR(LRScheduler):
    """One schedule after another, each counted from its own start.

    Args:
        optimizer: Whose learning rates change.
        schedulers: The schedules.
        milestones: After how many steps each next one begins; one fewer than schedules.
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]
    ) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR: {len(schedulers)} schedules and {len(milestones)} milestones came; "
                "needs one milestone fewer than schedules"
            )
        self._schedulers, self.milestones = tuple(schedulers), list(milestones)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Ask the schedule whose turn it is."""
        turn = sum(milestone <= epoch for milestone in self.milestones)
        begun = self.milestones[turn - 1] if turn else 0
        return self._schedulers[turn].factor(epoch - begun, group)

    def state_dict(self) -> dict[str, Any]:
        """Give what is needed to go on later."""
        own = {name: v for name, v in super().state_dict().items() if name != "_schedulers"}
        return own


def at_least(who: str, what: str, number: int, least: int) -> int:
    """Check a whole number."""
    if number < least:
        raise ValueError(f"{who}: {what}={number} came; at least {least} is needed")
    return number
