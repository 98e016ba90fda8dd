"""Datasets in PyTorch's sense: things with a length, whose examples have numbers."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from autograd import Tensor
from autograd.tensor import from_array

__all__ = ["ConcatDataset", "Dataset", "Subset", "TensorDataset"]

Example = TypeVar("Example", covariant=True)


class Dataset(ABC, Generic[Example]):
    """Something with a length whose examples are found by number; a class to build on.

    Write ``__len__`` and ``__getitem__``; iterating, ``+`` and ``DataLoader`` come by themselves.

    Example:
        >>> class Squares(Dataset):
        ...     def __len__(self):
        ...         return 3
        ...
        ...     def __getitem__(self, index):
        ...         return index, index**2
        >>> list(Squares())
        [(0, 0), (1, 1), (2, 4)]
        >>> len(Squares() + Squares())
        6
    """

    @abstractmethod
    def __len__(self) -> int:
        """Tell how many examples there are."""

    @abstractmethod
    def __getitem__(self, index: Any) -> Example:
        """Give the example with a number from 0 to len - 1."""

    def __iter__(self) -> Iterator[Example]:
        return (self[index] for index in range(len(self)))

    def __add__(self, other: Dataset[Any]) -> ConcatDataset:
        return ConcatDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Examples that are the rows of arrays: example i is row i of each.

    The arrays are not copied: what is written into them later is seen.

    Args:
        arrays: Tensors (their gradients are left behind), arrays or lists, all with as many rows.

    Attributes:
        arrays: They, as NumPy arrays.

    Raises:
        TypeError: If one holds no numbers.
        ValueError: If there is none, or one has another number of rows.

    Example:
        >>> pairs = TensorDataset([[1.0, 2.0], [3.0, 4.0]], [0, 1])
        >>> pairs[1]
        (Tensor([3., 4.]), Tensor(1))
    """

    arrays: tuple[npt.NDArray[Any], ...]

    def __init__(self, *arrays: Any) -> None:
        if not arrays:
            raise ValueError("TensorDataset: nothing came: give inputs and targets")
        made = tuple(_rows(array) for array in arrays)
        lengths = [len(array) for array in made]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"TensorDataset: arrays with {', '.join(map(str, lengths))} rows came: "
                "all must have as many"
            )
        self.arrays = made

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The arrays as Tensors, copied."""
        return tuple(Tensor(array) for array in self.arrays)

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(from_array(np.array(array[index])) for array in self.arrays)

    def __repr__(self) -> str:
        shapes = ", ".join(str(array.shape) for array in self.arrays)
        return f"TensorDataset({shapes})"


class Subset(Dataset[Any]):
    """Some examples of a dataset, in a given order.

    Args:
        dataset: Where they are from.
        indices: Their numbers there; negative ones count from the end.

    Attributes:
        dataset: As given.
        indices: As given, as a list of numbers from 0.

    Raises:
        TypeError: If an index is no whole number.
        IndexError: If an index is out of range.

    Example:
        >>> Subset(["a", "b", "c"], [2, 0])[0]
        'c'
    """

    def __init__(self, dataset: Any, indices: Iterable[int]) -> None:
        size = len(dataset)
        self.dataset = dataset
        self.indices: list[int] = [_in_range("Subset", index, size) for index in indices]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[self.indices[_in_range("Subset", index, len(self))]]

    def __repr__(self) -> str:
        return f"Subset({len(self)} of {self.dataset!r})"


class ConcatDataset(Dataset[Any]):
    """Datasets one after the other, as one.

    Args:
        datasets: They, in order.

    Attributes:
        datasets: As given, as a list.

    Raises:
        ValueError: If there is none.

    Example:
        >>> both = ConcatDataset([["a", "b"], ["c"]])
        >>> len(both), both[2], both[-3]
        (3, 'c', 'a')
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: no dataset came: give at least one")

    def __len__(self) -> int:
        return sum(map(len, self.datasets))

    def __getitem__(self, index: Any) -> Any:
        place = _in_range("ConcatDataset", index, len(self))
        for dataset in self.datasets:
            if place < len(dataset):
                return dataset[place]
            place -= len(dataset)
        raise IndexError("ConcatDataset: a dataset became shorter; leave it alone while it is read")

    def __repr__(self) -> str:
        return f"ConcatDataset({len(self)} examples of {len(self.datasets)} datasets)"


def _rows(data: Any) -> npt.NDArray[Any]:
    """Plain rows of real numbers, shared with whoever has them."""
    if isinstance(data, Tensor):
        array = np.asarray(data.numpy())
    elif isinstance(data, (list, tuple)) and data and isinstance(data[0], Tensor):
        array = np.stack([np.asarray(row.numpy()) for row in data])
    else:
        array = np.asarray(data)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"TensorDataset: {type(data).__name__} of {array.dtype} came: real numbers are needed; "
            "for other things write a Dataset of your own"
        )
    if array.ndim == 0:
        raise ValueError("TensorDataset: a single number came: give arrays with rows")
    return array


def _in_range(asked_by: str, index: Any, size: int) -> int:
    """The number of an example, counted from the start; IndexError is what ends a for loop."""
    try:
        number = operator.index(index)
    except TypeError:
        raise TypeError(
            f"{asked_by}: index {index!r} came, a {type(index).__name__}: a whole number is needed"
        ) from None
    if not -size <= number < size:
        raise IndexError(
            f"{asked_by}: index {number} came and there are {size} examples; they count from 0"
        )
    return number % size


def must_be_dataset(asked_by: str, dataset: Any) -> None:
    """Refuse what has no length or no numbered examples.

    Args:
        asked_by: The function or class that asks, for the error.
        dataset: What came.

    Raises:
        TypeError: If it is no dataset.

    Example:
        >>> must_be_dataset("DataLoader", {"X": 1})
        Traceback (most recent call last):
        ...
        TypeError: DataLoader: a dict came: give a dataset, such as TensorDataset(X, y)
    """
    numbered = hasattr(type(dataset), "__len__") and hasattr(type(dataset), "__getitem__")
    if numbered and not isinstance(dataset, (dict, str, bytes)):
        return
    fields = isinstance(getattr(dataset, "X", None), np.ndarray)
    cure = "data.X, data.y" if fields else "X, y"
    raise TypeError(
        f"{asked_by}: a {type(dataset).__name__} came: give a dataset, "
        f"such as TensorDataset({cure})"
    )
