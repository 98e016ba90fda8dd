"""Drawing a model with an example input: what is shown, and that the model stays as it was."""

import random

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, is_grad_enabled, no_grad
from autograd.creation import default_generator
from autograd.node import display
from viz import draw
from viz.grouping.collapse import fitting_figure


class ShiftConvolution(nn.Module):
    """A 3x3 convolution as nine shifted products, each of plain Tensor operations."""

    def __init__(self, channels_in, channels_out, draws):
        shape = (9, channels_in, channels_out)
        self.weight = nn.Parameter(draws.normal(size=shape) / 3)
        self.bias = nn.Parameter(np.zeros(channels_out))

    def forward(self, x):
        size = x.shape[1] - 2
        total = self.bias
        for place in range(9):
            top, left = divmod(place, 3)
            window = x[:, top : top + size, left : left + size, :]
            total = total + window @ self.weight[place]
        return total


class Digits(nn.Module):
    """A network for 28x28 images."""

    def __init__(self, convolution):
        self.first, self.second = convolution
        self.pool = nn.AvgPool2d(2)
        self.out = nn.Linear(5 * 5 * 8, 10, generator=0)

    def forward(self, x):
        channels_last = isinstance(self.first, ShiftConvolution)
        for layer in (self.first, self.second):
            x = layer(x).relu()
            x = self.pool(x.transpose(0, 3, 1, 2) if channels_last else x)
            x = x.transpose(0, 2, 3, 1) if channels_last else x
        return self.out(x.reshape(x.shape[0], -1))


def by_shifts():
    draws = np.random.default_rng(0)
    return Digits([ShiftConvolution(1, 4, draws), ShiftConvolution(4, 8, draws)]), (3, 28, 28, 1)


def by_layers():
    layers = [nn.Conv2d(1, 4, 3, generator=0), nn.Conv2d(4, 8, 3, generator=1)]
    return Digits(layers), (3, 1, 28, 28)


@pytest.mark.parametrize("make", [by_shifts, by_layers])
def test_a_training_step_of_a_network_for_digits_is_less_than_60_boxes(make, find_clashes):
    model, shape = make()
    images = Tensor(np.random.default_rng(1).normal(size=shape), label="images")
    with nn.scopes(model):
        loss = nn.functional.cross_entropy(model(images), np.array([1, 2, 3]))
    loss.backward()
    picture = draw(loss)
    assert picture.svg.count("data-box=") < 60
    figure = fitting_figure(picture.trace)
    titles = {box.title for box in figure.boxes} | {frame.title for frame in figure.frames}
    assert {"first", "second", "out"} <= titles
    assert find_clashes(figure) == []


def test_a_network_of_values_is_drawn_with_its_frames():
    model = nn.MLP(2, [3, 1], generator=0)
    picture = draw(model, [1.0, -2.0])
    labels = [node.label for node in picture.trace.nodes]
    assert {"x[0]", "x[1]", "output", "layers.0.neurons.2.b"} <= set(labels)
    assert 'data-scope="layers.0.neurons.2"' in picture.svg


