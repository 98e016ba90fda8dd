import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from viz import network
from viz.networks.weights import layers_of

SVG = "{http://www.w3.org/2000/svg}"


def read(picture):
    return ET.fromstring(picture.svg)


def titled(picture, tag, start):
    """Class, width and tooltip of each line or circle."""
    return [
        (e.get("class").split()[-1], e, e.find(f"{SVG}title").text)
        for e in read(picture).iter(f"{SVG}{tag}")
        if (e.get("class") or "").startswith(start) and e.find(f"{SVG}title") is not None
    ]


def lines(picture):
    return titled(picture, "path", "line")


def neurons(picture):
    return titled(picture, "circle", "neuron")


def by_hand():
    return nn.MLP.from_weights(
        [([[0.5, -2.0], [0.0, 1.0]], [0.25, -0.5]), ([[4.0, -1.0]], [0.0])], activation="tanh"
    )


def test_every_weight_is_a_line_with_its_sign_width_and_numbers():
    picture = network(by_hand(), names=["a", "b"], outputs=["y"])
    told = {words: (kind, float(e.get("stroke-width"))) for kind, e, words in lines(picture)}
    assert set(told) == {
        "a → hidden neuron 0: weight 0.5",
        "b → hidden neuron 0: weight −2",
        "a → hidden neuron 1: weight 0",
        "b → hidden neuron 1: weight 1",
        "hidden neuron 0 → y: weight 4",
        "hidden neuron 1 → y: weight −1",
    }
    assert told["b → hidden neuron 0: weight −2"][0] == "minus"
    assert told["a → hidden neuron 1: weight 0"][0] == "zero"
    widths = [told[words][1] for words in sorted(told, key=lambda w: told[w][1])]
    strongest = told["hidden neuron 0 → y: weight 4"]
    assert strongest == ("plus", max(widths))
    assert told["b → hidden neuron 1: weight 1"][1] == told["hidden neuron 1 → y: weight −1"][1]
    assert widths[0] < widths[1] < widths[-1]


def test_a_ring_shows_the_bias():
    found = {words: (kind, e.get("style")) for kind, e, words in neurons(network(by_hand()))}
    assert found["hidden neuron 0: bias 0.25"][0] == "plus"
    assert found["hidden neuron 1: bias −0.5"][0] == "minus"
    widths = [float(re.search(r"[\d.]+", style).group()) for _, style in found.values() if style]
    assert len(widths) == 2
    assert widths[0] < widths[1]
    assert {"x0", "x1"} <= set(found)


def test_the_numbers_stand_on_the_lines_and_on_no_other_number():
    model = nn.MLP(3, [4, 3, 1], generator=3)
    root = read(network(model))
    pills = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "pill"]
    assert len(pills) == 12 + 12 + 3
    boxes = [tuple(float(p.get(key)) for key in ("x", "y", "width", "height")) for p in pills]
    for index, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, tall in boxes[:index]:
            apart = x >= left + wide or left >= x + width or y >= top + tall or top >= y + height
            assert apart


def test_values_tensors_and_matrices_are_the_same_network():
    weights = [np.array([[0.5, -2.0], [0.0, 1.0]]), np.array([[4.0, -1.0]])]
    biases = [np.array([0.25, -0.5]), np.array([0.0])]
    linear = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    for layer, weight, bias in zip((linear[0], linear[2]), weights, biases, strict=True):
        layer.weight.data, layer.bias.data = weight, bias
    values = network(by_hand())
    assert network(linear).svg == values.svg
    pairs = network(list(zip(weights, biases, strict=True)))
    turns = network([weights[0], biases[0], Tensor(weights[1]), biases[1].tolist()])
    assert pairs.svg == turns.svg == values.svg.replace("2 neurons, tanh", "2 neurons")
    grids = [[[Value(float(x)) for x in row] for row in weight] for weight in weights]
    assert lines(network(grids))[0][2] == lines(values)[0][2]


def test_activations_are_named():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2), nn.Softmax())
    assert [layer.activation for layer in layers_of(model)] == ["relu", "softmax"]
    assert [layer.activation for layer in layers_of(by_hand())] == ["tanh", ""]
    assert [layer.activation for layer in layers_of(nn.Neuron(2, activation="sigmoid"))] == [
        "sigmoid"
    ]


def test_weights_that_were_stored_the_other_way_round_are_turned():
    weights = [np.ones((2, 3)), np.ones((3, 1))]
    assert [(d.inputs, d.outputs) for d in layers_of(weights)] == [(2, 3), (3, 1)]
    (layer,) = layers_of([np.ones((2, 3)), np.zeros(3)])
    assert (layer.inputs, layer.outputs) == (2, 3)


