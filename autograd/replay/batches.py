"""Batches: arrays whose first axis counts examples, and one example of them as Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperationError, ShapeError
from autograd.node import Node
from autograd.value import Value

__all__ = ["Batch", "NoInputs"]


class Batch:
    """What a program is called with, taken apart into one row of numbers per input.

    Args:
        given: The arguments: arrays, lists of examples, or tuples and dicts of them.

    Raises:
        ShapeError: If they do not have equally many examples, or none.
        OperationError: If they are no numbers.

    Example:
        >>> batch = Batch(([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.0, 1.0, 0.0]))
        >>> batch.count, batch.rows.shape
        (3, (3, 3))
        >>> batch.example(batch.rows[:, 1])[0]
        ([Value(3.0), Value(4.0)], Value(1.0))
    """

    def __init__(self, given: tuple[Any, ...]) -> None:
        self._arrays: list[Any] = []
        self._form = self.structure = tuple([self._take(item) for item in given])
        self.count = len(self._arrays[0]) if self._arrays else -1
        for array in self._arrays:
            if len(array) != self.count:
                self.count = -1
        if self.count <= 0:
            self._refuse()

    def _refuse(self) -> None:
        if not self.count:
            raise ShapeError("replay: the batch is empty: give at least one example")
        shapes = ", ".join(str(array.shape) for array in self._arrays)
        raise ShapeError(
            f"replay: arrays of shapes {shapes or '()'} came: the first axis counts the "
            "examples, so it must be equally long in all of them"
        )

    @property
    def rows(self) -> Any:
        """A row of numbers per input, a column per example."""
        return np.concatenate([a.reshape(self.count, -1).T for a in self._arrays])

    def fill(self, rows: Any) -> None:
        """Write the numbers into the first rows of an array."""
        start = 0
        for array in self._arrays:
            if array.ndim == 1:
                rows[start] = array
                start += 1
            else:
                columns = (array if array.ndim == 2 else array.reshape(self.count, -1)).T
                rows[start : start + len(columns)] = columns
                start += len(columns)

    def _take(self, item: Any) -> Any:
        if type(item) is np.ndarray and item.dtype == float and item.ndim:
            self._arrays.append(item)
            return item.shape[1:]
        if isinstance(item, tuple):
            return ("tuple", *(self._take(part) for part in item))
        if isinstance(item, dict):
            return ("dict", *((name, self._take(part)) for name, part in item.items()))
        if isinstance(item, Node) or (isinstance(item, list) and _has_node(item)):
            raise OperationError(
                "replay: a recorded node came in the batch: give arrays of plain numbers; "
                "parameters belong in the function"
            )
        try:
            array = np.asarray(item, dtype=np.float64)
        except (ValueError, TypeError) as error:
            raise OperationError(
                f"replay: {type(item).__name__} came in the batch ({error}); give arrays of "
                "numbers, one example after the other"
            ) from None
        if array.ndim == 0:
            raise ShapeError(
                "replay: a single number came in the batch: the first axis counts the examples"
            )
        self._arrays.append(array)
        return array.shape[1:]

    def example(self, numbers: Any) -> tuple[tuple[Any, ...], list[Value]]:
        """Build the arguments of one example.

        Args:
            numbers: Its numbers, a column of ``rows``.

        Returns:
            The arguments, in nested lists, and all their Values in the order of ``rows``.
        """
        values = [Value(number) for number in numbers.tolist()]
        waiting = iter(values)
        return tuple(_build(form, waiting) for form in self._form), values


class NoInputs:
    """The one example of a program without inputs."""

    count = 1
    structure = ()

    def __init__(self, given: tuple[Any, ...]) -> None:
        if given:
            raise ShapeError(
                f"replay: {len(given)} arrays came for a graph without inputs: change the .data of "
                "its leaves and call it without arguments, or name inputs: replay(loss, inputs=[x])"
            )

    def fill(self, rows: Any) -> None:
        """There is nothing to write."""


def _build(form: Any, waiting: Any) -> Any:
    if form and form[0] == "tuple":
        return tuple(_build(part, waiting) for part in form[1:])
    if form and form[0] == "dict":
        return {name: _build(part, waiting) for name, part in form[1:]}
    if not form:
        return next(waiting)
    return [_build(form[1:], waiting) for _ in range(form[0])]


def _has_node(items: list[Any]) -> bool:
    return any(
        isinstance(item, Node) or (isinstance(item, (list, tuple)) and _has_node(list(item)))
        for item in items
    )
