"""What PyTorch's programs use beside layers: the same numbers and gradients as PyTorch's."""

import numpy as np
import pytest

import autograd
import nn
from nn import functional as F

torch = pytest.importorskip("torch")

DRAW = np.random.default_rng(8)
A, B, C = DRAW.normal(size=(3, 4, 6))
SIGNS = np.sign(DRAW.normal(size=(4, 6)))
CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def TF(lib):
    return lib.nn.functional


FUNCTIONS = {
    "normalize": lambda lib, a, b, c: TF(lib).normalize(a),
    "normalize axis": lambda lib, a, b, c: TF(lib).normalize(a, p=3, dim=0),
    "normalize small": lambda lib, a, b, c: TF(lib).normalize(a, dim=-1, eps=5.0),
    "pairwise": lambda lib, a, b, c: TF(lib).pairwise_distance(a, b),
    "pairwise kept": lambda lib, a, b, c: TF(lib).pairwise_distance(a, b[:1], p=1, keepdim=True),
    "triplet": lambda lib, a, b, c: TF(lib).triplet_margin_loss(a, b, c, margin=2.0),
    "triplet swapped": lambda lib, a, b, c: lib.nn.TripletMarginLoss(2, swap=True)(a, b, c),
    "ranking": lambda lib, a, b, c: lib.nn.MarginRankingLoss(0.5)(a, b, lib.tensor(SIGNS)),
    "cosine": lambda lib, a, b, c: lib.nn.CosineSimilarity(dim=0)(a, b),
    "glu": lambda lib, a, b, c: TF(lib).glu(a, dim=0),
    "mish": lambda lib, a, b, c: TF(lib).mish(a),
    "hardswish": lambda lib, a, b, c: TF(lib).hardswish(3 * a),
    "hardsigmoid": lambda lib, a, b, c: TF(lib).hardsigmoid(3 * a, inplace=False),
    "relu": lambda lib, a, b, c: TF(lib).relu(a + 0, True),
    "leaky": lambda lib, a, b, c: TF(lib).leaky_relu(a + 0, 0.2, inplace=True),
    "softmax kind": lambda lib, a, b, c: TF(lib).softmax(a, dim=0, dtype=lib.float64),
    "cdist": lambda lib, a, b, c: lib.cdist(a, b),
    "lerp": lambda lib, a, b, c: lib.lerp(a, b, 0.3),
    "addcmul": lambda lib, a, b, c: lib.addcmul(a, b, c, value=0.5),
    "addcdiv": lambda lib, a, b, c: lib.addcdiv(a, b, c * c + 1, value=0.5),
    "std_mean": lambda lib, a, b, c: lib.cat(lib.std_mean(a, dim=1)),
    "var_mean": lambda lib, a, b, c: lib.cat(lib.var_mean(a, dim=1, keepdim=True)),
    "max kept": lambda lib, a, b, c: a.max(1, keepdim=True)[0],
    "tile": lambda lib, a, b, c: a.tile(2, 3),
    "penalty": lambda lib, a, b, c: lib.autograd.grad(
        outputs=(a**3).sum(), inputs=a, create_graph=True, retain_graph=True, only_inputs=True
    )[0],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    found = []
    for lib in (torch, autograd):
        inputs = [lib.tensor(x, requires_grad=True) for x in (A, B, C)]
        y = FUNCTIONS[name](lib, *inputs)
        (y * lib.tensor(np.cos(np.arange(y.numel())).reshape(tuple(y.shape)))).sum().backward()
        found.append(
            [y.detach().numpy(), *(np.asarray(x.grad) for x in inputs if x.grad is not None)]
        )
    # PyTorch's slope of hardsigmoid is 1 / 6 in float32
    close = {"rtol": 1e-7, "atol": 1e-7} if name == "hardsigmoid" else CLOSE
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, **close)


