"""Generated sets, shipped sets, and what prepares them."""

import copy
import hashlib
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn.data
from nn.data import (
    Images,
    Table,
    alice,
    batches,
    blobs,
    circles,
    digits,
    houses,
    iris,
    line,
    moons,
    one_hot,
    planar_flower,
    spirals,
    standardize,
    train_test_split,
    xor,
)

GENERATED = [moons, circles, spirals, blobs, xor, planar_flower]


# ---------------------------------------------------------------------------- generated sets


@pytest.mark.parametrize("make", GENERATED)
class TestEveryGeneratedSet:
    @pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 100, 301])
    def test_gives_n_points_of_balanced_classes(self, make, n):
        X, y = make(n)
        assert X.shape == (n, 2)
        assert X.dtype == np.float64
        assert y.shape == (n,)
        assert y.dtype == np.int64
        assert np.isfinite(X).all()
        counts = np.bincount(y)
        assert counts.sum() == n
        if n >= 4:
            assert counts.max() - counts.min() <= 1

    def test_is_the_same_for_the_same_seed_and_another_for_another(self, make):
        for again in (0, np.random.default_rng(0), np.int64(0)):
            X, y = make(60, noise=0.1, seed=again)
            expected_X, expected_y = make(60, noise=0.1)
            np.testing.assert_array_equal(X, expected_X)
            np.testing.assert_array_equal(y, expected_y)
        assert not np.array_equal(make(60, noise=0.1, seed=1)[0], make(60, noise=0.1)[0])

    def test_leaves_the_global_generator_alone(self, make):
        before = copy.deepcopy(np.random.get_state())  # noqa: NPY002  the global one is the point
        make(10, noise=0.3)
        after = np.random.get_state()  # noqa: NPY002
        np.testing.assert_array_equal(before[1], after[1])
        assert before[2:] == after[2:]

    @pytest.mark.parametrize(
        ("arguments", "error", "sentence"),
        [
            ({"n": 0}, ValueError, "n is 0: pass a whole number >= 1"),
            ({"n": -3}, ValueError, "n is -3: pass a whole number >= 1"),
            ({"n": 2.5}, TypeError, "n is 2.5, a float: pass a whole number >= 1"),
            ({"n": True}, TypeError, "n is True: pass a whole number >= 1"),
            ({"noise": -0.1}, ValueError, "noise is -0.1: pass a finite number >= 0"),
            ({"noise": float("nan")}, ValueError, "noise is nan: pass a finite number >= 0"),
            ({"noise": "0.1"}, TypeError, "noise is '0.1', a str: pass a number"),
            ({"noise": True}, TypeError, "noise is True, a bool: pass a number"),
            ({"seed": None}, TypeError, "seed is a NoneType: pass a whole number such as 0"),
            ({"seed": -1}, ValueError, "seed is -1: pass a whole number such as 0"),
            ({"seed": True}, TypeError, "seed is True: pass a whole number such as 0"),
            ({"seed": np.random.RandomState(0)}, TypeError, "or numpy.random.default_rng(...)"),
        ],
    )
    def test_says_what_is_wrong(self, make, arguments, error, sentence):
        with pytest.raises(error, match=re.escape(sentence)) as caught:
            make(**arguments)
        assert str(caught.value).startswith(make.__name__ + ": ")

    def test_a_refused_call_draws_nothing(self, make):
        generator = np.random.default_rng(5)
        before = generator.bit_generator.state
        with pytest.raises(ValueError, match="noise"):
            make(10, noise=-1, seed=generator)
        assert generator.bit_generator.state == before


@pytest.mark.parametrize("make", [moons, circles, spirals, blobs, xor])
def test_noise_has_the_size_that_was_asked(make):
    options = {} if make is xor else {"shuffle": False}
    moved = make(4000, noise=0.25, **options)[0] - make(4000, noise=0, **options)[0]
    assert moved.std() == pytest.approx(0.25, rel=0.05)
    assert moved.mean() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("n", [1, 2, 5, 100, 101])
