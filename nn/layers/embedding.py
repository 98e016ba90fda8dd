"""Embedding: a vector that is learned for every word, letter or other whole number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor
from nn import functional
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.whole_numbers import at_least_one, whole_number
from nn.init import Generator, generator_of, normal_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["Embedding"]


class Embedding(Module):
    """y = W[x]: a row of the table W, of shape (num_embeddings, embedding_dim), for every number.

    The rows start from the normal curve of deviation 1, as in PyTorch.

    Args:
        num_embeddings: How many rows: the numbers go from 0 to this, exclusive.
        embedding_dim: The length of a row.
        padding_idx: A row that starts as zeros and learns nothing, for what only fills up.
        sparse: PyTorch's switch, which changes nothing here: the gradient is an ordinary array.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1, or there is no row ``padding_idx``.

    Example:
        >>> layer = Embedding(3, 2)
        >>> layer.weight.data = [[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]]
        >>> y = layer([[2, 1, 2]])
        >>> y.sum().backward()
        >>> y.tolist(), layer.weight.grad.tolist()
        ([[[3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]], [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])

    Source:
        Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, "A Neural Probabilistic Language Model"
        (2003).
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        sparse: bool = False,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.num_embeddings = at_least_one("Embedding", "num_embeddings", num_embeddings)
        self.embedding_dim = at_least_one("Embedding", "embedding_dim", embedding_dim)
        self.padding_idx = self._row(padding_idx)
        table = np.zeros((num_embeddings, embedding_dim), float_kind(type(self).__name__, dtype))
        self.weight = normal_(Parameter(table), generator=generator_of(generator))
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0.0

    @classmethod
    def from_pretrained(
        cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None
    ) -> Embedding:
        """Make a layer of a table that was learned elsewhere.

        Args:
            embeddings: Shape (num_embeddings, embedding_dim); copied.
            freeze: Whether it learns no more.
            padding_idx: See the class.

        Returns:
            The layer.

        Raises:
            ShapeError: If it is no table.

        Example:
            >>> layer = Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])
            >>> layer(1).tolist(), layer.weight.requires_grad
            ([3.0, 4.0], False)
        """
        given = numbers_of("Embedding.from_pretrained", embeddings)
        table = np.array(given.numpy() if isinstance(given, Tensor) else given)
        if table.ndim != 2:
            raise ShapeError(
                f"Embedding.from_pretrained: shape {table.shape} came; "
                "(num_embeddings, embedding_dim) is needed"
            )
        layer = cls(*table.shape, dtype=table.dtype if table.dtype.kind == "f" else float)
        layer.padding_idx = layer._row(padding_idx)
        layer.weight.data = table
        layer.weight.requires_grad = not freeze
        return layer

    def _row(self, padding_idx: int | None) -> int | None:
        rows = self.num_embeddings
        if padding_idx is not None:
            whole_number("Embedding", "padding_idx", padding_idx)
        if padding_idx is not None and not -rows <= padding_idx < rows:
            raise ValueError(
                f"Embedding: padding_idx={padding_idx} came for {rows} rows; "
                f"needs a number from {-rows} to {rows - 1}"
            )
        return None if padding_idx is None else padding_idx % rows

    def forward(self, input: Any) -> Any:
        """Look the rows up.

        Args:
            input: Whole numbers of any shape.

        Returns:
            Shape (*input's, embedding_dim).

        Raises:
            TypeError: If they are no whole numbers.
            ValueError: If there is no such row.
        """
        return functional.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """The sizes."""
        extra = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{extra}"
