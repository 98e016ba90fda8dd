"""Pictures and steps of graphs whose nodes are arrays."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd
from autograd import Tensor, trace
from viz import dot, draw, steps_text
from viz.figures.boxes import figure_of


@pytest.fixture
def layer():
    """One dense layer with ReLU, and the sum of its squares."""
    inputs = np.arange(24.0).reshape(8, 3) / 10 - 1
    weight = Tensor(np.ones((3, 4)) / 3, requires_grad=True, label="W")
    bias = Tensor(np.zeros(4), requires_grad=True, label="b")
    hidden = autograd.matmul(inputs, weight) + bias
    hidden.label = "h"
    active = autograd.relu(hidden)
    active.label = "a"
    loss = autograd.sum(active * active)
    loss.label = "loss"
    return loss


def test_boxes_tell_shape_and_range(layer, find_clashes):
    layer.backward()
    picture = draw(layer)
    boxes = {box.title: box for box in figure_of(picture.trace).boxes}
    assert [(row.caption, row.text) for row in boxes["W"].rows] == [
        ("shape", "3×4 float64"),
        ("data", "all 0.3333"),
        ("norm", "1.155"),
        ("grad", "+4.8 … +6"),
        ("norm", "18.78"),
    ]
    assert boxes["loss"].rows[-1].text == "+1"
    assert boxes["h"].kind == "operation"
    assert boxes["W"].kind == "leaf"
    assert find_clashes(figure_of(picture.trace)) == []
    ET.fromstring(picture.svg)


def test_data_without_gradient_are_drawn_apart(layer):
    kinds = [box.kind for box in figure_of(draw(layer).trace).boxes]
    assert kinds.count("data") == 1


def test_edges_say_what_is_sent_back(layer):
    figure = figure_of(draw(layer).trace)
    titles = [box.title for box in figure.boxes]
    labels = {(titles[link.source], titles[link.target]): link.label for link in figure.links}
    assert labels["b", "h"] == "Σ g"  # the bias was stretched over the batch
    assert labels["h", "a"] == "g·[h > 0]"


def test_before_backward_nothing_is_reached(layer):
    assert draw(layer).svg.count(">not reached<") == 7


def test_steps_tell_shapes_and_sums(layer):
    text = " ".join(steps_text(layer, color=False).split())
    assert "h = v" in text
    assert "(8,3) @ (3,4) -> (8,4)" in text
    assert "db = sum over axis 0 of dh (8,4) -> (4,)" in text
    assert "dh = da * [h > 0]" in text
    assert "second path: contributions add up (2 of 2)" in text
    assert layer.grad is None


def test_arrays_in_json(layer, tmp_path):
    nodes = json.loads(draw(layer).save(tmp_path / "graph.json").read_text())["nodes"]
    weight = next(node for node in nodes if node["label"] == "W")
    assert np.array(weight["value"]).shape == tuple(weight["shape"]) == (3, 4)


def test_dot_takes_tensors(layer):
    source = dot(layer).source
    assert source.count("->") == 8
    assert ">3×4 float64<" in source


@pytest.mark.parametrize("shape", [(0,), (0, 3), (1,), (2, 1, 2)])
def test_odd_shapes(shape):
    x = Tensor(np.ones(shape), requires_grad=True, label="x")
    out = autograd.sum(x * 2.0)
    out.backward()
    ET.fromstring(draw(out).svg)
    assert "x.grad" in steps_text(out, color=False)


def test_an_array_that_is_not_all_numbers_says_so():
    x = Tensor(np.array([1.0, np.nan, 2.0, np.inf, 0.0]), requires_grad=True, label="x")
    out = autograd.sum(x)
    svg = draw(out).svg
    assert ">0 … 2</text>" in svg  # the range of what is a number ...
    assert ">1 nan 1 inf</text>" in svg  # ... and a badge for the rest
    empty = Tensor(np.full(4, np.nan), requires_grad=True, label="x")
    assert ">none finite</text>" in draw(autograd.sum(empty)).svg


def rows_of(root, title):
    return {box.title: box for box in figure_of(draw(root).trace).boxes}[title].rows


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_the_dtype_is_told(dtype):
    x = Tensor(np.ones((2, 2), dtype), requires_grad=True, label="x")
    assert rows_of(autograd.sum(x), "x")[0].text == f"2×2 {dtype}"


@pytest.mark.parametrize("array", [np.arange(6), np.arange(6) > 2, np.arange(6, dtype=np.uint8)])
def test_whole_numbers_and_truths_are_data(array):
    x = Tensor(np.ones(6), requires_grad=True, label="x")
    out = autograd.sum(autograd.where(array > 2, x, 0.0) if array.dtype == bool else x * array)
    out.backward()
    svg = draw(out).svg
    ET.fromstring(svg)
    assert f"6 {array.dtype}" in svg


def heats(root):
    svg = ET.fromstring(draw(root, legend=False).svg)
    return [
        (image.get("data-heat"), image.get("href") or "")
        for image in svg.iter("{http://www.w3.org/2000/svg}image")
    ]


def test_heatmaps_of_data_and_gradient(layer):
    assert [name for name, _ in heats(layer)].count("grad") == 6  # all but the data and the loss
    assert {name for name, image in heats(layer) if not image} == {"grad"}
    layer.backward()
    images = heats(layer)
    assert [name for name, _ in images].count("data") == 7
    assert all(image.startswith("data:image/png;base64,") for _, image in images)


def test_heatmaps_have_the_shape_of_their_array():
    long = Tensor(np.ones((2, 40)), requires_grad=True, label="long")
    tall = autograd.transpose(long)
    tall.label = "tall"
    boxes = {box.title: box for box in figure_of(draw(tall).trace).boxes}
    for heat in boxes["long"].heats:
        assert heat.width > 4 * heat.height
    for heat in boxes["tall"].heats:
        assert heat.height > 3 * heat.width


def test_single_numbers_stay_compact():
    x = Tensor(2.0, requires_grad=True, label="x")
    y = x * x
    y.backward()
    figure = figure_of(draw(y).trace)
    assert [row.caption for row in figure.boxes[0].rows] == ["data", "grad"]
    assert not any(box.heats for box in figure.boxes)
    one = Tensor([3.0], requires_grad=True, label="one")
    assert [row.caption for row in rows_of(one * 2.0, "one")] == ["shape", "data", "grad"]


def test_single_numbers_of_tensors_show_their_local_gradient():
    x, y = (Tensor(n, requires_grad=True, label=name) for n, name in ((2.0, "x"), (-3.0, "y")))
    out = autograd.tanh(x * y * 0.1)
    out.backward()
    links = figure_of(draw(out).trace).links
    assert [link.label for link in links[:2]] == ["−3", "+2"]
    assert links[0].flow == pytest.approx(x.grad.item())
    assert links[1].tone == "plus"


def test_nothing_moves_when_gradients_arrive(layer):
    def boxes():
        return [(box.width, box.height) for box in figure_of(draw(layer).trace).boxes]

    before = boxes()
    layer.backward()
    assert boxes() == before


def test_tooltips_tell_the_rule_with_its_shapes(layer):
    layer.backward()
    figure = figure_of(draw(layer).trace)
    titles = [box.title for box in figure.boxes]
    details = {(titles[link.source], titles[link.target]): link.detail for link in figure.links}
    (rule,) = [text for (source, _), text in details.items() if source == "W"]
    assert rule.startswith("dW = inputs.T @ d") or rule.startswith("dW = constant.T @ d")
    assert rule.endswith(", (3,4) = (3,8) @ (8,4)")
    assert details["b", "h"].endswith("sum over axis 0 -> (4,)")
    assert "norm" in figure.boxes[titles.index("W")].detail
    svg = draw(layer).svg
    assert "(3,4) = (3,8) @ (8,4)</title>" in svg


def test_large_arrays_are_drawn_at_once_and_stay_small():
    x = Tensor(np.random.default_rng(0).normal(size=(64, 1, 28, 28)), requires_grad=True, label="x")
    out = autograd.mean(autograd.relu(x))
    out.backward()
    assert len(draw(out).svg) < 40_000


def test_a_constant_has_no_graph_and_its_box_is_quiet():
    constant = Tensor([1.0, 2.0], label="c")
    with pytest.raises(TypeError, match="this is a constant, which has no graph"):
        draw(constant)
    figure = figure_of(trace(constant))
    (box,) = figure.boxes
    assert (box.kind, box.title) == ("data", "c")
    assert [row.caption for row in box.rows] == ["shape", "data", "norm"]
    assert figure.description.endswith("backward pass: nothing here asks for a gradient.")


def test_empty_arrays_say_so():
    x = Tensor(np.zeros((0, 3)), requires_grad=True, label="x")
    out = autograd.sum(x * 2.0)
    assert [row.text for row in rows_of(out, "x")] == ["0×3 float64", "empty", "not reached"]
    out.backward()
    assert [row.text for row in rows_of(out, "x")] == ["0×3 float64", "empty", "empty"]
    assert not figure_of(draw(out).trace).boxes[0].heats


def test_arrays_save_to_every_text_format(layer, tmp_path):
    layer.backward()
    for suffix in ("svg", "html", "dot", "json", "txt"):
        assert draw(layer).save(tmp_path / f"graph.{suffix}").stat().st_size > 500
