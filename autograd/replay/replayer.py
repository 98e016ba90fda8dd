"""``replay``: write a loss for one example in Values, run it over batches at matrix speed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from autograd.collector import gc_paused
from autograd.errors import GradcheckError, OperationError
from autograd.replay.batches import Batch
from autograd.replay.graph import ReplayedGraph
from autograd.replay.parameters import Parameters
from autograd.replay.program import Losses, Program
from autograd.replay.recording import record
from autograd.restoring import putting_back
from autograd.value import Value

__all__ = ["Replayed", "replay"]

_MOST_KEPT = 64


class Replayed:
    """A function of one example that takes whole batches; made by ``replay``."""

    def __init__(self, function: Callable[..., Any], reduction: str, check: bool) -> None:
        if not callable(function):
            raise OperationError(
                f"replay: {type(function).__name__} came; give a function of one example, made of "
                "Values, that returns its loss, or a Value that was computed from others"
            )
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
        parameters = program.parameters() if program is not None else None
        if program is None or parameters is None:  # new, or a parameter was replaced
            with gc_paused():
                program = Program(record(self.function, examples))
            parameters = program.parameters()
            assert parameters is not None
            if self._check:
                self._compare(program, parameters, examples)
            if len(self._programs) >= _MOST_KEPT:
                self._programs.clear()
            self._programs[examples.structure] = program
        return Losses(program, parameters, examples, self.reduction == "mean")

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

    def _compare(self, program: Program, parameters: Parameters, batch: Batch) -> None:
        """Run the first batch eagerly too, and refuse if anything differs."""
        memory = program.forward(parameters, batch)
        losses = np.broadcast_to(memory.losses, (batch.count,)).copy()
        _, found = program.backward(memory, 1.0)
        leaves = parameters.leaves()
        kept = [leaf.grad for leaf in leaves]

        def put_back() -> None:
            for leaf, grad in zip(leaves, kept, strict=True):
                leaf.grad = grad

        with putting_back(put_back):
            for leaf in leaves:
                leaf.grad = None
            columns = batch.rows.T
            results = [self.function(*batch.example(column)[0]) for column in columns]
            for result in results:
                result.backward()
            eager = np.array([leaf.grad or 0.0 for leaf in leaves])
        pairs = (("loss", np.array([r.number for r in results]), losses), ("grad", eager, found))
        for what, right, got in pairs:
            scale = np.max(np.abs(right), initial=1e-300)
            if not np.allclose(got, right, rtol=1e-9, atol=1e-9 * scale, equal_nan=True):
                worst = int(np.argmax(np.abs(got - right)))
                wrong, expected = float(got[worst]), float(right[worst])
                raise GradcheckError(
                    f"replay: {what} {worst} is {wrong!r}, and {expected!r} when run "
                    "eagerly: the function does not do the same for every example",
                    expected=expected,
                    got=wrong,
                )


@overload
def replay(
    function: Value, *, inputs: Any = ..., reduction: str = ..., check: bool = ...
) -> ReplayedGraph: ...
@overload
def replay(
    function: Callable[..., Any], *, reduction: str = ..., check: bool = ...
) -> Replayed: ...
@overload
def replay(
    *, reduction: str = ..., check: bool = ...
) -> Callable[[Callable[..., Any]], Replayed]: ...
def replay(
    function: Callable[..., Any] | Value | None = None,
    *,
    inputs: Any = None,
    reduction: str = "mean",
    check: bool = False,
) -> Any:
    """Record a loss of one example, written in Values, and run it over batches at matrix speed.

    The function is run when a batch of a new structure comes, on an example or two; all examples
    are then computed together in NumPy, with the same gradients as if each had been run by itself.
    Parameters are read at every call; plain numbers that the function reads from outside stay as
    they were (``forget()`` records anew).  What would freeze a number of the one example, such as
    ``if x > 0``, ``float(x)`` or ``no_grad``, is refused: ``where``, ``relu`` and ``maximum``
    choose anew for each.  In training loops ``parameters_together`` spares the time of reading and
    writing the parameters one by one.

    Args:
        function: Takes one example (nested lists of Values) and returns its loss. Or a result that
            is recorded already: it is computed anew at every call, from what its leaves hold then.
        inputs: Only with a recorded result: leaves, or lists of them, for which the call is given
            batches.
        reduction: Whether ``value`` and its gradient are of the ``"mean"`` or ``"sum"`` of losses.
        check: Whether the first batch is run eagerly too, and compared.

    Returns:
        A function of batches, whose result has ``.losses``, ``.value`` and ``.backward()``.

    Raises:
        ValueError: If the reduction is unknown.
        OperationError: If neither a function nor a Value came.

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

        >>> x = Value(2.0)
        >>> again = replay((w * x).exp())
        >>> x.data = 0.0
        >>> again().value
        1.0
    """
    if reduction not in ("mean", "sum"):
        raise ValueError(f"replay: reduction is {reduction!r}: give 'mean' or 'sum'")
    if isinstance(function, Value):
        return ReplayedGraph(function, inputs, reduction, check)
    if inputs is not None:
        raise OperationError(
            "replay: inputs belong to a result that is recorded already; those of a function are "
            "its arguments"
        )
    if function is None:
        return lambda given: Replayed(given, reduction, check)
    return Replayed(function, reduction, check)
