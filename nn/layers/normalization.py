"""Normalising layers: what comes next sees numbers around 0, of size about 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor
from nn import functional
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.sizes import at_least_zero, probability
from nn.checks.whole_numbers import at_least_one
from nn.functions.normalization import shape_of
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "GroupNorm", "LayerNorm", "RMSNorm"]


class _BatchNorm(Module):
    ranks: tuple[int, ...]
    needs: str

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        self.num_features = at_least_one(type(self).__name__, "num_features", num_features)
        self.eps = at_least_zero(type(self).__name__, "eps", eps)
        if momentum is not None:
            probability(type(self).__name__, "momentum", momentum)
        self.momentum = momentum
        kind = float_kind(type(self).__name__, dtype)
        self.weight = Parameter(np.ones(num_features, kind)) if affine else None
        self.bias = Parameter(np.zeros(num_features, kind)) if affine else None
        self.running_mean = self.running_var = self.num_batches_tracked = None
        if track_running_stats:
            self.running_mean = Tensor(np.zeros(num_features, kind))
            self.running_var = Tensor(np.ones(num_features, kind))
            self.num_batches_tracked = Tensor(np.array(0))

    def forward(self, x: Any) -> Any:
        """Normalise over the batch in training, by the running figures in use.

        Args:
            x: Shape (batch, num_features, *size).

        Returns:
            The same shape.

        Raises:
            ShapeError: If x has other axes or channels, or one number per channel in training.
        """
        x = numbers_of(self, x)
        shape = x.shape
        if len(shape) not in self.ranks or shape[1] != self.num_features:
            raise ShapeError(f"{self!r}: an input of shape {shape} came; needs {self.needs}")
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            seen = int(self.num_batches_tracked.item()) + 1
            momentum = 1.0 / seen if momentum is None else momentum
        y = functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, self.training,
            0.0 if momentum is None else momentum, self.eps,
        )  # fmt: skip
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.data = np.array(seen)
        return y

    def extra_repr(self) -> str:
        """The number of channels, and what differs from the default."""
        parts = [str(self.num_features)]
        parts += [f"eps={self.eps}"] if self.eps != 1e-5 else []
        parts += [f"momentum={self.momentum}"] if self.momentum != 0.1 else []
        parts += ["affine=False"] if self.weight is None else []
        parts += ["track_running_stats=False"] if self.running_mean is None else []
        return ", ".join(parts)


class BatchNorm1d(_BatchNorm):
    """Normalise every feature over the batch, then scale and shift it by learned numbers.

    In training by the batch's own mean and variance, which also move the running figures; after
    ``model.eval()`` by these.

    Args:
        num_features: How many features or channels.
        eps: Keeps the division finite.
        momentum: How far the running figures move towards a batch's; None for their plain mean.
        affine: Whether scale and shift are learned; they start as 1 and 0.
        track_running_stats: Whether there are running figures.
        dtype: The kind of number; float64 by default.

    Example:
        >>> layer = BatchNorm1d(1)
        >>> y = layer(Tensor([[1.0], [3.0]]))
        >>> y.sum().backward()
        >>> y.data.round(4).tolist(), layer.bias.grad, layer.running_mean.tolist()
        ([[-1.0], [1.0]], array([2.]), [0.2])

    Source:
        S. Ioffe and C. Szegedy, "Batch Normalization" (2015).
    """

    ranks = (2, 3)
    needs = "(batch, num_features) or (batch, num_features, length)"


class BatchNorm2d(_BatchNorm):
    """Normalise every channel of images over the batch and all pixels.

    Args:
        num_features: How many channels.
        eps: Keeps the division finite.
        momentum: How far the running figures move towards a batch's; None for their plain mean.
        affine: Whether scale and shift are learned; they start as 1 and 0.
        track_running_stats: Whether there are running figures.
        dtype: The kind of number; float64 by default.

    Example:
        >>> from autograd import ones
        >>> BatchNorm2d(3)(ones(2, 3, 4, 4)).data.any()
        np.False_
    """

    ranks = (4,)
    needs = "(batch, num_features, height, width)"


class LayerNorm(Module):
    """Normalise every example over its last axes, then scale and shift by learned numbers.

    Args:
        normalized_shape: The sizes of those axes.
        eps: Keeps the division finite.
        elementwise_affine: Whether scale and shift are learned; they start as 1 and 0.
        bias: Whether there is a shift.
        dtype: The kind of number; float64 by default.

    Example:
        >>> layer = LayerNorm(2)
        >>> y = layer(Tensor([[1.0, 3.0]]))
        >>> y.sum().backward()
        >>> y.data.round(4).tolist(), layer.bias.grad
        ([[-1.0, 1.0]], array([1., 1.]))

    Source:
        J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016).
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        shape = shape_of(type(self).__name__, normalized_shape)
        self.normalized_shape = shape
        self.eps = at_least_zero("LayerNorm", "eps", eps)
        kind = float_kind(type(self).__name__, dtype)
        self.weight = Parameter(np.ones(shape, kind)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(shape, kind)) if elementwise_affine and bias else None

    def forward(self, x: Any) -> Any:
        """Normalise.

        Args:
            x: Shape (..., *normalized_shape).

        Returns:
            The same shape.

        Raises:
            ShapeError: If x does not end in that shape.
        """
        return functional.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The shape, and what differs from the default."""
        extra = ", bias=False" if self.bias is None and self.weight is not None else ""
        return f"{self.normalized_shape}{_unusual(self, 'elementwise_affine', 1e-5)}{extra}"


class RMSNorm(Module):
    """Divide every example by its root mean square over the last axes, then scale.

    Args:
        normalized_shape: The sizes of those axes.
        eps: Keeps the division finite; by default the smallest step from 1 in x's dtype.
        elementwise_affine: Whether the scale is learned; it starts as 1.
        dtype: The kind of number; float64 by default.

    Example:
        >>> RMSNorm(2)(Tensor([3.0, 3.0])).data.round(6)
        array([1., 1.])

    Source:
        B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization" (2019).
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        shape = shape_of(type(self).__name__, normalized_shape)
        self.normalized_shape = shape
        self.eps = None if eps is None else at_least_zero("RMSNorm", "eps", eps)
        kind = float_kind(type(self).__name__, dtype)
        self.weight = Parameter(np.ones(shape, kind)) if elementwise_affine else None

    def forward(self, x: Any) -> Any:
        """Normalise.

        Args:
            x: Shape (..., *normalized_shape).

        Returns:
            The same shape.

        Raises:
            ShapeError: If x does not end in that shape.
        """
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The shape, and what differs from the default."""
        return f"{self.normalized_shape}{_unusual(self, 'elementwise_affine', None)}"


class GroupNorm(Module):
    """Normalise every example over groups of its channels, then scale and shift each channel.

    Args:
        num_groups: Into how many groups the channels are dealt.
        num_channels: How many channels.
        eps: Keeps the division finite.
        affine: Whether scale and shift are learned; they start as 1 and 0.
        dtype: The kind of number; float64 by default.

    Raises:
        ShapeError: If the groups do not divide the channels.

    Example:
        >>> GroupNorm(1, 2)(Tensor([[1.0, 3.0]])).data.round(4)
        array([[-1.,  1.]])

    Source:
        Y. Wu and K. He, "Group Normalization" (2018).
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        dtype: Any = None,
    ) -> None:
        self.num_groups = at_least_one("GroupNorm", "num_groups", num_groups)
        self.num_channels = at_least_one("GroupNorm", "num_channels", num_channels)
        if num_channels % num_groups:
            raise ShapeError(
                f"GroupNorm: {num_channels} channels cannot be dealt out to {num_groups} groups; "
                "give a number that divides the channels"
            )
        self.eps = at_least_zero("GroupNorm", "eps", eps)
        kind = float_kind(type(self).__name__, dtype)
        self.weight = Parameter(np.ones(num_channels, kind)) if affine else None
        self.bias = Parameter(np.zeros(num_channels, kind)) if affine else None

    def forward(self, x: Any) -> Any:
        """Normalise.

        Args:
            x: Shape (batch, num_channels, *size).

        Returns:
            The same shape.

        Raises:
            ShapeError: If x has other channels.
        """
        x = numbers_of(self, x)
        shape = x.shape
        if len(shape) < 2 or shape[1] != self.num_channels:
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; needs (batch, {self.num_channels}, ...)"
            )
        return functional.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The numbers of groups and of channels, and what differs from the default."""
        return f"{self.num_groups}, {self.num_channels}{_unusual(self, 'affine', 1e-5)}"


def _unusual(layer: Any, affine: str, eps: float | None) -> str:
    """What differs from the default, for ``repr``."""
    said = f", eps={layer.eps}" if layer.eps != eps else ""
    return said + (f", {affine}=False" if layer.weight is None else "")
