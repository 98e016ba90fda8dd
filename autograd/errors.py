"""The errors of glassgrad: each says the op, what came, what was needed, and what to do."""

from __future__ import annotations

__all__ = ["DomainError", "GradientError", "OperationError", "ShapeError", "StaleGraphError"]


class ShapeError(ValueError):
    """Shapes that do not fit together."""


class DomainError(ValueError):
    """A number outside the set on which an operation is defined, such as log(-1)."""


class OperationError(TypeError):
    """An operation called with the wrong kind or number of inputs or settings."""


class GradientError(RuntimeError):
    """A gradient asked for where there is none: a constant, a wrong seed, an unreached input."""


class StaleGraphError(RuntimeError):
    """A recorded graph whose data was changed since, asked for something that needs the old data."""
