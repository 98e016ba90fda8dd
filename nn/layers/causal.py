"""The mask that keeps a Transformer from looking ahead, under PyTorch's address."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autograd import Tensor, full, triu
from nn.checks.whole_numbers import at_least_one

__all__ = ["Transformer"]


class Transformer:
    """PyTorch's address for ``generate_square_subsequent_mask``; a decoder there is not.

    Raises:
        NotImplementedError: If one is made: stack ``TransformerEncoderLayer``.

    Example:
        >>> Transformer.generate_square_subsequent_mask(3).tolist()
        [[0.0, -inf, -inf], [0.0, 0.0, -inf], [0.0, 0.0, 0.0]]
    """

    def __init__(self, *args: Any, **settings: Any) -> NoReturn:
        raise NotImplementedError(
            "Transformer: there is no decoder here; stack encoder layers with "
            "nn.TransformerEncoder(nn.TransformerEncoderLayer(...), num_layers), and give "
            "is_causal=True for text"
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """Make the mask that is added to scores: 0 up to a place itself, minus infinity after it.

        Args:
            sz: How many places there are.
            device: "cpu", the only one there is.
            dtype: The kind of number; float64 by default.

        Returns:
            Shape (sz, sz), for ``attn_mask=`` or ``mask=``.

        Raises:
            ValueError: If there is no place.
        """
        at_least_one("generate_square_subsequent_mask", "sz", sz)
        mask: Tensor = triu(full((sz, sz), -np.inf, dtype, device=device), 1)
        return mask
