"""Pictures and steps of graphs whose nodes are arrays."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd
from autograd import Tensor
from viz import dot, draw, steps_text
from viz.boxes import figure_of


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
    assert [(row.caption, row.text) for row in boxes["W"].rows][:2] == [
        ("shape", "3×4"),
        ("data", "all 0.3333"),
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
    assert "(8, 3) @ (3, 4) -> shape (8, 4)" in text
    assert "b.grad += h.grad summed over the copies from (8, 4) to (4,)" in text
    assert "h.grad += a.grad * [h > 0]" in text
    assert "second path: contributions add up (2 of 2)" in text
    assert layer.grad is None


def test_arrays_in_json(layer, tmp_path):
    nodes = json.loads(draw(layer).save(tmp_path / "graph.json").read_text())["nodes"]
    weight = next(node for node in nodes if node["label"] == "W")
    assert np.array(weight["value"]).shape == tuple(weight["shape"]) == (3, 4)


def test_dot_takes_tensors(layer):
    source = dot(layer).source
    assert source.count("->") == 8
    assert ">3×4<" in source


@pytest.mark.parametrize("shape", [(0,), (0, 3), (1,), (2, 1, 2)])
def test_odd_shapes(shape):
    x = Tensor(np.ones(shape), requires_grad=True, label="x")
    out = autograd.sum(x * 2.0)
    out.backward()
    ET.fromstring(draw(out).svg)
    assert "x.grad" in steps_text(out, color=False)


def test_nan_in_an_array_is_counted():
    x = Tensor(np.array([1.0, np.nan, 2.0, np.inf, 0.0]), requires_grad=True, label="x")
    out = autograd.sum(x)
    assert "0 … 2 (2 nan or inf)" in draw(out).svg
