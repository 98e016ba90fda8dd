"""Feeding: how arrays and loaders become batches, and batches what a model takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from autograd import Tensor, Value
from nn.checks.whole_numbers import count_of
from nn.data import Dataset, batches
from nn.data.arguments import finite_number, rows_and_labels

__all__ = [
    "ArrayFeed",
    "Feed",
    "LoaderFeed",
    "feed_of",
    "forward_of",
    "inputs_of",
    "is_array",
    "of_values",
    "split_off",
]

Batches: TypeAlias = Iterator[tuple[Any, Any]]


class ArrayFeed:
    """Arrays, dealt out in batches in an order that is drawn for each epoch.

    Args:
        X: Inputs, shape (n, ...).
        y: Targets, shape (n, ...).
        batch_size: How many examples make a batch.
        order: The source of the order.
        shuffle: Whether there is an order other than that of the rows.

    Attributes:
        weights: How much each example counts, shape (n,); None for all alike.
        batch_weights: The same of the batch that was dealt out last.
    """

    weights: Any = None
    batch_weights: Any = None

    def __init__(
        self, X: Any, y: Any, batch_size: int, order: np.random.Generator, shuffle: bool
    ) -> None:
        self.X, self.y = rows_and_labels("fit", X, y)
        self.batch_size = count_of("fit", "batch_size", batch_size, least=1)
        self.order, self.shuffle = order, shuffle
        self.generators: Mapping[str, np.random.Generator] = {"order": order}

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.X) // self.batch_size)

    def epoch(self, start: Mapping[str, Any] | None = None, done: int = 0) -> Batches:
        """Deal out one epoch.

        Args:
            start: In the middle of an epoch: the state of the order at its beginning.
            done: How many batches were dealt out already.

        Returns:
            The batches that are left.
        """
        now = self.state()
        if start is not None:
            self.restore(start)
        if self.weights is None:
            dealt = batches(self.X, self.y, self.batch_size, self.order, self.shuffle)
        else:
            rows = np.arange(len(self.X))
            dealt = map(
                self._pick, batches(rows, self.weights, self.batch_size, self.order, self.shuffle)
            )
        if start is not None:
            self.restore(now)
        return islice(dealt, done, None)

    def _pick(self, dealt: tuple[Any, Any]) -> tuple[Any, Any]:
        rows, self.batch_weights = dealt
        return self.X[rows], self.y[rows]

    def first(self) -> tuple[Any, Any]:
        """Give a batch that has the examples with the smallest and the largest targets in it."""
        rows = set(range(min(self.batch_size, len(self.X))))
        if self.y.dtype.kind in "iufb" and self.y.size:
            width = self.y.size // len(self.y)
            rows |= {int(self.y.argmin()) // width, int(self.y.argmax()) // width}
        chosen = sorted(rows)
        if self.weights is not None:
            self.batch_weights = self.weights[chosen]
        return self.X[chosen], self.y[chosen]

    def state(self) -> dict[str, Any]:
        """The state of the order's source, as plain data."""
        return {"order": self.order.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Put the order's source back into a state."""
        self.order.bit_generator.state = state["order"]


class LoaderFeed:
    """A DataLoader, or anything else that gives (inputs, targets) each time it is walked through.

    Args:
        loader: The loader.

    Raises:
        TypeError: If it can be walked through only once, or not at all.
        ValueError: If it has no batch.
    """

    def __init__(self, loader: Any) -> None:
        if not hasattr(loader, "__iter__"):
            raise TypeError(
                f"fit: {type(loader).__name__} came as X, without y; give arrays X and y, or a "
                "nn.data.DataLoader of (inputs, targets)"
            )
        if hasattr(loader, "__next__"):
            raise TypeError(
                f"fit: a {type(loader).__name__} came as X, which is used up after one epoch; give "
                "a list of batches, or a nn.data.DataLoader"
            )
        if isinstance(loader, (Dataset, dict)):
            raise TypeError(
                f"fit: a {type(loader).__name__} came as X, without y; give arrays X and y, or "
                "make batches of a dataset: nn.data.DataLoader(dataset, batch_size=32)"
            )
        self.loader = loader
        if self.batches == 0:
            raise ValueError(
                f"fit: {loader!r} has no batch; give examples, or drop_last=False and a smaller "
                "batch_size"
            )

    @property
    def batches(self) -> int | None:
        """How many batches an epoch has, if the loader knows."""
        return len(self.loader) if hasattr(self.loader, "__len__") else None

    @property
    def generators(self) -> Mapping[str, np.random.Generator]:
        """What the batches are drawn from, as far as the loader tells."""
        return getattr(self.loader, "generators", {})

    def epoch(self, start: Mapping[str, Any] | None = None, done: int = 0) -> Batches:
        """Walk through the loader, see ``ArrayFeed.epoch``."""
        now = self.state()
        if start is not None:
            self.restore(start)
        walk = iter(self.loader)
        for _ in range(done):
            next(walk)  # it is drawn again, so that what follows is as it would have been
        if start is not None and not getattr(self.loader, "prefetch", 0):
            self.restore(now)
        return map(_pair, walk)

    def first(self) -> tuple[Any, Any]:
        """Give the first batch, and leave the loader as it was."""
        now, walk = self.state(), iter(self.loader)
        batch = next(walk, None)
        if hasattr(walk, "close"):
            walk.close()
        self.restore(now)
        if batch is None:
            raise ValueError("fit: the loader gives no batch; at least one is needed")
        return _pair(batch)

    def state(self) -> dict[str, Any]:
        """The states of the loader's generators."""
        return {name: source.bit_generator.state for name, source in self.generators.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Put the loader's generators back into their states."""
        for name, source in self.generators.items():
            source.bit_generator.state = state[name]


Feed: TypeAlias = ArrayFeed | LoaderFeed


def feed_of(
    X: Any, y: Any, batch_size: int, order: np.random.Generator, shuffle: bool = True
) -> Feed:
    """Choose how to feed.

    Args:
        X: Inputs; or a loader, if there is no y.
        y: Targets, or None.
        batch_size: For arrays.
        order: For arrays.
        shuffle: For arrays.

    Returns:
        The feed.

    Raises:
        TypeError: If targets are missing, or came beside a loader.
        ValueError: If lengths differ, or there is nothing.
    """
    if y is None:
        if is_array(X):
            raise TypeError("fit: X came without y; give the targets, too: fit(model, X, y, ...)")
        return LoaderFeed(X)
    if isinstance(X, (dict, Dataset)) or not _array(X).ndim:
        raise TypeError(
            f"fit: a {type(X).__name__} came as X, with y; needs an array of inputs, or a loader "
            "of (inputs, targets) without y"
        )
    return ArrayFeed(_array(X), _array(y), batch_size, order, shuffle)


def split_off(X: Any, y: Any, share: float) -> tuple[Any, Any, tuple[Any, Any]]:
    """Keep the last examples for validation, as Keras does: before any shuffling.

    Args:
        X: Inputs.
        y: Targets.
        share: Which share to keep, between 0 and 1.

    Returns:
        Inputs and targets to learn from, and those to measure on.

    Raises:
        ValueError: If the share leaves nothing on one side.
        TypeError: If a loader came.

    Example:
        >>> X, y, validation = split_off(np.arange(10), np.arange(10), 0.2)
        >>> len(y), validation[1]
        (8, array([8, 9]))
    """
    if y is None:
        raise TypeError(
            "fit: validation_split came with a loader, which cannot be cut; give validation="
        )
    X, y = rows_and_labels("fit", _array(X), _array(y))
    share = finite_number("fit", "validation_split", share)
    kept = int(len(X) * (1 - share) + 1e-9) if 0 < share < 1 else 0
    if not 0 < kept < len(X):
        raise ValueError(
            f"fit: validation_split={share} came with {len(X)} examples; needs a share between 0 "
            "and 1 that leaves examples on both sides"
        )
    return X[:kept], y[:kept], (X[kept:], y[kept:])


def inputs_of(model: Any, X: Any) -> Any:
    """The inputs as an array; floats in the model's own dtype, so that float32 stays float32."""
    array = _array(X)
    dtype = next((p.dtype for p in model.parameters() if isinstance(p, Tensor)), None)
    return array if dtype is None or array.dtype.kind != "f" else array.astype(dtype, copy=False)


def of_values(model: Any) -> bool:
    """Whether a model computes with Values."""
    return any(isinstance(p, Value) for p in model.parameters()[:1])


def forward_of(model: Any) -> Callable[[Any], Any]:
    """All examples at once through a model on Tensors, one by one through a model on Values."""
    if of_values(model):
        return lambda X: [model(row) for row in np.asarray(X).tolist()]
    return lambda X: model(Tensor(inputs_of(model, X)))


def is_array(thing: Any) -> bool:
    """Whether it is an array or can become one, such as a table of pandas; lists may be loaders.

    Args:
        thing: Anything.

    Example:
        >>> is_array(np.zeros(3)), is_array([1, 2])
        (True, False)
    """
    return isinstance(thing, Tensor) or hasattr(thing, "__array__")


def _array(thing: Any) -> Any:
    try:
        return np.asarray(thing.numpy() if isinstance(thing, Tensor) else thing)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            f"fit: the rows of a {type(thing).__name__} are not equally long; make them so, for "
            "example by padding"
        ) from None


def _pair(batch: Any) -> tuple[Any, Any]:
    came = type(batch).__name__
    if isinstance(batch, (tuple, list)):
        came = f"{len(batch)} things"
        if len(batch) == 2:
            inputs, targets = _array(batch[0]), _array(batch[1])
            if inputs.ndim and targets.ndim:
                return inputs, targets
            came = "a single example"
    raise TypeError(
        f"fit: a batch of {came} came; needs pairs (inputs, targets) of many examples: arrays are "
        "given as fit(X, y), a dataset through nn.data.DataLoader"
    )
