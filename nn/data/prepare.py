"""From a table to training: split, standardize, encode, and hand out in batches."""

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from nn.checks.whole_numbers import count_of
from nn.data.arguments import FloatArray, Seed, finite_number, generator_from, rows_and_labels

Array: TypeAlias = npt.NDArray[Any]


def train_test_split(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    test_fraction: float = 0.2,
    seed: Seed = 0,
    stratify: bool = True,
) -> tuple[Array, Array, Array, Array]:
    """Put some rows aside for testing; what is learned from the others is measured on them.

    Args:
        X: inputs, shape (rows, ...).
        y: labels, shape (rows,); with ``stratify=False`` any targets, shape (rows, ...).
        test_fraction: share of the rows to put aside, between 0 and 1, rounded up to whole rows;
            at least one row stays on each side.
        seed: whole number or ``numpy.random.Generator``.
        stratify: keep the share of every class, to within one row.

    Returns:
        ``X_train, X_test, y_train, y_test``: copies, rows mixed.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``X`` and ``y`` differ in length, have fewer than 2 rows, ``test_fraction`` is
            not between 0 and 1, or ``stratify`` is asked of targets that are no labels.

    Example:
        >>> X, y = np.arange(20).reshape(10, 2), np.array([0] * 5 + [1] * 5)
        >>> X_train, X_test, y_train, y_test = train_test_split(X, y)
        >>> X_train.shape, X_test.shape, sorted(y_test)
        ((8, 2), (2, 2), [np.int64(0), np.int64(1)])
    """
    X, y = rows_and_labels("train_test_split", X, y)
    fraction = finite_number("train_test_split", "test_fraction", test_fraction)
    if not 0 < fraction < 1:
        raise ValueError(
            f"train_test_split: test_fraction is {fraction:g}: "
            "pass a share between 0 and 1, such as 0.2"
        )
    rows = len(y)
    if rows < 2:
        raise ValueError("train_test_split: there is 1 row: pass at least 2, one for each side")
    # Rounded up, as scikit-learn does; the small number keeps 0.55 * 100 = 55.00000000000001 at 55.
    wanted = min(max(math.ceil(rows * fraction - 1e-9), 1), rows - 1)
    if stratify:
        _must_be_labels(y)
    generator = generator_from("train_test_split", seed)
    order = generator.permutation(rows)
    if stratify:
        order = _classes_spread_evenly(y, order, wanted, generator)
    test, train = order[:wanted], order[wanted:]
    return X[train], X[test], y[train], y[test]


