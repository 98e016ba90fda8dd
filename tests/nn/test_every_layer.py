"""What is asked of every layer: right gradients, and nothing that happens by the way."""

import copy
import pickle
import re

import numpy as np
import pytest

import nn
from autograd import Tensor, grad, jvp, manual_seed, transpose
from nn.layers import __all__ as PUBLIC
from tests.nn.layer_table import BATCH, LAYERS

DRAW = np.random.default_rng(1)
X = DRAW.uniform(-2, 2, (BATCH, 3))

EVERY = pytest.mark.parametrize("row", LAYERS.values(), ids=LAYERS)
MODES = pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])


def built(row, training=True):
    """A new layer that has seen a batch, so that there are running figures."""
    manual_seed(6)
    layer = row.make()
    row.run(layer, Tensor(DRAW.normal(size=(BATCH, *row.shape))))
    return layer.train(training)


def output(row, layer, x):
    manual_seed(4)  # the same numbers are dropped every time
    return row.run(layer, x)


def test_no_layer_is_missing_from_the_table():
    classes = {name for name in PUBLIC if issubclass_of_module(getattr(nn, name))}
    assert classes == {name.split()[0] for name in LAYERS}
    for name, row in LAYERS.items():
        assert name.split()[0].removeprefix("Lazy") == type(row.make()).__name__


def issubclass_of_module(thing):
    return isinstance(thing, type) and issubclass(thing, nn.Module)


# --------------------------------------------------------------------------------- gradients


@MODES
@EVERY
def test_gradients_are_those_of_finite_differences(row, training, check_gradients):
    layer = built(row, training)
    before = nn.Linear(3, int(np.prod(row.shape)), generator=2)
    weights = np.random.default_rng(3).normal(size=7)

    def loss():
        y = output(row, layer, before(Tensor(X)).reshape(BATCH, *row.shape))
        return (y * y * 0.5 + y * np.resize(weights, y.shape)).sum()

    check_gradients(loss, [*before.parameters(), *layer.parameters()])


@EVERY
def test_second_gradients_are_those_of_finite_differences(row, check_slopes):
    layer = built(row)
    before = nn.Linear(3, int(np.prod(row.shape)), generator=2)
    leaves = [*before.parameters(), *layer.parameters()]
    weights = [np.random.default_rng(3).normal(size=p.shape) for p in leaves]

    def loss():
        y = output(row, layer, before(Tensor(X)).reshape(BATCH, *row.shape))
        first = grad((y * y).sum(), leaves, create_graph=True, allow_unused=True)
        parts = [(g * w).sum() for g, w in zip(first, weights, strict=True) if g is not None]
        return sum(parts[1:], parts[0])

    check_slopes(loss, leaves)


@MODES
@EVERY
def test_forward_mode_agrees_with_reverse_mode(row, training):
    layer = built(row, training)
    numbers, direction = DRAW.normal(size=(2, BATCH, *row.shape))
    _, tangent = jvp(lambda x: output(row, layer, x), (numbers,), (direction,))
    x = Tensor(numbers, requires_grad=True)
    y = output(row, layer, x)
    weights = DRAW.normal(size=y.shape)
    y.backward(weights)
    assert (tangent * weights).sum() == pytest.approx(
        (x.grad * direction).sum(), rel=1e-9, abs=1e-12
    )


# --------------------------------------------------------------------------------- numbers


@MODES
@EVERY
def test_float32_stays_float32(row, training):
    layer = built(row, training).to(np.float32)
    x = Tensor(DRAW.normal(size=(BATCH, *row.shape)).astype(np.float32), requires_grad=True)
    y = output(row, layer, x)
    y.sum().backward()
    dtypes = [y.dtype, x.grad.dtype, *(p.dtype for p in layer.parameters())]
    dtypes += [p.grad.dtype for p in layer.parameters() if p.grad is not None]
    assert set(dtypes) == {np.dtype(np.float32)}


