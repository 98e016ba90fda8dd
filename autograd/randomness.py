"""Tensors of random numbers, and random choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.creation import finish, shape_of
from autograd.errors import OperationError, ShapeError
from autograd.generators import default_generator, manual_seed
from autograd.tensor import Tensor, from_array
from autograd.tensor_methods import add_methods

__all__ = [
    "bernoulli",
    "manual_seed",
    "multinomial",
    "normal",
    "rand",
    "randint",
    "randn",
    "randperm",
]


def _drawn(
    draw: Callable[..., Any], shape: tuple[Any, ...], dtype: Any, requires_grad: bool, device: Any
) -> Tensor:
    numbers = np.asarray(draw(shape_of(shape))).astype(float if dtype is None else dtype)
    return finish(numbers, requires_grad, device)


def rand(
    *shape: Any,
    generator: np.random.Generator | None = None,
    dtype: Any = float,
    requires_grad: bool = False,
    device: Any = None,
) -> Tensor:
    """Draw numbers evenly from 0 to 1.

    Args:
        shape: The sizes, as one tuple or as numbers.
        generator: The source of randomness; by default the one that ``manual_seed`` sets, which has
            seed 0 at the start.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> x = rand(2, 3, generator=np.random.default_rng(0))
        >>> x.shape, bool(((x >= 0) & (x < 1)).all())
        ((2, 3), True)
    """
    draw = (generator or default_generator()).random
    return _drawn(draw, shape, dtype, requires_grad, device)


def randn(
    *shape: Any,
    generator: np.random.Generator | None = None,
    dtype: Any = float,
    requires_grad: bool = False,
    device: Any = None,
) -> Tensor:
    """Draw numbers from the normal curve, mean 0 and variance 1.

    Args:
        shape: The sizes, as one tuple or as numbers.
        generator: The source of randomness; by default the one that ``manual_seed`` sets, which has
            seed 0 at the start.
        dtype: The kind of number.
        requires_grad: Whether gradients reach it.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> x = randn(1000, generator=np.random.default_rng(0))
        >>> abs(x.mean().item()) < 0.1
        True
    """
    draw = (generator or default_generator()).standard_normal
    return _drawn(draw, shape, dtype, requires_grad, device)


def randint(
    *limits: Any,
    generator: np.random.Generator | None = None,
    dtype: Any = np.int64,
    device: Any = None,
    **named: Any,
) -> Tensor:
    """Draw whole numbers: ``randint(high, size)`` or ``randint(low, high, size)``.

    Args:
        limits: The least number (0 by default), one more than the greatest, and the sizes.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.
        dtype: The kind of number.
        device: "cpu", the only one there is.
        named: The same by name: ``low=``, ``high=``, ``size=``.

    Returns:
        The tensor.

    Raises:
        OperationError: If the limits or the sizes are missing, or there is no number between.

    Example:
        >>> x = randint(2, 5, (100,), generator=np.random.default_rng(0))
        >>> x.min().item(), x.max().item(), x.dtype
        (2, 4, dtype('int64'))
    """
    unnamed = [n for n in ("low", "high", "size") if n not in named]
    if len(limits) < len(unnamed) and "low" in unnamed:
        unnamed.remove("low")
        named["low"] = 0
    if len(limits) != len(unnamed) or len(named) + len(limits) != 3:
        raise OperationError(
            "randint: limits and sizes are needed: randint(high, size) or randint(low, high, size)"
        )
    given = {**named, **dict(zip(unnamed, limits, strict=True))}
    low, high = int(given["low"]), int(given["high"])
    if not low < high:
        raise OperationError(f"randint: low={low} and high={high} came; high must be above low")
    source = generator or default_generator()
    drawn = np.asarray(source.integers(low, high, shape_of((given["size"],))))
    return finish(drawn.astype(dtype), False, device)


def randperm(
    n: int,
    generator: np.random.Generator | None = None,
    dtype: Any = np.int64,
    device: Any = None,
) -> Tensor:
    """Draw an order: the numbers from 0 to below n, shuffled.

    Args:
        n: How many.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.
        dtype: The kind of number.
        device: "cpu", the only one there is.

    Returns:
        The tensor, shape (n,).

    Example:
        >>> sorted(randperm(4).tolist())
        [0, 1, 2, 3]
    """
    (size,) = shape_of((n,))
    return finish((generator or default_generator()).permutation(size).astype(dtype), False, device)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    generator: np.random.Generator | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw numbers from normal curves.

    Args:
        mean: Their middles: a number, or a tensor with one for each number to draw.
        std: Their deviations, alike; 0 or more.
        size: The sizes; those of mean and std by default.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.
        requires_grad: Whether gradients reach the result; none reaches mean and std.

    Returns:
        The tensor.

    Raises:
        OperationError: If a deviation is negative.

    Example:
        >>> normal(5.0, 0.0, size=(2,)).tolist()
        [5.0, 5.0]
    """
    middle, deviation = np.asarray(mean, float), np.asarray(std, float)
    if not (deviation >= 0).all():
        raise OperationError(f"normal: std={deviation.tolist()} came; 0 or more is needed")
    shape = np.broadcast_shapes(middle.shape, deviation.shape)
    wanted = shape if size is None else shape_of((size,))
    drawn = np.asarray((generator or default_generator()).standard_normal(wanted))
    return finish(np.asarray(middle + deviation * drawn), requires_grad)