def test_moons_and_circles_are_those_of_scikit_learn(n):
    reference = pytest.importorskip("sklearn.datasets")
    for ours, theirs in (
        (moons(n, noise=0, shuffle=False), reference.make_moons(n, shuffle=False)),
        (
            circles(n, noise=0, factor=0.8, shuffle=False),
            reference.make_circles(n, shuffle=False, factor=0.8),
        ),
    ):
        np.testing.assert_allclose(ours[0], theirs[0], atol=1e-15)
        np.testing.assert_array_equal(ours[1], theirs[1])


def test_shuffling_keeps_each_point_with_its_label():
    X, y = moons(50, noise=0)
    plain_X, plain_y = moons(50, noise=0, shuffle=False)
    assert not np.array_equal(y, plain_y)
    pairs, plain_pairs = (
        sorted(map(tuple, np.column_stack(both).tolist())) for both in ((X, y), (plain_X, plain_y))
    )
    assert pairs == plain_pairs


def test_spirals_have_as_many_arms_as_asked():
    X, y = spirals(100, noise=0, classes=4, shuffle=False)
    assert np.bincount(y).tolist() == [25, 25, 25, 25]
    np.testing.assert_allclose(np.hypot(*X.T), np.tile(np.linspace(0, 1, 25), 4), atol=1e-15)
    # Every arm is the first one, turned.
    quarter = np.array([[0, 1], [-1, 0]])
    np.testing.assert_allclose(X[y == 1], X[y == 0] @ quarter, atol=1e-14)


def test_xor_is_the_truth_table():
    X, y = xor()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]


