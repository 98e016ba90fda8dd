"""The same model on Values and on Tensors: equal outputs, equal gradients."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value, trace
from nn import functional as F
from nn.functions.value_grids import each, shape_of
from nn.layers import activation
from nn.neuron import ACTIVATIONS
from tests.worked_case_c4 import IMAGE, KERNEL, ONCE

EXACT = {"rtol": 1e-12, "atol": 1e-12}


def flat(thing):
    """All Values or numbers in nested lists."""
    return [v for part in thing for v in flat(part)] if isinstance(thing, list) else [thing]


def numbers(thing, what="data"):
    return np.array([getattr(v, what) or 0.0 for v in flat(thing)], float)


def gradients(model):
    """All gradients of a model's parameters, weights of a layer before its biases."""
    found = []
    for part in model.modules():
        if isinstance(part, nn.Layer):
            found += [w.grad for neuron in part.neurons for w in neuron.w]
            found += [n.b.grad for n in part.neurons if isinstance(n.b, Value)]
        elif not isinstance(part, nn.Neuron):
            own = [node for name, node in part.named_parts() if isinstance(node, (Tensor, Value))]
            for node in own:
                found += [node.grad] if isinstance(node, Value) else node.grad.ravel().tolist()
    return np.array(found)


def assert_equal(on_values, on_tensors, example):
    """Both models on one example: outputs, gradients of the input and of all parameters."""
    grid = each(Value, np.asarray(example, float).tolist())
    x = Tensor(np.asarray(example, float)[None], requires_grad=True)
    small, large = on_values(grid), on_tensors(x)
    np.testing.assert_allclose(numbers(small), large.data.ravel(), **EXACT)
    weights = np.random.default_rng(9).normal(size=large.size)
    sum((v * w for v, w in zip(flat(small), weights, strict=True)), Value(0.0)).backward()
    (large.reshape(-1) * weights).sum().backward()
    np.testing.assert_allclose(numbers(grid, "grad"), x.grad.ravel(), **EXACT)
    np.testing.assert_allclose(gradients(on_values), gradients(on_tensors), **EXACT)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_mlp_becomes_linear_layers_and_back(name, fused):
    small = nn.MLP(3, [4, 2], name, name, fused=fused, generator=1)
    for b in (neuron.b for layer in small.layers for neuron in layer.neurons):
        b.data = 0.3
    large = nn.to_tensor(small)
    assert all(isinstance(p, Tensor) for p in large.parameters())
    assert len(large) == (2 if name == "linear" else 4)
    assert_equal(small, large, [0.5, -1.0, 2.0])
    small.zero_grad()
    large.zero_grad()
    again = nn.to_values(large, fused=fused)
    assert_equal(again, large, [0.5, -1.0, 2.0])
    again.zero_grad()
    np.testing.assert_array_equal(
        numbers(again([0.5, -1.0, 2.0])), numbers(small([0.5, -1.0, 2.0]))
    )


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("name", activation.__all__)
def test_every_activation_has_both_forms(name, fused):
    large = nn.Sequential(
        nn.Linear(3, 4, generator=0), getattr(nn, name)(), nn.Linear(4, 2, bias=False, generator=1)
    )
    small = nn.to_values(large, fused=fused)
    assert repr(small[1]) == repr(large[1])
    assert_equal(small, large, [0.5, -1.0, 2.0])
    large.zero_grad()
    assert_equal(nn.to_values(large), nn.to_tensor(small), [0.5, -1.0, 2.0])


@pytest.mark.parametrize(
    "bend",
    [
        nn.LeakyReLU(0.3), nn.ELU(2.0), nn.GELU("tanh"), nn.Softplus(2.0), nn.Hardtanh(-0.1, 0.2),
        nn.Softmax(-1), nn.LogSoftmax(-1), nn.Identity(),
    ],
    ids=repr,
)  # fmt: skip
def test_settings_are_kept(bend):
    large = nn.Sequential(nn.Linear(2, 3, generator=0), bend)
    assert_equal(nn.to_values(large), large, [0.5, -1.0])


def test_a_function_that_bends_is_kept():
    small = nn.MLP(2, [3, 1], lambda v: v * v + 1, generator=0)
    large = small.to_tensor()
    assert_equal(small, large, [0.5, -1.0])
    assert repr(nn.MLP(1, [1], last_activation="sin").to_tensor()[1]) == "Elementwise(sin)"


