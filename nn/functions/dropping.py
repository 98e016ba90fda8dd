"""Dropout: in training, random numbers are set to 0 and the rest made larger to make up for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError
from nn.checks.numbers import numbers_of
from nn.checks.sizes import probability
from nn.init import Generator, generator_of

__all__ = ["dropout", "dropout1d", "dropout2d"]


def dropout(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator = None,
) -> Any:
    """Set each number to 0 with probability p, and divide the others by 1 - p.

    Args:
        x: A Tensor of any shape.
        p: The probability, from 0 to 1.
        training: Whether anything is dropped at all.
        inplace: PyTorch's switch, which changes nothing here.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The same shape; its mean is that of x, on average.

    Raises:
        ValueError: If p is no probability.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        >>> y = dropout(x, 0.5, generator=0)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([2.0, 0.0, 0.0, 0.0], array([2., 0., 0., 0.]))

    Source:
        N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"
        (2014).
    """
    return _drop("dropout", x, 0, p, training, generator)


def dropout1d(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator = None,
) -> Any:
    """Drop whole channels: shape (batch, channels, length) or (channels, length)."""
    return _drop("dropout1d", x, 1, p, training, generator)


def dropout2d(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator = None,
) -> Any:
    """Drop whole channels: shape (batch, channels, height, width) or (channels, height, width)."""
    return _drop("dropout2d", x, 2, p, training, generator)


def _drop(name: str, x: Any, axes: int, p: float, training: bool, generator: Generator) -> Any:
    """Drop numbers, or with ``axes`` after the channels whole channels."""
    probability(name, "p", p)
    if not training or p == 0:
        return x
    x = numbers_of(name, x)
    shape = x.shape
    if axes:
        if len(shape) not in (axes + 1, axes + 2):
            raise ShapeError(
                f"{name}: x of shape {shape} came; needs (batch, channels) and {axes} more"
            )
        shape = (*shape[:-axes], *(1,) * axes)
    kept = generator_of(generator).random(shape) >= p
    dtype = x.dtype if x.dtype.kind == "f" else float
    return x * (kept.astype(dtype) / (1.0 - p) if p < 1 else np.zeros(shape, dtype))