def test_no_line_separates_the_flower():
    """C7: the best straight line of a least-squares fit gets near a coin's throw."""
    X, y = planar_flower()
    rows = np.column_stack([X, np.ones(len(X))])
    weights = np.linalg.lstsq(rows, 2.0 * y - 1, rcond=None)[0]
    assert np.mean((rows @ weights > 0) == y) < 0.65
    X, y = planar_flower(noise=0)
    assert np.hypot(*X.T).max() == pytest.approx(4, abs=1e-3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: circles(factor=1), "circles: factor is 1: pass the inner radius"),
        (lambda: circles(factor=-0.5), "circles: factor is -0.5"),
        (lambda: spirals(classes=0), "spirals: classes is 0"),
        (lambda: spirals(turns=float("inf")), "spirals: turns is inf: pass a finite number"),
        (lambda: blobs(classes=0), "blobs: classes is 0"),
    ],
)
def test_the_other_arguments_are_checked_too(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


# ------------------------------------------------------------------------------ shipped sets


def checksum(array):
    """Sixteen hex digits of the numbers as little-endian 64-bit floats."""
    return hashlib.sha256(np.ascontiguousarray(array, dtype="<f8").tobytes()).hexdigest()[:16]


def test_iris_holds_the_numbers_that_were_stored():
    data = iris()
    assert type(data) is Table
    assert data.X.shape == (150, 4)
    assert np.bincount(data.y).tolist() == [50, 50, 50]
    assert data.target_names == ("setosa", "versicolor", "virginica")
    assert data.feature_names[0] == "sepal length (cm)"
    assert len(data.feature_names) == 4
    np.testing.assert_allclose(data.X.sum(axis=0), [876.5, 458.6, 563.7, 179.9], rtol=1e-12)
    assert checksum(data.X) == "012f498fe9c8b3b3"
    # The two rows where the repository's own file has slips.
    assert data.X[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert data.X[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_digits_hold_the_numbers_that_were_stored():
    data = digits()
    assert type(data) is Images
    assert data.X.shape == (1797, 64)
    assert data.X.dtype == np.float64
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.X.sum() == 561718
    assert data.X.min() == 0
    assert data.X.max() == 16
    assert checksum(data.X) == "20def7f70a702f0a"
    assert checksum(data.y) == "061ad6ef55db4321"
    assert data.images.shape == (1797, 8, 8)
    assert np.shares_memory(data.images, data.X)
    assert data.feature_names[9] == "pixel_1_1"
    assert data.target_names == tuple("0123456789")


@pytest.mark.parametrize(("ours", "theirs"), [(iris, "load_iris"), (digits, "load_digits")])
def test_shipped_sets_equal_scikit_learns(ours, theirs):
    reference = getattr(pytest.importorskip("sklearn.datasets"), theirs)()
    data = ours()
    np.testing.assert_array_equal(data.X, reference.data)
    np.testing.assert_array_equal(data.y, reference.target)
    assert list(data.feature_names) == list(reference.feature_names)
    assert list(data.target_names) == [str(name) for name in reference.target_names]
    if isinstance(data, Images):
        np.testing.assert_array_equal(data.images, reference.images)


@pytest.mark.parametrize("load", [iris, digits])
class TestEveryShippedSet:
    def test_arrays_belong_to_the_caller(self, load):
        first = load()
        first.X[:] = -1
        first.y[:] = -1
        assert load().X.min() >= 0
        assert load().y.min() == 0

    def test_attributes_cannot_be_replaced(self, load):
        with pytest.raises(AttributeError):
            load().X = np.zeros(3)

    def test_says_source_and_licence(self, load):
        description = load().description
        assert "doi:10.24432/" in description
        assert "CC BY 4.0" in description

    def test_has_a_length_and_a_short_repr(self, load):
        data = load()
        assert len(data) == len(data.X)
        assert len(repr(data)) < 80


def test_alice_is_the_text_that_was_stored():
    text = alice()
    assert (len(text), len(set(text)), len(text.splitlines())) == (148363, 70, 3556)
    assert hashlib.sha256(text.encode("ascii")).hexdigest()[:16] == "b677033ece856806"
    assert text.startswith("ALICE'S ADVENTURES IN WONDERLAND\n\n")
    assert text.endswith("the happy summer days.\n\n                             THE END\n")
    assert "Gutenberg" not in text
    assert "\r" not in text


# ----------------------------------------------------------------------------- measured sets


def test_a_line_is_the_one_that_was_asked():
    X, y = line(7, noise=0, slope=3, intercept=0.5)
    assert X.shape == (7, 1)
    np.testing.assert_allclose(y, 3 * X[:, 0] + 0.5, rtol=1e-14)
    X, y = line(4000, noise=0.3)
    assert (y - 2 * X[:, 0] + 1).std() == pytest.approx(0.3, rel=0.05)
    assert np.abs(X).max() <= 1


def test_houses_cost_what_their_weights_say():
    X, y = houses(1000, noise=0)
    np.testing.assert_allclose(y, X @ [10, 15, 0.1] + 50, rtol=1e-14)
    assert X.min(axis=0).tolist() >= [2, 1, 1000]
    assert X.max(axis=0).tolist() <= [8, 5, 5000]
    np.testing.assert_allclose(X.mean(axis=0), [5, 3, 3000], rtol=0.05)
    assert (houses(4000, noise=5)[1] - houses(4000, noise=0)[1]).std() == pytest.approx(5, rel=0.05)
    X, y = houses(3, noise=0, weights=(0, 0, 1), bias=-7)
    np.testing.assert_allclose(y, X[:, 2] - 7)


@pytest.mark.parametrize("make", [line, houses])
def test_measured_sets_are_the_same_for_the_same_seed(make):
    for again in (0, np.random.default_rng(0)):
        for left, right in zip(make(9, seed=again), make(9), strict=True):
            np.testing.assert_array_equal(left, right)
    assert not np.array_equal(make(9, seed=1)[1], make(9)[1])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: line(0), ValueError, "line: n is 0: pass a whole number >= 1"),
        (lambda: line(noise=-1), ValueError, "line: noise is -1: pass a finite number >= 0"),
        (lambda: line(slope="3"), TypeError, "line: slope is '3', a str: pass a number"),
        (lambda: line(intercept=np.nan), ValueError, "line: intercept is nan"),
        (lambda: line(seed=None), TypeError, "line: seed is a NoneType"),
        (lambda: houses(-1), ValueError, "houses: n is -1"),
        (lambda: houses(noise=np.inf), ValueError, "houses: noise is inf"),
        (lambda: houses(weights=(1, 2)), ValueError, "houses: 2 weights came: pass 3, for a room"),
        (lambda: houses(weights=(1, 2, None)), TypeError, "houses: a weight is None"),
        (lambda: houses(bias=np.nan), ValueError, "houses: bias is nan"),
    ],
)
def test_measured_sets_say_what_is_wrong(call, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)):
        call()


# ------------------------------------------------------------------------------------- split

labels = st.lists(st.integers(0, 4), min_size=2, max_size=60)
fractions = st.floats(0.01, 0.99)


