"""What a page says of arrays in one iteration: short texts instead of the arrays themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograd.trace import Trace
from viz.story.records import Step
from viz.words.numbers import extent, spread

PARTS = ("upstream", "contribution", "before", "after", "value", "old")


class Words(NamedTuple):
    """An array in short: what it holds, and its length as a vector."""

    text: str
    norm: float


@dataclass(frozen=True)
class ArrayWords:
    """Texts for the arrays of one iteration.

    Attributes:
        data: by node with a shape what its array holds.
        grad: by node what its gradient holds.
        steps: by place among the steps of both passes, and name of the quantity.
    """

    data: Mapping[int, Words]
    grad: Mapping[int, Words]
    steps: Mapping[tuple[int, str], Words]


def words_of_steps(trace: Trace, steps: Sequence[Step], final: Mapping[int, Any]) -> ArrayWords:
    """Put the arrays of an iteration into words.

    Args:
        trace: the graph.
        steps: its steps.
        final: by node the whole gradient.

    Returns:
        A text and a norm for every array, once for every place where it is shown.
    """
    return ArrayWords(
        {node.index: words_of(node.value) for node in trace.nodes if node.shape},
        {
            index: words_of(gradient, signed=True)
            for index, gradient in final.items()
            if np.ndim(gradient)
        },
        {
            (place, part): words_of(quantity, signed=True)
            for place, step in enumerate(steps)
            for part in PARTS
            if np.ndim(quantity := getattr(step, part))
        },
    )


def words_of(array: Any, *, signed: bool = False) -> Words:
    """Say what an array holds.

    Example:
        >>> words_of(np.array([3.0, 4.0]))
        Words(text='3 … 4', norm=5.0)
    """
    with np.errstate(all="ignore"):  # an overflowing norm is shown as inf
        norm = float(np.linalg.norm(np.asarray(array, dtype=np.float64).reshape(-1)))
    # A list of three numbers may be wider than the box that was drawn for another one.
    text = extent(array, signed=signed) or spread(array, signed=signed)
    return Words(text, norm)
