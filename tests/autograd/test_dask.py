"""A Tensor keeps any array that speaks NumPy's protocols: on Dask arrays it stays on Dask."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.engine import propagate

dask_array = pytest.importorskip("dask.array")


@pytest.fixture
def forbid_compute(monkeypatch):
    """Fail as soon as anything asks Dask for the numbers."""

    def refuse(*args, **settings):
        raise AssertionError("the numbers were computed before anyone asked for them")

    switch = pytest.MonkeyPatch()
    switch.setattr(dask_array.Array, "__array__", refuse)
    switch.setattr(dask_array.Array, "compute", refuse)
    yield switch
    switch.undo()


def numbers():
    draw = np.random.default_rng(0).normal
    return {
        "x": draw(size=(8, 3)),
        "y": np.eye(2)[[0, 1, 0, 1, 1, 0, 0, 1]],
        "w1": draw(size=(3, 5)),
        "b1": draw(size=5),
        "w2": draw(size=(5, 2)),
        "b2": draw(size=2),
    }


def mean_squares(scores, y):
    return ((scores - y) ** 2).mean()


def cross_entropy(scores, y):
    top = scores.max(axis=1, keepdims=True).detach()
    shifted = scores - top
    log_shares = shifted - autograd.log(autograd.exp(shifted).sum(axis=1, keepdims=True))
    return -(log_shares * y).sum(axis=1).mean()


def library_cross_entropy(scores, y):
    return -(autograd.log_softmax(scores, axis=1) * y).sum(axis=1).mean()


def network(p, loss):
    hidden = autograd.relu(autograd.matmul(p["x"], p["w1"]) + p["b1"])
    return loss(hidden @ p["w2"] + p["b2"], p["y"])


@pytest.mark.parametrize("loss", [mean_squares, cross_entropy, library_cross_entropy])
def test_a_network_on_dask_gives_the_same_gradients(loss, forbid_compute):
    plain = numbers()
    ours = {k: Tensor(v, requires_grad=k[0] in "wb") for k, v in plain.items()}
    result = network(ours, loss)
    result.backward()
    chunked = {
        k: Tensor(dask_array.from_array(v, chunks=2), requires_grad=k[0] in "wb")
        for k, v in plain.items()
    }
    lazy = network(chunked, loss)
    lazy.backward()
    assert isinstance(lazy._data, dask_array.Array)
    gradients = {}
    for name in ("w1", "b1", "w2", "b2"):
        gradients[name] = chunked[name].grad
        assert isinstance(gradients[name], dask_array.Array), name
        assert gradients[name].shape == ours[name].shape
        assert gradients[name].dtype == np.float64
    lazy.backward()  # adds up
    step = chunked["w1"]
    step.data = step.data - 0.1 * step.grad
    assert isinstance(step._data, dask_array.Array)
    forbid_compute.undo()
    np.testing.assert_allclose(lazy._data.compute(), result.item())
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient.compute(), ours[name].grad, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(chunked[name].grad.compute(), 2 * ours[name].grad, atol=1e-12)
    np.testing.assert_allclose(
        step._data.compute(), plain["w1"] - 0.2 * ours["w1"].grad, atol=1e-12
    )


def test_operators_and_reading(forbid_compute):
    x = Tensor(dask_array.ones((4, 3), chunks=2), requires_grad=True)
    y = (2 * x - x / 2 + x**2).T[0].sum() + x.reshape(12).mean()
    assert isinstance((x > 0)._data, dask_array.Array)
    assert isinstance((~(x > 0) | (x < 1))._data, dask_array.Array)
    assert isinstance(np.exp(x)._data, dask_array.Array)
    assert (x.shape, x.ndim, x.dtype) == ((4, 3), 2, np.float64)
    y.backward()
    assert isinstance(x.grad, dask_array.Array)
    assert isinstance(x.detach()._data, dask_array.Array)
    assert isinstance(x.numpy(), dask_array.Array)
    assert "Tensor(" in repr(x)
    forbid_compute.undo()
    expected = np.full((4, 3), 1 / 12)
    expected[:, 0] += 3.5
    np.testing.assert_allclose(x.grad.compute(), expected)
    assert y.item() == pytest.approx(4 * 2.5 + 1)
    assert x.tolist() == [[1.0] * 3] * 4


def test_second_order():
    x = Tensor(dask_array.ones(3, chunks=2), requires_grad=True)
    first = propagate((x**3).sum(), Tensor(1.0), create_graph=True)[x]
    first.sum().backward()
    np.testing.assert_allclose(x.grad.compute(), [6.0, 6.0, 6.0])


@pytest.mark.parametrize(
    "pooled",
    [
        lambda y: nn.functional.max_pool2d(y, 2),
        lambda y: nn.functional.max_pool2d(y, 3, stride=1, padding=1),
        lambda y: nn.functional.avg_pool2d(y, 2),
    ],
)
def test_a_convolutional_network_on_dask_gives_the_same_gradients(pooled, forbid_compute):
    draw = np.random.default_rng(0).normal
    arrays = draw(size=(4, 2, 6, 6)), draw(size=(3, 2, 3, 3)), draw(size=3)

    def gradients(make):
        leaves = [Tensor(make(a), requires_grad=True) for a in arrays]
        y = pooled(autograd.relu(nn.functional.conv2d(*leaves, padding=1)))
        (y * y).sum().backward()
        return [leaf.grad for leaf in leaves]

    lazy = gradients(lambda a: dask_array.from_array(a, chunks=2))
    assert all(isinstance(g, dask_array.Array) for g in lazy)
    forbid_compute.undo()
    for got, want in zip(lazy, gradients(np.array), strict=True):
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-10, atol=1e-12)
