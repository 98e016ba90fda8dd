"""The errors of glassgrad: each says the op, what came, what was needed, and what to do."""

from __future__ import annotations

__all__ = [
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


class GradcheckError(AssertionError):
    """A derivative that is not what finite differences measure, or that cannot be measured.

    Attributes:
        kind: ``"wrong"``, ``"kink"``, ``"edge"``, ``"infinite"``, ``"noise"`` or ``"failed"``.
        op: The name of the op whose derivative it is; None if that is not known.
        expected: What was measured; None if nothing was.
        got: What was computed; None if nothing was.
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
