"""Containers, and the small layers that stand around others."""

import numpy as np
import pytest

import nn
from autograd import Tensor

DRAW = np.random.default_rng(1)
X = DRAW.uniform(-2, 2, (5, 3))


def test_c9_maxout_is_the_greatest_weighted_sum():
    layer = nn.Maxout(3, 2)
    x = DRAW.normal(size=(4, 3))
    w, b = layer.weight.data, layer.bias.data
    expected = np.maximum(x @ w[0].T + b[0], x @ w[1].T + b[1])
    np.testing.assert_allclose(layer(Tensor(x)).data, expected, rtol=1e-14)
    assert layer(x[0]).shape == (2,)


def test_module_list():
    a, b, c = nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1)
    layers = nn.ModuleList([a, b])
    assert layers.append(c) is layers
    assert (len(layers), list(layers), layers[-1], b in layers) == (3, [a, b, c], c, True)
    assert list(layers[1:]) == [b, c]
    longer = layers + nn.ModuleList([a])
    assert list(longer) == [a, b, c, a]
    layers.insert(0, b)
    assert layers.pop() is c
    layers[0] = c
    del layers[2]
    layers += [b]
    assert list(layers) == [c, a, b]
    model = nn.Module()
    model.layers = layers
    assert [n for n, _ in model.named_parameters()][:3] == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight",
    ]  # fmt: skip
    assert repr(nn.ModuleList([b])) == "ModuleList(\n  (0): ReLU()\n)"


def test_module_dict():
    layers = nn.ModuleDict({"a": nn.Linear(1, 2)})
    layers["b"] = nn.ReLU()
    layers.update([("c", nn.Linear(2, 1))])
    assert (list(layers), len(layers), "b" in layers) == (["a", "b", "c"], 3, True)
    assert [type(m).__name__ for m in layers.values()] == ["Linear", "ReLU", "Linear"]
    assert list(layers.keys()) == [name for name, _ in layers.items()]
    assert [n for n, _ in layers.named_parameters()] == ["a.weight", "a.bias", "c.weight", "c.bias"]
    assert isinstance(layers.pop("b"), nn.ReLU)
    del layers["c"]
    assert list(layers.state_dict()) == ["a.weight", "a.bias"]
    layers.clear()
    assert len(layers) == 0
    with pytest.raises(KeyError, match="ModuleDict: there is no 'a'; there are no modules"):
        layers["a"]


def test_lambda_and_residual_show_what_they_are():
    assert repr(nn.Lambda(np.tanh)) == "Lambda(tanh)"
    assert repr(nn.Lambda(lambda x: x, "same")) == "Lambda(same)"
    assert repr(nn.Residual(nn.ReLU())) == "Residual(\n  (module): ReLU()\n)"
    assert repr(nn.LSTM(3, 4, 2, bidirectional=True)) == (
        "LSTM(3 -> 4, num_layers=2, bidirectional=True)"
    )
    assert repr(nn.RNN(3, 4, nonlinearity="relu")) == "RNN(3 -> 4, nonlinearity='relu')"


def test_bilinear_is_the_sum_of_all_products():
    layer = nn.Bilinear(2, 3, 2)
    a, b = DRAW.normal(size=2), DRAW.normal(size=3)
    expected = [a @ layer.weight.data[k] @ b + layer.bias.data[k] for k in range(2)]
    np.testing.assert_allclose(layer(Tensor(a), b).data, expected)


def test_an_empty_batch_gives_an_empty_batch():
    x = Tensor(np.zeros((3, 0, 4)), requires_grad=True)
    for layer in (nn.LSTM(4, 2), nn.GRU(4, 2, bidirectional=True)):
        y, _ = layer(x)
        y.sum().backward()
        assert y.shape[:2] == (3, 0)
    layer = nn.TransformerEncoderLayer(4, 2, 3)
    assert layer(x).shape == (3, 0, 4)
    assert nn.Maxout(4, 2)(Tensor(np.zeros((0, 4)))).shape == (0, 2)
