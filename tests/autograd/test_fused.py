"""Fused ops: the same as the ops that they are made of, in every mode; safe with what they keep."""

import copy
import gc

import numpy as np
import pytest

import autograd
from autograd import OPS, Tensor, no_grad
from autograd.engine import propagate, topological_order
from autograd.ops import kept as shelf
from autograd.unfused import unfused

FUSED = [op for op in OPS.values() if op.made_of is not None]
SAMPLES = [
    pytest.param(op, sample, id=f"{op.name}-{i}")
    for op in FUSED
    for i, sample in enumerate(op.samples)
]
every_sample = pytest.mark.parametrize(("op", "sample"), SAMPLES)


def inputs_of(sample, kind=float):
    draw = np.random.default_rng(3)
    return [
        Tensor(draw.normal(size=shape).astype(kind), requires_grad=True) for shape in sample.shapes
    ]


def sequence(name="lstm_sequence", number=0):
    op = OPS[name]
    return op, inputs_of(op.samples[number]), op.samples[number].settings


def test_there_are_the_fused_ops_that_nn_uses():
    assert {"cross_entropy", "rnn_sequence", "lstm_sequence", "gru_sequence"} <= {
        op.name for op in FUSED
    }


@every_sample
def test_value_and_gradients_are_those_of_the_parts(op, sample):
    inputs = inputs_of(sample)
    out, parts = op(*inputs, **sample.settings), op.made_of(*inputs, **sample.settings)
    assert len(topological_order(out)) == len(inputs) + 1, "one node"
    np.testing.assert_allclose(out.data, parts.data, rtol=1e-13, atol=1e-15)
    seed = np.random.default_rng(4).normal(size=out.shape)
    found, expected = propagate(out, seed), propagate(parts, seed)
    for x in inputs:
        np.testing.assert_allclose(found[x], expected[x], rtol=1e-11, atol=1e-13)


@every_sample
def test_a_recorded_gradient_is_the_same_gradient(op, sample):
    inputs = inputs_of(sample)
    out = op(*inputs, **sample.settings)
    seed = np.random.default_rng(4).normal(size=out.shape)
    plain = propagate(out, seed)
    recorded = propagate(out, Tensor(seed, requires_grad=True), create_graph=True)
    for x in inputs:
        assert isinstance(recorded[x], Tensor)
        assert recorded[x].requires_grad
        np.testing.assert_allclose(recorded[x].data, plain[x], rtol=1e-11, atol=1e-13)


@every_sample
def test_float32_stays_float32_in_results_and_gradients(op, sample):
    inputs = inputs_of(sample, np.float32)
    out = op(*inputs, **sample.settings)
    found = propagate(out, np.ones_like(out._data))
    assert {out.dtype, *(found[x].dtype for x in inputs)} == {np.dtype(np.float32)}


def ways_back(op, g, out, arrays, settings, needed):
    if isinstance(op.vjp, tuple):
        return [
            formula(g, out, *arrays, **settings) if wanted else None
            for formula, wanted in zip(op.vjp, needed, strict=True)
        ]
    return op.vjp(g, out, *arrays, **settings, needed=needed)


@every_sample
def test_only_what_is_needed_is_computed(op, sample):
    inputs = inputs_of(sample)
    out = op(*inputs, **sample.settings)
    arrays, g = [x.numpy() for x in inputs], np.ones_like(out._data)
    for wanted in range(min(3, len(inputs))):
        needed = [i == wanted for i in range(len(inputs))]
        found = ways_back(op, g, out.out, arrays, sample.settings, needed)
        assert found[wanted] is not None
        assert all(found[i] is None for i in range(min(3, len(inputs))) if i != wanted)


@pytest.mark.parametrize("name", ["rnn_sequence", "lstm_sequence", "gru_sequence"])
def test_an_input_in_several_places_and_inputs_that_depend_on_each_other(name):
    op, inputs, settings = sequence(name)
    x, weight_ih, weight_hh, bias, _, *states = inputs
    states = [x[0, :, :2] * 3.0, *states[1:]]  # the first state is made of the input

    def run(apply):
        out = apply(x, weight_ih, weight_hh, bias, bias, *states, **settings)
        return propagate((out * out).sum(), Tensor(1.0), create_graph=True)

    fused, parts = run(op), run(op.made_of)
    for node in (x, weight_ih, weight_hh, bias):
        np.testing.assert_allclose(fused[node].data, parts[node].data, rtol=1e-11, atol=1e-13)
    second = propagate((fused[x] ** 2).sum(), np.ones(()))
    expected = propagate((parts[x] ** 2).sum(), np.ones(()))
    for node in (x, weight_ih, weight_hh, bias):
        np.testing.assert_allclose(second[node], expected[node], rtol=1e-10, atol=1e-12)


# ------------------------------------------------------------------------------ what is kept
def kept_now():
    gc.collect()
    return len(shelf._found)


@pytest.mark.parametrize("name", ["lstm_sequence", "gru_sequence", "cross_entropy"])
def test_what_is_kept_dies_with_the_result(name):
    op, inputs, settings = sequence(name)
    before = kept_now()
    out = op(*inputs, **settings)
    assert kept_now() == before + 1
    out.sum().backward()
    assert kept_now() == before + 1, "a second backward pass may come"
    del out
    assert kept_now() == before


