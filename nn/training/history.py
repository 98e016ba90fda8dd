"""History: what a training measured, and how it shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from autograd.node import display

__all__ = ["History"]


class History(dict[str, list[float]]):
    """What happened in training: a list with one number per epoch for each thing measured.

    Keys are "loss", the metrics' names, the same with "val_" in front, "seconds", and what
    callbacks add. In a notebook it shows itself as curves, once ``viz`` is imported.

    Attributes:
        interrupted: Whether Ctrl-C ended the training early.

    Example:
        >>> history = History(loss=[0.7, 0.4], accuracy=[0.5, 0.9])
        >>> history
        History(2 epochs: loss 0.4, accuracy 0.9)
    """

    interrupted: bool = False

    def add(self, measured: Mapping[str, float]) -> None:
        """Note one epoch."""
        for name, number in measured.items():
            self.setdefault(name, []).append(number)

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return max(map(len, self.values()), default=0)

    @property
    def history(self) -> History:
        """This object itself, so that Keras' ``history.history["loss"]`` works."""
        return self

    def plot(self, **settings: Any) -> Any:
        """Draw everything that was measured, a small plot for each.

        Args:
            settings: Those of ``viz.metric_curves``, such as ``metrics=["loss"]``.

        Returns:
            The picture, which has ``.save("training.svg")``.

        Raises:
            RuntimeError: If ``viz`` is not imported.
            ValueError: If nothing was measured.
        """
        if display.curves is None:
            raise RuntimeError("History.plot: nothing here can draw yet; write: import viz")
        return display.curves(self, **settings)

    def _repr_html_(self) -> str:
        text = f"<pre>{escape(repr(self))}</pre>"
        if display.curves is None:
            return f"{text}<small>import viz draws its curves.</small>"
        try:
            return f"{display.curves(self)._repr_html_()}{text}"
        except ValueError:  # there is no finite number to draw
            return text

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.items() if numbers)
        return (
            f"History({self.epochs} epoch{'s' * (self.epochs != 1)}{': ' + last if last else ''})"
        )
