"""Layers that are recorded as one node: nobody can tell, and nothing is there until one looks."""

import copy
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
import viz
from autograd import OPS, ShapeError, Tensor, chains, no_grad
from autograd.engine import propagate, topological_order
from autograd.tensor_sweep import Chained


def is_one(out):
    """Whether several layers are recorded as one still."""
    return isinstance(out.send, Chained) and out.send.inputs is None


def one_by_one(model, x):
    """The same modules, without their container."""
    for module in model:
        x = module(x)
    return x


def gradients(out, model, x, seed, leaves_only):
    leaves = [*model.parameters(), *([x] if isinstance(x, Tensor) and x.requires_grad else [])]
    for leaf in leaves:
        leaf.grad = None
    out.backward(seed, leaves_only=leaves_only)
    return [None if leaf.grad is None else leaf.grad.copy() for leaf in leaves]


def same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)


def small(kind=np.float64, seed=0):
    autograd.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(3, 4, dtype=kind), nn.ReLU(), nn.Linear(4, 2, dtype=kind), nn.Tanh()
    )


X = np.random.default_rng(1).normal(size=(5, 3))
SEED = np.random.default_rng(2).normal(size=(5, 2))


# ------------------------------------------------------------------------------ nobody can tell
BETWEEN = [[], [nn.ReLU], [nn.Tanh], [nn.Sigmoid], [nn.Tanh, nn.ReLU]]


@st.composite
def models(draw):
    kind = draw(st.sampled_from([np.float32, np.float64]))
    sizes = draw(st.lists(st.integers(1, 5), min_size=3, max_size=5))
    layers = []
    for n, m in pairwise(sizes):
        layer = nn.Linear(n, m, bias=draw(st.booleans()), dtype=kind)
        if draw(st.integers(0, 4)) == 0:
            layer.freeze()
        layers.append(layer)
        layers += draw(
            st.sampled_from([[], [nn.ReLU()], [nn.Tanh()], [nn.Sigmoid()], [nn.Tanh(), nn.ReLU()]])
        )
    shape = draw(st.sampled_from([(sizes[0],), (1, sizes[0]), (4, sizes[0]), (2, 3, sizes[0])]))
    x = np.random.default_rng(draw(st.integers(0, 99))).normal(size=shape).astype(kind)
    return nn.Sequential(*layers), Tensor(x, requires_grad=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(models(), st.booleans(), st.booleans())
def test_the_same_bits_as_one_by_one(setting, leaves_only, look):
    model, x = setting
    plain, together = one_by_one(model, x), model(x)
    np.testing.assert_array_equal(together.numpy(), plain.numpy())
    assert (together.dtype, together.requires_grad) == (plain.dtype, plain.requires_grad)
    if not plain.requires_grad:
        return
    if look:
        ours, theirs = topological_order(together), topological_order(plain)
        assert [n.op and n.op.name for n in ours] == [n.op and n.op.name for n in theirs]
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
    seed = np.random.default_rng(5).normal(size=plain.shape).astype(plain.dtype)
    expected = gradients(plain, model, x, seed, leaves_only)
    same(gradients(together, model, x, seed, leaves_only), expected)
    same(gradients(together, model, x, seed, True), expected)
    same(gradients(together, model, x, seed, False), expected)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_large_arrays_too(kind):
    draw = np.random.default_rng(0)
    model = nn.Sequential(
        nn.Linear(200, 300, dtype=kind), nn.ReLU(), nn.Linear(300, 10, dtype=kind)
    )
    x = Tensor(draw.normal(size=(400, 200)).astype(kind), requires_grad=True)
    seed = draw.normal(size=(400, 10)).astype(kind)
    plain, together = one_by_one(model, x), model(x)
    assert is_one(together)
    same(gradients(together, model, x, seed, True), gradients(plain, model, x, seed, True))


def test_training_is_the_same():
    finals = []
    for hooked in (False, True):
        model = small(np.float32)
        if hooked:
            model[1].register_forward_hook(lambda module, args, out: None)
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        for _ in range(20):
            out = model(X.astype(np.float32))
            assert is_one(out)
            assert (len(out.send.steps) == 4) is not hooked
            loss = (out**2).mean()
            optimizer.zero_grad()
            loss.backward(leaves_only=True)
            optimizer.step()
        finals.append([p.numpy().copy() for p in model.parameters()])
    same(*finals)


def test_an_array_may_come():
    model = small()
    theirs = X.copy()
    out = model(theirs)
    assert is_one(out)
    expected = gradients(one_by_one(model, X), model, X, SEED, True)
    theirs[...] = 7.0  # theirs to write to
    same(gradients(out, model, X, SEED, True), expected)


def test_a_layer_in_two_places():
    shared = nn.Linear(3, 3)
    model = nn.Sequential(shared, nn.Tanh(), shared, nn.ReLU())
    seed = np.ones((5, 3))
    out = model(Tensor(X))
    assert is_one(out)
    same(
        gradients(out, model, X, seed, True),
        gradients(one_by_one(model, Tensor(X)), model, X, seed, True),
    )


def test_gradients_of_gradients():
    model, x = small(), Tensor(X, requires_grad=True)
    found = []
    for out in (model(x), one_by_one(model, x)):
        first = propagate(out.sum(), Tensor(1.0), create_graph=True)[x]
        found.append(propagate((first**2).sum(), np.ones(()))[model[0].weight])
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_a_loss_may_be_differentiated_twice_by_backward():
    model, x = small(), Tensor(X)
    out = model(x)
    once = gradients(out, model, x, SEED, True)
    same(gradients(out, model, x, SEED, True), once)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (5, 3)])