def bernoulli(x: Any, p: float | None = None, generator: Any = None) -> Tensor:
    """Draw 1 or 0 at every place.

    Args:
        x: The probabilities of a 1; or, with p, a tensor whose shape is taken.
        p: The same probability everywhere.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.

    Returns:
        Zeros and ones of x's shape and dtype; no gradient passes.

    Raises:
        OperationError: If something is no probability.

    Example:
        >>> bernoulli(Tensor([0.0, 1.0])).tolist()
        [0.0, 1.0]
    """
    given = np.asarray(x)
    chances = np.full(given.shape, p) if p is not None else given
    if not ((chances >= 0) & (chances <= 1)).all():
        raise OperationError("bernoulli: a number outside 0 to 1 came; probabilities are needed")
    drawn = (generator or default_generator()).random(given.shape) < chances
    return from_array(np.asarray(drawn).astype(given.dtype))


def multinomial(
    probs: Any, num_samples: int, replacement: bool = False, generator: Any = None
) -> Tensor:
    """Draw places, each with a probability of its own.

    Args:
        probs: Weights, 0 or more, of shape (places,) or (rows, places); they need not add up to 1.
        num_samples: How many to draw of each row.
        replacement: Whether a place may be drawn more than once.
        generator: The source of randomness; by default the one that ``manual_seed`` sets.

    Returns:
        Whole numbers of shape (num_samples,) or (rows, num_samples); no gradient passes.

    Raises:
        ShapeError: If the weights have no or more than two axes.
        OperationError: If a weight is negative or no number, a row has none above 0, or there are
            fewer places than shall be drawn.

    Example:
        >>> multinomial(Tensor([[0.0, 2.0, 0.0], [3.0, 0.0, 1.0]]), 1).shape
        (2, 1)
        >>> sorted(multinomial([1.0, 0.0, 2.0], 2).tolist())
        [0, 2]
    """
    weights = np.asarray(probs, float)
    if weights.ndim not in (1, 2):
        raise ShapeError(
            f"multinomial: weights of shape {weights.shape} came; (places,) or (rows, places) "
            "is needed"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise OperationError(
            "multinomial: a weight that is negative or no number came; probabilities are needed: "
            "softmax(scores) makes them"
        )
    if not isinstance(num_samples, (int, np.integer)) or num_samples < 1:
        raise OperationError(f"multinomial: num_samples={num_samples!r} came; needs at least 1")
    rows = np.atleast_2d(weights)
    open_to = int((rows > 0).sum(axis=1).min(initial=num_samples))
    if open_to == 0 or (not replacement and open_to < num_samples):
        raise OperationError(
            f"multinomial: {num_samples} came to be drawn from a row with {open_to} weights above "
            "0; " + ("give a larger weight" if open_to == 0 else "draw fewer, or replacement=True")
        )
    source = generator or default_generator()
    if replacement:
        steps = np.cumsum(rows, axis=1)
        steps /= steps[:, -1:]
        drawn = source.random((len(rows), num_samples))
        pairs = zip(steps, drawn, strict=True)
        found = np.array([np.searchsorted(row, u, side="right") for row, u in pairs])
    else:  # the first arrivals of clocks that tick with these rates
        with np.errstate(divide="ignore"):  # logarithms, because a tiny rate waits beyond any float
            waits = np.log(source.standard_exponential(rows.shape)) - np.log(rows)
        found = np.argsort(waits, axis=1, kind="stable")[:, :num_samples]
    found = found.astype(np.int64).reshape(len(rows), num_samples)
    return from_array(found[0].copy() if weights.ndim == 1 else found.copy())


add_methods([("bernoulli", bernoulli), ("multinomial", multinomial)])
