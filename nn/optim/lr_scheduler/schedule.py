"""What all schedules share: a factor on every group's first learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nn.checks.whole_numbers import whole_number
from nn.optim.optimizer import Optimizer

__all__ = ["LRScheduler", "LambdaLR", "SequentialLR", "at_least", "known_optimizer", "rising"]


class LRScheduler:
    """What all schedules share: each is a factor on every group's first learning rate.

    Args:
        optimizer: Whose learning rates change.

    Attributes:
        base_lrs: The learning rates that the groups started with.
        last_epoch: How often ``step`` was called.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = known_optimizer(type(self).__name__, optimizer)
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
        raise NotImplementedError(
            f"{type(self).__name__}: there is no factor method; write def factor(self, epoch, "
            "group)"
        )

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
        count = len(known_optimizer("LambdaLR", optimizer).param_groups)
        several: list[Any] = [lr_lambda]
        if isinstance(lr_lambda, (list, tuple)):
            several = list(lr_lambda)
        if not all(callable(function) for function in several):
            raise TypeError(
                f"LambdaLR: {lr_lambda!r} came; a function of the number of steps is needed"
            )
        functions = several if isinstance(lr_lambda, (list, tuple)) else several * count
        if len(functions) != count:
            raise ValueError(
                f"LambdaLR: {len(functions)} functions came for {count} groups; give one for each"
            )
        self._functions = tuple(functions)
        super().__init__(optimizer)

    def factor(self, epoch: int, group: int) -> float:
        """Ask the function."""
        return float(self._functions[group](epoch))

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
        if not all(isinstance(schedule, LRScheduler) for schedule in schedulers):
            raise TypeError(
                f"SequentialLR: {[type(s).__name__ for s in schedulers]} came; needs schedules "
                "that are a factor on the first learning rate"
            )
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR: {len(schedulers)} schedules and {len(milestones)} milestones came; "
                "needs one milestone fewer than schedules"
            )
        self._schedulers = tuple(schedulers)
        self.milestones = rising("SequentialLR", milestones)
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


def known_optimizer(who: str, optimizer: Any) -> Optimizer:
    """Check that an optimizer came."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{who}: {type(optimizer).__name__} came; give the optimizer first")
    return optimizer


def rising(who: str, milestones: Sequence[int]) -> list[int]:
    """Check numbers of steps, and put them in order."""
    if not isinstance(milestones, (list, tuple)):
        raise TypeError(f"{who}: milestones={milestones!r} came; a list of whole numbers is needed")
    return sorted(at_least(who, "milestones", milestone, 0) for milestone in milestones)


def at_least(who: str, what: str, number: int, least: int) -> int:
    """Check a whole number."""
    if whole_number(who, what, number) < least:
        raise ValueError(f"{who}: {what}={number} came; at least {least} is needed")
    return number
