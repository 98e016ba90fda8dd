"""Numbers to predict, drawn on the spot: a line, and the prices of houses."""

import numpy as np

from nn.checks.whole_numbers import count_of
from nn.data.arguments import FloatArray, Seed, finite_number, generator_from


def line(
    n: int = 50, noise: float = 0.1, seed: Seed = 0, *, slope: float = 2.0, intercept: float = -1.0
) -> tuple[FloatArray, FloatArray]:
    """Draw points around the line y = slope x + intercept.

    Args:
        n: number of points.
        noise: standard deviation of what is added to each y.
        seed: whole number or ``numpy.random.Generator``.
        slope: how much y grows with x.
        intercept: y where x is 0.

    Returns:
        ``X`` of shape (n, 1), evenly drawn from -1 to 1, and ``y`` of shape (n,).

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1, ``noise`` < 0, or a number is not finite.

    Example:
        >>> X, y = line(3, noise=0)
        >>> np.allclose(y, 2 * X[:, 0] - 1)
        True
    """
    n = count_of("line", "n", n, least=1)
    noise = finite_number("line", "noise", noise, least=0)
    slope = finite_number("line", "slope", slope)
    intercept = finite_number("line", "intercept", intercept)
    generator = generator_from("line", seed)
    X = generator.uniform(-1, 1, (n, 1))
    return X, slope * X[:, 0] + intercept + noise * generator.standard_normal(n)


def houses(
    n: int = 200,
    noise: float = 10.0,
    seed: Seed = 0,
    *,
    weights: tuple[float, float, float] = (10.0, 15.0, 0.1),
    bias: float = 50.0,
) -> tuple[FloatArray, FloatArray]:
    """Draw houses with their prices: three features of very different size.

    price = w1 rooms + w2 bathrooms + w3 area + bias, in thousands of dollars. Rooms are 2 to 8,
    bathrooms 1 to 5 and the area 1000 to 5000 square feet, all evenly drawn: the house in the
    middle has 5 rooms, 3 bathrooms and 3000 square feet. Because the area is a thousand times as
    large as the others, gradient descent on the raw features diverges at learning rates that suit
    standardized ones, and crawls at those at which it does not; see ``standardize``.

    Args:
        n: number of houses.
        noise: standard deviation of what is added to each price, in thousands of dollars.
        seed: whole number or ``numpy.random.Generator``.
        weights: what a room, a bathroom and a square foot add to the price.
        bias: the price of nothing at all.

    Returns:
        ``X`` of shape (n, 3) with rooms, bathrooms and area, and ``y``, the prices, of shape (n,).

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1, ``noise`` < 0, a number is not finite, or there are not 3 weights.

    Example:
        >>> X, y = houses(1000, noise=0)
        >>> X[0]
        array([   7.,    3., 1052.])
        >>> np.allclose(y, X @ [10.0, 15.0, 0.1] + 50.0)
        True
    """
    n = count_of("houses", "n", n, least=1)
    noise = finite_number("houses", "noise", noise, least=0)
    bias = finite_number("houses", "bias", bias)
    if len(weights) != 3:
        raise ValueError(
            f"houses: {len(weights)} weights came: pass 3, for a room, a bathroom and a square foot"
        )
    each = [finite_number("houses", "a weight", weight) for weight in weights]
    generator = generator_from("houses", seed)
    rooms, bathrooms = generator.integers(2, 9, n), generator.integers(1, 6, n)
    area = generator.uniform(1000, 5000, n).round()
    X = np.column_stack([rooms, bathrooms, area]).astype(np.float64)
    return X, X @ each + bias + noise * generator.standard_normal(n)
