"""Point sets in the plane that are drawn on the spot: small, and each hard in its own way."""

import numpy as np

from nn.checks.whole_numbers import count_of
from nn.data.arguments import FloatArray, LabelArray, Seed, finite_number, generator_from


def moons(
    n: int = 200, noise: float = 0.1, seed: Seed = 0, *, shuffle: bool = True
) -> tuple[FloatArray, LabelArray]:
    """Draw two half circles that reach into each other, one per class.

    Class 0 is the upper half of the unit circle; class 1 the lower half of one moved by (1, 0.5).
    The recipe and the order of points are those of scikit-learn's ``make_moons``.

    Args:
        n: number of points; class 0 gets ``n // 2`` of them.
        noise: standard deviation of what is added to each coordinate.
        seed: whole number or ``numpy.random.Generator``.
        shuffle: mix the rows; otherwise class 0 comes first, each along its arc.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,) holding 0 and 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1 or ``noise`` < 0.

    Example:
        >>> X, y = moons(4, noise=0, shuffle=False)
        >>> X.round(1) + 0.0
        array([[ 1. ,  0. ], [-1. ,  0. ], [ 0. ,  0.5], [ 2. ,  0.5]])
        >>> y
        array([0, 0, 1, 1])
    """
    n, noise, generator = _checked("moons", n, noise, seed)
    upper, lower = (np.linspace(0, np.pi, count) for count in (n // 2, n - n // 2))
    points = [
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1 - np.cos(lower), 0.5 - np.sin(lower)]),
    ]
    return _finished(points, noise, generator, shuffle)


