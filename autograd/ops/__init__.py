"""Every operation, each defined once: its value, its derivative, its words."""

from autograd.ops import (
    activations,
    arithmetic,
    arrange,
    bridges,
    einsum,
    functions,
    index,
    linalg,
    products,
    reduce,
    running,
    shape,
    softmax,
    spread,
    trigonometry,
)

__all__ = [
    "activations",
    "arithmetic",
    "arrange",
    "bridges",
    "einsum",
    "functions",
    "index",
    "linalg",
    "products",
    "reduce",
    "running",
    "shape",
    "softmax",
    "spread",
    "trigonometry",
]
