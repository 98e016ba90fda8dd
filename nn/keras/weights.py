"""A model's numbers out and in again under the names that Keras gave the methods."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from autograd import Value
from nn.modules.module import Module
from nn.modules.state import saved_nodes
from nn.modules.uninitialized import refuse_unsized

__all__ = ["Weights"]

_Model = TypeVar("_Model", bound="Weights")


class Weights(Module):
    """What Keras' models and layers tell of their weights: a list, without names.

    Its order is that of ``state_dict``, which has the names, too. Layouts are those of PyTorch: the
    weight of ``Dense(6, input_dim=8)`` has the shape (6, 8), and (8, 6) in Keras itself.
    """

    def get_weights(self) -> list[Any]:
        """Copy all parameters and buffers out, in the order of ``state_dict``.

        Returns:
            An array for each.

        Raises:
            ValueError: If a layer has no size yet.

        Example:
            >>> from nn import Dense
            >>> [array.shape for array in Dense(3, input_dim=2).get_weights()]
            [(3, 2), (3,)]
        """
        return [np.asarray(numbers) for numbers in self.state_dict().values()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Copy parameters and buffers in, all of them or none.

        Args:
            weights: What ``get_weights`` gave: an array for each, in that order.

        Raises:
            TypeError: If no list came.
            ValueError: If there are too few or too many, or shapes differ; the model stays as it
                was.

        Example:
            >>> from nn import Dense
            >>> a, b = Dense(3, input_dim=2), Dense(3, input_dim=2)
            >>> b.set_weights(a.get_weights())
            >>> bool((a.weight == b.weight).all())
            True
        """
        if not isinstance(weights, (list, tuple)):
            raise TypeError(
                f"set_weights: {type(weights).__name__} came; needs a list of arrays, as "
                "get_weights() gives; arrays by name go to load_state_dict"
            )
        names = [name for name, _ in saved_nodes(self)]
        if len(weights) != len(names):
            raise ValueError(
                f"set_weights: {len(weights)} arrays came; this model has {len(names)}: "
                f"{', '.join(names)}"
            )
        self.load_state_dict(dict(zip(names, weights, strict=True)))

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Save all parameters and buffers to a file: the same as ``save``.

        Args:
            path: Where to: ``.npz``, or ``.safetensors``, which PyTorch reads.

        Raises:
            ValueError: If the suffix is unknown.
            OSError: If it cannot be written; what was there is unchanged.
        """
        self.save(path)

    def load_weights(self: _Model, path: str | os.PathLike[str]) -> _Model:
        """Load parameters and buffers from a file, all of them or none: the same as ``load``.

        Args:
            path: A ``.npz`` or ``.safetensors`` file.

        Returns:
            This model.

        Raises:
            ValueError: If the file is damaged or does not fit; the model is as it was.
            OSError: If it cannot be read.
        """
        return self.load(path)

    def count_params(self) -> int:
        """Count the numbers that are learned or were, as ``summary`` does: shared ones once.

        Running figures of ``BatchNormalization`` are buffers here and are not counted.

        Raises:
            ValueError: If a layer has no size yet.

        Example:
            >>> from nn import Dense
            >>> Dense(3, input_dim=2).count_params()
            9
        """
        refuse_unsized("count_params", self.named_parameters())
        return sum(1 if isinstance(p, Value) else int(p.size) for p in self.parameters())
