import copy
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from viz.plots.histograms import BINS, histograms
from viz.plots.layer_statistics import layer_name

SVG = "{http://www.w3.org/2000/svg}"


def bars(picture):
    root = ET.fromstring(picture.svg)
    return [e for e in root.iter(f"{SVG}rect") if e.get("class") in ("plus", "minus", "zero")]


def digits_like():
    draws = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(8, 16, generator=0), nn.ReLU(), nn.Linear(16, 3, generator=1))
    scores = model(Tensor(draws.normal(size=(20, 8))))
    nn.functional.cross_entropy(scores, draws.integers(0, 3, 20)).backward()
    return model


def test_a_network_of_values_has_one_row_for_each_layer():
    model = nn.MLP(2, [4, 3, 1], activation="tanh", generator=0)
    model([0.5, -1.0]).backward()
    layers = histograms(model).layers
    assert [(layer.name, layer.size) for layer in layers] == [
        ("layers.0.w", "8 numbers"),
        ("layers.1.w", "12 numbers"),
        ("layers.2.w", "3 numbers"),
    ]
    weights = [w for neuron in model.layers[1].neurons for w in neuron.w]
    np.testing.assert_array_equal(layers[1].weights, [w.data for w in weights])
    np.testing.assert_array_equal(layers[1].gradients, [w.grad for w in weights])
    assert len(histograms(model, biases=True).layers) == 6
    assert [layer.name for layer in histograms(model.layers[0], biases=True).layers] == ["w", "b"]


def test_a_network_of_tensors_has_one_row_for_each_array():
    model = digits_like()
    assert [(layer.name, layer.size) for layer in histograms(model).layers] == [
        ("0.weight", "16×8"),
        ("2.weight", "3×16"),
    ]
    names = [layer.name for layer in histograms(model, biases=True).layers]
    assert names == [name for name, _ in model.named_parameters()]


def test_update_ratio_of_gradient_descent_is_what_a_step_of_sgd_changes():
    model = digits_like()
    told = histograms(model, learning_rate=0.1).layers
    before = model.state_dict()
    nn.SGD(model.parameters(), lr=0.1).step()
    measured = histograms(model, before=before).layers
    for one, other in zip(told, measured, strict=True):
        assert one.ratio == pytest.approx(other.ratio)
        weights = before[one.name]
        step = 0.1 * np.linalg.norm(one.gradients) / np.linalg.norm(weights)
        assert one.ratio == pytest.approx(math.log10(step))


def test_before_tells_what_adam_has_really_changed():
    model = digits_like()
    before = model.state_dict()
    nn.Adam(model.parameters(), lr=0.001).step()
    (first, _) = histograms(model, before=before).layers
    # the first step of Adam moves every weight by the learning rate
    expected = 0.001 * math.sqrt(128) / np.linalg.norm(before["0.weight"])
    assert 10**first.ratio == pytest.approx(expected, rel=1e-3)
    assert "update/weights" in histograms(model, before=before).svg


def test_the_rule_of_thumb_stands_only_where_the_update_is_known():
    model = digits_like()
    assert "rule of thumb" in histograms(model, learning_rate=0.1).svg
    assert "rule of thumb" not in histograms(model).svg
    assert "gradient/weights" in histograms(model).description


def test_dead_and_not_reached_are_told_apart():
    w, dead, far = (Tensor(np.ones(4), requires_grad=True) for _ in range(3))
    (w * 3 + dead * 0).sum().backward()
    picture = histograms({"w": w, "dead": dead, "far": far})
    assert [layer.dead for layer in picture.layers] == [False, True, False]
    assert [layer.gradients is None for layer in picture.layers] == [False, False, True]
    root = ET.fromstring(picture.svg)
    said = [e.text for e in root.iter(f"{SVG}text") if e.get("class") == "said"]
    assert said == ["dead: all 0", "not reached"]
    assert "dead (4) weight norm 2, gradient dead (all 0)" in picture.description
    assert "far (4) weight norm 2, gradient not reached" in picture.description


def test_a_partly_reached_layer_says_so():
    neuron = nn.Neuron(3, generator=0)
    neuron.w[1].grad = 2.0
    picture = histograms(neuron)
    assert list(picture.layers[0].gradients) == [2.0]
    assert "1 of 3 reached" in picture.svg