@given(y=labels, fraction=fractions, seed=st.integers(0, 1000), stratify=st.booleans())
def test_split_is_a_partition_of_the_expected_sizes(y, fraction, seed, stratify):
    X = np.arange(len(y))
    X_train, X_test, y_train, y_test = train_test_split(X, y, fraction, seed, stratify)
    assert sorted([*X_train, *X_test]) == X.tolist()
    assert len(X_train) >= 1
    assert len(X_test) >= 1
    assert abs(len(X_test) - len(y) * fraction) <= 1
    for rows, kept in ((X_train, y_train), (X_test, y_test)):
        assert kept.tolist() == [y[row] for row in rows]


@given(y=labels, fraction=fractions, seed=st.integers(0, 1000))
def test_stratified_split_keeps_the_share_of_every_class(y, fraction, seed):
    _, _, _, y_test = train_test_split(np.zeros(len(y)), y, fraction, seed)
    for name in set(y):
        exact = y.count(name) * len(y_test) / len(y)
        assert abs(y_test.tolist().count(name) - exact) < 1


@given(y=labels, seed=st.integers(0, 1000), stratify=st.booleans())
def test_split_is_the_same_for_the_same_seed(y, seed, stratify):
    X = np.arange(len(y))
    once = train_test_split(X, y, seed=seed, stratify=stratify)
    again = train_test_split(X, y, seed=np.random.default_rng(seed), stratify=stratify)
    for left, right in zip(once, again, strict=True):
        np.testing.assert_array_equal(left, right)


def test_digits_split_as_scikit_learn_sizes_it():
    data = digits()
    _, _, y_train, y_test = train_test_split(data.X, data.y)
    assert (len(y_train), len(y_test)) == (1437, 360)
    assert np.bincount(y_test).min() >= 34


def test_split_mixes_the_rows_and_copies_them():
    data = iris()
    X_train, _, y_train, y_test = train_test_split(data.X, data.y)
    assert not np.array_equal(y_train, np.sort(y_train))
    assert not np.array_equal(y_test, np.sort(y_test))
    X_train[:] = 0
    assert data.X.min() > 0


def test_single_rows_of_many_classes_go_to_the_test_side_by_lot():
    names = [f"class {number:02}" for number in range(50)]
    _, _, _, y_test = train_test_split(np.zeros(50), names, 0.2)
    assert len(y_test) == 10
    assert sorted(y_test) != names[:10]


def test_real_targets_split_when_not_stratified():
    y = np.linspace(0, 1, 10)
    _, _, y_train, y_test = train_test_split(y, y, stratify=False)
    assert (len(y_train), len(y_test)) == (8, 2)
    _, _, y_train, _ = train_test_split(y, np.zeros((10, 3)), stratify=False)
    assert y_train.shape == (8, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (([1, 2, 3], [1, 2]), ValueError, "X has 3 rows and y has 2: pass one label for each row"),
        (([], []), ValueError, "X and y are empty: pass at least one row"),
        (([1], [1]), ValueError, "there is 1 row: pass at least 2"),
        ((3, [1]), ValueError, "X is a single number: pass an array with rows"),
        (([1, 2], [1, 2], 0), ValueError, "test_fraction is 0: pass a share between 0 and 1"),
        (([1, 2], [1, 2], 1.0), ValueError, "test_fraction is 1: pass a share between 0 and 1"),
        (([1, 2], [1, 2], -0.5), ValueError, "test_fraction is -0.5"),
        (([1, 2], [1, 2], float("nan")), ValueError, "test_fraction is nan"),
        (([1, 2], [1, 2], "half"), TypeError, "test_fraction is 'half', a str: pass a number"),
        (([1, 2], [0.5, 0.7]), ValueError, "y holds real numbers (float64): pass class labels"),
        (([1, 2], [[0, 1], [1, 0]]), ValueError, "y has shape (2, 2): pass class labels"),
        (([1, 2], [1, 2], 0.5, None), TypeError, "seed is a NoneType"),
    ],
)
def test_split_says_what_is_wrong(arguments, error, sentence):
    with pytest.raises(error, match=re.escape(sentence)) as caught:
        train_test_split(*arguments)
    assert str(caught.value).startswith("train_test_split: ")


