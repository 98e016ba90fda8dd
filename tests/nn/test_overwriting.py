"""What only the graph knows is written over by the activation behind it, and nobody can tell."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import Tensor, no_grad
from autograd.overwriting import TEMPORARY, apply_over
from autograd.tensor_data import TensorData

HELD = TensorData.__dict__["_data"]
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def written_over(node):
    """Whether a node's own array is gone."""
    try:
        HELD.__get__(node)
    except AttributeError:
        return True
    return False


def setting(activation=nn.ReLU, kind=np.float32, image=False):
    draw = np.random.default_rng(3)
    autograd.manual_seed(3)
    if image:
        model = nn.Sequential(nn.Conv2d(2, 6, 3, dtype=kind), activation(), nn.Flatten(),
                              nn.Linear(6 * 10 * 10, 4, dtype=kind))  # fmt: skip
        return model, draw.normal(size=(9, 2, 12, 12)).astype(kind), np.arange(9) % 4
    model = nn.Sequential(
        nn.Linear(30, 90, dtype=kind), activation(), nn.Linear(90, 80, dtype=kind), activation(),
        nn.Linear(80, 4, dtype=kind),
    )  # fmt: skip
    return model, draw.normal(size=(70, 30)).astype(kind), np.arange(70) % 4


def one_by_one(model, x):
    """The same modules, every result held by a name, so that none may be written over."""
    held = [x]
    for module in model:
        held.append(module(held[-1]))
    return held


def gradients(loss, model):
    for p in model.parameters():
        p.grad = None
    loss.backward()
    return [p.grad for p in model.parameters()]


@pytest.mark.parametrize("image", [False, True])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_results_gradients_and_what_was_written_over_are_bit_equal(activation, kind, image):
    model, x, labels = setting(activation, kind, image)
    held = one_by_one(model, Tensor(x))
    plain = gradients(nn.functional.cross_entropy(held[-1], labels), model)
    out = model(Tensor(x))
    ours = gradients(nn.functional.cross_entropy(out, labels), model)
    for a, b in zip(plain, ours, strict=True):
        np.testing.assert_array_equal(a, b)
    node = out
    chain = []
    while node is not None:
        chain.append(node)
        node = node.inputs[0]
    before = [n for n in chain if n.inputs[0] is not None and n.op.name in ACTIVATIONS]
    assert before
    for n in before:
        assert written_over(n.inputs[0])
        assert not written_over(n)
    for n, kept in zip(chain, held[:0:-1], strict=True):
        np.testing.assert_array_equal(n.numpy(), kept.numpy())
        assert n.op is kept.op
        assert n.shape == kept.shape
        assert all(np.array_equal(a, b) for a, b in zip(n.args[:1], kept.args[:1], strict=True))
        assert not written_over(n)


def test_the_graph_is_the_same_and_gives_the_same_gradient_again():
    model, x, labels = setting()
    loss = nn.functional.cross_entropy(model(Tensor(x)), labels)
    first = gradients(loss, model)
    again = gradients(loss, model)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_computed_again_comes_from_the_weights_of_then():
    model, x, labels = setting()
    wanted = model[0](Tensor(x)).numpy().copy()
    loss = nn.functional.cross_entropy(model(Tensor(x)), labels)
    optimizer = nn.SGD(model.parameters(), lr=1.0)
    loss.backward()
    optimizer.step()
    node = loss
    while node.inputs[0] is not None:
        node = node.inputs[0]
    assert written_over(node)
    np.testing.assert_array_equal(node.numpy(), wanted)
    assert not np.array_equal(model[0](Tensor(x)).numpy(), wanted)


def test_second_derivatives_see_what_was_written_over():
    model, x, _ = setting(nn.Tanh, np.float64)
    penalty = autograd.grad(lambda v: (autograd.grad(lambda u: model(u).sum())(v) ** 2).sum())
    plain = autograd.grad(
        lambda v: (autograd.grad(lambda u: one_by_one(model, u)[-1].sum())(v) ** 2).sum()
    )
    np.testing.assert_allclose(penalty(x[:3]), plain(x[:3]), rtol=1e-12)


class Keeps(nn.Linear):
    """A layer that remembers what it gave."""

    def forward(self, x):
        self.seen = super().forward(x)
        return self.seen