def test_sizes_alone():
    picture = network([2, 4, 1])
    assert len(lines(picture)) == 12
    assert {kind for kind, *_ in lines(picture)} == {"unknown"}
    assert picture.description == "Network 2–4–1: 12 weights."
    assert "sizes only" in picture.svg


def test_wide_layers_are_shortened_and_say_so():
    model = nn.Sequential(nn.Linear(784, 17, generator=0), nn.ReLU(), nn.Linear(17, 10))
    picture = network(model)
    assert len(neurons(picture)) == 15 + 15 + 10
    assert "769 more" in picture.svg
    assert "2 more" in picture.svg
    assert any(
        words.startswith("x783 → hidden neuron 16: weight") for _, _, words in lines(picture)
    )
    assert len(lines(picture)) == 15 * 15 + 15 * 10
    assert "13498 weights" in picture.description
    assert len(neurons(network([16, 16]))) == 32


def test_gradients_in_place_of_weights():
    model = by_hand()
    with pytest.raises(ValueError, match=r"no weight has a gradient; call loss.backward\(\)"):
        network(model, gradients=True)
    model([1.0, -1.0]).backward()
    picture = network(model, gradients=True)
    hidden = model.layers[1].neurons[0].w[0]
    (line,) = [
        e
        for _, e, words in lines(picture)
        if words.startswith("hidden neuron 0 → y") or words.startswith("hidden neuron 0 → output")
    ]
    assert f"gradient {hidden.grad:.4g}" in line.find(f"{SVG}title").text
    assert "Network 2–2–1, gradients: 6 weights, gradients" in picture.description
    assert [kind for kind, *_ in lines(picture)] != [kind for kind, *_ in lines(network(model))]
    model.layers[0].neurons[0].w[0].grad = None
    partly = network(model, gradients=True)
    assert "absent" in [kind for kind, *_ in lines(partly)]
    assert "not reached" in partly.svg


def test_nan_and_infinity_are_drawn():
    picture = network([[[math.nan, math.inf], [1.0, 0.0]]])
    assert [kind for kind, *_ in lines(picture)].count("absent") == 2
    assert not re.search(
        r'="[^"]*\b(nan|inf)\b[^"]*"', re.sub(r'aria-label="[^"]*"', "", picture.svg)
    )
    assert "nan or infinite" in picture.svg


def test_the_page_holds_the_drawing_itself_for_its_tooltips(tmp_path):
    page = network(by_hand()).save(tmp_path / "n.html").read_text(encoding="utf-8")
    assert "<title>x0 → hidden neuron 0: weight 0.5</title>" in page
    assert "<img" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_hostile_names():
    evil = '</title><script>"$&\x00'
    picture = network([2, 1], names=[evil, evil], outputs=[evil], title=evil)
    read(picture)
    for text in (picture.svg, picture.html()):
        assert "<script" not in text
        assert "$" not in text
        assert "\x00" not in text


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: network("2-4-1"), TypeError, "network: got str; needs a model"),
        (lambda: network(None), TypeError, "network: got NoneType"),
        (lambda: network([]), ValueError, "there is no layer in it"),
        (lambda: network([4]), ValueError, r"the sizes \[4\] came; needs at least two"),
        (lambda: network([2, 0, 1]), ValueError, r"the sizes \[2, 0, 1\] came"),
        (lambda: network([2] * 40), ValueError, "39 layers came; at most 16"),
        (lambda: network([np.ones((3, 2)), np.ones((1, 4))]), ValueError, r"\(3, 2\), \(1, 4\)"),
        (lambda: network([np.ones((2, 2, 2))]), ValueError, r"shape \(2, 2, 2\) came"),
        (lambda: network([np.ones((3, 2)), np.ones(5)]), ValueError, "has 5 biases for weights of"),
        (lambda: network([[["a"]]]), TypeError, "network: item 0 "),
        (lambda: network(nn.Conv2d(1, 2, 3)), ValueError, r"viz.kernels\(layer\) shows"),
        (lambda: network(nn.ReLU()), ValueError, "there is no layer in it"),
        (lambda: network([2, 1], names=["a"]), ValueError, "1 came as names; needs 2, one per inp"),
        (lambda: network([2, 1], outputs="y"), ValueError, "a text came as outputs; needs 1"),
        (lambda: network([2, 1], gradients=True), ValueError, "no weight has a gradient"),
    ],
)
def test_bad_input_is_told(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_neurons_that_share_a_weight_are_refused():
    shared = Value(1.0)
    layer = nn.Layer.from_weights([[shared, 2.0], [3.0, shared]])
    with pytest.raises(ValueError, match=r"has 3 weights .* share parameters cannot be drawn"):
        network(layer)


def test_the_model_is_left_as_it_was():
    model = by_hand()
    before = model.state_dict()
    network(model).html()
    assert model.state_dict() == before
    assert all(parameter.grad is None for parameter in model.parameters())
