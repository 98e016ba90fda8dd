"""The usual loss of a classifier in the usual case, recorded with its own way back.

``ops.cross_entropy`` says what it is, in every case.  Here nothing is asked that the case has
answered, and what the way back needs is held by the node itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np

from autograd.forms import EXPOSED, PRIVATE, SHARED
from autograd.op import OPS
from autograd.ops.cross_entropy import USUAL, labels_at, usual_loss, usual_way_back
from autograd.recording import mode
from autograd.tensor import Tensor
from autograd.tensor_nodes import told
from autograd.tensor_sweep import arrive

__all__ = ["mean_cross_entropy"]

_cross_entropy = OPS["cross_entropy"]


def mean_cross_entropy(scores: Tensor, labels: Any, frame: FrameType) -> Tensor | None:
    """Compute ``cross_entropy`` of a batch of examples that all count as 1.

    Args:
        scores: shape (n, classes).
        labels: Class numbers from 0 to below classes, shape (n,), an array.
        frame: Where to begin to look for the user's line.

    Returns:
        The mean; None where more is to be looked at: then nothing was done.

    Example:
        >>> import sys
        >>> z = Tensor([[0.0, 0.0]], requires_grad=True) * 1.0
        >>> loss = mean_cross_entropy(z, np.array([1]), sys._getframe())
        >>> loss.backward()
        >>> round(loss.item(), 6), z.grad, loss.settings["labels"]
        (0.693147, array([[ 0.5, -0.5]]), array([1]))
    """
    data = scores._data
    if mode.special or type(data) is not np.ndarray or data.dtype.kind != "f":
        return None
    if not scores._requires_grad or scores.hold == EXPOSED:  # ``apply_op`` asks who else holds it
        return None
    if scores.hold is PRIVATE:
        scores.hold = SHARED
    out, shares, places = usual_loss(data, labels)
    return told(_cross_entropy, out, scores, data, _WayBack(shares, places), frame)


class _WayBack:
    """What the scores are sent.

    Attributes:
        shares: The softmax of the scores.
        places: Where the true classes stand in it.
    """

    __slots__ = ("places", "shares")

    def __init__(self, shares: Any, places: Any) -> None:
        self.shares = shares
        self.places = places

    def __call__(self, node: Any, g: Any) -> None:
        """Send it."""
        arrive(node.left, usual_way_back(g, self.shares, self.places))

    def settings_of(self, node: Any) -> Mapping[str, Any]:
        """Give the op's settings: they are made when somebody asks."""
        return {**USUAL, "labels": labels_at(self.places, self.shares.shape[1])}