def test_what_somebody_holds_is_left_alone():
    layer = Keeps(30, 90)
    model = nn.Sequential(layer, nn.ReLU())
    x = Tensor(np.random.default_rng(0).normal(size=(70, 30)))
    out = model(x)
    assert not written_over(layer.seen)
    assert (layer.seen.numpy() < 0).any()
    assert out.inputs[0] is layer.seen


class KeepsTheArray(nn.Linear):
    def forward(self, x):
        made = super().forward(x)
        self.seen = made.numpy()
        return made


def test_an_array_that_somebody_holds_is_left_alone():
    layer = KeepsTheArray(30, 90)
    x = Tensor(np.random.default_rng(0).normal(size=(70, 30)))
    out = nn.Sequential(layer, nn.Tanh())(x)
    np.testing.assert_array_equal(np.tanh(layer.seen), out.numpy())
    assert not written_over(out.inputs[0])


def test_hooks_see_what_the_layer_gave():
    model, x, _ = setting()
    seen = []
    model[0].register_forward_hook(lambda module, given, made: seen.append(made))
    model[1].register_forward_hook(lambda module, given, made: seen.append(given))
    model(Tensor(x))
    assert (seen[0].numpy() < 0).any()
    assert seen[1][0] is seen[0]
    assert not written_over(seen[0])


def test_the_input_of_the_model_is_never_written_over():
    x = Tensor(np.random.default_rng(0).normal(size=(70, 90)), requires_grad=True)
    model = nn.Sequential(nn.ReLU())
    y = x @ np.eye(90)
    model(y)
    assert not written_over(y)
    model(x @ np.eye(90))
    z = nn.Sequential(nn.Sequential(nn.Linear(90, 90)), nn.ReLU())(x)
    assert z.requires_grad


def test_where_it_is_not_worth_it_or_not_recorded_nothing_is_written_over():
    small = nn.Linear(3, 4)(Tensor(np.ones((2, 3))))
    apply_over(autograd.OPS["relu"], small)
    assert not written_over(small)
    model, x, _ = setting()
    with no_grad():
        assert not model(Tensor(x)).requires_grad
    for p in model.parameters():
        p.requires_grad_(False)
    assert not model(Tensor(x)).requires_grad


def test_copies_pickles_and_pictures_compute_it_again():
    model, x, labels = setting()
    for look in (
        copy.deepcopy,
        copy.copy,
        lambda node: pickle.loads(pickle.dumps(node)),
    ):
        loss = nn.functional.cross_entropy(model(Tensor(x)), labels)
        again = look(loss)
        again.backward()
        first = again
        while first.inputs[0] is not None:
            first = first.inputs[0]
        assert first.op.name == "linear"
        np.testing.assert_array_equal(first.numpy(), model[0](Tensor(x)).numpy())
    loss = nn.functional.cross_entropy(model(Tensor(x)), labels)
    names = [node.op for node in autograd.trace(loss).nodes if node.op is not None]
    assert sum("linear" in str(name) for name in names) >= 3
    assert "ReLU" in viz.draw(loss).svg
    assert autograd.kinks(loss) is not None


def test_labels_and_gradient_hooks_keep_their_result():
    model, x, _ = setting()

    class Labels(nn.Module):
        def forward(self, h):
            h.label = "hidden"
            return h

    out = nn.Sequential(model[0], Labels(), nn.ReLU())(Tensor(x))
    assert out.inputs[0].label == "hidden"
    assert not written_over(out.inputs[0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_numbers_at_the_edge_are_as_before(name):
    strange = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 40.0] * 600)
    op = autograd.OPS[name]
    found = []
    for apply in (apply_over, lambda op, x: op(x)):
        leaf = Tensor(strange, requires_grad=True)
        with np.errstate(all="ignore"):
            out = apply(op, leaf + 0.0 * np.ones(strange.shape))
            out.backward(np.linspace(-1, 2, strange.size))
        found.append((out.numpy().copy(), leaf.grad))
        assert written_over(out.inputs[0]) == (apply is apply_over)
    for a, b in zip(*found, strict=True):
        assert a.tobytes() == b.tobytes()


def test_a_loop_variable_is_counted_as_the_interpreter_does():
    assert 1 <= TEMPORARY <= 3
