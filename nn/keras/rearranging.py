"""Keras' way to say layers that only rearrange or drop: Flatten, Reshape, Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError, reshape
from nn.checks.numbers import numbers_of
from nn.checks.sizes import probability
from nn.checks.synonyms import either
from nn.init import Generator, generator_of
from nn.keras.dense import shape_given
from nn.layers.dropout import Dropout as _Dropout
from nn.layers.reshaping import Flatten as _Flatten
from nn.modules.module import Module

__all__ = ["Dropout", "Flatten", "Reshape"]


class Flatten(_Flatten):
    """Join all axes but the batch: ``nn.Flatten``, which may be told the shape of one example.

    Args:
        start_dim: The first axis to join; 1 leaves the batch as it is.
        end_dim: The last axis to join.
        input_shape: The shape of one example, if this is the first layer.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from nn import Dense, Sequential
        >>> Sequential(Flatten(input_shape=(8, 8)), Dense(3))[1]
        Dense(64 -> 3)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1, *, input_shape: Any = None) -> None:
        super().__init__(start_dim, end_dim)
        self.input_shape = shape_given("Flatten", input_shape)


class Dropout(_Dropout):
    """Set each number to 0 with a probability while training: ``nn.Dropout`` with Keras' names.

    Args:
        rate: The probability, from 0 to 1.
        p: The same, as PyTorch calls it.
        generator: The source of randomness; by default what ``manual_seed`` set.
        seed: The same, as Keras calls it.
        input_shape: The shape of one example, if this is the first layer.

    Raises:
        TypeError: If a thing came by two names, or no probability.
        ValueError: If the rate is no probability.

    Example:
        >>> Dropout(rate=0.2)
        Dropout(p=0.2)
    """

    def __init__(
        self,
        rate: float | None = None,
        *,
        p: float | None = None,
        generator: Generator = None,
        seed: Generator = None,
        input_shape: Any = None,
    ) -> None:
        share = probability("Dropout", "rate", either("Dropout", rate=rate, p=p))
        if seed is not None:
            generator = generator_of(either("Dropout", seed=seed, generator=generator))
        super().__init__(share, generator=generator)
        self.input_shape = shape_given("Dropout", input_shape)


class Reshape(Module):
    """Give every example another shape: (n, ...) becomes (n, *target_shape).

    Args:
        target_shape: The shape of one example, without the batch; one size may be -1.
        input_shape: The shape that comes, if this is the first layer.

    Raises:
        TypeError: If the sizes are no whole numbers.
        ValueError: If a size is below 1, or more than one is -1.

    Example:
        >>> from autograd import zeros
        >>> Reshape((1, 8, -1))(zeros(5, 64)).shape
        (5, 1, 8, 8)
    """

    def __init__(self, target_shape: Sequence[int], *, input_shape: Any = None) -> None:
        if not isinstance(target_shape, (tuple, list)) or not all(
            isinstance(size, (int, np.integer)) and not isinstance(size, bool)
            for size in target_shape
        ):
            raise TypeError(
                f"Reshape: target_shape={target_shape!r} came; needs whole numbers, the shape of "
                "one example without the batch, such as (1, 8, 8)"
            )
        sizes = tuple(int(size) for size in target_shape)
        if any(size < 1 and size != -1 for size in sizes) or sizes.count(-1) > 1:
            raise ValueError(
                f"Reshape: target_shape={sizes} came; needs sizes of at least 1, one of which may "
                "be -1"
            )
        self.target_shape, self.input_shape = sizes, shape_given("Reshape", input_shape)

    def forward(self, x: Any) -> Any:
        """Give each example its new shape.

        Raises:
            ShapeError: If an example does not have as many numbers.
        """
        x = numbers_of(self, x)
        shape, sizes = x.shape, self.target_shape
        one = int(np.prod(shape[1:]))
        known = abs(int(np.prod(sizes)))
        if not shape or (one % known if -1 in sizes else one != known):
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came, with {one} numbers for each example; "
                f"they do not fill {sizes}"
            )
        return reshape(x, (shape[0], *(one // known if size == -1 else size for size in sizes)))

    def extra_repr(self) -> str:
        """The shape."""
        return str(self.target_shape)