def test_nothing_is_written_minus_zero(shape):
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    model[0].bias.data = [-10.0, -10.0, 5.0, 5.0]  # the first two are dead
    model(Tensor(np.ones(shape))).sum().backward(leaves_only=True)
    dead = model[0].bias.grad[:2]
    assert not dead.any()
    assert not np.signbit(dead).any()


# ------------------------------------------------------------------------------ who looks, finds
def test_whoever_looks_finds_every_layer_and_its_line():
    model = small()
    out = model(Tensor(X, label="x", requires_grad=True))
    assert is_one(out)
    relu_layer = out.inputs[0].inputs[0]
    assert not is_one(out)
    names = [node.op.name for node in topological_order(out) if node.op]
    assert names == ["linear", "relu", "linear", "tanh"]
    assert relu_layer.op.name == "relu"
    assert out.inputs[0] is out.inputs[0]
    assert out.parents == out.inputs
    lines = {autograd.node.place_of(n.line) for n in topological_order(out) if n.op}
    assert len(lines) == 1
    assert next(iter(lines))[0] == __file__
    hidden = np.maximum(X @ model[0].weight.numpy().T + model[0].bias.numpy(), 0)
    np.testing.assert_allclose(relu_layer.numpy(), hidden)
    np.testing.assert_allclose(out.args[0], out.inputs[0].numpy())


def test_a_full_backward_leaves_gradients_in_between():
    model = small()
    out = model(Tensor(X))
    out.backward(SEED)
    linear = out.inputs[0]
    np.testing.assert_allclose(linear.grad, SEED * (1 - out.numpy() ** 2))
    assert linear.inputs[0].grad is not None


def test_hooks_on_what_is_in_between_are_called():
    model = small()
    out = model(Tensor(X))
    seen = []
    handle = out.inputs[0].register_hook(lambda g: seen.append(g.shape) or g * 0)
    out.backward(SEED, leaves_only=True)
    handle.remove()
    assert seen == [(5, 2)]
    assert not model[0].weight.grad.any()


def test_hooks_of_parameters_are_called():
    model = small()
    seen = []
    handle = model[0].weight.register_hook(lambda g: seen.append(g.shape) or 10 * g)
    out = model(Tensor(X))
    found = gradients(out, model, X, SEED, True)
    handle.remove()
    expected = gradients(model(Tensor(X)), model, X, SEED, True)
    assert seen == [(4, 3)]
    np.testing.assert_allclose(found[0], 10 * expected[0])
    same(found[1:], expected[1:])


def test_pictures_traces_copies_and_pickles():
    model = small()
    out = model(Tensor(X))
    assert is_one(out)
    text = str(autograd.trace(out))
    assert all(name in text for name in ("linear", "relu", "tanh"))
    assert "relu" in viz.draw(model(Tensor(X)).sum()).svg.lower()
    for twin in (pickle.loads(pickle.dumps(model(Tensor(X)))), copy.deepcopy(model(Tensor(X)))):
        np.testing.assert_array_equal(twin.numpy(), out.numpy())


def test_two_threads_that_look_at_once_find_the_same_nodes():
    for _ in range(20):
        out = small()(Tensor(X))
        barrier = threading.Barrier(4)

        def look(out=out, barrier=barrier):
            barrier.wait()
            return out.inputs[0]

        with ThreadPoolExecutor(4) as pool:
            found = {id(future.result()) for future in [pool.submit(look) for _ in range(4)]}
        assert len(found) == 1