def test_the_steps_of_training_are_equal():
    small = nn.MLP(2, [3, 1], "tanh", generator=0)
    large = small.to_tensor()
    X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), [0.0, 1.0, 1.0, 0.0]
    optimizers = [nn.Adam(model.parameters(), lr=0.1) for model in (small, large)]
    for _ in range(10):
        losses = (
            sum((small(x.tolist()) - t) ** 2 for x, t in zip(X, y, strict=True)) / 4,
            ((large(Tensor(X))[:, 0] - y) ** 2).mean(),
        )
        for optimizer, loss in zip(optimizers, losses, strict=True):
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert losses[0].data == pytest.approx(losses[1].item(), rel=1e-12)


# ------------------------------------------------------------------------------- convolution


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize(
    ("settings", "example"),
    [
        ({}, (2, 6, 5)),
        ({"stride": (2, 1), "padding": (1, 0)}, (2, 6, 5)),
        ({"dilation": 2, "padding": 1}, (2, 6, 5)),
        ({"groups": 2}, (2, 6, 5)),
    ],
)
def test_a_conv_net_becomes_grids_of_values(settings, example, fused):
    parts = [
        nn.Conv2d(2, 4, (3, 2), generator=0, **settings),
        nn.ReLU(),
        nn.MaxPool2d(2, stride=(2, 1), padding=1),
        nn.Conv2d(4, 2, 2, padding="same", bias=False, generator=1),
        nn.Tanh(),
        nn.AvgPool2d(2, stride=1),
        nn.Flatten(),
        nn.Sequential(nn.LazyLinear(3, generator=2), nn.LogSoftmax()),
    ]
    large = nn.Sequential(*parts).materialize((1, *example))
    small = nn.to_values(large, fused=fused)
    draw = np.random.default_rng(0).normal(size=example)
    assert_equal(small, large, draw)
    large.zero_grad()
    assert_equal(nn.to_values(large), nn.to_tensor(small), draw)
    assert [type(part) for part in small][:2] == [nn.Conv2d, nn.ReLU]


def test_a_net_on_lines_becomes_lists_of_values():
    large = nn.Sequential(
        nn.Conv1d(2, 3, 3, stride=2, padding=1, generator=0), nn.SiLU(), nn.MaxPool1d(2, 1),
        nn.AvgPool1d(2), nn.Flatten(), nn.Linear(3, 1, generator=1),
    )  # fmt: skip
    assert_equal(nn.to_values(large), large, np.random.default_rng(0).normal(size=(2, 7)))


@pytest.mark.parametrize("batch", [False, True])
def test_a_layer_with_tensors_takes_grids_of_values_and_gets_its_gradients(batch):
    layers = nn.Sequential(
        nn.Conv2d(1, 2, 2, generator=0), nn.Sigmoid(), nn.MaxPool2d(2), nn.Flatten(1),
        nn.Linear(2, 2, generator=1),
    )  # fmt: skip
    data = np.random.default_rng(0).normal(size=(3, 1, 3, 3))
    x = Tensor(data, requires_grad=True)
    y = layers(x)
    (y**2).sum().backward()
    expected = [p.grad.copy() for p in layers.parameters()]
    layers.zero_grad()
    grid = each(Value, data.tolist())
    out = layers(grid) if batch else [layers[4](flat(layers[:3](image))) for image in grid]
    np.testing.assert_allclose(numbers(out), y.data.ravel(), **EXACT)
    sum((v**2 for v in flat(out)), Value(0.0)).backward()
    np.testing.assert_allclose(numbers(grid, "grad"), x.grad.ravel(), **EXACT)
    for p, gradient in zip(layers.parameters(), expected, strict=True):
        np.testing.assert_allclose(p.grad, gradient, **EXACT)


@pytest.mark.parametrize("fused", [True, False])
def test_c4_through_the_module_node_by_node(fused):
    layer = nn.Conv2d(1, 1, 3, bias=False)
    layer.weight.data = [[KERNEL]]
    small = layer.to_values(fused=fused)
    (grid,) = small(each(Value, IMAGE))
    assert each(lambda v: v.data, grid) == ONCE
    (second,) = small([grid])
    assert each(lambda v: v.data, second) == [[-2, 29], [-53, -62]]
    ops = [node.op for node in trace(grid[0][0]).nodes if node.op]
    assert sorted(ops) == (["weighted_sum"] if fused else ["add"] * 8 + ["mul"] * 9)
    second[0][0].backward()
    tensor = Tensor([[IMAGE]], dtype=float)
    layer(layer(tensor))[0, 0, 0, 0].backward()
    np.testing.assert_allclose(numbers(small.weight, "grad"), layer.weight.grad.ravel(), **EXACT)