def test_bars_count_every_number_once_by_its_sign():
    w = Tensor(np.array([-1.0, -0.5, -0.5, 0.0, 0.0, 1.0]), requires_grad=True)
    found = bars(histograms({"w": w}))
    assert [bar.get("class") for bar in found] == ["minus", "minus", "plus", "zero"]
    tallest = max(float(bar.get("height")) for bar in found)
    heights = [round(2 * float(bar.get("height")) / tallest) for bar in found]
    assert heights == [1, 2, 1, 2]  # as many as there are numbers
    assert "33 % are 0" in histograms({"w": w}).svg
    many = Tensor(np.arange(-50.0, 51.0), requires_grad=True)
    assert len(bars(histograms({"w": many}))) == BINS + 1


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1.0, 1e200, 1e308])
def test_extreme_numbers_are_drawn(scale):
    w = Tensor(np.array([1.0, -0.5, 0.25]) * scale, requires_grad=True)
    picture = histograms({"w": w})
    assert len(bars(picture)) == 3
    norm = np.linalg.norm([1.0, -0.5, 0.25]) * scale
    assert picture.layers[0].weight_norm == pytest.approx(norm, rel=1e-3)


def test_nan_and_infinite_numbers_are_counted_and_not_drawn():
    w = Tensor(np.array([1.0, np.nan, -np.inf, 2.0]), requires_grad=True)
    w.grad = np.full(4, np.nan)
    picture = histograms({"w": w}, learning_rate=0.1)
    assert len(bars(picture)) == 2
    assert "2 nan or inf" in picture.svg
    assert "4 nan or inf" in picture.svg
    assert picture.layers[0].ratio is None
    places = [value for bar in bars(picture) for value in bar.attrib.values()]
    assert not {"nan", "inf"} & set(places)


def test_zero_weights_have_no_ratio():
    b = Tensor(np.zeros(3), requires_grad=True)
    (b * 2).sum().backward()
    assert histograms({"b": b}, learning_rate=0.1).layers[0].ratio is None


def test_drawing_changes_nothing():
    model = digits_like()
    numbers = copy.deepcopy([(p.numpy(), p.grad) for p in model.parameters()])
    picture = histograms(model, learning_rate=0.1, biases=True)
    for layer in picture.layers:
        layer.weights[:] = 0  # also not by way of the numbers that were handed out
        layer.gradients[:] = 0
    for parameter, (weights, gradient) in zip(model.parameters(), numbers, strict=True):
        np.testing.assert_array_equal(parameter.numpy(), weights)
        np.testing.assert_array_equal(parameter.grad, gradient)


@pytest.mark.parametrize(
    ("model", "settings", "kind", "said"),
    [
        (3, {}, TypeError, "got int; needs a model with named_parameters"),
        (nn.ReLU(), {}, ValueError, "this ReLU has no parameters"),
        ({}, {}, ValueError, "this dict has no parameters"),
        ({"w": Tensor(np.zeros(0))}, {}, ValueError, "no parameters to show"),
        ({"w": 3.0}, {}, TypeError, "w is a float; needs a Value or a Tensor"),
        ({"w": Value(1.0)}, {"learning_rate": 0.0}, ValueError, "a positive one is needed"),
        ({"w": Value(1.0)}, {"learning_rate": math.nan}, ValueError, "learning_rate=nan"),
        ({"w": Value(1.0)}, {"before": {}}, ValueError, "before has no 'w'"),
        ({"w": Value(1.0)}, {"before": {"w": [1, 2]}}, ValueError, r"has shape \(2,\); needs \(\)"),
        ({"w": Value(1.0)}, {"before": {}, "learning_rate": 1.0}, ValueError, "give one of them"),
        ({f"w{i}.x": Value(1.0) for i in range(61)}, {}, ValueError, "61 rows are more than 60"),
    ],
)
def test_what_cannot_be_shown_is_told(model, settings, kind, said):
    with pytest.raises(kind, match=said):
        histograms(model, **settings)


def test_hostile_names_do_not_inject_and_long_ones_fit():
    picture = histograms({"</svg><script>$": Value(1.0), "w" * 10_000: Value(2.0)}, title="<b>")
    ET.fromstring(picture.svg)
    assert "<script" not in picture.svg
    assert "$" not in picture.svg
    assert len(picture.svg) < 20_000


def test_saved_as_text_it_is_a_list(tmp_path):
    picture = histograms(digits_like(), learning_rate=0.1)
    lines = picture.save(tmp_path / "weights.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Weights and gradients:"
    assert lines[1].startswith("0.weight (16×8) weight norm")
    assert len(lines) == 3


def test_names_of_layers():
    assert layer_name("neurons.2.b") == "b"
    assert layer_name("body.layers.10.neurons.3.w.11") == "body.layers.10.w"
    assert layer_name("0") == "0"
