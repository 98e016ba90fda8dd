"""Neuron, Layer and MLP on Values."""

import random

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value, no_grad, trace
from nn.neuron import ACTIVATIONS


def gradients(model):
    return [p.grad for p in model.parameters()]


def test_micrograds_call_signature():
    model = nn.MLP(3, [4, 4, 1])
    out = model([2.0, 3.0, -1.0])
    assert isinstance(out, Value)
    assert len(model.parameters()) == 41
    out.backward()
    assert model.parameters()[-1].grad == 1.0
    model.zero_grad()
    assert gradients(model) == [None] * 41
    assert isinstance(nn.MLP(2, [3, 2])([1.0, 2.0]), list)
    assert isinstance(nn.Layer(2, 1)([1.0, 2.0]), Value)
    assert len(nn.Neuron(5, nonlin=False).parameters()) == 6


def test_weights_start_as_in_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [3, 1])
    random.seed(1337)
    drawn = [random.uniform(-1, 1) for _ in range(2 * 3 + 3)]
    weights = [w.data for layer in model.layers for n in layer.neurons for w in n.w]
    assert weights == drawn
    assert all(n.b.data == 0 for layer in model.layers for n in layer.neurons)


@pytest.mark.parametrize(
    "make", [lambda: 7, lambda: random.Random(7), lambda: np.random.default_rng(7)]
)
def test_the_same_generator_gives_the_same_weights(make):
    first, second = (nn.MLP(2, [3, 1], generator=make()) for _ in range(2))
    assert first.state_dict() == second.state_dict()
    neurons = first.layers[0].neurons
    assert neurons[0].w[0].data != neurons[1].w[0].data


def test_hidden_layers_bend_and_the_last_is_straight():
    model = nn.MLP(2, [3, 3, 1], activation="tanh")
    names = [[n.activation for n in layer.neurons] for layer in model.layers]
    assert names == [["tanh"] * 3, ["tanh"] * 3, ["linear"]]
    model = nn.MLP(2, [1], last_activation="sigmoid")
    assert 0 < model([9.0, 9.0]).data < 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_fused_and_open_neurons_agree(activation):
    x = [0.3, -0.7]
    fused = nn.MLP(2, [3, 2], activation, activation, generator=1)
    opened = nn.MLP(2, [3, 2], activation, activation, generator=1, fused=False)
    given = {}
    for model in (fused, opened):
        inputs = [Value(n) for n in x]
        a, b = model(inputs)
        out = a * 2 + b
        out.backward()
        given[model] = [out.data, *gradients(model), *(v.grad for v in inputs)]
    np.testing.assert_allclose(given[fused], given[opened], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("fused", [True, False])
def test_gradients_are_those_of_finite_differences(fused):
    model = nn.MLP(2, [4, 1], "tanh", fused=fused, generator=3)
    model([0.5, -1.0]).backward()
    for p in model.parameters():
        middle, step = p.data, 1e-6
        p.data = middle + step
        above = model([0.5, -1.0]).data
        p.data = middle - step
        below = model([0.5, -1.0]).data
        p.data = middle
        assert p.grad == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-9)


def test_one_node_per_neuron_or_one_per_sign():
    def ops(fused):
        return [n.op for n in trace(nn.Neuron(3, fused=fused)([1.0, 2.0, 3.0])).nodes if n.op]

    assert ops(True) == ["weighted_sum", "relu"]
    assert sorted(ops(False)) == ["add", "add", "add", "mul", "mul", "mul", "relu"]


@pytest.mark.parametrize(
    "x",
    [
        [1.0, 2.0],
        (1.0, 2.0),
        [1, 2],
        np.array([1.0, 2.0]),
        [np.float64(1.0), Value(2.0)],
        [Value(1.0), Value(2.0)],
        Tensor([1.0, 2.0]),
    ],
    ids=lambda x: type(x).__name__,
)
@pytest.mark.parametrize("fused", [True, False])
def test_inputs_of_every_kind_give_the_same(x, fused):
    model = nn.MLP.from_weights(
        [([[1.0, -0.5], [2.0, 1.0]], [0.0, -1.0]), ([[1.0, 2.0]], [0.5])], fused=fused
    )
    out = model(x)
    out.backward()
    assert out.data == 6.5
    assert [g for g in gradients(model) if g is not None][-3:] == [0.0, 3.0, 1.0]