def standardize(
    X: npt.ArrayLike, mean: npt.ArrayLike | None = None, scale: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Move every column to mean 0 and stretch it to standard deviation 1.

    Features of very different size make a long narrow valley of the loss; this rounds it. Measure
    on the training rows, then pass their ``mean`` and ``scale`` to treat the test rows alike.

    Args:
        X: inputs, shape (rows, ...).
        mean: what to subtract from each column; measured on ``X`` when None.
        scale: what to divide each column by; measured on ``X`` when None. A constant column gets
            scale 1, so it becomes 0 rather than nan.

    Returns:
        The standardized inputs, the mean and the scale, the latter two of shape ``X.shape[1:]``.

    Raises:
        ValueError: ``X`` has no rows, only one of ``mean`` and ``scale`` is given, or they do not
            fit the columns of ``X``.

    Example:
        >>> X, mean, scale = standardize([[1.0, 300.0], [3.0, 500.0]])
        >>> X, mean, scale
        (array([[-1., -1.], [ 1., 1.]]), array([ 2., 400.]), array([ 1., 100.]))
        >>> standardize([[2.0, 700.0]], mean, scale)[0]
        array([[0., 3.]])
    """
    table = np.asarray(X, dtype=np.float64)
    if table.ndim == 0 or len(table) == 0:
        raise ValueError("standardize: X has no rows: pass at least one")
    if (mean is None) != (scale is None):
        given, missing = ("scale", "mean") if mean is None else ("mean", "scale")
        raise ValueError(
            f"standardize: {given} came without {missing}: pass both, as an earlier call "
            "returned them, or neither"
        )
    if mean is None or scale is None:
        centre = table.mean(axis=0)
        spread = table.std(axis=0)
        # A constant column's std is often 1e-17 rather than 0, so the test is on the values.
        spread = np.where(table.max(axis=0) == table.min(axis=0), 1.0, spread)
    else:
        centre = np.array(mean, dtype=np.float64)
        spread = np.array(scale, dtype=np.float64)
        for name, array in (("mean", centre), ("scale", spread)):
            if array.shape != table.shape[1:]:
                raise ValueError(
                    f"standardize: {name} has shape {array.shape} and a row of X has shape "
                    f"{table.shape[1:]}: they must be the same"
                )
        if not np.all(spread > 0):
            raise ValueError(
                "standardize: scale holds a number that is not above 0; 1 leaves a column as it is"
            )
    return (table - centre) / spread, centre, spread


def one_hot(y: npt.ArrayLike, classes: int | None = None) -> FloatArray:
    """Write each label as a row of zeros with a single 1 at the label's place.

    Args:
        y: labels 0, 1, 2, ..., shape (rows,).
        classes: number of columns; one more than the largest label when None.

    Returns:
        Array of shape (rows, classes), float64.

    Raises:
        TypeError: ``y`` holds something other than whole numbers.
        ValueError: ``y`` is not one-dimensional, or a label is negative or >= ``classes``.

    Example:
        >>> one_hot([0, 2, 1])
        array([[1., 0., 0.], [0., 0., 1.], [0., 1., 0.]])
    """
    labels = np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"one_hot: y has shape {labels.shape}: pass one label per row, (rows,)")
    if labels.size == 0:
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"one_hot: y has dtype {labels.dtype}: pass whole numbers 0, 1, 2, ...")
    largest = int(labels.max(initial=-1))
    columns = largest + 1
    if classes is not None:
        columns = count_of("one_hot", "classes", classes, least=1)
    if labels.min(initial=0) < 0:
        raise ValueError(f"one_hot: y holds {labels.min()}: labels count from 0")
    if largest >= columns:
        raise ValueError(
            f"one_hot: y holds {largest} and classes is {columns}: labels go up to "
            f"{columns - 1}, so pass classes={largest + 1} or more"
        )
    encoded = np.zeros((len(labels), columns))
    encoded[np.arange(len(labels)), labels] = 1.0
    return encoded


def batches(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    batch_size: int = 32,
    seed: Seed = 0,
    shuffle: bool = True,
) -> Iterator[tuple[Array, Array]]:
    """Hand out the rows once, a few at a time: one epoch of training.

    A number as ``seed`` gives the same order on every call. Pass one
    ``numpy.random.Generator`` to all epochs and each gets an order of its own.

    Args:
        X: inputs, shape (rows, ...).
        y: labels or targets, shape (rows, ...).
        batch_size: rows in each batch; the last one may be smaller.
        seed: whole number or ``numpy.random.Generator``; not used without ``shuffle``.
        shuffle: mix the rows first.

    Returns:
        Iterator over ``(X_batch, y_batch)``, copies of the rows.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: ``X`` and ``y`` differ in length or are empty, or ``batch_size`` < 1.

    Example:
        >>> for X_batch, y_batch in batches([[1], [2], [3]], [0, 1, 0], 2, shuffle=False):
        ...     print(X_batch.tolist(), y_batch.tolist())
        [[1], [2]] [0, 1]
        [[3]] [0]
    """
    X, y = rows_and_labels("batches", X, y)
    size = count_of("batches", "batch_size", batch_size, least=1)
    order = np.arange(len(y))
    if shuffle:
        order = generator_from("batches", seed).permutation(len(y))
    # A nested generator, so that wrong arguments are told here and not at the first batch.
    return ((X[part], y[part]) for part in _chunks(order, size))


def _chunks(order: npt.NDArray[np.intp], size: int) -> Iterator[npt.NDArray[np.intp]]:
    """Cut an order of rows into pieces of ``size``, the last one maybe smaller."""
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _must_be_labels(y: Array) -> None:
    """Refuse to stratify by real numbers or rows: every row would be a class of its own."""
    cure = "pass class labels of shape (rows,), or stratify=False"
    if y.ndim != 1:
        raise ValueError(f"train_test_split: stratify needs labels, y has shape {y.shape}: {cure}")
    if y.dtype.kind == "f" and not np.array_equal(y, np.floor(y)):
        raise ValueError(
            f"train_test_split: stratify needs labels, y holds real numbers ({y.dtype}): {cure}"
        )


def _classes_spread_evenly(
    y: Array, order: npt.NDArray[np.intp], wanted: int, generator: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Move rows to the front of ``order`` so that its first ``wanted`` hold every class's share.

    Each class gets its exact share rounded down; the rows still missing go to the classes that
    rounding cut most, ties drawn by lot.
    """
    names, classes = np.unique(y, return_inverse=True)
    counts = np.bincount(classes, minlength=len(names))
    exact = counts * wanted / len(y)
    shares = np.floor(exact).astype(np.int64)
    lot = generator.permutation(len(names))
    neediest = lot[np.argsort((shares - exact)[lot], kind="stable")]
    shares[neediest[: wanted - shares.sum()]] += 1
    in_front = np.zeros(len(y), dtype=bool)
    for number, share in enumerate(shares):
        members = order[classes[order] == number]
        in_front[members[:share]] = True
    return np.concatenate([order[in_front[order]], order[~in_front[order]]])
