"""TerminateOnNaN: Keras' name for what ``fit`` does anyway."""

from __future__ import annotations

from nn.callbacks.base import Callback

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """End the training when the loss is nan or infinite: ``fit`` does so with or without this.

    ``fit`` raises FloatingPointError before that loss can reach the parameters; Keras would give
    back a history and a model full of nan. This class does nothing, and lets a program that names
    it run.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> model = nn.Linear(2, 2)
        >>> nn.fit(model, *xor(), loss="cross_entropy", epochs=2, callbacks=TerminateOnNaN()).epochs
        2
    """