def test_gradients_reach_a_tensor_that_was_the_input():
    x = Tensor([1.0, 2.0], requires_grad=True)
    nn.Neuron.from_weights([3.0, 4.0])(x).backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_weights_may_be_shared_and_functions_may_bend():
    w = Value(2.0)
    layer = nn.Layer.from_weights([[w], [w]], activation=lambda v: v * v)
    a, b = layer([3.0])
    (a + b).backward()
    assert (a.data, w.grad) == (36.0, 72.0)


def test_a_list_of_weights_may_be_set():
    neuron = nn.Neuron(2, nonlin=False)
    neuron.w = [Value(1.0), Value(2.0)]
    out = neuron([3.0, 4.0])
    neuron.w[0].data = 100.0
    out.backward()
    assert (out.data, neuron.w[0].grad) == (11.0, 3.0)


def test_nothing_is_recorded_inside_no_grad():
    with no_grad():
        out = nn.MLP(2, [3, 1])([1.0, 2.0])
    assert out.op is None


def test_plain_gradient_descent_on_data_works():
    model = nn.MLP(1, [1], last_activation="linear", generator=0)
    for _ in range(200):
        loss = sum((model([x]) - (3 * x + 1)) ** 2 for x in (-1.0, 0.0, 1.0))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    weight, bias = model.parameters()
    assert (weight.data, bias.data) == pytest.approx((3.0, 1.0), abs=1e-6)


def test_repr_and_state():
    model = nn.MLP(2, [3, 1], "tanh", generator=0)
    assert repr(nn.Neuron(2)) == "Neuron(2, relu)"
    assert "Layer(2 -> 3, tanh)" in repr(model)
    state = model.state_dict()
    assert list(state)[:4] == [f"layers.0.neurons.0.{name}" for name in ("w.0", "w.1", "b")] + [
        "layers.0.neurons.1.w.0"
    ]
    other = nn.MLP(2, [3, 1], "tanh", generator=1)
    other.load_state_dict(state)
    assert other([1.0, 2.0]).data == model([1.0, 2.0]).data


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: nn.MLP(2, []), ValueError, "give the size of every layer"),
        (lambda: nn.MLP(2, 3), ValueError, "give the size of every layer"),
        (lambda: nn.MLP(0, [1]), ValueError, "nin is 0: at least 1"),
        (lambda: nn.MLP(2, [3, 0]), ValueError, "nout is 0: at least 1"),
        (lambda: nn.Layer(2, 1.5), TypeError, "nout is 1.5: give a whole number"),
        (lambda: nn.Neuron(2, activation="rellu"), ValueError, "did you mean 'relu'"),
        (lambda: nn.Neuron(2, activation=3), TypeError, "int came as activation"),
        (lambda: nn.Neuron(2, generator="now"), TypeError, "give a seed such as 0"),
        (lambda: nn.Neuron(2)([1.0]), ShapeError, "1 inputs came; this one has 2 weights"),
        (lambda: nn.MLP(2, [3, 1])([1.0] * 3), ShapeError, "3 inputs came; .* 2 weights"),
        (lambda: nn.Neuron(2)(np.ones((5, 2))), ShapeError, r"\[model\(row\) for row in X\]"),
        (lambda: nn.Neuron(2)(["a", "b"]), TypeError, "str came"),
        (lambda: nn.Neuron.from_weights([]), ValueError, "at least 1 is needed"),
        (lambda: nn.Layer.from_weights([[1.0], [1.0, 2.0]]), ShapeError, "of equal length"),
        (lambda: nn.Layer.from_weights([[1.0]], [1.0, 2.0]), ShapeError, "one bias per row"),
        (
            lambda: nn.MLP.from_weights([([[1.0]], [0.0]), ([[1.0, 2.0]], [0.0])]),
            ShapeError,
            "layer 0 has 1 neurons and layer 1 takes 2",
        ),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()


def test_an_unknown_activation_is_told_even_if_no_layer_uses_it():
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        nn.MLP(2, [1], activation="rellu")
