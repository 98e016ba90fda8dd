"""nn beside PyTorch: weights copied, values and gradients equal in float64 to 1e-10."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

CLOSE = {"rtol": 1e-10, "atol": 1e-12}
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(6, 5))
ARRIVING = GENERATOR.normal(size=(6, 4))


def both(ours, theirs):
    """Copy the weights of our model into theirs; the state has the same names."""
    theirs = theirs.double()
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    theirs.load_state_dict(state)
    return ours, theirs


def same_parameters(ours, theirs, what):
    named = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(named)
    for name, parameter in ours.named_parameters():
        np.testing.assert_allclose(what(parameter), what(named[name]), err_msg=name, **CLOSE)


def data_of(parameter):
    return parameter.numpy() if isinstance(parameter, Tensor) else parameter.detach().numpy()


def grad_of(parameter):
    return np.asarray(parameter.grad)


def compare(ours, theirs, x, arriving):
    """Run both forwards and backwards from the same arriving gradient."""
    mine, other = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out, expected = ours(mine), theirs(other)
    np.testing.assert_allclose(out.data, expected.detach().numpy(), **CLOSE)
    out.backward(arriving)
    expected.backward(torch.tensor(arriving))
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("lead", [(), (6,), (2, 3)])
def test_linear(bias, lead):
    ours, theirs = both(nn.Linear(5, 4, bias=bias), torch.nn.Linear(5, 4, bias=bias))
    generator = np.random.default_rng(1)
    compare(ours, theirs, generator.normal(size=(*lead, 5)), generator.normal(size=(*lead, 4)))
    same_parameters(ours, theirs, grad_of)


def test_a_model_with_names_layouts_and_gradients_of_torch():
    def build(m):
        return m.Sequential(
            m.Linear(5, 8), m.Tanh(), m.Sequential(m.Linear(8, 8), m.GELU()), m.Linear(8, 4)
        )

    ours, theirs = both(build(nn), build(torch.nn))
    compare(ours, theirs, X, ARRIVING)
    same_parameters(ours, theirs, grad_of)


def test_linear_starts_in_the_range_of_torch():
    ours, theirs = nn.Linear(64, 500), torch.nn.Linear(64, 500)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert np.abs(mine.data).max() <= 1 / 8
        assert mine.data.std() == pytest.approx(other.std().item(), rel=0.1)


ACTIVATIONS = [
    ("ELU", ()), ("ELU", (0.5,)), ("GELU", ()), ("GELU", ("tanh",)), ("Hardtanh", ()),
    ("Hardtanh", (-2.0, 0.5)), ("Identity", ()), ("LeakyReLU", ()), ("LeakyReLU", (0.2,)),
    ("LogSigmoid", ()), ("LogSoftmax", (-1,)), ("ReLU", ()), ("ReLU6", ()), ("SELU", ()),
    ("SiLU", ()), ("Sigmoid", ()), ("Softmax", (-1,)), ("Softmax", (0,)), ("Softplus", ()),
    ("Softplus", (2.0,)), ("Softsign", ()), ("Tanh", ()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), ACTIVATIONS, ids=str)
def test_activation(name, settings):
    x = np.concatenate([4 * X[:, :4], [[0.0, -0.0, 6.0, -1.0], [30.0, -30.0, 1.0, 8.0]]])
    arriving = np.random.default_rng(2).normal(size=x.shape)
    make = {"GELU": lambda *a: torch.nn.GELU(approximate=a[0]) if a else torch.nn.GELU()}
    theirs = make.get(name, getattr(torch.nn, name))(*settings)
    compare(getattr(nn, name)(*settings), theirs, x, arriving)


LABELS = np.array([0, 3, 1, 1, 2, 0])
SHARES = GENERATOR.dirichlet(np.ones(4), 6)
NUMBERS = GENERATOR.normal(size=(6, 4))
ZERO_ONE = (NUMBERS > 0).astype(float)

LOSSES = [
    ("mse_loss", "mse_loss", NUMBERS, False),
    ("l1_loss", "l1_loss", NUMBERS, False),
    ("binary_cross_entropy", "binary_cross_entropy", SHARES, True),
    ("binary_cross_entropy", "binary_cross_entropy", ZERO_ONE, True),
    (
        "binary_cross_entropy_with_logits",
        "binary_cross_entropy_with_logits",
        SHARES,
        False,
    ),
    ("cross_entropy", "cross_entropy", LABELS, False),
    ("cross_entropy", "cross_entropy", SHARES, False),
    ("multi_margin_loss", "multi_margin_loss", LABELS, False),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("row", LOSSES, ids=lambda row: f"{row[0]} {row[2].dtype} {row[2].ndim}")
def test_loss(row, reduction):
    ours, theirs, targets, squashed = row
    z = 3 * np.random.default_rng(4).normal(size=(6, 4))
    mine, other = Tensor(z, requires_grad=True), torch.tensor(z, requires_grad=True)
    first = mine.sigmoid() if squashed else mine
    second = other.sigmoid() if squashed else other
    loss = getattr(functional, ours)(first, targets, reduction=reduction)
    function = getattr(torch.nn.functional, theirs)
    expected = function(second, torch.tensor(targets), reduction=reduction)
    np.testing.assert_allclose(loss.data, expected.detach().numpy(), **CLOSE)
    (loss * loss).sum().backward()
    (expected * expected).sum().backward()
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("labelled", [True, False])
def test_cross_entropy_with_classes_for_every_place(smoothing, labelled):
    generator = np.random.default_rng(5)
    z, labels = generator.normal(size=(2, 3, 4, 5)), generator.integers(0, 3, (2, 4, 5))
    truth = labels if labelled else generator.dirichlet(np.ones(3), (2, 4, 5)).swapaxes(1, 3)
    truth = truth if labelled else np.ascontiguousarray(truth.swapaxes(2, 3))
    settings = {"label_smoothing": smoothing}
    mine, other = Tensor(z, requires_grad=True), torch.tensor(z, requires_grad=True)
    functional.cross_entropy(mine, truth, **settings).backward()
    torch.nn.functional.cross_entropy(other, torch.tensor(truth), **settings).backward()
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-5, "weight_decay": 0.02}),
]


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS, ids=str)
def test_twenty_steps_of_an_optimizer(name, settings):
    def build(m):
        return m.Sequential(m.Linear(5, 8), m.Tanh(), m.Linear(8, 4))

    ours, theirs = both(build(nn), build(torch.nn))
    mine = getattr(nn.optim, name)(ours.parameters(), **settings)
    other = getattr(torch.optim, name)(theirs.parameters(), **settings)
    for _ in range(20):
        loss = functional.cross_entropy(ours(X), LABELS)
        expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(LABELS))
        assert loss.item() == pytest.approx(expected.item(), rel=1e-10)
        mine.zero_grad()
        other.zero_grad()
        loss.backward()
        expected.backward()
        mine.step()
        other.step()
    same_parameters(ours, theirs, data_of)


@pytest.mark.parametrize("name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_"])
def test_init_has_the_spread_of_torch(name):
    ours = getattr(nn.init, name)(nn.Parameter(np.zeros((200, 300))), generator=0)
    theirs = getattr(torch.nn.init, name)(torch.empty(200, 300))
    assert ours.data.std() == pytest.approx(theirs.std().item(), rel=0.02)


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains_are_those_of_torch(name):
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