@EVERY
def test_how_numbers_lie_in_memory_changes_nothing(row):
    layer = built(row)
    numbers = DRAW.normal(size=(BATCH, *row.shape))
    frozen = numbers.copy()
    frozen.flags.writeable = False
    state = layer.state_dict()

    def results(prepare, array):
        layer.load_state_dict(state)
        leaf = Tensor(array, requires_grad=True)
        y = output(row, layer, prepare(leaf))
        (y * y).sum().backward()
        gradients = [p.grad for p in layer.parameters()]
        layer.zero_grad()
        return [y.data, prepare(Tensor(leaf.grad)).data, *gradients]

    expected = results(lambda x: x, numbers)
    for prepare, array in [
        (lambda x: x, np.asfortranarray(numbers)),
        (lambda x: x, frozen),
        (lambda x: x[::-1], numbers[::-1]),
        (transpose, numbers.T),
        (lambda x: x[..., ::2], np.repeat(numbers, 2, axis=-1)),
        (lambda x: x[1:-1], np.concatenate([numbers[:1], numbers, numbers[:1]])),
    ]:
        for got, want in zip(results(prepare, array), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


@MODES
@EVERY
def test_looking_changes_nothing(row, training):
    layer = built(row, training)
    x = Tensor(DRAW.normal(size=(BATCH, *row.shape)), requires_grad=True)
    numbers = x.numpy().copy()
    nodes = layer.parameters() if training else dict(layer.named_nodes()).values()
    before = [(node, node.numpy().tobytes()) for node in nodes]
    names = [set(vars(part)) for part in layer.modules()]
    y = output(row, layer, x)
    (y * y).sum().backward()
    assert [node.numpy().tobytes() for node, _ in before] == [kept for _, kept in before]
    assert (x.numpy() == numbers).all()
    assert [set(vars(part)) for part in layer.modules()] == names
    if not training:
        assert (output(row, layer, x).data == y.data).all()


# --------------------------------------------------------------------------------- copies


def same_everywhere(a, b):
    first, second = a.state_dict(), b.state_dict()
    return list(first) == list(second) and all(
        first[name].tobytes() == second[name].tobytes() and first[name].dtype == second[name].dtype
        for name in first
    )


@EVERY
def test_a_saved_state_brings_everything_back(row):
    layer, x = built(row, False), Tensor(DRAW.normal(size=(BATCH, *row.shape)))
    y, state = output(row, layer, x), layer.state_dict()
    layer.load_state_dict(state)
    manual_seed(99)
    other = row.make().eval()
    other.load_state_dict(state)
    assert same_everywhere(layer, other)
    for restored in (layer, other):
        assert output(row, restored, x).data.tobytes() == y.data.tobytes()


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)  # fmt: skip
@EVERY
def test_a_copy_is_equal_and_apart(row, copied):
    layer, x = built(row), Tensor(DRAW.normal(size=(BATCH, *row.shape)))
    layer.eval()
    y = output(row, layer, x)
    y.sum()
    other = copied(layer)
    assert same_everywhere(layer, other)
    assert (type(other), repr(other), other.training) == (type(layer), repr(layer), False)
    assert (output(row, other, x).data == y.data).all()
    kept = layer.state_dict()
    for (_, node), (_, own) in zip(other.named_nodes(), layer.named_nodes(), strict=True):
        assert node is not own
        assert type(node) is type(own)
        assert node.requires_grad == own.requires_grad
        if node.dtype.kind == "f":
            node.data[...] = 7.0
    assert all((layer.state_dict()[name] == kept[name]).all() for name in kept)
    other.train()
    assert not layer.training


@EVERY
def test_repr_is_one_line_for_each_module(row):
    layer = built(row)
    parts = list(layer.named_modules())
    text = repr(layer)
    assert not re.search(r"0x[0-9a-f]+|<.*>", text)
    assert len(text.splitlines()) <= 2 * len(parts)
    for _, part in parts:
        if not list(part.children()):
            assert re.fullmatch(rf"{type(part).__name__}\(.*\)", repr(part))
