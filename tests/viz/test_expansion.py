"""A tensor operation as its graph of numbers: the same values, the same gradients."""

import numpy as np
import pytest

import autograd
import nn
from autograd import OPS, Tensor
from autograd.stepper import watch
from autograd.trace import trace
from viz.figures.boxes import figure_of
from viz.stepper.scalar_expansion import expand, scalarise
from viz.story.records import steps_of

# Solvers of linear systems work on arrays of floats only; the ways back of pooling, which stand in
# graphs of second derivatives alone, write into an array of zeros.
NOT_TAKEN_APART = {"inv", "det", "solve", "cholesky", "window_place", "window_spread"}


def samples():
    draw = np.random.default_rng(1)
    for name, op in OPS.items():
        listed = op.samples or [None]
        for number, sample in enumerate(listed if op.differentiable else ()):
            if sample is None:
                arrays = [draw.uniform(1.2, 1.8, size=(2, 3)) for _ in op.inputs]
                if name in ("arcsin", "arccos", "arctanh"):
                    arrays = [array - 1.0 for array in arrays]
                settings = {}
            elif sample.make is not None:
                arrays, settings = sample.make(draw), dict(sample.settings)
            else:
                arrays = [draw.normal(size=shape) for shape in sample.shapes]
                settings = dict(sample.settings)
            yield pytest.param(op, arrays, settings, id=f"{name}-{number}")


@pytest.mark.parametrize(("op", "arrays", "settings"), list(samples()))
def test_the_same_values_and_gradients_as_the_operation(op, arrays, settings):
    inputs = [Tensor(np.asarray(a, dtype=float), requires_grad=True) for a in arrays]
    for tensor, label in zip(inputs, "xyzabcdefg", strict=False):
        tensor.label = label
    out = Tensor.apply_op(op, inputs, {**op.settings, **settings})
    if not isinstance(out, Tensor):
        pytest.skip("picks a Value out of a Tensor")
    out.label = "o"
    upstream = np.random.default_rng(2).normal(size=out.shape)
    if out.requires_grad:
        out.backward(upstream)
    graph = trace(out)
    inner = expand(graph, graph.roots[0], upstream, most=5000)
    if op.name in NOT_TAKEN_APART:
        assert inner is None
        return
    values = {node.label: node for node in inner.nodes}
    for label, whole in [("o", out), *((tensor.label, tensor) for tensor in inputs)]:
        for place in np.ndindex(whole.shape):
            name = f"{label}[{','.join(map(str, place))}]" if place else label
            wanted = 0.0 if whole.grad is None else whole.grad[place]
            if name in values:
                assert values[name].value == pytest.approx(whole.data[place]), name
                got = values[name].grad
                assert (0.0 if got is None else got) == pytest.approx(wanted, abs=1e-12), name
            else:  # no path leads from it: a border, or a value that was not picked
                assert wanted == 0.0 or label == "o", name


@pytest.fixture
def product():
    x = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True, label="x")
    w = Tensor(np.arange(6.0).reshape(3, 2) - 2, requires_grad=True, label="w")
    y = x @ w
    y.label = "y"
    return y


def test_a_matrix_product_is_every_product_and_sum(product):
    graph = trace(product)
    inner = expand(graph, 2, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert sorted(node.op or "" for node in inner.nodes) == [""] * 12 + ["mul"] * 12 + ["sum"] * 4
    assert [inner.nodes[place].label for place in inner.roots] == [
        "y[0,0]",
        "y[0,1]",
        "y[1,0]",
        "y[1,1]",
    ]
    assert len(figure_of(inner).boxes) == 28
    assert product.grad is None


def test_its_steps_start_with_the_arriving_gradient(product):
    inner = expand(trace(product), 2, np.array([[1.0, 2.0], [3.0, 4.0]]))
    seeds = {place: inner.nodes[place].grad for place in inner.roots}
    steps = steps_of(inner, seeds=seeds)
    final = {step.node: step.after for step in steps if step.phase != "forward"}
    for node in inner.nodes:
        assert final[node.index] == pytest.approx(node.grad)
    assert next(step.text for step in steps if step.phase == "seed") == "y[0,0].grad = 1"


def test_numbers_that_are_only_moved_are_seen_to_move():
    x = Tensor([[1.0, 2.0]], requires_grad=True, label="x")
    y = autograd.reshape(x, (2, 1))
    y.label = "y"
    inner = expand(trace(y), 1)
    assert [node.label for node in inner.nodes] == ["x[0,0]", "y[0,0]", "x[0,1]", "y[1,0]"]
    assert inner.nodes[1].op == "positive"


def test_one_input_twice(product):
    squared = product * product
    inner = expand(trace(squared), trace(squared).roots[0])
    assert sum(node.op is None for node in inner.nodes) == 4
    assert inner.nodes[0].grad == pytest.approx(2 * inner.nodes[0].value)


def test_data_stay_data():
    x = Tensor([1.0, 2.0], label="x")
    w = Tensor([3.0, 4.0], requires_grad=True, label="w")
    graph = trace(x * w, {"x": x})
    inner = expand(graph, graph.roots[0])
    wanting = {node.label: node.requires_grad for node in inner.nodes}
    assert wanting == {"x[0]": False, "w[0]": True, "v2[0]": True} | {
        "x[1]": False,
        "w[1]": True,
        "v2[1]": True,
    }


def test_what_is_too_large_is_left_whole(product):
    wide = Tensor(np.ones(200), requires_grad=True)
    assert expand(trace(wide * 2.0), 2) is None
    assert expand(trace(product), 2, most=20) is None
    assert expand(trace(product), 0) is None


def test_nan_and_infinity_are_numbers_too():
    x = Tensor([np.nan, np.inf], requires_grad=True, label="x")
    y = x * 2.0
    inner = expand(trace(y), trace(y).roots[0], np.array([np.nan, 1.0]))
    assert len(inner.nodes) >= 4
    assert all(step.text for step in steps_of(inner))


def test_a_whole_small_network():
    model = nn.Sequential(nn.Linear(2, 3, generator=0), nn.Tanh(), nn.Linear(3, 2, generator=1))
    x = Tensor([[0.5, -1.0], [1.0, 2.0]], label="x")
    loss = nn.functional.cross_entropy(model(x), [0, 1])
    watched = watch(loss)
    inner, places = scalarise(watched.trace)
    for index, arrived in watched.arrived.items():
        elements = places[index]
        assert elements.shape == watched.trace.nodes[index].shape
        for place in np.ndindex(elements.shape):
            node = inner.nodes[elements[place]]
            assert node.value == pytest.approx(watched.trace.nodes[index].value[place])
            assert (node.grad or 0.0) == pytest.approx(np.asarray(arrived)[place])
    constant = next(node for node in watched.trace.nodes if node.label == "x")
    assert (places[constant.index] == -1).all()


def test_a_whole_graph_that_cannot_be_taken_apart():
    x = Tensor(np.eye(2), requires_grad=True)
    assert scalarise(trace(autograd.linalg.inv(x).sum())) is None
    assert scalarise(trace(Tensor(np.ones(3000), requires_grad=True).sum())) is None