# ------------------------------------------------------------- standardize, one_hot, batches


def test_standardized_columns_have_mean_0_and_deviation_1():
    X, mean, scale = standardize(iris().X)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(X.std(axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(X * scale + mean, iris().X, rtol=1e-14)


def test_a_constant_column_becomes_zero():
    X, _, scale = standardize(np.full((7, 2), 0.1))
    np.testing.assert_allclose(X, 0, atol=1e-15)
    np.testing.assert_array_equal(scale, 1)
    assert np.isfinite(standardize(digits().X)[0]).all()


def test_test_rows_are_measured_by_the_training_rows():
    X_train, X_test, _, _ = train_test_split(*(iris().X, iris().y))
    kept = X_train.copy()
    _, mean, scale = standardize(X_train)
    moved, same_mean, same_scale = standardize(X_test, mean, scale)
    np.testing.assert_allclose(moved, (X_test - mean) / scale)
    np.testing.assert_array_equal(same_mean, mean)
    np.testing.assert_array_equal(same_scale, scale)
    np.testing.assert_array_equal(X_train, kept)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([],), "X has no rows"),
        (([[1.0]], [0.0], None), "mean came without scale: pass both"),
        (([[1.0]], None, [1.0]), "scale came without mean: pass both"),
        (([[1.0, 2.0]], [0.0], [1.0, 1.0]), "mean has shape (1,) and a row of X has shape (2,)"),
        (([[1.0]], [0.0], [0.0]), "scale holds a number that is not above 0"),
    ],
)
def test_standardize_says_what_is_wrong(arguments, sentence):
    with pytest.raises(ValueError, match=re.escape("standardize: " + sentence)):
        standardize(*arguments)


@given(st.lists(st.integers(0, 9), max_size=30))
def test_one_hot_is_undone_by_argmax(y):
    encoded = one_hot(y, classes=10)
    assert encoded.shape == (len(y), 10)
    assert encoded.argmax(axis=1).tolist() == y
    np.testing.assert_array_equal(encoded.sum(axis=1), 1)
    assert one_hot(y).shape == (len(y), max(y, default=-1) + 1)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (([0, 3], 3), ValueError, "y holds 3 and classes is 3: labels go up to 2"),
        (([0, -1],), ValueError, "y holds -1: labels count from 0"),
        (([0.0, 1.0],), TypeError, "y has dtype float64: pass whole numbers"),
        (([[0], [1]],), ValueError, "y has shape (2, 1): pass one label per row"),
        (([0], 0), ValueError, "classes is 0: pass a whole number >= 1"),
    ],
)
def test_one_hot_says_what_is_wrong(arguments, error, sentence):
    with pytest.raises(error, match=re.escape("one_hot: " + sentence)):
        one_hot(*arguments)


@given(rows=st.integers(1, 50), size=st.integers(1, 60), shuffle=st.booleans())
def test_batches_hand_out_every_row_once(rows, size, shuffle):
    X = np.arange(rows) * 1.5
    parts = list(batches(X, np.arange(rows), size, shuffle=shuffle))
    assert [len(part) for _, part in parts[:-1]] == [size] * (len(parts) - 1)
    y = np.concatenate([part for _, part in parts])
    np.testing.assert_array_equal(np.concatenate([part for part, _ in parts]), y * 1.5)
    assert sorted(y) == list(range(rows))
    if not shuffle:
        assert y.tolist() == list(range(rows))


def test_one_generator_gives_each_epoch_its_own_order():
    X = np.arange(100)

    def order(seed):
        return np.concatenate([part for part, _ in batches(X, X, 10, seed)]).tolist()

    assert order(3) == order(3) != order(4)
    generator = np.random.default_rng(3)
    assert order(3) == order(generator) != order(generator)


def test_batches_complain_at_once_and_not_at_the_first_row():
    with pytest.raises(ValueError, match="batches: batch_size is 0: pass a whole number >= 1"):
        batches([1], [1], 0)
    with pytest.raises(ValueError, match="batches: X has 2 rows and y has 1"):
        batches([1, 2], [1])


def test_everything_public_is_exported():
    for name in nn.data.__all__:
        assert getattr(nn.data, name).__doc__
