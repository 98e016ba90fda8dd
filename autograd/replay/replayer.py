"""``replay``: write a loss for one example in Values, run it over batches at matrix speed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from autograd.errors import GradcheckError, OperationError
from autograd.replay.batches import Batch
from autograd.replay.program import Losses, Program
from autograd.replay.recording import record
from autograd.value import Value

__all__ = ["Replayed", "replay"]

_MOST_KEPT = 64


class Replayed:
    """A function of one example that takes whole batches; made by ``replay``."""

    def __init__(self, function: Callable[..., Any], reduction: str, check: bool) -> None:
        if not callable(function):
            raise OperationError(
                f"replay: {type(function).__name__} came; give a function of one example, made of "
                "Values, that returns its loss"
            )
        if reduction not in ("mean", "sum"):
            raise ValueError(f"replay: reduction is {reduction!r}: give 'mean' or 'sum'")
        self.function = function
        self.reduction = reduction
        self._check = check
        self._programs: dict[Any, Program] = {}
        self.__doc__ = function.__doc__
        self.__name__ = getattr(function, "__name__", "replayed")

    def __call__(self, *batch: Any) -> Losses:
        """Run all examples.

        Args:
            batch: The arguments of the function, each with a first axis that counts the examples.

        Returns:
            The losses, with ``.backward()``.

        Raises:
            ShapeError: If the arguments do not have equally many examples.
            OperationError: If the function cannot be recorded.
            DomainError: If a number lies where an op is not defined.
        """
        examples = Batch(batch)
        program = self._programs.get(examples.structure)
        leaves = program.leaves() if program is not None else None
        if program is None or leaves is None:  # new, or a parameter was replaced
            program = Program(record(self.function, examples))
            leaves = program.leaves()
            assert leaves is not None
            if self._check:
                self._compare(program, leaves, examples)
            if len(self._programs) >= _MOST_KEPT:
                self._programs.clear()
            self._programs[examples.structure] = program
        return Losses(program, leaves, examples, self.reduction == "mean")

    def value_and_grad(self, *batch: Any) -> tuple[float, Any]:
        """Run all examples and send the gradient back, adding it to every parameter's ``.grad``.

        Args:
            batch: As for a call.

        Returns:
            The mean or sum of the losses, and what was added to the parameters, in order.
        """
        found = self(*batch)
        return found.value, found.backward()

    def program(self, *batch: Any) -> Program:
        """The program for batches of this structure; print it to see what was recognised.

        Args:
            batch: As for a call.

        Returns:
            The program.
        """
        return self(*batch).program

    def forget(self) -> None:
        """Record anew at the next call: after something changed that the function reads."""
        self._programs.clear()

    def _compare(self, program: Program, leaves: list[Value], batch: Batch) -> None:
        """Run the first batch eagerly too, and refuse if anything differs."""
        arrays, losses = program.forward(leaves, batch)
        found = program.backward(leaves, arrays, np.ones(batch.count))
        kept = [leaf.grad for leaf in leaves]
        try:
            for leaf in leaves:
                leaf.grad = None
            results = [self.function(*batch.example(i)[0]) for i in range(batch.count)]
            for result in results:
                result.backward()
            eager = np.array([leaf.grad or 0.0 for leaf in leaves])
        finally:
            for leaf, grad in zip(leaves, kept, strict=True):
                leaf.grad = grad
        pairs = (("loss", np.array([r.number for r in results]), losses), ("grad", eager, found))
        for what, right, got in pairs:
            scale = np.max(np.abs(right), initial=1e-300)
            if not np.allclose(got, right, rtol=1e-9, atol=1e-9 * scale, equal_nan=True):
                worst = int(np.argmax(np.abs(got - right)))
                raise GradcheckError(
                    f"replay: {what} {worst} is {got[worst]!r}, and {right[worst]!r} when run "
                    "eagerly: the function does not do the same for every example",
                    expected=float(right[worst]),
                    got=float(got[worst]),
                )


@overload
def replay(
    function: Callable[..., Any], *, reduction: str = ..., check: bool = ...
) -> Replayed: ...
@overload
def replay(
    *, reduction: str = ..., check: bool = ...
) -> Callable[[Callable[..., Any]], Replayed]: ...
def replay(
    function: Callable[..., Any] | None = None, *, reduction: str = "mean", check: bool = False
) -> Any:
    """Record a loss of one example, written in Values, and run it over batches at matrix speed.

    The function is run when a batch of a new structure comes, on an example or two; all examples
    are then computed together in NumPy, with the same gradients as if each had been run by itself.
    Parameters are read at every call; plain numbers that the function reads from outside stay as
    they were (``forget()`` records anew).

    Args:
        function: Takes one example (nested lists of Values) and returns its loss.
        reduction: Whether ``value`` and its gradient are of the ``"mean"`` or ``"sum"`` of losses.
        check: Whether the first batch is run eagerly too, and compared.

    Returns:
        A function of batches, whose result has ``.losses``, ``.value`` and ``.backward()``.

    Raises:
        ValueError: If the reduction is unknown.
        OperationError: If no function came.

    Example:
        >>> w = Value(3.0)
        >>> @replay
        ... def loss(x, y):
        ...     return (w * x - y) ** 2
        >>> found = loss([1.0, 2.0], [2.0, 2.0])
        >>> found.losses, found.value
        (array([ 1., 16.]), 8.5)
        >>> _ = found.backward()
        >>> w.grad
        9.0
    """
    if function is None:
        return lambda given: Replayed(given, reduction, check)
    return Replayed(function, reduction, check)
