"""What every layer sees: which results are chosen, what is drawn, and that nothing changes."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import viz
from autograd import Tensor
from nn import BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from nn import functional as F

IMAGE = np.arange(64.0).reshape(8, 8) / 64


class Net(Module):
    """Layers as attributes, and functions between them, as people write them."""

    def __init__(self):
        self.conv = Conv2d(1, 3, 3, padding=1)
        self.body = Sequential(BatchNorm2d(3), ReLU(), Dropout(0.5))
        self.head = Linear(3 * 4 * 4, 2)

    def forward(self, x):
        x = F.relu(self.conv(x))
        x = F.max_pool2d(self.body(x), 2)
        return F.log_softmax(self.head(x.flatten(1)), dim=1)


class Constant(Module):
    """Whatever it sees, it says the same."""

    def forward(self, x):
        return Tensor([1.0])


def told(picture):
    return [part.strip() for part in picture.description.partition(": ")[2].rstrip(".").split(";")]


def test_modules_and_functions_in_their_order():
    assert told(viz.layer_maps(Net().eval(), IMAGE)) == [
        "input 8×8",
        "conv Conv2d, 3 maps of 8×8",
        "relu, 3 maps of 8×8",
        "body.0 BatchNorm2d, 3 maps of 8×8",
        "body.1 ReLU, 3 maps of 8×8",
        "max_pool, 3 maps of 4×4",
        "head Linear, 2 numbers",
        "output, 2 numbers",
    ]


def test_a_vgg_style_stack():
    model = Sequential(
        Conv2d(1, 8, 3, padding=1), ReLU(), Conv2d(8, 8, 3, padding=1), ReLU(), MaxPool2d(2)
    )
    picture = viz.layer_maps(model, IMAGE[None, None])
    assert told(picture)[-1] == "4 MaxPool2d, 8 maps of 4×4"
    assert picture.svg.count("<image") == 1 + 5 * 8


def test_the_numbers_are_the_layer_s_own():
    model = Sequential(Conv2d(1, 1, 1, bias=False), Flatten(), Linear(64, 1))
    model[0].weight.data = np.full((1, 1, 1, 1), -2.0, model[0].weight.dtype)
    svg = viz.layer_maps(model, IMAGE).svg
    assert "1 map of 8×8, ±1.969" in svg  # twice 63/64


def test_the_model_is_left_as_it_was():
    model = Net()
    before = model.state_dict()
    viz.layer_maps(model, IMAGE)
    assert model.training
    assert all(p.grad is None and p.label is None for p in model.parameters())
    for name, numbers in model.state_dict().items():
        np.testing.assert_array_equal(numbers, before[name])


def test_frozen_layers_are_drawn():
    model = Net().freeze()
    assert len(told(viz.layer_maps(model, IMAGE))) == 9
    assert not any(p.requires_grad for p in model.parameters())


def test_only_the_first_of_many_maps_are_drawn():
    picture = viz.layer_maps(Sequential(Conv2d(1, 40, 3)), IMAGE, most=5)
    assert picture.svg.count("<image") == 1 + 5
    assert "40 maps of 6×6" in picture.svg
    assert "the first 5 of them" in picture.svg


def test_colours_of_three_channels_and_hostile_titles():
    picture = viz.layer_maps(
        Sequential(Conv2d(3, 2, 3)), np.ones((3, 5, 6)), title="<script>&" + "x" * 1000
    )
    ElementTree.fromstring(picture.svg)
    assert told(picture)[0] == "input 3 maps of 5×6"
    assert "<script" not in picture.svg


def test_nan_is_drawn():
    image = IMAGE.copy()
    image[0, 0] = np.nan
    ElementTree.fromstring(viz.layer_maps(Net().eval(), image).svg)


@pytest.mark.parametrize(
    ("model", "x", "error", "words"),
    [
        (Net(), np.ones((2, 1, 8, 8)), ValueError, r"x has shape \(2, 1, 8, 8\).*x\[:1\]"),
        (Net(), np.ones(8), ValueError, r"x has shape \(8,\)"),
        (Net(), "digit", TypeError, "layer_maps"),
        (Tensor([1.0]), IMAGE, TypeError, "Tensor came as model"),
        (Constant(), IMAGE, TypeError, "no graph"),
    ],
)
def test_what_cannot_be_drawn(model, x, error, words):
    with pytest.raises(error, match=words):
        viz.layer_maps(model, x)


def test_fewer_than_one_map():
    with pytest.raises(ValueError, match="most=0"):
        viz.layer_maps(Net(), IMAGE, most=0)
