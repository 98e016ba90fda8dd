"""Metrics: accuracy and its relatives, on everything a model may give."""

import numpy as np
import pytest

from autograd import ShapeError, Tensor, Value
from nn.metrics import accuracy, confusion_matrix, mean_absolute_error, numbers_of


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
