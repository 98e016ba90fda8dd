"""All parameters as one long vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, concatenate, reshape
from nn.modules.parameter import fitting

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """Join parameters into one vector.

    Args:
        parameters: Parameters, as ``model.parameters()`` gives them.

    Returns:
        A Tensor of one axis, in that order; gradients go back to the parameters.

    Raises:
        ValueError: If none came.
        TypeError: If one is no Tensor.

    Example:
        >>> from nn import Linear
        >>> parameters_to_vector(Linear(2, 3).parameters()).shape
        (9,)
    """
    given = _checked("parameters_to_vector", parameters)
    return concatenate([reshape(parameter, (-1,)) for parameter in given])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Copy one vector into parameters, all of it or nothing.

    Args:
        vec: As many numbers as the parameters have, of one axis.
        parameters: Parameters, as ``model.parameters()`` gives them.

    Raises:
        ValueError: If none came.
        TypeError: If one is no Tensor.
        ShapeError: If there are more or fewer numbers; no parameter is changed then.

    Example:
        >>> from nn import Linear
        >>> layer = Linear(2, 1)
        >>> vector_to_parameters(Tensor([1.0, 2.0, 3.0]), layer.parameters())
        >>> layer.weight.tolist(), layer.bias.tolist()
        ([[1.0, 2.0]], [3.0])
    """
    given = _checked("vector_to_parameters", parameters)
    numbers = np.asarray(vec)
    needed = sum(parameter.numel() for parameter in given)
    if numbers.shape != (needed,):
        raise ShapeError(
            f"vector_to_parameters: a vector of shape {numbers.shape} came; ({needed},) is needed"
        )
    edges = np.cumsum([parameter.numel() for parameter in given])[:-1]
    pieces = [
        fitting(parameter, piece.reshape(parameter.shape))
        for parameter, piece in zip(given, np.split(numbers, edges), strict=True)
    ]
    for parameter, piece in zip(given, pieces, strict=True):
        parameter.data = piece


def _checked(name: str, parameters: Iterable[Any]) -> list[Any]:
    given = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not given:
        raise ValueError(f"{name}: no parameters came; give model.parameters()")
    for parameter in given:
        if not isinstance(parameter, Tensor):
            raise TypeError(f"{name}: {type(parameter).__name__} came; Parameters are needed")
    return given
