"""Upsample: images made finer."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.checks.choices import check_name
from nn.checks.sizes import above_zero
from nn.checks.whole_numbers import at_least_one
from nn.modules.module import Module

__all__ = ["Upsample"]


class Upsample(Module):
    """Make images finer: (batch, channels, *size) becomes (batch, channels, *new size).

    Args:
        size: The new size; one number, or one for each axis.
        scale_factor: Or by how much to multiply it.
        mode: "nearest", "linear" (one axis) or "bilinear" (two axes).
        align_corners: Whether the corner elements stand at the corners, and not half a step inside;
            not for "nearest".

    Raises:
        ValueError: If both or neither of ``size`` and ``scale_factor`` came, or the mode is
            unknown.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 2.0]]]], requires_grad=True)
        >>> y = Upsample(scale_factor=2)(x)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad.tolist()
        ([[[[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]]], [[[[4.0, 4.0]]]])
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
    ) -> None:
        check_name("Upsample", "mode", mode, ("nearest", "linear", "bilinear"))
        if (size is None) == (scale_factor is None):
            raise ValueError(
                f"Upsample: size={size} and scale_factor={scale_factor} came: give one of them"
            )
        for length in size if isinstance(size, (list, tuple)) else [size]:
            if size is not None:
                at_least_one("Upsample", "size", length)
        if scale_factor is None and isinstance(size, (list, tuple)) and not size:
            raise ValueError(f"Upsample: size={size} came; at least one number is needed")
        for factor in scale_factor if isinstance(scale_factor, (list, tuple)) else [scale_factor]:
            if scale_factor is not None:
                above_zero("Upsample", "scale_factor", factor)
        self.size, self.scale_factor = size, scale_factor
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x: Any) -> Any:
        """Make finer.

        Args:
            x: Shape (batch, channels, *size).

        Returns:
            Shape (batch, channels, *new size).

        Raises:
            ShapeError: If x has other axes.
        """
        return functional.interpolate(
            x, self.size, self.scale_factor, self.mode, self.align_corners
        )

    def extra_repr(self) -> str:
        """The size or factor, and the mode."""
        what = "scale_factor" if self.size is None else "size"
        return f"{what}={getattr(self, what)}, mode={self.mode!r}"
