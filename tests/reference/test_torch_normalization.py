"""Normalising layers and dropout beside PyTorch's: values, gradients of any order, running figures.

PyTorch draws other random numbers, so dropout is compared with the same numbers dropped.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor, grad
from nn import functional as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

CLOSE = {"rtol": 1e-10, "atol": 1e-10}

# name, sizes, settings, shape of the input
LAYERS: list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[int, ...]]] = [
    ("BatchNorm1d", (3,), {}, (5, 3)),
    ("BatchNorm1d", (3,), {}, (5, 3, 4)),
    ("BatchNorm1d", (3,), {"eps": 0.1, "momentum": 0.7}, (5, 3)),
    ("BatchNorm1d", (3,), {"momentum": None}, (5, 3)),
    ("BatchNorm1d", (3,), {"affine": False}, (2, 3)),
    ("BatchNorm1d", (3,), {"track_running_stats": False}, (5, 3)),
    ("BatchNorm2d", (3,), {}, (4, 3, 2, 5)),
    ("BatchNorm2d", (3,), {"momentum": None, "affine": False}, (1, 3, 2, 5)),
    ("BatchNorm2d", (3,), {"track_running_stats": False, "affine": False}, (4, 3, 2, 5)),
    ("LayerNorm", (4,), {}, (5, 4)),
    ("LayerNorm", ((3, 4),), {"eps": 0.1}, (2, 5, 3, 4)),
    ("LayerNorm", (4,), {"bias": False}, (5, 4)),
    ("LayerNorm", (4,), {"elementwise_affine": False}, (4,)),
    ("RMSNorm", (4,), {}, (5, 4)),
    ("RMSNorm", ((3, 4),), {"eps": 0.1}, (2, 3, 4)),
    ("RMSNorm", (4,), {"elementwise_affine": False}, (5, 4)),
    ("GroupNorm", (2, 4), {}, (3, 4)),
    ("GroupNorm", (2, 4), {"eps": 0.1}, (3, 4, 5, 2)),
    ("GroupNorm", (4, 4), {"affine": False}, (3, 4, 5)),
    ("GroupNorm", (1, 4), {}, (3, 4, 5)),
]


def pair(name, sizes, settings):
    """Make both, with the same parameters, which are not ones and zeros."""
    ours = getattr(nn, name)(*sizes, **settings)
    theirs = getattr(torch.nn, name)(*sizes, **settings).double()
    draw = np.random.default_rng(5)
    for parameter in ours.parameters():
        parameter.data = draw.normal(size=parameter.shape)
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    assert list(state) == list(theirs.state_dict())
    theirs.load_state_dict(state)
    return ours, theirs


def same_state(ours, theirs):
    for path, its in theirs.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[path], its.numpy(), err_msg=path, **CLOSE)
    for mine, its in zip(ours.buffers(), theirs.buffers(), strict=True):
        assert mine.dtype == its.numpy().dtype


@pytest.mark.parametrize("row", LAYERS, ids=str)
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_layer_is_that_of_torch(row, training):
    name, sizes, settings, shape = row
    ours, theirs = pair(name, sizes, settings)
    draw = np.random.default_rng(3)
    before = draw.normal(1.0, 2.0, shape)  # running figures that are not their starting values
    ours(Tensor(before))
    theirs(torch.tensor(before))
    ours.train(training)
    theirs.train(training)
    data = draw.normal(size=shape)
    x, other = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    y, z = ours(x), theirs(other)
    np.testing.assert_allclose(y.data, z.detach().numpy(), **CLOSE)
    own, its_own = [x, *ours.parameters()], [other, *theirs.parameters()]
    firsts = grad((y**3 + y).sum(), own, create_graph=True)
    its_firsts = torch.autograd.grad((z**3 + z).sum(), its_own, create_graph=True)
    for mine, its in zip(firsts, its_firsts, strict=True):
        np.testing.assert_allclose(mine.data, its.detach().numpy(), **CLOSE)
    sum((g**2).sum() for g in firsts).backward()
    sum((g**2).sum() for g in its_firsts).backward()
    for mine, its in zip(own, its_own, strict=True):
        scale = max(1.0, float(its.grad.abs().max()))
        np.testing.assert_allclose(mine.grad / scale, its.grad.numpy() / scale, **CLOSE)
    same_state(ours, theirs)


@pytest.mark.parametrize("momentum", [0.1, 0.5, 1.0, 0.0, None])
def test_running_figures_of_many_batches(momentum):
    ours, theirs = pair("BatchNorm1d", (3,), {"momentum": momentum})
    draw = np.random.default_rng(0)
    for size in (2, 7, 4, 9, 3):
        batch = draw.normal(2.0, 3.0, (size, 3))
        ours(Tensor(batch))
        theirs(torch.tensor(batch))
        same_state(ours, theirs)
    ours.eval()
    theirs.eval()
    for _ in range(2):
        data = draw.normal(size=(1, 3))  # one example has no variance, and needs none in use
        y, z = ours(Tensor(data)), theirs(torch.tensor(data))
        np.testing.assert_allclose(y.data, z.detach().numpy(), **CLOSE)
        same_state(ours, theirs)


def test_functional_batch_norm_moves_only_in_training():
    draw = np.random.default_rng(0)
    data, mean, var = draw.normal(size=(4, 3)), draw.normal(size=3), draw.uniform(1, 2, 3)
    for training in (True, False):
        mine, its = (Tensor(mean), Tensor(var)), (torch.tensor(mean), torch.tensor(var))
        y = F.batch_norm(Tensor(data), *mine, training=training, momentum=0.3, eps=1e-3)
        z = torch.nn.functional.batch_norm(
            torch.tensor(data), *its, training=training, momentum=0.3, eps=1e-3
        )
        np.testing.assert_allclose(y.data, z.numpy(), **CLOSE)
        for a, b in zip(mine, its, strict=True):
            np.testing.assert_allclose(a.data, b.numpy(), **CLOSE)


@pytest.mark.parametrize("row", LAYERS, ids=str)
def test_float32_is_as_near_as_torchs(row):
    name, sizes, settings, shape = row
    ours, theirs = pair(name, sizes, settings)
    ours.to(np.float32)
    theirs.float()
    data = (1000.0 + np.random.default_rng(3).normal(size=shape)).astype(np.float32)
    y, z = ours(Tensor(data)), theirs(torch.tensor(data)).detach().numpy()
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.data, z, rtol=2e-3, atol=2e-3)


# --------------------------------------------------------------------------------- dropout

DROPOUTS = [("dropout", (6, 5)), ("dropout1d", (4, 3, 5)), ("dropout2d", (4, 3, 2, 5))]


@pytest.mark.parametrize(("name", "shape"), DROPOUTS)
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_what_is_dropped_and_kept_is_as_torchs(name, shape, p):
    data = np.random.default_rng(0).uniform(1, 2, shape)
    x, other = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    y = getattr(F, name)(x, p, generator=1)
    z = getattr(torch.nn.functional, name)(other, p)
    axes = tuple(range(2, len(shape)))  # whole channels, in both
    for out in (y.data, z.detach().numpy()):
        assert set(np.unique((out / data).round(12))) <= {0.0, round(1 / (1 - p or 1), 12)}
        assert ((out == 0).all(axis=axes) == (out == 0).any(axis=axes)).all()
    kept = torch.tensor(y.data != 0)
    its = torch.where(kept, other / (1 - p or 1), 0.0)
    (y**2).sum().backward()
    (its**2).sum().backward()
    np.testing.assert_allclose(y.data, its.detach().numpy(), **CLOSE)
    np.testing.assert_allclose(x.grad, other.grad.numpy(), **CLOSE)


@pytest.mark.parametrize(("name", "shape"), DROPOUTS)
def test_as_much_is_dropped_as_by_torch(name, shape):
    big = np.ones((400, *shape[1:]))
    mine = getattr(F, name)(Tensor(big), 0.3, generator=0).data
    its = getattr(torch.nn.functional, name)(torch.tensor(big), 0.3).numpy()
    for out in (mine, its):
        assert (out == 0).mean() == pytest.approx(0.3, abs=0.05)
        assert out.mean() == pytest.approx(1.0, abs=0.07)