def test_names_and_shapes_of_a_convolution_on_values():
    small = nn.to_values(nn.Conv2d(1, 2, (1, 2), generator=0))
    assert list(small.state_dict())[:3] == ["weight.0.0.0.0", "weight.0.0.0.1", "weight.1.0.0.0"]
    assert shape_of(small.weight) == (2, 1, 1, 2)
    assert repr(small) == "Conv2d(1 -> 2, kernel_size=(1, 2))"
    assert F.conv2d(np.ones((1, 3)), small.weight)[0][0][0].op is not None


# ------------------------------------------------------------------------------ copies, errors


def test_the_numbers_are_copies():
    large = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Flatten(), nn.Linear(1, 1))
    before = large.state_dict()
    small = large.to_values()
    for p in small.parameters():
        p.data = 7.0
    again = small.to_tensor()
    assert all((p == 7).all() for p in again.parameters())
    for p in again.parameters():
        p.data[...] = 8.0
    assert {p.data for p in small.parameters()} == {7.0}
    for name, array in large.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_model_that_is_there_already_is_copied():
    small, large = nn.MLP(2, [1]), nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
    assert small.to_values().state_dict() == small.state_dict()
    assert small.to_values() is not small
    assert large.to_tensor()[0].weight is not large[0].weight


def test_what_is_used_twice_is_made_once_and_the_mode_is_kept():
    layer = nn.Linear(2, 2)
    small = nn.Sequential(layer, nn.Tanh(), layer).eval().to_values()
    assert small[0] is small[2]
    assert not any(part.training for part in small if isinstance(part, nn.Tanh))
    assert not small.training


@pytest.mark.parametrize(
    ("convert", "said"),
    [
        (
            lambda: nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.BatchNorm1d(2))).to_values(),
            r"to_values: BatchNorm1d \(1\.0\) has no form on Values; there is one for .*Linear",
        ),
        (
            lambda: nn.Sequential(nn.Linear(1, 1), nn.Lambda(abs)).to_values(),
            r"Lambda \(1\) has no",
        ),
        (lambda: nn.LSTM(1, 1).to_values(), "to_values: LSTM has no form on Values"),
        (lambda: nn.Residual(nn.Linear(1, 1)).to_values(), "Residual has no form"),
        (lambda: nn.Sequential(nn.Flatten(0), nn.Linear(2, 1)).to_values(), r"use Flatten\(1\)"),
        (lambda: nn.Sequential(nn.LazyLinear(2)).to_values(), r"0\.weight, 0\.bias have no size"),
    ],
)
def test_what_has_no_form_on_values_is_named(convert, said):
    with pytest.raises((TypeError, ValueError), match=said):
        convert()


def test_what_has_no_form_on_tensors_is_named():
    class Own(nn.MLP):
        def forward(self, x):
            return super().forward(x) * 2

    with pytest.raises(TypeError, match="to_tensor: Own has no form on Tensors"):
        Own(2, [1]).to_tensor()
    layer = nn.Layer(2, 2)
    layer.neurons[1].activation = "tanh"
    with pytest.raises(TypeError, match=r"bend differently \(relu, tanh\)"):
        layer.to_tensor()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda g: nn.Linear(3, 1)(g[0]), r"lists of shape \(2,\) came; \(\.\.\., 3\) is needed"),
        (lambda g: nn.Softmax(0)(g), "give -1, the last axis"),
        (lambda g: nn.Flatten(2)(g), r"lists of shape \(2, 2\) came"),
        (lambda g: nn.Conv2d(2, 2, 1)(g), "conv2d: 1 channels came; the 2 kernels have 2"),
        (lambda g: nn.Conv2d(4, 4, 1, groups=2)(g), "have 2 in 2 groups"),
        (lambda g: nn.MaxPool2d(3)(g), r"window of \(3, 3\) does not fit into \(2, 2\)"),
        (lambda g: nn.Conv2d(1, 1, 1)(g[0]), r"shape \(2,\) came; needs a grid \(height, width\)"),
    ],
)
def test_grids_that_do_not_fit_are_told(call, said):
    with pytest.raises(ShapeError, match=said):
        call(each(Value, [[1.0, 2.0], [3.0, 4.0]]))
