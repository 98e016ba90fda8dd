"""The profiler by module: the paths are those of `nn.scopes`."""

import numpy as np
import pytest

import autograd
import nn
from autograd import ShapeError, Tensor, no_grad
from autograd.recording import module_path


def step(model, x):
    model(x).sum().backward()


def test_modules_by_their_paths():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 2), nn.Tanh()))
    x = Tensor(np.ones((5, 3)))
    with nn.scopes(model), autograd.profile() as p:
        step(model, x)
    lines = {line.name: line for line in p.by_module().lines}
    assert set(lines) == {"0", "1", "2.0", "2.1", ""}
    for name in ("1", "2.1", ""):  # relu, tanh and the sum
        assert (lines[name].calls, lines[name].backward_calls) == (1, 1)
    assert lines["0"].calls == lines["0"].backward_calls == lines["2.0"].calls == 1
    assert {line.name for line in p.by_module(1).lines} == {"0", "1", "2", ""}
    assert sum(line.share for line in p.by_module().lines) == pytest.approx(1.0)
    assert {row.op for row in p.rows if row.module == "2.1"} == {"tanh"}


def test_modules_also_without_recording_and_for_values():
    model = nn.MLP(2, [2, 1])
    with nn.scopes(model), autograd.profile() as p:
        model([1.0, 2.0]).backward()
        with no_grad():
            model([1.0, 2.0])
    lines = {line.name: line for line in p.by_module().lines}
    assert set(lines) == {"layers.0.neurons.0", "layers.0.neurons.1", "layers.1.neurons.0"}
    hidden = lines["layers.0.neurons.0"]  # a weighted sum and relu, twice forward
    assert (hidden.calls, hidden.backward_calls) == (4, 2)


def test_without_scopes_there_are_no_modules():
    model = nn.Linear(3, 4)
    with autograd.profile() as p:
        step(model, Tensor(np.ones((5, 3))))
    assert {row.module for row in p.rows} == {""}


def test_a_module_that_fails_leaves_no_path():
    model = nn.Sequential(nn.Linear(3, 4))
    with nn.scopes(model), autograd.profile() as p:
        with pytest.raises(ShapeError):
            model(Tensor(np.ones((5, 2))))
        Tensor([1.0]) * 2
    assert module_path.get() == ""
    assert [row.module for row in p.rows if row.op == "mul"] == [""]


def test_by_module_wants_a_depth_of_at_least_one():
    with pytest.raises(ValueError, match="depth is 0; give 1 or more"):
        autograd.profile().by_module(0)
