"""Optimizers on arrays: the formulas of ``change`` bit by bit, and nobody's numbers overwritten."""

import copy

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import optim

SETTINGS = [
    (nn.SGD, {}),
    (nn.SGD, {"weight_decay": 0.1}),
    (nn.SGD, {"momentum": 0.9}),
    (nn.SGD, {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    (nn.SGD, {"momentum": 0.9, "nesterov": True}),
    (nn.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (nn.Adam, {}),
    (nn.Adam, {"betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1}),
    (nn.Adam, {"amsgrad": True}),
    (nn.AdamW, {}),
    (nn.AdamW, {"weight_decay": 0.3, "amsgrad": True}),
    (optim.RMSprop, {}),
    (optim.RMSprop, {"weight_decay": 0.1, "momentum": 0.5}),
    (optim.RMSprop, {"centered": True}),
    (optim.RMSprop, {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    (optim.Adagrad, {}),
    (optim.Adagrad, {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
]
OTHERS = [(optim.NAdam, {}), (optim.Adadelta, {}), (optim.Lion, {}), (optim.Lion, {})]
every_setting = pytest.mark.parametrize(
    ("kind", "settings"), SETTINGS, ids=[f"{k.__name__} {' '.join(s)}" for k, s in SETTINGS]
)


def plain(kind):
    """The same optimizer by its readable formula alone."""

    class Plain(kind):
        def change(self, numbers, gradient, state, group):
            return super().change(numbers, gradient, state, group)

    return Plain


def gradients(shape, count, dtype):
    draw = np.random.default_rng(1)
    return [draw.normal(size=shape).astype(dtype) for _ in range(count)]


@every_setting
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(3, 4), (200, 300), (0, 2)], ids=str)
def test_the_formula_bit_by_bit(kind, settings, dtype, shape):
    begin = np.random.default_rng(0).normal(size=shape).astype(dtype)
    quick, slow = nn.Parameter(begin), nn.Parameter(begin)
    one, other = kind([quick], lr=0.1, **settings), plain(kind)([slow], lr=0.1, **settings)
    assert one._in_arrays
    assert not other._in_arrays
    for g in gradients(shape, 4, dtype):
        quick.grad, slow.grad = g.copy(), g.copy()
        one.step()
        other.step()
        np.testing.assert_array_equal(quick.numpy(), slow.numpy())
        assert quick.dtype == dtype
    kept, wanted = one.state[quick], other.state[slow]
    assert kept.keys() == wanted.keys()
    for name, array in kept.items():
        np.testing.assert_array_equal(array, wanted[name])
        assert not isinstance(array, np.ndarray) or array.dtype == dtype


@every_setting
def test_a_single_number(kind, settings):
    quick, slow = nn.Parameter(2.0), nn.Parameter(2.0)
    one, other = kind([quick], lr=0.1, **settings), plain(kind)([slow], lr=0.1, **settings)
    for g in (0.5, -3.0, 0.25):
        quick.grad, slow.grad = np.array(g), np.array(g)
        one.step()
        other.step()
    np.testing.assert_allclose(quick.item(), slow.item(), rtol=1e-15)
    assert quick.shape == ()


@every_setting
def test_numbers_that_lie_by_columns_or_apart(kind, settings):
    begin = np.random.default_rng(0).normal(size=(6, 4))
    found = []
    for lay in (np.array, np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2]):
        p = nn.Parameter(begin)
        p.data = lay(begin)
        optimizer = kind([p], lr=0.1, **settings)
        for g in gradients((6, 4), 3, float):
            p.grad = lay(g)
            optimizer.step()
        found.append(p.numpy())
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


@every_setting
def test_every_graph_keeps_the_numbers_it_was_recorded_with(kind, settings):
    p = nn.Parameter(np.random.default_rng(0).normal(size=(200, 100)))
    optimizer = kind([p], lr=0.1, **settings)
    graphs = []
    for _ in range(5):
        graphs.append(((p * p).sum(), p.numpy().copy()))
        optimizer.zero_grad()
        graphs[-1][0].backward(leaves_only=True)
        optimizer.step()
    for loss, then in graphs:
        p.grad = None
        loss.backward()
        np.testing.assert_array_equal(p.grad, 2 * then)


@every_setting
def test_arrays_that_the_user_holds_stay_as_they_are(kind, settings):
    p = nn.Parameter(np.ones((200, 100)))
    optimizer = kind([p], lr=0.1, **settings)
    held = []
    for _ in range(4):
        p.grad = np.full(p.shape, 0.5)
        held += [(a, a.copy()) for a in (p.data, p.numpy(), p.numpy()[3:5], p.grad)]
        optimizer.step()
    for array, then in held:
        np.testing.assert_array_equal(array, then)


@every_setting
def test_what_is_written_to_the_numbers_is_gone_on_from(kind, settings):
    p, q = nn.Parameter([1.0, 2.0]), nn.Parameter([1.0, 2.0])
    one, other = kind([p], lr=0.1, **settings), plain(kind)([q], lr=0.1, **settings)
    for i, g in enumerate(gradients((2,), 6, float)):
        for parameter, optimizer in ((p, one), (q, other)):
            if i == 2:
                parameter.data[0] = 5.0
            if i == 3:
                parameter.data = [7.0, -1.0]
            parameter.grad = None if i == 4 else g.copy()
            if i != 4:
                optimizer.step()
    np.testing.assert_array_equal(p.numpy(), q.numpy())


@every_setting
def test_a_saved_state_does_not_change_by_later_steps(kind, settings):
    p = nn.Parameter([1.0, 2.0])
    optimizer = kind([p], lr=0.1, **settings)
    p.grad = np.array([1.0, -1.0])
    optimizer.step()
    saved = optimizer.state_dict()
    then = copy.deepcopy(saved)
    optimizer.step()
    assert repr(saved) == repr(then)
    q = nn.Parameter([1.0, 2.0], dtype=np.float32)
    other = kind([q], lr=0.1, **settings)
    other.load_state_dict(saved)
    q.grad = np.array([1.0, 2.0])
    other.step()
    assert repr(saved) == repr(then)
    arrays = [v for v in other.state[q].values() if isinstance(v, np.ndarray)]
    assert q.dtype == np.float32
    assert all(array.dtype == np.float32 for array in arrays)


@every_setting
def test_a_state_that_may_not_be_written_is_taken_over(kind, settings):
    p = nn.Parameter([1.0, 2.0])
    optimizer = kind([p], lr=0.1, **settings)
    p.grad = np.array([1.0, -1.0])
    optimizer.step()
    for value in optimizer.state[p].values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    optimizer.step()
    assert np.isfinite(p.numpy()).all()


@every_setting
def test_a_deep_copy_goes_its_own_way(kind, settings):
    layer = nn.Linear(2, 2, generator=0)
    optimizer = kind(layer.parameters(), lr=0.1, **settings)
    layer(np.ones((1, 2))).sum().backward()
    optimizer.step()
    twin, other = copy.deepcopy((layer, optimizer))
    other.step()
    assert (twin.weight.numpy() != layer.weight.numpy()).all()
    optimizer.step()
    np.testing.assert_array_equal(twin.weight.numpy(), layer.weight.numpy())


def test_a_parameter_that_two_modules_share_moves_once():
    first, second = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    second.weight = first.weight
    model = nn.Sequential(first, second)
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    begin = first.weight.numpy().copy()
    model(np.ones((1, 2))).sum().backward()
    g = first.weight.grad.copy()
    optimizer.step()
    np.testing.assert_array_equal(second.weight.numpy(), begin - 0.5 * g)


def test_a_group_that_comes_later():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = nn.Adam([a], lr=0.1)
    a.grad = np.array([1.0])
    optimizer.step()
    optimizer.add_param_group({"params": [b], "lr": 0.5})
    a.grad, b.grad = np.array([1.0]), np.array([1.0])
    optimizer.step()
    np.testing.assert_allclose(b.numpy(), 0.5)
    np.testing.assert_allclose(a.numpy(), 0.8)


def test_a_change_of_ones_own_is_used():
    class Gentle(nn.SGD):
        def change(self, numbers, gradient, state, group):
            return super().change(numbers, np.clip(gradient, -1, 1), state, group)

    p = nn.Parameter([0.0])
    p.grad = np.array([100.0])
    Gentle([p], lr=1.0).step()
    assert p.tolist() == [-1.0]


@pytest.mark.parametrize(("kind", "settings"), SETTINGS + OTHERS)
def test_a_rate_that_numpy_computed_widens_nothing(kind, settings):
    p = nn.Parameter(np.ones(3, np.float32))
    optimizer = kind([p], lr=0.1, **settings)
    optimizer.param_groups[0]["lr"] = np.float64(0.01)
    for _ in range(2):
        p.grad = np.ones(3)
        optimizer.step()
    arrays = [v for v in optimizer.state[p].values() if isinstance(v, np.ndarray)]
    assert {p.dtype, *(a.dtype for a in arrays)} == {np.dtype(np.float32)}


SCHEDULES = [
    lambda o: optim.lr_scheduler.StepLR(o, 1, gamma=0.5),
    lambda o: optim.lr_scheduler.ExponentialLR(o, 0.9),
    lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 5),
]


@pytest.mark.parametrize("make", SCHEDULES)
def test_a_schedule_widens_nothing(make):
    layer = nn.Linear(2, 2, dtype=np.float32)
    optimizer = nn.Adam(layer.parameters(), lr=0.1)
    schedule = make(optimizer)
    for _ in range(3):
        optimizer.zero_grad()
        layer(Tensor(np.ones((1, 2), np.float32))).sum().backward()
        optimizer.step()
        schedule.step()
    assert {p.dtype for p in layer.parameters()} == {np.dtype(np.float32)}
    assert type(optimizer.param_groups[0]["lr"]) is float


@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.RMSprop])
def test_a_parameter_without_axes_stays_an_array(make):
    p = nn.Parameter(np.array(2.0))
    optimizer = make([p], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (p * p).backward()
        optimizer.step()
        assert type(p._data) is np.ndarray