def test_nothing_is_kept_without_recording():
    op, inputs, settings = sequence()
    before = kept_now()
    with no_grad():
        out = op(*inputs, **settings)
    assert kept_now() == before
    assert not out.requires_grad


@every_sample
def test_a_way_back_without_what_was_kept_computes_it_again(op, sample):
    inputs = inputs_of(sample)
    out = op(*inputs, **sample.settings)
    seed = np.random.default_rng(4).normal(size=out.shape)
    expected = propagate(out, seed.copy())
    again = propagate(out, seed.copy())  # what was kept is still as it was
    twin = copy.copy(out.out)
    found = ways_back(op, seed, twin, out.args, out.settings, [True] * len(inputs))
    for x, array in zip(inputs, found, strict=True):
        np.testing.assert_array_equal(expected[x], again[x])
        np.testing.assert_allclose(array, expected[x], rtol=1e-12, atol=1e-14)


def test_writing_to_inputs_and_results_changes_no_gradient():
    op, inputs, settings = sequence()
    expected = propagate(op(*inputs, **settings).sum(), np.ones(()))
    held = [x.data for x in inputs]
    out = op(*inputs, **settings)
    out.data[...] = 7.0
    for array in held:
        array[...] = 5.0
    out.sum().backward()
    for x in inputs:
        np.testing.assert_allclose(x.grad, expected[x], rtol=1e-12)


def test_hooks_see_and_replace_what_goes_through():
    op, inputs, settings = sequence("gru_sequence")
    plain = propagate(op(*inputs, **settings).sum(), np.ones(()))
    seen = []
    inputs[2].register_hook(lambda g: seen.append(g.copy()))
    inputs[1].register_hook(lambda g: 10 * g)
    op(*inputs, **settings).sum().backward()
    np.testing.assert_array_equal(seen[0], plain[inputs[2]])
    np.testing.assert_allclose(inputs[1].grad, 10 * plain[inputs[1]])


def test_gates_that_are_shut_stay_exact():
    """A sigmoid of -200 is 1.4e-87, not 0, and -800 raises no warning on the way."""
    x = Tensor([[[1.0]]])
    for sums, wanted in ((-200.0, np.exp(-200.0)), (-800.0, 0.0)):
        weight = Tensor([[sums], [0.0], [50.0], [50.0]], requires_grad=True)
        back = Tensor(np.zeros((4, 1)))
        out = OPS["lstm_sequence"](x, weight, back, 0.0, 0.0, 0.0, 0.0)
        np.testing.assert_allclose(out.data[1], wanted, rtol=1e-12)
        out[1].sum().backward()
        np.testing.assert_allclose(weight.grad[0], wanted, rtol=1e-12)


def test_relu_lets_nothing_through_where_it_is_flat():
    x = Tensor([[[-1.0]], [[2.0]]], requires_grad=True)
    out = OPS["rnn_sequence"](
        x, Tensor([[1.0]]), Tensor([[0.0]]), 0.0, 0.0, 0.0, nonlinearity="relu"
    )
    out.backward(np.array([[[np.inf]], [[3.0]]]))
    assert x.grad.tolist() == [[[0.0]], [[3.0]]]


# ------------------------------------------------------------------------------ other readers
@every_sample
def test_forward_mode_goes_through_the_parts(op, sample):
    inputs = [x.numpy() for x in inputs_of(sample)]
    moves = [np.random.default_rng(i).normal(size=a.shape) for i, a in enumerate(inputs)]
    _, tangent = autograd.jvp(lambda *given: op(*given, **sample.settings), inputs, moves)
    step = 1e-6
    ends = [
        op(*(a + s * m for a, m in zip(inputs, moves, strict=True)), **sample.settings)
        for s in (step, -step)
    ]
    np.testing.assert_allclose(tangent, (ends[0] - ends[1]) / (2 * step), rtol=1e-6, atol=1e-8)


@every_sample
def test_it_can_be_told_in_its_parts(op, sample):
    inputs = inputs_of(sample)
    out = (op(*inputs, **sample.settings) ** 2).sum()
    out.label = "loss"
    twin = unfused([out])[id(out)]
    assert twin.label == "loss"
    assert not [n for n in topological_order(twin) if n.op is not None and n.op.made_of is not None]
    found, expected = (propagate(root, np.ones(())) for root in (twin, out))
    for x in inputs:
        np.testing.assert_allclose(found[x], expected[x], rtol=1e-11, atol=1e-13)


def test_a_graph_without_fused_ops_is_left_alone():
    x = Tensor([1.0, 2.0], requires_grad=True)
    assert unfused([(x * x).sum()]) == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"x": (4, 3)}, r"needs x of shape \(steps, batch, in\)"),
        ({"weight_ih": (8, 5)}, r"needs weights of shape \(4 hidden, 3\)"),
        ({"bias_ih": (3,)}, r"needs biases of shape \(8,\)"),
        ({"h": (1, 2)}, r"needs a first state of shape \(2, 2\)"),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)
def test_misfits_are_told(wrong, said):
    op = OPS["lstm_sequence"]
    shapes = dict(zip(op.inputs, op.samples[0].shapes, strict=True)) | wrong
    with pytest.raises(autograd.ShapeError, match=said):
        op(*(Tensor(np.zeros(shape)) for shape in shapes.values()))
