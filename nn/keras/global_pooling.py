"""Keras' names for pooling over whole images: one number for each channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import mean, reshape, transpose
from nn import functional
from nn.checks.choices import check_name
from nn.keras.dense import shape_given
from nn.keras.images import FORMATS, images_of
from nn.modules.module import Module

__all__ = ["GlobalAveragePooling2D", "GlobalMaxPooling2D"]


class _GlobalPooling(Module):
    def __init__(
        self,
        data_format: str = "channels_first",
        keepdims: bool = False,
        *,
        input_shape: Any = None,
    ) -> None:
        name = type(self).__name__
        self.last = check_name(name, "data_format", data_format, FORMATS) == "channels_last"
        self.keepdims, self.input_shape = bool(keepdims), shape_given(name, input_shape)

    def pool(self, x: Any) -> Any:
        """Pool images whose channels stand first, to (n, channels, 1, 1)."""
        raise NotImplementedError

    def forward(self, x: Any) -> Any:
        """Pool."""
        y = self.pool(images_of(self, x))
        if not self.keepdims:
            return reshape(y, np.shape(y)[:2])
        return transpose(y, (0, 2, 3, 1)) if self.last else y

    def extra_repr(self) -> str:
        """What differs from the default."""
        parts = ["channels_last"] if self.last else []
        return ", ".join([*parts, *["keepdims=True"] * self.keepdims])


class GlobalAveragePooling2D(_GlobalPooling):
    """Take the mean of every channel: (n, channels, height, width) becomes (n, channels).

    Args:
        data_format: "channels_first", or "channels_last" as is Keras' default.
        keepdims: Whether height and width stay, as 1 and 1.
        input_shape: The shape of one image, if this is the first layer.

    Raises:
        ValueError: If the format is unknown.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 2.0], [3.0, 6.0]]]], requires_grad=True)
        >>> y = GlobalAveragePooling2D()(x)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad.tolist()
        ([[3.0]], [[[[0.25, 0.25], [0.25, 0.25]]]])

    Source:
        M. Lin, Q. Chen and S. Yan, "Network In Network" (2013), section 3.2.
    """

    def pool(self, x: Any) -> Any:
        """Take the mean."""
        return mean(x, (2, 3), keepdims=True)


class GlobalMaxPooling2D(_GlobalPooling):
    """Keep the greatest element of every channel: (n, channels, height, width) to (n, channels).

    Args:
        data_format: As for ``GlobalAveragePooling2D``, with all that follows.

    Raises:
        ValueError: If the format is unknown.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[[[1.0, 2.0], [3.0, 6.0]]]], requires_grad=True)
        >>> y = GlobalMaxPooling2D()(x)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad.tolist()
        ([[6.0]], [[[[0.0, 0.0], [0.0, 1.0]]]])
    """

    def pool(self, x: Any) -> Any:
        """Take the greatest."""
        return functional.max_pool2d(x, np.shape(x)[2:])
