"""The errors of glassgrad: each says the op, what came, what was needed, and what to do."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AnomalyError",
    "AnomalyWarning",
    "DomainError",
    "GradcheckError",
    "GradientError",
    "OperationError",
    "ShapeError",
    "StaleGraphError",
]


class ShapeError(ValueError):
    """Shapes that do not fit together."""


class DomainError(ValueError):
    """A number outside the set on which an operation is defined, such as log(-1)."""


class OperationError(TypeError):
    """An operation called with the wrong kind or number of inputs or settings."""


class GradientError(RuntimeError):
    """A gradient asked for where there is none: a constant, a wrong seed, an unreached input."""


class StaleGraphError(RuntimeError):
    """A recorded graph whose data was changed since, asked for what needs the old data."""


class AnomalyWarning(RuntimeWarning):
    """A nan or infinity that ``detect_anomaly`` found and was told to warn of."""


class AnomalyError(RuntimeError):
    """A nan or infinity where ``detect_anomaly`` found that it began.

    Attributes:
        report: What is known of it; ``print`` writes it, a notebook shows the graph.
    """

    def __init__(self, message: str, report: Any = None, note: str = "") -> None:
        add_note: Any = getattr(self, "add_note", None)  # from Python 3.11 on
        super().__init__(message if add_note or not note else f"{message}\n{note}")
        self.report = report
        if add_note and note:
            add_note(note)


class GradcheckError(AssertionError):
    """A derivative that is not what finite differences measure, or that cannot be measured.

    Attributes:
        kind: ``"wrong"``, ``"kink"``, ``"edge"``, ``"infinite"``, ``"noise"`` or ``"failed"``.
        op: The name of the op whose derivative it is; None if that is not known.
        expected: What was measured; None if nothing was.
        got: What was computed; None if nothing was.
        report: The graph with that op marked, which a notebook shows and ``viz.draw`` draws; None
            if the op is not known.
    """

    def __init__(
        self,
        message: str,
        kind: str = "wrong",
        op: str | None = None,
        expected: float | None = None,
        got: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.op = op
        self.expected = expected
        self.got = got
        self.report: Any = None
