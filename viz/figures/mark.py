"""What a mark is: one remark about a node or an edge, with the sentence behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.trace import TraceNode
from viz.words.labels import clean

# What kinds there are: a word for the legend, and what it means there. The first stand on boxes ...
ON_BOXES = {
    "culprit": ("culprit", "here it went wrong"),
    "nan": ("nan", "a value is not a number"),
    "infinite": ("inf", "a value is infinite"),
    "nan-gradient": ("grad nan", "a gradient is not a number"),
    "infinite-gradient": ("grad inf", "a gradient is infinite"),
    "saturated": ("saturated", "hardly any slope is left"),
    "dead": ("off", "ReLU that lets no gradient through"),
    "kink": ("kink", "the slope there is a convention"),
    "zero-gradient": ("grad 0", "exactly 0"),
    "vanishing": ("vanishing", "the gradient faded on its way"),
    "exploding": ("exploding", "the gradient grew on its way"),
}
# ... and these on edges.
ON_EDGES = {
    "infinite-slope": ("∞", "infinite or undefined slope"),
    "stops": ("0", "a gradient stops here"),
    "fades": ("<", "a gradient fades here"),
    "grows": (">", "a gradient grows here"),
}

SQUASHING = {"tanh": 1.0, "sigmoid": 0.25}  # with their greatest slope
RAMPS = {"relu": math.inf, "relu6": 6.0}  # with the input from which on they are flat again


@dataclass(frozen=True)
class Mark:
    """One remark about a node or an edge.

    Attributes:
        kind: what it is, for programs: a key of `ON_BOXES` or of `ON_EDGES`.
        word: what a badge shows, such as "saturated" or "3 nan".
        text: the sentence behind it.
        node: index of the node it is about, or None.
        edge: place in the trace's list of edges of the edge it is about, or None.
    """

    kind: str
    word: str
    text: str
    node: int | None = None
    edge: int | None = None


def called(node: TraceNode) -> str:
    """Name a node in a mark's sentence."""
    return clean(node.label, 40)


def finite(value: Any) -> bool:
    """Say whether a number, or every element of an array, is finite; nothing at all is, too."""
    if value is None:
        return True
    return bool(np.isfinite(value).all())


def largest(value: Any) -> float:
    """Give the largest magnitude of a number or an array; 0 for nothing at all.

    Example:
        >>> largest(-2.5), largest(np.array([1.0, -3.0])), largest(None)
        (2.5, 3.0, 0.0)
    """
    if value is None or not np.size(value):
        return 0.0
    return abs(value) if isinstance(value, float) else float(np.max(np.abs(value)))
