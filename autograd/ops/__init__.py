"""Every operation, each defined once: its value, its derivative, its words."""

from autograd.ops import (
    activations,
    arithmetic,
    bridges,
    einsum,
    functions,
    index,
    linalg,
    reduce,
    shape,
    trigonometry,
)

__all__ = [
    "activations",
    "arithmetic",
    "bridges",
    "einsum",
    "functions",
    "index",
    "linalg",
    "reduce",
    "shape",
    "trigonometry",
]