def test_grids_counts_and_questions():
    for lib in (torch, autograd):
        rows, columns = lib.meshgrid(lib.arange(2), lib.arange(3), indexing="ij")
        across, _ = lib.meshgrid(lib.arange(2), lib.arange(3), indexing="xy")
        assert rows.tolist() == [[0, 0, 0], [1, 1, 1]]
        assert columns.tolist() == [[0, 1, 2], [0, 1, 2]]
        assert across.tolist() == [[0, 1], [0, 1], [0, 1]]
        x = lib.tensor([[3, 1], [3, 0]])
        found = lib.unique(x, return_inverse=True, return_counts=True)
        assert [part.tolist() for part in found] == [[0, 1, 3], [[2, 1], [2, 0]], [1, 1, 2]]
        assert lib.bincount(x.flatten(), minlength=5).tolist() == [1, 1, 0, 2, 0]
        assert lib.isclose(x, x + 1).tolist() == [[False, False], [False, False]]
        assert lib.logical_xor(x > 0, x > 1).tolist() == [[False, True], [False, False]]


IN_PLACE = {
    "zero_": lambda lib, p, q: p.zero_(),
    "fill_": lambda lib, p, q: p.fill_(2.5),
    "copy_": lambda lib, p, q: p.copy_(q),
    "add_": lambda lib, p, q: p.add_(q, alpha=-0.5),
    "sub_": lambda lib, p, q: p.sub_(q),
    "mul_": lambda lib, p, q: p.mul_(0.9).add_(q, alpha=0.1),
    "lerp_": lambda lib, p, q: p.lerp_(q, 0.2),
    "addcmul_": lambda lib, p, q: p.addcmul_(q, q, value=0.1),
    "clamp_": lambda lib, p, q: p.clamp_(-0.1, 0.1),
    "fill_diagonal_": lambda lib, p, q: p.fill_diagonal_(7.0),
    "masked_fill_": lambda lib, p, q: p.masked_fill_(q > 0, -1.0),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_leaf_is_changed_in_place_and_old_graphs_keep_their_numbers(name):
    found = []
    for lib in (torch, autograd):
        p, q = lib.tensor(A.copy(), requires_grad=True), lib.tensor(B)
        old = (p * p).sum() if lib is autograd else None
        with lib.no_grad():
            assert IN_PLACE[name](lib, p, q) is p
        assert p.requires_grad
        if old is not None:
            old.backward()
            np.testing.assert_array_equal(p.grad, 2 * A)
        found.append(p.detach().numpy())
    np.testing.assert_allclose(*found, **CLOSE)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("Adam", {"amsgrad": True}), ("AdamW", {"amsgrad": True}), ("SGD", {"momentum": 0.9})],
)
def test_amsgrad_and_the_momentum_of_one_cycle(name, settings):
    found = []
    for lib in (torch, autograd):
        p = lib.tensor(A.copy(), requires_grad=True)
        optimizer = getattr(lib.optim, name)([p], lr=0.1, **settings)
        schedule = lib.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=0.2, epochs=2, steps_per_epoch=6
        )
        for step in range(11):
            optimizer.zero_grad()
            (p.sin() * (step % 3)).sum().backward()
            optimizer.step()
            schedule.step()
        group = optimizer.param_groups[0]
        found.append([*p.detach().numpy().ravel(), group.get("momentum", 0.0)])
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12)


def test_gumbel_softmax_draws_as_often_as_the_shares_say():
    logits = np.log([0.1, 0.2, 0.7])
    soft = F.gumbel_softmax(np.tile(logits, (20000, 1)), tau=0.5, generator=1)
    hard = F.gumbel_softmax(np.tile(logits, (20000, 1)), hard=True, generator=1)
    np.testing.assert_allclose(soft.sum(axis=1).numpy(), 1.0)
    np.testing.assert_allclose(hard.mean(axis=0).numpy(), [0.1, 0.2, 0.7], atol=0.02)
    assert set(hard.numpy().round(12).ravel()) == {0.0, 1.0}


def test_parameter_lists_have_pytorchs_names():
    for lib, package in ((torch, torch.nn), (autograd, nn)):
        module = package.Module()
        module.a = package.ParameterList([package.Parameter(lib.ones(2)) for _ in range(2)])
        module.b = package.ParameterDict({"x": package.Parameter(lib.ones(1))})
        module.c = package.Sequential(package.Linear(1, 1))
        module.c.add_module("last", package.Linear(1, 1))
        assert list(module.state_dict()) == [
            "a.0", "a.1", "b.x", "c.0.weight", "c.0.bias", "c.last.weight", "c.last.bias"
        ]  # fmt: skip
        assert module.c.last is module.c[1]
        assert module.c(lib.ones(1, 1)).shape == (1, 1)
