"""A dataset whose inputs are changed on the way out; and rows fetched many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import Tensor
from autograd.tensor import from_array
from nn.data.dataset import Dataset, Subset, TensorDataset, must_be_dataset
from nn.data.image_transform import ImageTransform

__all__ = ["TransformedDataset"]


class TransformedDataset(Dataset[Any]):
    """A dataset whose inputs are changed whenever they are asked for.

    Args:
        dataset: Its examples are inputs, or tuples that begin with inputs; the rest stays.
        transform: What to do with the inputs of one example: any function, or a transform of this
            package such as ``RandomShift``, which ``DataLoader`` then calls once per batch.

    Attributes:
        dataset: As given.
        transform: As given.

    Raises:
        TypeError: If ``dataset`` is none, or ``transform`` cannot be called.

    Example:
        >>> from nn.data import RandomHorizontalFlip
        >>> pictures = TensorDataset([[[1.0, 2.0]]], [7])
        >>> TransformedDataset(pictures, RandomHorizontalFlip(p=1.0))[0]
        (Tensor([[2., 1.]]), Tensor(7))
        >>> TransformedDataset(pictures, lambda image: 10 * image)[0]
        (Tensor([[10., 20.]]), Tensor(7))
    """

    def __init__(self, dataset: Any, transform: Callable[[Any], Any]) -> None:
        must_be_dataset("TransformedDataset", dataset)
        if not callable(transform):
            raise TypeError(
                f"TransformedDataset: a {type(transform).__name__} came as transform: "
                "give a function of the inputs, or a transform such as RandomShift(1)"
            )
        self.dataset = dataset
        self.transform = transform

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: Any) -> Any:
        example = self.dataset[index]
        if isinstance(example, tuple):
            return (self._changed(example[0]), *example[1:])
        return self._changed(example)

    def _changed(self, inputs: Any) -> Any:
        if not isinstance(self.transform, ImageTransform):
            return self.transform(inputs)
        if isinstance(inputs, Tensor):  # a batch of one
            return from_array(self.transform(inputs.numpy()[np.newaxis])[0])
        return self.transform(np.asarray(inputs)[np.newaxis])[0]

    def __repr__(self) -> str:
        return f"TransformedDataset({self.dataset!r}, {self.transform!r})"


def in_rows(dataset: Any) -> bool:
    """Tell whether a dataset's examples are rows of arrays, which can be fetched many at once.

    Classes that build on ours may have changed ``__getitem__``: they are asked one by one.

    Args:
        dataset: The dataset.

    Returns:
        Whether ``rows_of`` takes it.

    Example:
        >>> in_rows(Subset(TensorDataset([1.0, 2.0]), [1])), in_rows(Subset([1.0, 2.0], [1]))
        (True, False)
    """
    if type(dataset) is TransformedDataset:
        return isinstance(dataset.transform, ImageTransform) and in_rows(dataset.dataset)
    return type(dataset) is TensorDataset or (type(dataset) is Subset and in_rows(dataset.dataset))


def rows_of(dataset: Any, indices: npt.NDArray[np.intp]) -> tuple[npt.NDArray[Any], ...]:
    """Fetch many examples at once.

    Args:
        dataset: One for which ``in_rows`` is true.
        indices: Numbers of examples.

    Returns:
        For each of its arrays the rows, copied.

    Example:
        >>> rows_of(TensorDataset([1.0, 2.0, 3.0]), np.array([2, 0]))
        (array([3., 1.]),)
    """
    if isinstance(dataset, TransformedDataset):
        inputs, *rest = rows_of(dataset.dataset, indices)
        return (dataset.transform(inputs), *rest)
    if isinstance(dataset, Subset):
        return rows_of(dataset.dataset, np.array(dataset.indices, dtype=np.intp)[indices])
    return tuple(array[indices] for array in dataset.arrays)
