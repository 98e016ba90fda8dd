"""Starting weights that let signals through as they are: identities, and rotations."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from autograd import ShapeError, Tensor
from nn.init.filling import fill
from nn.init.source import Generator, generator_of

__all__ = ["dirac_", "eye_", "orthogonal_"]

_Weights = TypeVar("_Weights", bound="Tensor | npt.NDArray[Any]")


def eye_(weights: _Weights) -> _Weights:
    """Set a matrix to the identity: 1 on the diagonal, 0 elsewhere; a ``Linear`` passes inputs on.

    Args:
        weights: The parameter to fill, shape (out, in).

    Returns:
        The parameter.

    Raises:
        ShapeError: If it has not two axes.

    Example:
        >>> from nn import Parameter
        >>> eye_(Parameter([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])).tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    shape = _shape(weights)
    if len(shape) != 2:
        raise ShapeError(f"eye_: a parameter of shape {shape} came; (out, in) is needed")
    return fill(weights, lambda _: np.eye(shape[0], shape[1]))


def dirac_(weights: _Weights, groups: int = 1) -> _Weights:
    """Set kernels to 1 in the middle of channel k of kernel k, 0 elsewhere: they pass channels on.

    Args:
        weights: The parameter to fill, shape (out, in / groups, *size), of one to three sizes.
        groups: As in the convolution; every group starts again at its first channel.

    Returns:
        The parameter.

    Raises:
        ShapeError: If it has another number of axes, or the groups do not divide the kernels.

    Example:
        >>> from nn import Conv1d
        >>> layer = Conv1d(1, 1, 3, padding=1, bias=False)
        >>> dirac_(layer.weight).tolist(), layer(Tensor([[[5.0, 6.0]]])).tolist()
        ([[[0.0, 1.0, 0.0]]], [[[5.0, 6.0]]])

    Source:
        S. Zagoruyko and N. Komodakis, "DiracNets" (2017).
    """
    shape = _shape(weights)
    if not 3 <= len(shape) <= 5 or groups < 1 or shape[0] % groups:
        raise ShapeError(
            f"dirac_: a parameter of shape {shape} came with groups={groups}; (out, in, *size) "
            "with one to three sizes, and an out that the groups divide, are needed"
        )
    numbers = np.zeros(shape)
    each = shape[0] // groups
    middle = tuple(size // 2 for size in shape[2:])
    for kernel in range(shape[0]):
        if kernel % each < shape[1]:
            place = (kernel, kernel % each, *middle)
            numbers[place] = 1.0
    return fill(weights, lambda _: numbers)


def orthogonal_(weights: _Weights, gain: float = 1.0, generator: Generator = None) -> _Weights:
    """Draw a matrix whose rows or columns are at right angles and of length ``gain``.

    It neither stretches nor squeezes: signals and gradients keep their size through many layers.
    All such matrices are equally likely.

    Args:
        weights: The parameter to fill, shape (out, in, ...); all axes but the first count as one.
        gain: The length, see ``calculate_gain``.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        The parameter.

    Raises:
        ShapeError: If it has fewer than two axes.

    Example:
        >>> from nn import Parameter
        >>> w = orthogonal_(Parameter([[0.0] * 4] * 3), generator=0).data
        >>> (w @ w.T).round(12).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
        True

    Source:
        A. Saxe, J. McClelland and S. Ganguli, "Exact solutions to the nonlinear dynamics of
        learning in deep linear neural networks" (2013).
    """
    shape = _shape(weights)
    if len(shape) < 2:
        raise ShapeError(f"orthogonal_: a parameter of shape {shape} came; needs (out, in, ...)")
    rows, columns = shape[0], math.prod(shape[1:])
    if not rows * columns:
        return weights
    drawn = generator_of(generator).standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # without this, some would be likelier than others
    return fill(weights, lambda _: gain * (q if rows >= columns else q.T).reshape(shape))


def _shape(weights: Tensor | npt.NDArray[Any]) -> tuple[int, ...]:
    if not isinstance(weights, (Tensor, np.ndarray)):
        raise TypeError(f"init: {type(weights).__name__} came; a Parameter or Tensor is needed")
    return weights.shape
