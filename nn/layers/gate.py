"""GLU: one half of the input decides how much of the other half passes."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.checks.whole_numbers import whole_number
from nn.modules.module import Module

__all__ = ["GLU"]


class GLU(Module):
    """a sigmoid(b), where a and b are the two halves of an axis.

    Args:
        dim: The axis; the last by default.

    Example:
        >>> from autograd import Tensor
        >>> GLU()(Tensor([[4.0, 0.0]])).tolist()
        [[2.0]]

    Source:
        Y. Dauphin, A. Fan, M. Auli and D. Grangier, "Language Modeling with Gated Convolutional
        Networks" (2016).
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = whole_number("GLU", "dim", dim)

    def forward(self, x: Any) -> Any:
        """Let the second half be the gate of the first.

        Args:
            x: Any shape, with an even size along the axis.

        Returns:
            The same shape with half of that axis.

        Raises:
            ShapeError: If there is no such axis, or it has no halves.
        """
        return functional.glu(x, self.dim)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"