def test_looking_during_a_pass_changes_nothing():
    model = small()
    expected = gradients(one_by_one(model, Tensor(X)), model, X, SEED, True)
    out = model(Tensor(X))

    looked = []
    loss = out * 1.0
    way_back = loss.send

    def look_first(node, g):
        looked.append(out.inputs[0].op.name)
        way_back(node, g)

    loss.send = look_first
    same(gradients(loss, model, X, SEED, True), expected)
    assert looked == ["linear"]


# ------------------------------------------------------------------------------ where it may not be
def test_the_user_may_write_to_weights_between():
    model = small()
    array = model[0].weight.data
    out = model(Tensor(X))
    expected = gradients(one_by_one(model, Tensor(X)), model, X, SEED, True)
    array[...] = 9.0
    same(gradients(out, model, X, SEED, True), expected)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_hooks_of_modules_see_every_result(place):
    model = small()
    seen = []
    model[place].register_forward_hook(lambda module, args, out: seen.append(out))
    out = model(Tensor(X))
    assert [n.op.name for n in seen] == [["linear", "relu", "linear"][place]]
    assert any(node is seen[0] for node in topological_order(out))


def test_without_recording_nothing_is_recorded():
    model = small()
    with no_grad():
        assert not model(Tensor(X)).requires_grad
    assert not model.freeze()(Tensor(X)).requires_grad


def test_a_wrong_shape_is_told_by_the_layer():
    with pytest.raises(ShapeError, match=r"Linear\(3 -> 4\): an input of shape \(5, 2\) came"):
        small()(Tensor(np.ones((5, 2))))
    wrong = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(5, 2))
    with pytest.raises(ShapeError, match=r"Linear\(5 -> 2\): an input of shape \(5, 4\) came"):
        wrong(Tensor(X))


def test_other_kinds_of_numbers_widen_as_ever():
    model = small(np.float32)
    assert model(Tensor(X)).dtype == one_by_one(model, Tensor(X)).dtype == np.float64
    whole = np.ones((5, 3), int)
    np.testing.assert_array_equal(model(whole).numpy(), one_by_one(model, whole).numpy())


def test_a_layer_that_computes_something_else_is_called():
    class Doubled(nn.Linear):
        def forward(self, x):
            return super().forward(x) * 2

    class Halved(nn.ReLU):
        def forward(self, x):
            return super().forward(x) / 2

    first, act = nn.Linear(3, 4), nn.ReLU()
    for model in (
        nn.Sequential(nn.Linear(3, 4), Halved(), Doubled(4, 2)),
        nn.Sequential(Doubled(3, 4), nn.ReLU(), nn.Linear(4, 2)),
        nn.Sequential(nn.Conv2d(1, 2, 1), Halved()),
    ):
        x = Tensor(np.ones((1, 2, 2)) if isinstance(model[0], nn.Conv2d) else X)
        np.testing.assert_array_equal(model(x).numpy(), one_by_one(model, x).numpy())
    first.forward = lambda x: x * 3
    act.forward = lambda x: x + 1
    np.testing.assert_array_equal(nn.Sequential(first, act)(Tensor(X)).numpy(), X * 3 + 1)
    np.testing.assert_array_equal(
        nn.Sequential(nn.Identity(), act, nn.Identity())(Tensor(X)).numpy(), X + 1
    )


def test_names_of_constants_stay():
    model = small()
    out = model(Tensor(X, label="rows"))
    assert "rows" in viz.draw(out.sum()).svg


# ------------------------------------------------------------------------------ what it saves
def test_there_is_one_node_for_all_layers(monkeypatch):
    made = []
    monkeypatch.setattr(chains, "recorded", lambda *given: made.append(given) or 1 / 0)
    model = small()
    out = model(Tensor(X))
    out.backward(SEED, leaves_only=True)
    assert is_one(out)
    assert made == []


def test_a_step_is_few_calls_of_python():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    x, labels = Tensor(X), np.array([0, 1, 0, 1, 1])
    calls = []

    def step():
        loss = nn.functional.cross_entropy(model(x), labels)
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        optimizer.step()

    for _ in range(3):
        step()
    sys.setprofile(
        lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None
    )
    try:
        step()
    finally:
        sys.setprofile(None)
    assert len(calls) <= 78, "147 when every layer was a node with a way back of its own"


def test_only_linear_itself_is_one_op():
    assert nn.Linear._weighs_by is OPS["linear"]
    assert nn.Dense._weighs_by is nn.LazyLinear._weighs_by is None
