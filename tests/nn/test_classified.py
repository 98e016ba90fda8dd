"""The usual loss of a classifier takes a way of its own: it says the same as the op, bit by bit."""

import copy
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import OPS, Tensor, hessian, no_grad
from autograd.classified import mean_cross_entropy
from autograd.ops.cross_entropy import USUAL
from nn import functional as F

INTEGERS = [*(f"{sign}{size}" for sign in "iu" for size in (1, 2, 4, 8)), ">i8", ">i2", "<u4"]


def scores(shape, dtype=np.float64, seed=0):
    numbers = np.random.default_rng(seed).normal(size=shape) * 3
    return Tensor(numbers.astype(dtype), requires_grad=True) * 1.0


def by_op(z, labels):
    return OPS["cross_entropy"](z, **USUAL, labels=np.asarray(labels).astype(int))


def gradient(loss, z):
    loss.backward()
    return z.grad.dtype, z.grad.tobytes()


@given(
    n=st.integers(1, 9),
    classes=st.integers(1, 40),
    dtype=st.sampled_from([np.float16, np.float32, np.float64]),
    kind=st.sampled_from(INTEGERS),
    seed=st.integers(0, 1000),
)
def test_it_says_the_same_as_the_op(n, classes, dtype, kind, seed):
    labels = np.random.default_rng(seed).integers(0, classes, n)
    z, other = (scores((n, classes), dtype, seed) for _ in range(2))
    loss, wanted = F.cross_entropy(z, labels.astype(kind)), by_op(other, labels)
    assert loss.dtype == dtype
    assert loss.numpy().tobytes() == wanted.numpy().tobytes()
    assert gradient(loss, z) == gradient(wanted, other)
    assert loss.op is wanted.op
    assert loss.inputs == (z,)
    assert loss.args[0] is z.numpy() or np.array_equal(loss.args[0], z.numpy())
    assert loss.settings.keys() == wanted.settings.keys()
    assert loss.settings["labels"].tolist() == labels.tolist()
    assert loss.line[0].co_name == "test_it_says_the_same_as_the_op"


def test_it_is_taken():
    z = scores((3, 2))
    assert mean_cross_entropy(z, np.array([0, 1, 1]), sys._getframe()) is not None
    assert type(F.cross_entropy(z, np.array([0, 1, 1])).send) is not type(by_op(z, [0, 1, 1]).send)


def test_other_cases_go_the_long_way():
    labels, frame = np.array([0, 1, 1]), sys._getframe()
    assert mean_cross_entropy(Tensor(np.ones((3, 2))), labels, frame) is None
    with no_grad():
        assert mean_cross_entropy(scores((3, 2)), labels, frame) is None
    mine = Tensor(np.ones((3, 2)), requires_grad=True)
    held = mine.numpy()  # the user may write to it
    assert F.cross_entropy(mine, labels).item() == pytest.approx(np.log(2))
    assert held.shape == (3, 2)


@pytest.mark.parametrize("kind", INTEGERS)
@pytest.mark.parametrize("wrong", [-1, 3, 100])
def test_a_label_out_of_range_is_refused(kind, wrong):
    if np.dtype(kind).kind == "u" and wrong < 0:
        wrong = 77
    labels = np.array([0, wrong, 1]).astype(kind)
    with pytest.raises(ValueError, match=f"label {wrong} came, and there are 3 classes"):
        F.cross_entropy(scores((3, 3)), labels)


def test_the_labels_may_be_written_over_afterwards():
    z, labels = scores((4, 3)), np.array([0, 1, 2, 1])
    loss, wanted = F.cross_entropy(z, labels), by_op(scores((4, 3)), labels)
    labels[:] = 0
    assert loss.settings["labels"].tolist() == [0, 1, 2, 1]
    loss.backward()
    first = z.grad
    z.grad = None
    loss.backward()  # the way back changes nothing
    np.testing.assert_array_equal(z.grad, first)
    np.testing.assert_allclose(first.sum(axis=1), 0, atol=1e-15)
    assert loss.item() == wanted.item()


def test_copies_and_pickles_know_all():
    z = Tensor(np.array([[1.0, -2.0], [0.5, 3.0]]), requires_grad=True)
    loss = F.cross_entropy(z * 2, np.array([1, 0]))
    for again in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert again.settings["labels"].tolist() == [1, 0]
        leaf = again.inputs[0].inputs[0]
        again.backward()
        loss.backward()
        np.testing.assert_array_equal(leaf.grad, z.grad)
        z.grad = None


def test_every_other_look_goes_through_the_op():
    labels = np.array([1, 0])

    def loss_of(z):
        return F.cross_entropy(z * 1.0, labels)

    z = np.array([[1.0, -2.0], [0.5, 3.0]])
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    wanted = np.zeros((2, 2, 2, 2))
    for i in range(2):
        wanted[i, :, i] = (np.diag(p[i]) - np.outer(p[i], p[i])) / 2
    np.testing.assert_allclose(hessian(loss_of)(z), wanted, atol=1e-12)
    assert autograd.gradcheck(loss_of, Tensor(z, requires_grad=True))
    leaf = Tensor(z, requires_grad=True)
    trace = autograd.trace(loss_of(leaf))
    assert trace.root.op == "cross_entropy"
