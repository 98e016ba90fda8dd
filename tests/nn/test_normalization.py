"""Normalising layers and dropout: statistics, running figures, bad input."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, manual_seed
from nn import functional as F

X = np.random.default_rng(1).uniform(-2, 2, (5, 3))


@pytest.mark.parametrize("make", [lambda: nn.BatchNorm1d(3), lambda: nn.GroupNorm(1, 3)])
def test_normalised_numbers_have_mean_0_and_variance_1(make):
    data = np.random.default_rng(0).normal(7.0, 5.0, (40, 3, 50))
    y = make()(Tensor(data)).data
    axes = (0, 2) if isinstance(make(), nn.BatchNorm1d) else (1, 2)
    np.testing.assert_allclose(y.mean(axis=axes), 0.0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=axes), 1.0, rtol=1e-5)


def test_running_figures_by_hand():
    layer = nn.BatchNorm1d(1, momentum=0.5)
    layer(Tensor([[1.0], [3.0]]))  # mean 2, variance 2 with n - 1
    assert (layer.running_mean.tolist(), layer.running_var.tolist()) == ([1.0], [1.5])
    layer(Tensor([[0.0], [4.0]]))  # mean 2, variance 8
    assert (layer.running_mean.tolist(), layer.running_var.tolist()) == ([1.5], [4.75])
    assert layer.num_batches_tracked.item() == 2
    y = layer.eval()(Tensor([[1.5]]))
    assert y.tolist() == [[0.0]]
    assert layer.num_batches_tracked.item() == 2


def test_the_plain_mean_of_all_batches():
    layer = nn.BatchNorm1d(1, momentum=None)
    for mean in (1.0, 2.0, 6.0):
        layer(Tensor([[mean - 1.0], [mean + 1.0]]))
    np.testing.assert_allclose(layer.running_mean.data, [3.0])
    np.testing.assert_allclose(layer.running_var.data, [2.0])


def test_running_figures_are_saved_and_not_trained():
    layer = nn.BatchNorm1d(2)
    assert list(layer.state_dict()) == [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    layer(Tensor(X[:, :2]))
    other = nn.BatchNorm1d(2)
    other.load_state_dict(layer.state_dict())
    out = other.eval()(Tensor(X[:, :2]))
    assert (out == layer.eval()(Tensor(X[:, :2]))).all()


def test_a_batch_that_is_refused_moves_nothing():
    layer = nn.BatchNorm1d(3)
    before = layer.state_dict()
    for bad in (np.ones((1, 3)), np.ones((0, 3)), np.ones((4, 2))):
        with pytest.raises(ShapeError):
            layer(Tensor(bad))
    for name, array in layer.state_dict().items():
        assert (array == before[name]).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nn.BatchNorm1d(3)(Tensor(np.ones((1, 3)))), r"call model\.eval\(\)"),
        (lambda: nn.BatchNorm1d(3)(Tensor(np.ones((5, 4)))), r"\(5, 4\) came; needs \(batch"),
        (lambda: nn.BatchNorm2d(3)(Tensor(np.ones((5, 3)))), r"height, width\)"),
        (lambda: nn.BatchNorm1d(0), "num_features is 0"),
        (lambda: nn.LayerNorm(3)(Tensor(np.ones((5, 4)))), r"last axes must be \(3,\)"),
        (lambda: nn.RMSNorm((2, 3))(Tensor(np.ones((3, 2)))), r"last axes must be \(2, 3\)"),
        (lambda: nn.GroupNorm(2, 3), "cannot be dealt out to 2 groups"),
        (lambda: nn.GroupNorm(3, 3)(Tensor(np.ones((2, 4)))), r"needs \(batch, 3, \.\.\.\)"),
        (lambda: F.group_norm(Tensor(np.ones((2, 4))), 3), "divisible by num_groups=3"),
        (lambda: nn.Dropout(1.5), r"p=1\.5 came; a probability"),
        (lambda: F.dropout(Tensor([1.0]), -0.1), r"p=-0\.1 came"),
        (lambda: F.dropout2d(Tensor(np.ones((2, 2)))), r"dropout2d: x of shape \(2, 2\) came"),
    ],
)
def test_bad_input_is_told(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --------------------------------------------------------------------------------- dropout


def test_dropout_drops_in_training_and_does_nothing_after():
    layer, x = nn.Dropout(0.25), Tensor(np.ones((100, 100)))
    y = layer(x).data
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.02)
    assert y.mean() == pytest.approx(1.0, abs=0.03)
    assert not (layer(x).data == y).all()  # others the next time
    assert layer.eval()(x) is x
    assert (layer.train()(x).data != 1).all()


def test_dropout_repeats_from_the_same_seed():
    x, outputs = Tensor(np.ones(50)), []
    for _ in range(2):
        manual_seed(3)
        outputs.append(nn.Dropout()(x).data)
    assert (outputs[0] == outputs[1]).all()


@pytest.mark.parametrize(
    ("layer", "shape"), [(nn.Dropout1d(0.5), (40, 30, 7)), (nn.Dropout2d(0.5), (40, 30, 3, 5))]
)
def test_whole_channels_are_dropped(layer, shape):
    y = layer(Tensor(np.ones(shape))).data.reshape(40, 30, -1)
    gone = (y == 0).all(axis=2)
    assert (gone == (y == 0).any(axis=2)).all()
    assert gone.mean() == pytest.approx(0.5, abs=0.06)
    assert gone.mean(axis=1).std() > 0  # not the same channels in every example


def test_only_what_was_kept_is_felt():
    x = Tensor(np.ones(1000), requires_grad=True)
    y = nn.Dropout(0.4)(x)
    y.sum().backward()
    assert (x.grad == y.data).all()