def circles(
    n: int = 200, noise: float = 0.05, seed: Seed = 0, *, factor: float = 0.5, shuffle: bool = True
) -> tuple[FloatArray, LabelArray]:
    """Draw a circle around a smaller circle, one per class.

    No line separates them, but the distance from the middle does.

    Args:
        n: number of points; class 0, the outer circle of radius 1, gets ``n // 2`` of them.
        noise: standard deviation of what is added to each coordinate.
        seed: whole number or ``numpy.random.Generator``.
        factor: radius of the inner circle, between 0 and 1.
        shuffle: mix the rows; otherwise class 0 comes first, each along its circle.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,) holding 0 and 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1, ``noise`` < 0, or ``factor`` outside [0, 1).

    Example:
        >>> X, y = circles(6, noise=0, shuffle=False)
        >>> np.hypot(X[:, 0], X[:, 1])
        array([1. , 1. , 1. , 0.5, 0.5, 0.5])
    """
    n, noise, generator = _checked("circles", n, noise, seed)
    factor = finite_number("circles", "factor", factor, least=0)
    if factor >= 1:
        raise ValueError(
            f"circles: factor is {factor:g}: pass the inner radius, at least 0 and below 1"
        )
    points = []
    for radius, count in ((1.0, n // 2), (factor, n - n // 2)):
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        points.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    return _finished(points, noise, generator, shuffle)


def spirals(
    n: int = 300,
    noise: float = 0.03,
    seed: Seed = 0,
    *,
    classes: int = 3,
    turns: float = 0.75,
    shuffle: bool = True,
) -> tuple[FloatArray, LabelArray]:
    """Draw spiral arms that leave a common middle, one per class.

    Args:
        n: number of points, shared among the arms as evenly as it goes.
        noise: standard deviation of what is added to each coordinate.
        seed: whole number or ``numpy.random.Generator``.
        classes: number of arms.
        turns: how often an arm winds around the middle on its way to radius 1.
        shuffle: mix the rows; otherwise arm after arm, each from the middle outwards.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,) holding 0 .. classes - 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` or ``classes`` < 1, ``noise`` < 0, or ``turns`` not finite.

    Example:
        >>> X, y = spirals(90, classes=3)
        >>> X.shape, np.bincount(y)
        ((90, 2), array([30, 30, 30]))
    """
    n, noise, generator = _checked("spirals", n, noise, seed)
    classes = count_of("spirals", "classes", classes, least=1)
    turns = finite_number("spirals", "turns", turns)
    points = []
    for arm, count in enumerate(_shares(n, classes)):
        radius = np.linspace(0, 1, count)
        angle = 2 * np.pi * (arm / classes + turns * radius)
        points.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    return _finished(points, noise, generator, shuffle)


def blobs(
    n: int = 300, noise: float = 1.0, seed: Seed = 0, *, classes: int = 3, shuffle: bool = True
) -> tuple[FloatArray, LabelArray]:
    """Draw round clouds whose middles stand evenly on a circle of radius 5, one per class.

    Args:
        n: number of points, shared among the clouds as evenly as it goes.
        noise: standard deviation of each coordinate around the middle of its cloud.
        seed: whole number or ``numpy.random.Generator``.
        classes: number of clouds.
        shuffle: mix the rows; otherwise cloud after cloud.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,) holding 0 .. classes - 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` or ``classes`` < 1, or ``noise`` < 0.

    Example:
        >>> X, y = blobs(2, noise=0, classes=2, shuffle=False)
        >>> X.round(6) + 0.0
        array([[ 5., 0.], [-5., 0.]])
    """
    n, noise, generator = _checked("blobs", n, noise, seed)
    classes = count_of("blobs", "classes", classes, least=1)
    points = []
    for cloud, count in enumerate(_shares(n, classes)):
        angle = 2 * np.pi * cloud / classes
        points.append(np.tile([5 * np.cos(angle), 5 * np.sin(angle)], (count, 1)))
    return _finished(points, noise, generator, shuffle)


def xor(n: int = 4, noise: float = 0.0, seed: Seed = 0) -> tuple[FloatArray, LabelArray]:
    """Give the truth table of exclusive or, or a noisy cloud around its four corners.

    The smallest set that no line separates. Row ``i`` stands at corner ``i % 4``, in the order
    (0, 0), (0, 1), (1, 0), (1, 1), so any ``n`` is balanced as far as it goes.

    Args:
        n: number of points; 4 without noise is the truth table itself.
        noise: standard deviation of what is added to each coordinate.
        seed: whole number or ``numpy.random.Generator``.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,): 1 where exactly one coordinate is 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1 or ``noise`` < 0.

    Example:
        >>> xor()
        (array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]]), array([0, 1, 1, 0]))
    """
    n, noise, generator = _checked("xor", n, noise, seed)
    corner = np.arange(n, dtype=np.int64) % 4
    first, second = corner // 2, corner % 2
    X = np.column_stack([first, second]) + noise * generator.standard_normal((n, 2))
    return X, first ^ second


def planar_flower(
    n: int = 400, noise: float = 0.2, seed: Seed = 0, *, shuffle: bool = True
) -> tuple[FloatArray, LabelArray]:
    """Draw the eight-petalled rose r = 4 sin(4 angle), its two half turns as two classes.

    Class 0 is what the angle draws from 0 to pi, class 1 what it draws from pi to 2 pi. A negative
    r lands on the petal opposite, so the classes take turns around the middle and no line separates
    them. The angle is measured clockwise from the vertical axis, as in the first courses that use
    this set.

    Args:
        n: number of points; class 0 gets ``n // 2`` of them.
        noise: standard deviation of what is added to each angle (radians) and to each r.
        seed: whole number or ``numpy.random.Generator``.
        shuffle: mix the rows; otherwise class 0 comes first, each along its half turn.

    Returns:
        ``X`` of shape (n, 2) and ``y`` of shape (n,) holding 0 and 1.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``n`` < 1 or ``noise`` < 0.

    Example:
        >>> X, y = planar_flower()
        >>> X.shape, np.bincount(y)
        ((400, 2), array([200, 200]))
    """
    n, noise, generator = _checked("planar_flower", n, noise, seed)
    points = []
    for half, count in enumerate((n // 2, n - n // 2)):
        along = np.linspace(half * np.pi, (half + 1) * np.pi, count)
        angle = along + noise * generator.standard_normal(count)
        r = 4 * np.sin(4 * angle) + noise * generator.standard_normal(count)
        points.append(np.column_stack([r * np.sin(angle), r * np.cos(angle)]))
    return _finished(points, 0.0, generator, shuffle)


def _checked(
    function: str, n: int, noise: float, seed: Seed
) -> tuple[int, float, np.random.Generator]:
    """Check the three arguments that every set takes."""
    return (
        count_of(function, "n", n, least=1),
        finite_number(function, "noise", noise, least=0),
        generator_from(function, seed),
    )


def _shares(n: int, classes: int) -> list[int]:
    """Share ``n`` points among ``classes``, the first ones getting what is left over."""
    return [n // classes + (number < n % classes) for number in range(classes)]


def _finished(
    points: list[FloatArray], noise: float, generator: np.random.Generator, shuffle: bool
) -> tuple[FloatArray, LabelArray]:
    """Stack the classes, add the noise, mix the rows."""
    X = np.concatenate(points)
    y = np.repeat(np.arange(len(points), dtype=np.int64), [len(rows) for rows in points])
    X = X + noise * generator.standard_normal(X.shape)
    if shuffle:
        order = generator.permutation(len(y))
        X, y = X[order], y[order]
    return X, y
