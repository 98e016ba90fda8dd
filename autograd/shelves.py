"""Where memory waits to be used again, and how often that was."""

from __future__ import annotations

from typing import Any

__all__ = ["Counts", "Shelf"]


class Shelf:
    """The blocks of one size that wait.

    Attributes:
        room: Their bytes.
        waiting: The blocks.
        spare: How many of them were not needed at any time since the last tidying up.
    """

    __slots__ = ("room", "spare", "waiting")

    def __init__(self, room: int) -> None:
        self.room = room
        self.waiting: list[Any] = []
        self.spare = 0


class Counts:
    """How often large memory was asked for.

    Attributes:
        taken: Blocks that came from the system.
        again: Blocks that were used again.
        waiting: Bytes that wait to be used again.
        until_tidy: How many times more until it is looked what nobody needs.
    """

    __slots__ = ("again", "taken", "until_tidy", "waiting")

    def __init__(self, period: int) -> None:
        self.taken = self.again = self.waiting = 0
        self.until_tidy = period
