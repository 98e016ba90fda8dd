"""Habits of PyTorch's programs: hooks, places of names, switches, and refusals of what is not."""

import copy

import numpy as np
import pytest

import autograd as torch
import nn
from nn import functional as F


def test_hooks_see_and_replace():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    x, seen = torch.ones(1, 2), []
    plain = model(x).tolist()
    first = model[1].register_forward_hook(lambda module, inputs, out: seen.append((module, out)))
    doubled = model[1].register_forward_hook(lambda module, inputs, out: 2 * out)
    assert model(x).tolist() == [[2 * number for number in plain[0]]]
    assert seen[0][0] is model[1]
    assert seen[0][1].tolist() == plain
    doubled.remove()
    doubled.remove()
    with model.register_forward_pre_hook(lambda module, inputs: inputs[0] * 0):
        assert model(x).tolist() == F.relu(model[0].bias).reshape(1, 2).tolist()
    first.remove()
    assert model(x).tolist() == plain
    assert len(seen) == 2
    with pytest.raises(TypeError, match="register_forward_hook: int came; a function is needed"):
        model.register_forward_hook(3)


def test_hooks_with_settings_in_order():
    calls = []

    class Scaled(nn.Module):
        def forward(self, x, by=1.0):
            return x * by

    module = Scaled()
    module.register_forward_hook(lambda m, i, s, out: calls.append(s), with_kwargs=True)
    module.register_forward_hook(lambda m, i, out: calls.append("first"), prepend=True)
    module.register_forward_pre_hook(lambda m, i, s: (i, {"by": 3.0}), with_kwargs=True)
    assert copy.deepcopy(module)(torch.ones(1), by=2.0).tolist() == [3.0]
    assert calls == ["first", {"by": 3.0}]
    assert list(module.state_dict()) == []


def test_torch_has_nn_where_programs_look_for_it():
    assert torch.nn is nn
    assert torch.optim is nn.optim
    assert torch.autograd is torch
    assert torch.utils.data.DataLoader is nn.data.DataLoader
    with pytest.raises(AttributeError, match="no attribute 'compile'"):
        torch.compile  # noqa: B018


@pytest.mark.parametrize(
    "ask",
    [
        lambda m: m.to("cuda"), lambda m: m.to(device="cuda:0"), lambda m: m.cuda(),
        lambda m: m.to("mps", torch.float32),
    ],
)  # fmt: skip
def test_a_model_refuses_a_device_as_a_tensor_does(ask):
    model = nn.Linear(2, 1)
    with pytest.raises(ValueError, match="everything is computed on the CPU here"):
        ask(model)
    assert model.weight.dtype == np.float64


def test_a_model_takes_kinds_of_floats_only():
    model = nn.Linear(2, 1)
    assert model.to(torch.device("cpu"), non_blocking=True) is model
    assert model.to(torch.ones(1, dtype=torch.float32)).weight.dtype == np.float32
    for wrong in (torch.long, "cpu:0:float", object()):
        with pytest.raises((TypeError, ValueError)):
            model.to(dtype=wrong)
    with pytest.raises(TypeError, match="unknown setting devise"):
        model.to(devise="cpu")
    assert model.weight.dtype == np.float32


def test_a_sequential_is_changed_by_name():
    model = nn.Sequential({"one": nn.Linear(2, 2), "two": nn.ReLU()})
    model.two = nn.Tanh()
    model.three = nn.Linear(2, 1)
    assert [name for name, _ in model.named_children()] == ["one", "two", "three"]
    assert model(torch.ones(1, 2)).shape == (1, 1)
    model.add_module("three", nn.Identity())
    assert model(torch.ones(1, 2)).shape == (1, 2)
    assert copy.deepcopy(model).two is not model.two
    with pytest.raises(AttributeError, match="no attribute 'four'"):
        model.four  # noqa: B018
    with pytest.raises(ValueError, match="is a method"):
        model.add_module("forward", nn.ReLU())


