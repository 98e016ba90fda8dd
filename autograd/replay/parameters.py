"""Reading a program's parameters and adding to their gradients, one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Protocol

import numpy as np

from autograd.depositing import adding_gradients
from autograd.node import hooks_alive
from autograd.replay.together import FlatParameters
from autograd.value import Value

__all__ = ["Parameters", "Separate", "Together"]

_number = attrgetter("number")


class Parameters(Protocol):
    """The parameters of a program, in its order."""

    def leaves(self) -> list[Value]:
        """The Values."""

    def read_into(self, numbers: Any) -> None:
        """Write their numbers into an array."""

    def deposit(self, found: Any) -> None:
        """Add to the gradients of those on which the loss depends."""


class Separate:
    """Values by themselves.

    Args:
        leaves: The Values.
        reached: Which of them get a gradient.
    """

    def __init__(self, leaves: list[Value], reached: Sequence[int]) -> None:
        self._leaves = leaves
        self._reached = reached

    def leaves(self) -> list[Value]:
        """The Values."""
        return self._leaves

    def read_into(self, numbers: Any) -> None:
        """Write their numbers into an array."""
        numbers[:] = np.fromiter(map(_number, self._leaves), float, len(self._leaves))

    def deposit(self, found: Any) -> None:
        """Add to the gradients of those on which the loss depends."""
        leaves, numbers, reached = self._leaves, found.tolist(), self._reached
        if len(reached) < len(leaves):
            leaves, numbers = [leaves[k] for k in reached], [numbers[k] for k in reached]
        if hooks_alive[0]:
            for k, leaf in enumerate(leaves):
                if leaf.info is not None:
                    numbers[k] = leaf.info.call_hooks(numbers[k])
        with adding_gradients:
            for leaf, g in zip(leaves, numbers):  # noqa: B905  (quicker)
                old = leaf.grad
                leaf.grad = g if old is None else old + g


class Together:
    """Values whose numbers live in one array.

    Args:
        flat: The array.
        places: Where in it the parameters stand.
        reached: Which of them get a gradient.
    """

    def __init__(self, flat: FlatParameters, places: Any, reached: Sequence[int]) -> None:
        self._flat = flat
        self._places = places
        self._reached = np.asarray(reached, dtype=np.intp)
        self._reached_places = places[self._reached]
        whole = len(reached) == len(flat.members)  # all of the array's: each stands there once
        self._order = np.argsort(places) if whole else None

    @staticmethod
    def of(leaves: list[Value], kinds: set[type], reached: Sequence[int]) -> Together | None:
        """Find the array in which all of these live; None if there is none."""
        if len(kinds) != 1 or Value in kinds or not leaves:
            return None
        flat = leaves[0].right
        if type(flat) is not FlatParameters or any(leaf.right is not flat for leaf in leaves):
            return None
        return Together(flat, np.array([leaf.right_slope for leaf in leaves]), reached)

    @property
    def intact(self) -> bool:
        """Whether it is still so."""
        return self._flat.intact[0]

    def leaves(self) -> list[Value]:
        """The Values."""
        members = self._flat.members
        found = [members[place]() for place in self._places.tolist()]
        return [leaf for leaf in found if leaf is not None]

    def read_into(self, numbers: Any) -> None:
        """Write their numbers into an array."""
        numbers[:] = self._flat._data.take(self._places)

    def deposit(self, found: Any) -> None:
        """Add to the gradients of those on which the loss depends."""
        if not self.intact or hooks_alive[0]:
            Separate(self.leaves(), self._reached.tolist()).deposit(found)
            return
        with adding_gradients:
            if self._order is not None:
                self._flat.add_all_gradients(found.take(self._order))
            else:
                self._flat.add_gradients(self._reached_places, found[self._reached])
