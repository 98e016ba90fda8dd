"""LambdaCallback: a callback made of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nn.callbacks.base import Callback
from nn.checks.choices import check_name
from nn.training.run import MOMENTS

__all__ = ["LambdaCallback"]


class LambdaCallback(Callback):
    """Call functions at the moments of a training.

    Args:
        adds: The names of what the functions put into ``run.logs``.
        functions: By moment: on_train_begin, on_epoch_begin, on_batch_begin, on_batch_end,
            on_epoch_end, on_train_end; each takes ``run``, see ``Callback``.

    Raises:
        ValueError: If there is no such moment.
        TypeError: If something is no function.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> seen = []
        >>> watching = LambdaCallback(on_epoch_end=lambda run: seen.append(run.epoch))
        >>> _ = nn.fit(nn.Linear(2, 2), *xor(), loss="cross_entropy", epochs=3, callbacks=watching)
        >>> seen
        [0, 1, 2]
    """

    def __init__(self, *, adds: Iterable[str] = (), **functions: Callable[[Any], Any]) -> None:
        self.adds = tuple(adds)
        for moment, function in functions.items():
            check_name("LambdaCallback", "moment", moment, MOMENTS)
            if not callable(function):
                raise TypeError(
                    f"LambdaCallback: {type(function).__name__} came as {moment}; give a function"
                )
            setattr(self, moment, function)