@pytest.mark.parametrize(
    "fill",
    [
        nn.init.zeros_, nn.init.xavier_uniform_, nn.init.kaiming_normal_, nn.init.orthogonal_,
        nn.init.eye_, nn.init.trunc_normal_, lambda w: nn.init.normal_(w, 0.0, 0.02),
    ],
)  # fmt: skip
def test_init_writes_into_the_data_of_a_parameter(fill):
    one, other = nn.Linear(3, 2, generator=1), nn.Linear(3, 2, generator=1)
    torch.manual_seed(5)
    fill(one.weight)
    torch.manual_seed(5)
    fill(other.weight.data)
    np.testing.assert_array_equal(one.weight.data, other.weight.data)


def test_switches_that_change_nothing():
    x = torch.tensor([-1.0, 2.0])
    for layer in (nn.ReLU(True), nn.ReLU6(inplace=True), nn.LeakyReLU(0.1, True), nn.SiLU(True)):
        layer(x)
        nn.Dropout(0.5, True)(x)
    assert x.tolist() == [-1.0, 2.0]
    assert repr(nn.ReLU(True)) == "ReLU()"
    assert nn.Embedding(3, 2, sparse=True)(torch.tensor([1])).shape == (1, 2)
    model = nn.Linear(1, 1)
    model.zero_grad(set_to_none=False)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nn.ParameterList([3.0]), "ParameterList: float came"),
        (lambda: nn.ParameterList(torch.ones(2)), "a list is needed"),
        (lambda: nn.ParameterDict({"a": 1.0}), "ParameterDict: float came"),
        (lambda: nn.ParameterDict({"a.b": torch.ones(1)}), "without dots"),
        (lambda: nn.ParameterDict(3), "a dict is needed"),
        (lambda: F.glu(torch.ones(3)), "even size"),
        (lambda: F.normalize(torch.ones(3)), "dim=0 for a single vector"),
        (lambda: F.gumbel_softmax(torch.ones(3), tau=0), "tau"),
        (lambda: F.pairwise_distance(torch.ones(3), torch.ones(2)), "shapes that broadcast"),
        (lambda: F.triplet_margin_loss(torch.ones(3), torch.ones(3), torch.ones(2)), "broadcast"),
        (lambda: torch.cdist(torch.ones(3), torch.ones(3)), r"\(\.\.\., n, size\)"),
        (lambda: torch.bincount(torch.ones(3)), "whole numbers 0 or more"),
        (lambda: torch.meshgrid(torch.ones(3), indexing="yx"), "'ij' or 'xy'"),
        (lambda: nn.optim.lr_scheduler.OneCycleLR(nn.SGD([nn.Parameter([1.0])], lr=1), 0.1),
         "no total_steps came"),
        (lambda: torch.ones(2).copy_("a"), "real numbers are needed"),
        (lambda: torch.ones(2, dtype=torch.long).add_(0.5), "float64 came for a tensor of int64"),
    ],
)  # fmt: skip
def test_bad_input(make, said):
    with pytest.raises((TypeError, ValueError), match=said):
        make()


def test_a_recorded_tensor_is_not_changed_in_place():
    x = torch.ones(2, requires_grad=True)
    for change in (lambda: x.zero_(), lambda: (x * 2).add_(1.0), lambda: x.normal_()):
        with pytest.raises(TypeError, match="not changed in place"):
            change()
    with torch.no_grad():
        x.uniform_(2.0, 3.0)
    assert bool(((x >= 2) & (x < 3)).all())
    assert torch.zeros(100).bernoulli_(1.0).sum().item() == 100
    assert set(torch.zeros(100).random_(3, 5).tolist()) == {3.0, 4.0}
    assert torch.zeros(5).exponential_().min().item() > 0


def test_the_clipped_length_is_what_came():
    w = nn.Parameter([3.0, 4.0])
    (w * w).sum().backward()
    length = nn.utils.clip_grad_norm_([w], 1.0)
    assert length.item() == 10.0
    assert f"{length:.1f}" == "10.0"
