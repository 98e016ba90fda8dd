"""Optimizers and schedules beside PyTorch's: twenty steps from the same start."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Tensor, Value
from nn import Parameter, optim

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

OPTIMIZERS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.01}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "weight_decay": 0.01}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "weight_decay": 0.01}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"betas": (0.8, 0.9), "weight_decay": 0.01}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"weight_decay": 0.3}),
    ("NAdam", {"lr": 0.1}),
    ("NAdam", {"weight_decay": 0.1, "momentum_decay": 0.05}),
    ("LBFGS", {"lr": 0.5}),
    ("LBFGS", {"max_iter": 3, "history_size": 2}),
]
START = np.array([[1.5, -0.7], [0.3, 2.0]])


def loss_of(p, where):
    """A curved valley with a narrow bottom, far from round."""
    a, b, c, d = (p[0, 0], p[0, 1], p[1, 0], p[1, 1]) if where != "values" else p
    return (a - 1) ** 2 + (b + 0.3 * a * c) ** 2 + 0.5 * (c - d) ** 2 + 0.1 * (d**4)


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
@pytest.mark.parametrize("where", ["values", "tensors"])
def test_twenty_steps(name, settings, where):
    if where == "values":
        ours = [Value(v) for v in START.ravel()]
        mine = getattr(optim, name)(ours, **settings)
    else:
        ours = Parameter(START)
        mine = getattr(optim, name)([ours], **settings)
    theirs = torch.tensor(START, requires_grad=True)
    other = getattr(torch.optim, name)([theirs], **settings)
    for step in range(20):
        losses = []
        for optimizer, p, kind in ((mine, ours, where), (other, theirs, "torch")):

            def closure(optimizer=optimizer, p=p, kind=kind):
                optimizer.zero_grad()
                loss = loss_of(p, kind)
                loss.backward()
                return loss

            losses.append(optimizer.step(closure).item())
        assert losses[0] == pytest.approx(losses[1], rel=1e-7, abs=1e-12), step
        numbers = [v.data for v in ours] if where == "values" else ours.data.ravel()
        # PyTorch keeps NAdam's product of momenta in float32
        close = {"rtol": 1e-7} if name == "NAdam" else {"rtol": 1e-10, "atol": 1e-10}
        np.testing.assert_allclose(numbers, theirs.detach().numpy().ravel(), **close)


def test_lion_by_hand():
    p = Value(1.0)
    optimizer = optim.Lion([p], lr=0.1, betas=(0.5, 0.75), weight_decay=0.2)
    momentum, number = 0.0, 1.0
    for gradient in (3.0, -1.0, -0.5, 2.0):
        p.grad = gradient
        optimizer.step()
        number -= 0.1 * (np.sign(0.5 * momentum + 0.5 * gradient) + 0.2 * number)
        momentum = 0.75 * momentum + 0.25 * gradient
        assert p.data == pytest.approx(number, rel=1e-14)


SCHEDULES = [
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 5, 5], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 4}),
    ("LinearLR", {"start_factor": 0.1, "total_iters": 6}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("OneCycleLR", {"max_lr": 0.7, "total_steps": 13}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 1 / (1 + epoch)}),
]


@pytest.mark.parametrize(("name", "settings"), SCHEDULES)
def test_learning_rates(name, settings):
    groups = [{"params": [Parameter([1.0])], "lr": 0.5}, {"params": [Parameter([2.0])], "lr": 0.2}]
    other = torch.optim.SGD(
        [{"params": [torch.ones(1, requires_grad=True)], "lr": group["lr"]} for group in groups]
    )
    mine = optim.SGD(groups, lr=0.1)
    schedule = getattr(optim.lr_scheduler, name)(mine, **settings)
    reference = getattr(torch.optim.lr_scheduler, name)(other, **settings)
    for _ in range(13):  # as many steps as the one cycle has
        assert schedule.get_last_lr() == pytest.approx(reference.get_last_lr(), rel=1e-9), name
        for group in mine.param_groups:
            group["params"][0].grad = np.ones(1)
        mine.step()
        schedule.step()
        other.step()
        reference.step()


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_plateau(mode, threshold_mode):
    settings = {"mode": mode, "threshold_mode": threshold_mode, "patience": 2, "cooldown": 1}
    mine = optim.SGD([Parameter([1.0])], lr=0.5)
    other = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    schedule = optim.lr_scheduler.ReduceLROnPlateau(mine, **settings)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(other, **settings)
    for figure in [
        3.0,
        2.0,
        2.0,
        2.1,
        1.9999,
        2.0,
        2.0,
        2.0,
        5.0,
        5.0,
        5.0,
        1.0,
        0.0,
        0.0,
        0.0,
        0.0,
    ]:
        schedule.step(figure)
        reference.step(figure)
        assert schedule.get_last_lr() == pytest.approx([other.param_groups[0]["lr"]], rel=1e-12)


@pytest.mark.parametrize("norm", [1.0, 2.0, float("inf")])
def test_clipping(norm):
    draw = np.random.default_rng(0)
    arrays = [draw.normal(size=(3, 2)), draw.normal(size=4)]
    mine = [Tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    for group in (mine, theirs):
        sum((p**3).sum() for p in group).backward()
    length = float(optim.clip_grad_norm_(mine, 0.5, norm))
    assert length == pytest.approx(
        torch.nn.utils.clip_grad_norm_(theirs, 0.5, norm).item(), rel=1e-12
    )
    for p, q in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-12)
    optim.clip_grad_value_(mine, 0.05)
    torch.nn.utils.clip_grad_value_(theirs, 0.05)
    for p, q in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-12)
