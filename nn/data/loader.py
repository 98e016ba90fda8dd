"""DataLoader: a dataset in batches, epoch after epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.tensor import from_array
from nn.checks.whole_numbers import count_of
from nn.data.collate import default_collate
from nn.data.dataset import must_be_dataset
from nn.data.prefetch import prefetched
from nn.data.randomness import generators_in, restore_generators
from nn.data.transformed import in_rows, rows_of
from nn.init import Generator, generator_of

__all__ = ["DataLoader"]


class DataLoader:
    """A dataset in batches, as often as it is iterated.

    Each time is one epoch; shuffled, each has an order of its own, and the same seed gives the same
    epochs. Batches are what ``collate_fn`` makes, by default tuples of Tensors.

    Args:
        dataset: Anything with a length and numbered examples; ``TensorDataset(X, y)`` is fastest.
        batch_size: How many examples make a batch; the last one may be smaller.
        shuffle: Whether to mix the examples anew for each epoch.
        drop_last: Whether to leave out a last batch that is smaller.
        generator: What to shuffle by, a ``numpy.random.Generator`` or a seed; by default what
            ``manual_seed`` set.
        seed: The same by another name.
        collate_fn: Makes a batch of a list of examples; by default ``default_collate``.
        prefetch: How many batches a background thread makes in advance; 0 is no thread. It pays
            where examples are read from files. An epoch that is broken off may have drawn more
            augmentations than were seen.
        num_workers: PyTorch's way to ask for background work: as ``prefetch``, if that is 0.
        pin_memory: Accepted for PyTorch's programs; does nothing.

    Attributes:
        dataset: As given.
        batch_size: As given.
        drop_last: As given.
        collate_fn: As given, or ``default_collate``.
        prefetch: How many batches are made in advance.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If a number is too small, the dataset is empty, or ``seed`` and ``generator``
            are both given.

    Example:
        >>> from nn.data import TensorDataset
        >>> loader = DataLoader(TensorDataset([10.0, 20.0, 30.0], [0, 1, 0]), batch_size=2)
        >>> for x, y in loader:
        ...     print(x, y)
        Tensor([10., 20.]) Tensor([0, 1])
        Tensor([30.]) Tensor([0])
        >>> len(loader)
        2
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        generator: Generator = None,
        seed: int | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        prefetch: int = 0,
        num_workers: int = 0,
        pin_memory: bool = False,
    ) -> None:
        must_be_dataset("DataLoader", dataset)
        if not len(dataset):
            raise ValueError("DataLoader: the dataset is empty: give at least one example")
        if not isinstance(shuffle, (bool, np.bool_)):
            raise TypeError(f"DataLoader: shuffle is {shuffle!r}: give True or False")
        if collate_fn is not None and not callable(collate_fn):
            raise TypeError(
                f"DataLoader: a {type(collate_fn).__name__} came as collate_fn: give a function "
                "that makes a batch of a list of examples"
            )
        if generator is not None and seed is not None:
            raise ValueError("DataLoader: generator and seed came, which are the same: give one")
        source = seed if generator is None else generator
        workers = count_of("DataLoader", "num_workers", num_workers, least=0)
        self.dataset = dataset
        self.batch_size = count_of("DataLoader", "batch_size", batch_size, least=1)
        self.shuffle = bool(shuffle)
        self.drop_last = bool(drop_last)
        self.collate_fn = default_collate if collate_fn is None else collate_fn
        self.prefetch = count_of("DataLoader", "prefetch", prefetch, least=0) or workers
        self._generator = None if source is None else generator_of(source)

    @property
    def generator(self) -> np.random.Generator:
        """What the order of the examples is drawn from."""
        return generator_of(self._generator)

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        whole, rest = divmod(len(self.dataset), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        rows = len(self.dataset)
        order = self.generator.permutation(rows) if self.shuffle else np.arange(rows)
        parts = [
            order[start : start + self.batch_size]
            for start in range(0, len(self) * self.batch_size, self.batch_size)
        ]
        batches = (self._batch(part) for part in parts)
        return prefetched(batches, self.prefetch) if self.prefetch else batches

    def _batch(self, indices: npt.NDArray[np.intp]) -> Any:
        if self.collate_fn is default_collate and in_rows(self.dataset):
            return tuple(from_array(rows) for rows in rows_of(self.dataset, indices))
        return self.collate_fn([self.dataset[index] for index in indices.tolist()])

    @property
    def generators(self) -> dict[str, np.random.Generator]:
        """All that the batches are drawn from: "order", and those of the dataset, by their place.

        Example:
            >>> from nn.data import RandomShift, TensorDataset, TransformedDataset
            >>> shifted = TransformedDataset(TensorDataset(np.zeros((3, 8, 8))), RandomShift(1))
            >>> list(DataLoader(shifted, shuffle=True).generators)
            ['order', 'dataset.transform.generator']
        """
        return {"order": self.generator, **generators_in(self.dataset, "dataset")}

    def state_dict(self) -> dict[str, Any]:
        """Give the state of all generators, as plain data: between epochs, all that is to be kept.

        Returns:
            For each generator its state, a dict that JSON can hold.

        Example:
            >>> loader = DataLoader(range(100), batch_size=100, shuffle=True, seed=0)
            >>> state = loader.state_dict()
            >>> (first,) = loader
            >>> loader.load_state_dict(state)
            >>> (again,) = loader
            >>> bool((first == again).all())
            True
        """
        return {name: source.bit_generator.state for name, source in self.generators.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put the generators back into the states of ``state_dict``: all of them, or none.

        Args:
            state: What ``state_dict`` gave, from a loader with the same transforms.

        Raises:
            ValueError: If a generator is missing or too many, or a state does not fit it.
        """
        restore_generators("DataLoader.load_state_dict", self.generators, state)

    def __repr__(self) -> str:
        shuffled = ", shuffled" if self.shuffle else ""
        return f"DataLoader({self.dataset!r}, {len(self)} batches of {self.batch_size}{shuffled})"