def test_arrays_and_several_results_are_named():
    class Two(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(3, 2)

        def forward(self, x, y):
            return {"sum": self.layer(x) + y, "rest": [self.layer(y[:, :1] * x)]}

    picture = draw(Two(), np.ones((4, 3)), np.full((4, 2), 2.0), names={})
    labels = {node.label for node in picture.trace.nodes}
    assert {"input", "input1", "output", "output1", "layer.weight"} <= labels
    mine = np.ones((4, 3))
    assert "mine" in {node.label for node in draw(nn.Linear(3, 2), mine).trace.nodes}


def everything(model):
    """All that a run could change."""
    return [
        {name: array.tobytes() for name, array in model.state_dict().items()},
        [
            (p.label, p._noted().scope if p.info else "", None if p.grad is None else p.grad.copy())
            for p in model.parameters()
        ],
        [sorted(vars(part)) for part in model.modules()],
        [part.training for part in model.modules()],
        str(default_generator().bit_generator.state),
        str(np.random.get_state()),  # noqa: NPY002
        random.getstate(),
        is_grad_enabled(),
    ]


def test_drawing_leaves_no_trace_in_the_model():
    class Noisy(nn.Module):
        def __init__(self):
            self.norm = nn.BatchNorm1d(4)
            self.drop = nn.Dropout(0.5)
            self.line = nn.Linear(4, 2, generator=0)
            self.runs = 0

        def forward(self, x):
            self.runs += 1
            self.last = self.line(self.drop(self.norm(x)))
            return self.last * random.random() * np.random.rand()  # noqa: NPY002

    model = Noisy()
    model.line.bias.label = "my bias"
    x = np.random.default_rng(0).normal(size=(5, 4))
    model(x).sum().backward()
    gradients = [p.grad.copy() for p in model.parameters()]
    before = repr(everything(model)), model.runs, model.last
    picture = draw(model, x)
    assert "norm.weight" in picture.svg or "norm" in picture.svg
    assert (repr(everything(model)), model.runs, model.last) == before
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        assert np.array_equal(parameter.grad, gradient)


def test_training_goes_on_as_if_nothing_had_been_drawn():
    def trained(looks):
        model = nn.Sequential(
            nn.Linear(3, 8, generator=0),
            nn.Dropout(0.3, generator=np.random.default_rng(5)),
            nn.Linear(8, 1, generator=1),
        )
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        x = np.random.default_rng(2).normal(size=(6, 3))
        for _ in range(4):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            if looks:
                draw(model, x)
            optimizer.step()
        return model.state_dict()

    plain, looked = trained(False), trained(True)
    assert all(np.array_equal(plain[name], looked[name]) for name in plain)


def test_a_model_that_fails_is_left_as_it_was():
    model = nn.Linear(3, 2)
    with pytest.raises(ValueError, match=r"matmul|linear|shape"):
        draw(model, np.ones((2, 5)))
    assert model.weight.label is None


def test_it_draws_inside_no_grad():
    with no_grad():
        assert "weight" in draw(nn.Linear(2, 1), [[1.0, 2.0]]).svg


def test_a_model_without_example_is_told_what_to_give():
    with pytest.raises(TypeError, match=r"Linear is a model.*draw\(model, x\).*draw\(model\(x\)\)"):
        draw(nn.Linear(2, 1))
    with pytest.raises(TypeError, match=r"Tensor is no model.*draw\(\[a, b\]\)"):
        draw(Tensor([1.0], requires_grad=True) * 2.0, Tensor([1.0]))
    with pytest.raises(TypeError, match=r"got the class Linear.*make one first"):
        draw(nn.Linear, [1.0])


def test_a_model_whose_result_has_no_graph_is_named():
    class Flat(nn.Module):
        def forward(self, x):
            return [1.0, 2.0]

    class Fixed(nn.Module):
        def forward(self, x):
            return Tensor([1.0]) * 2.0

    with pytest.raises(TypeError, match="Flat returned list, which has no graph"):
        draw(Flat(), 1.0)
    with pytest.raises(TypeError, match="Fixed returned a constant, which has no graph"):
        draw(Fixed(), 1.0)


def test_other_peoples_models_are_called_as_they_are(monkeypatch):
    class Line:
        def __init__(self):
            self.slope = Value(2.0)

        def named_parameters(self):
            return [("slope", self.slope)]

        def __call__(self, x):
            return self.slope * x[0]

    line = Line()
    assert "slope" not in draw(line, [3.0], names={}).svg
    assert draw(line, [3.0]).description.startswith("Computation graph of output: 2 leaves")
    monkeypatch.setattr(display, "rehearsal", None)  # as if nn had never been imported
    assert draw(nn.Linear(2, 1), [[1.0, 2.0]]).svg.count("data-box=") > 3
