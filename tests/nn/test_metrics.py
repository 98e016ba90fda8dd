"""Metrics: accuracy and its relatives, on everything a model may give."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn.metrics
from autograd import ShapeError, Tensor, Value
from nn import functional
from nn.metrics import (
    accuracy,
    confusion_matrix,
    f1,
    mean_absolute_error,
    mean_squared_error,
    numbers_of,
    perplexity,
    precision,
    r2_score,
    recall,
    root_mean_squared_error,
    top_k_accuracy,
)


@pytest.mark.parametrize(
    ("predictions", "targets", "threshold", "share"),
    [
        ([[0.1, 0.9], [0.8, 0.2], [0.6, 0.4]], [1, 0, 1], 0.0, 2 / 3),
        (np.array([2.0, -1.0, 0.5, -3.0]), [1, 0, 0, 0], 0.0, 0.75),
        (np.array([2.0, -1.0, 0.5, -3.0]), [1, -1, -1, -1], 0.0, 0.75),
        (np.array([[0.7], [0.2]]), np.array([[1], [0]]), 0.5, 1.0),
        (Tensor([[1.0, 2.0, 3.0]]), [2], 0.0, 1.0),
        ([Value(1.0), Value(-1.0)], np.array([1, 1]), 0.0, 0.5),
        ([[Value(1.0), Value(2.0)], [Value(1.0), Value(0.0)]], [1, 1], 0.0, 0.5),
    ],
)
def test_accuracy(predictions, targets, threshold, share):
    assert accuracy(predictions, targets, threshold) == pytest.approx(share)


def test_confusion_matrix_counts():
    scores = np.eye(3)[[0, 1, 1, 2, 0]]
    truth = np.array([0, 1, 2, 2, 1])
    expected = [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    np.testing.assert_array_equal(confusion_matrix(scores, truth), expected)
    assert confusion_matrix(scores, truth, classes=5).shape == (5, 5)
    assert confusion_matrix([1.0, -1.0], [1, -1]).tolist() == [[1, 0], [0, 1]]


def test_mean_absolute_error():
    assert mean_absolute_error(Tensor([1.0, 2.0]), [2.0, 4.0]) == 1.5
    assert numbers_of(Value(3.0)).item() == 3.0


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: accuracy([1.0, 2.0], [1]), ShapeError, r"\(2,\) and targets of shape \(1,\)"),
        (lambda: accuracy([], []), ShapeError, "at least one"),
        (lambda: accuracy(np.zeros((2, 2, 2)), [0, 1]), ShapeError, r"\(n, classes\) or \(n,\)"),
        (lambda: accuracy(3.0, 3), ShapeError, "is needed"),
        (lambda: mean_absolute_error([1.0], [[1.0]]), ShapeError, "equal shapes are needed"),
        (lambda: confusion_matrix(np.eye(3), [0, 1, 2], 2), ValueError, "0 to 1 are needed"),
        (lambda: confusion_matrix(np.eye(2), [0, -1]), ValueError, "-1 to 1 came"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()


# ------------------------------------------------------------------- what counts as a prediction


@pytest.mark.parametrize(
    ("predictions", "targets", "share"),
    [
        ([2, 0, 1], [2, 0, 2], 2 / 3),  # class numbers
        (np.array([[1], [0]]), [1, 1], 0.5),
        (np.array([True, False]), [1, 1], 0.5),
        ([1, -1, -1], [1, -1, 1], 2 / 3),
        (Tensor([0, 3]), Tensor([0, 3]), 1.0),
        (np.eye(3), np.eye(3)[[0, 1, 1]], 2 / 3),  # one-hot targets
        (np.eye(2), [[0.9, 0.1], [0.6, 0.4]], 0.5),
        (np.eye(3)[[[0, 1], [2, 2]]], [[0, 1], [2, 0]], 0.75),  # sequences, classes last
        ([Tensor([1.0, 2.0]), Tensor([3.0, 2.0])], [1, 0], 1.0),
    ],
)
def test_class_numbers_one_hot_rows_and_sequences_are_understood(predictions, targets, share):
    assert accuracy(predictions, targets) == pytest.approx(share)


def test_targets_that_are_ignored_do_not_count():
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0]])
    truth, kept = np.array([0, -100, 2, 2]), [0, 2, 3]
    assert accuracy(scores, truth) == 2 / 3
    assert accuracy(scores, [0, 0, 2, 2], ignore_index=0) == 0.5
    assert accuracy(scores.reshape(2, 2, 3), truth.reshape(2, 2)) == 2 / 3
    assert top_k_accuracy(scores, truth, k=2) == 1.0
    assert top_k_accuracy(scores, [0, 0, 2, 2], k=2, ignore_index=2) == 1.0
    for metric in (precision, recall, f1):
        assert metric(scores, truth) == metric(scores[kept], truth[kept])
    assert np.array_equal(
        confusion_matrix(scores, truth), confusion_matrix(scores[kept], truth[kept])
    )
    with pytest.raises(ShapeError, match="all targets are -100"):
        accuracy(scores, [-100] * 4)


def test_top_k_counts_the_true_class_among_the_k_best():
    scores = np.array([[0.1, 0.5, 0.4], [0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5]])
    truth = [2, 2, 2, 1]
    assert [top_k_accuracy(scores, truth, k) for k in (1, 2, 3)] == [0.25, 0.75, 1.0]
    assert top_k_accuracy(Tensor(scores), np.eye(3)[truth], 2) == 0.75
    assert top_k_accuracy(scores[np.newaxis], [truth], 2) == 0.75


@given(
    st.integers(2, 6).flatmap(
        lambda c: st.lists(
            st.tuples(st.lists(st.integers(0, 2), min_size=c, max_size=c), st.integers(0, c - 1)),
            min_size=1,
            max_size=9,
        )
    )
)
def test_top_1_is_accuracy_also_with_equal_scores(rows):
    scores, truth = (list(column) for column in zip(*rows, strict=True))
    scores = np.array(scores, float)
    assert top_k_accuracy(scores, truth, 1) == accuracy(scores, truth)
    shares = [top_k_accuracy(scores, truth, k) for k in range(1, scores.shape[1] + 1)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


# --------------------------------------------------------------------- precision, recall and F1


def test_precision_recall_and_f1_by_hand():
    # 3 said yes, 2 of them right; 4 are yes
    guessed, truth = [1, 1, 1, 0, 0, 0], [1, 1, 0, 1, 1, 0]
    assert precision(guessed, truth) == pytest.approx(2 / 3)
    assert recall(guessed, truth) == pytest.approx(2 / 4)
    assert f1(guessed, truth) == pytest.approx(2 * (2 / 3 * 1 / 2) / (2 / 3 + 1 / 2))
    assert precision(guessed, truth, positive=0) == pytest.approx(1 / 3)
    scores = np.where(guessed, 2.0, -2.0)
    assert recall(scores, truth) == pytest.approx(0.5)
    assert recall(1 / (1 + np.exp(-scores)), truth, threshold=0.5) == pytest.approx(0.5)


def test_averages_over_three_classes_by_hand():
    guessed, truth = [0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]
    of_each = [1.0, 0.5, 0.0]
    assert precision(guessed, truth, "macro") == pytest.approx(np.mean(of_each))
    assert precision(guessed, truth, "weighted") == pytest.approx(np.mean(of_each[:2]))
    assert precision(guessed, truth, "micro") == pytest.approx(3 / 6)
    assert precision(guessed, truth) == precision(guessed, truth, "macro")


def test_auto_goes_by_the_number_of_scores():
    scores = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    assert f1(scores, [1, 1]) == f1(scores, [1, 1], "macro") != f1(scores, [1, 1], "binary")


def test_zero_by_zero_is_what_was_asked():
    assert precision([0, 0], [1, 0]) == 0.0
    assert precision([0, 0], [1, 0], zero_division=1.0) == 1.0
    assert np.isnan(precision([0, 0], [1, 0], zero_division=np.nan))
    assert recall([1, 0], [0, 0]) == 0.0
    assert f1([0, 0], [0, 0], zero_division=1.0) == 1.0
    assert f1([0, 0], [1, 0], zero_division=1.0) == 0.0


pairs_of_classes = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)
)


@given(
    both=pairs_of_classes,
    average=st.sampled_from(["macro", "micro", "weighted", "binary"]),
    zero=st.sampled_from([0.0, 1.0, np.nan]),
)
def test_precision_recall_and_f1_are_those_of_scikit_learn(both, average, zero):
    reference = pytest.importorskip("sklearn.metrics")
    guessed, truth = (np.minimum(one, 1) if average == "binary" else np.array(one) for one in both)
    for ours, theirs in (
        (precision, reference.precision_score),
        (recall, reference.recall_score),
        (f1, reference.f1_score),
    ):
        expected = theirs(truth, guessed, average=average, zero_division=zero)
        found = ours(guessed, truth, average, zero_division=zero)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(both=pairs_of_classes)
def test_confusion_matrix_and_accuracy_are_those_of_scikit_learn(both):
    reference = pytest.importorskip("sklearn.metrics")
    guessed, truth = both
    expected = reference.confusion_matrix(truth, guessed, labels=range(4))
    np.testing.assert_array_equal(confusion_matrix(guessed, truth, 4), expected)
    assert accuracy(guessed, truth) == pytest.approx(reference.accuracy_score(truth, guessed))


# ------------------------------------------------------------------------------------- numbers


def test_regression_metrics_by_hand():
    p, t = [1.0, 2.0, 4.0], [1.0, 4.0, 1.0]
    assert mean_squared_error(p, t) == pytest.approx(13 / 3)
    assert root_mean_squared_error([Value(1.0), Value(2.0)], [2.0, 2.0]) == pytest.approx(0.5**0.5)
    assert r2_score(p, t) == pytest.approx(1 - 13 / 6)
    assert mean_squared_error(np.uint8([0]), np.uint8([200])) == 40000
    assert r2_score(t, t) == 1
    assert r2_score(np.full(3, 2.0), t) == pytest.approx(0)


def test_r2_of_equal_targets_and_of_one_example():
    assert r2_score([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]) == 1
    assert r2_score([0.1, 0.1, 0.2], [0.1, 0.1, 0.1]) == 0
    assert np.isnan(r2_score([1.0], [1.0]))


@given(st.integers(2, 20), st.integers(1, 3), st.integers(0, 99))
def test_regression_metrics_are_those_of_scikit_learn(rows, outputs, seed):
    reference = pytest.importorskip("sklearn.metrics")
    p, t = np.random.default_rng(seed).normal(size=(2, rows, outputs))
    t[:, 0] = 0.5 if seed % 7 == 0 else t[:, 0]
    for ours, theirs in (
        (mean_absolute_error, reference.mean_absolute_error),
        (mean_squared_error, reference.mean_squared_error),
        (r2_score, reference.r2_score),
    ):
        assert ours(Tensor(p), t) == pytest.approx(theirs(t, p), rel=1e-12)
    root = mean_squared_error(p[:, 0], t[:, 0]) ** 0.5
    assert root_mean_squared_error(p[:, 0], t[:, 0]) == pytest.approx(root)


def test_perplexity_is_exp_of_the_cross_entropy():
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(2, 5, 7)), generator.integers(0, 7, (2, 5))
    loss = functional.cross_entropy(Tensor(logits.reshape(-1, 7)), labels.reshape(-1))
    assert perplexity(logits, labels) == pytest.approx(math.exp(loss.item()), rel=1e-12)
    assert perplexity(loss) == pytest.approx(math.exp(loss.item()), rel=1e-12)
    padded = labels.copy()
    padded[1] = -100
    assert perplexity(logits, padded) == pytest.approx(perplexity(logits[0], labels[0]))
    assert perplexity(Value(0.0)) == 1
    assert perplexity([[1000.0, 0.0]], [0]) == 1
    assert perplexity([[1000.0, 0.0]], [1]) == math.inf


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: accuracy([[0.1, np.nan]], [1]), ValueError, "accuracy: prediction 0 is nan"),
        (lambda: accuracy([0.5, 2.0], [0, 2]), ValueError, r"a target is 2: give scores of shape"),
        (lambda: accuracy(np.eye(2), [0.5, 1]), ValueError, "the targets hold 0.5; class numbers"),
        (lambda: accuracy(np.eye(2), ["a", "b"]), ValueError, "accuracy: the targets hold <U1"),
        (lambda: accuracy(np.eye(2), np.ones((2, 2))), ValueError, "a row does not sum to 1"),
        (lambda: top_k_accuracy([1.0, 2.0], [1, 0]), ShapeError, r"scores of each class, \(n, cla"),
        (lambda: top_k_accuracy(np.eye(3), [0, 1, 2]), ValueError, "k=5 came with scores of 3"),
        (lambda: top_k_accuracy(np.eye(3), [0, 1, 2], 0), ValueError, "a whole number from 1 to 3"),
        (lambda: top_k_accuracy(np.eye(3), [0, 1, 3], 1), ValueError, "0 to 2 are needed"),
        (lambda: precision([0], [0], "macr"), ValueError, "did you mean 'macro'"),
        (
            lambda: precision([0, 1, 2], [0, 0, 0], "binary"),
            ValueError,
            "there are 3 classes",
        ),
        (lambda: recall([2, 3], [2, 2], "binary"), ValueError, "the classes are 2 and 3; give one"),
        (lambda: f1([], []), ShapeError, "f1: predictions of shape .* at least one, is needed"),
        (lambda: r2_score([[1.0], [2.0]], [1.0, 2.0]), ShapeError, r"give one of them .reshape"),
        (lambda: mean_squared_error([], []), ShapeError, "at least one number"),
        (lambda: perplexity([[1.0, 2.0]]), ShapeError, "came without targets; give"),
        (lambda: perplexity(np.zeros((2, 3, 4)), np.zeros((2, 4))), ShapeError, "movedim"),
        (lambda: perplexity(np.zeros((1, 3)), [3]), ValueError, "0 to 2 are needed"),
        (lambda: perplexity(np.zeros((1, 3)), [1.0]), ValueError, "targets of float64 came"),
        (lambda: perplexity(np.zeros((1, 3)), [-100]), ShapeError, "no target counts"),
    ],
)
def test_the_newer_metrics_say_what_is_wrong(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()


def test_every_metric_is_exported_and_documented():
    for name in nn.metrics.__all__:
        assert getattr(nn.metrics, name).__doc__
