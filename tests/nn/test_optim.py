"""Optimizers on Values and Tensors alike."""

import numpy as np
import pytest

import nn
from autograd import GradientError, Tensor, Value

# what to optimize with, the same for a list of Values and a Tensor of them
OPTIMIZERS = [
    ("SGD", lambda p: nn.SGD(p, lr=0.05)),
    ("SGD decay", lambda p: nn.SGD(p, lr=0.05, weight_decay=0.1)),
    ("SGD momentum", lambda p: nn.SGD(p, lr=0.05, momentum=0.9)),
    ("SGD dampening", lambda p: nn.SGD(p, lr=0.05, momentum=0.9, dampening=0.5)),
    ("SGD nesterov", lambda p: nn.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    ("Adam", lambda p: nn.Adam(p, lr=0.3)),
    ("Adam decay", lambda p: nn.Adam(p, lr=0.3, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
]
MAKE = pytest.mark.parametrize(
    "make", [row[1] for row in OPTIMIZERS], ids=[r[0] for r in OPTIMIZERS]
)


@MAKE
def test_values_and_tensors_take_the_same_steps(make):
    numbers, weights = [3.0, -2.0, 0.5], [1.0, 4.0, 0.3]
    values, tensor = [Value(n) for n in numbers], nn.Parameter(numbers)
    by_values, by_tensor = make(values), make([tensor])
    for _ in range(20):
        by_values.zero_grad()
        by_tensor.zero_grad()
        sum(w * v * v for w, v in zip(weights, values, strict=True)).backward()
        (weights * tensor * tensor).sum().backward()
        by_values.step()
        by_tensor.step()
    np.testing.assert_allclose([v.data for v in values], tensor.data, rtol=1e-12)


@MAKE
def test_a_bowl_is_descended(make):
    x = nn.Parameter([3.0, -2.0])
    optimizer = make([x])
    for _ in range(300):
        optimizer.zero_grad()
        ((x - [1.0, 1.0]) ** 2).sum().backward()
        optimizer.step()
    wanted = 1.0 / (1.0 + 0.05) if optimizer.param_groups[0]["weight_decay"] else 1.0
    np.testing.assert_allclose(x.data, wanted, atol=1e-3)


@MAKE
def test_float32_stays_float32(make):
    x = nn.Parameter([3.0, -2.0], dtype=np.float32)
    optimizer = make([x])
    for _ in range(3):
        optimizer.zero_grad()
        (x * x).sum().backward()
        optimizer.step()
    assert x.dtype == np.float32
    kept = [v for s in optimizer.state.values() for v in s.values() if isinstance(v, np.ndarray)]
    assert all(array.dtype == np.float32 for array in kept)


@MAKE
def test_a_graph_keeps_the_numbers_it_was_recorded_with(make):
    x = nn.Parameter([3.0])
    optimizer = make([x])
    held = x.data
    before = x * x
    (x * 1.0).backward()
    optimizer.step()
    assert held.tolist() == [3.0]
    assert x.data[0] != 3.0
    x.grad = None
    before.backward()
    assert x.grad.tolist() == [6.0]


@MAKE
def test_writing_into_a_gradient_changes_no_memory(make):
    optimizers = []
    for write in (False, True):
        x = nn.Parameter([3.0])
        optimizers.append((x, make([x])))
        for _ in range(3):
            (x * x).backward()
            optimizers[-1][1].step()
            if write:
                x.grad[:] = 0.0
            else:
                x.grad = None
    assert optimizers[0][0].data == optimizers[1][0].data


@MAKE
def test_saved_and_resumed_equals_uninterrupted(make):
    def steps(x, optimizer, count):
        for _ in range(count):
            optimizer.zero_grad()
            (x * x * x).sum().backward()
            optimizer.step()

    x = nn.Parameter([1.0, 0.5])
    whole = make([x])
    steps(x, whole, 4)
    y = nn.Parameter([1.0, 0.5])
    first = make([y])
    steps(y, first, 2)
    z = nn.Parameter(y.data)
    second = make([z])
    second.param_groups[0]["lr"] = 99.0
    second.load_state_dict(first.state_dict())
    steps(z, second, 2)
    np.testing.assert_array_equal(x.data, z.data)


def test_groups_have_their_own_settings():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = nn.SGD([{"params": [a]}, {"params": b, "lr": 0.5}], lr=0.1)
    (a + b).backward()
    optimizer.step()
    assert (a.data[0], b.data[0]) == (0.9, 0.5)
    assert repr(optimizer).startswith("SGD(1 parameters, lr=0.1")
    with pytest.raises(
        ValueError, match="groups of \\[2\\] parameters came; this one has \\[1, 1\\]"
    ):
        optimizer.load_state_dict(nn.SGD([a, b]).state_dict())


def test_a_schedule_changes_lr_in_the_group():
    x = nn.Parameter([1.0])
    optimizer = nn.SGD([x], lr=0.1)
    optimizer.param_groups[0]["lr"] = 0.5
    x.backward()
    optimizer.step()
    assert x.data.tolist() == [0.5]


def test_what_has_no_gradient_stays():
    used, unused = nn.Parameter([1.0]), nn.Parameter([1.0])
    frozen = nn.Parameter([1.0], requires_grad=False)
    optimizer = nn.SGD([used, unused, frozen], lr=0.5, weight_decay=1.0)
    (used * frozen).backward()
    optimizer.step()
    assert [p.data[0] for p in (used, unused, frozen)] == [0.0, 1.0, 1.0]
    optimizer.zero_grad()
    with pytest.raises(GradientError, match=r"SGD\.step: .* call loss\.backward\(\) first"):
        optimizer.step()


X = nn.Parameter([1.0])


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: nn.SGD([X], lr=-0.1), ValueError, r"SGD: lr=-0\.1 came; at least 0"),
        (lambda: nn.SGD([X], lr=float("nan")), ValueError, "lr=nan came"),
        (lambda: nn.SGD([X], momentum=-1), ValueError, "momentum=-1 came"),
        (lambda: nn.SGD([X], weight_decay=-1), ValueError, "weight_decay=-1 came"),
        (lambda: nn.SGD([X], nesterov=True), ValueError, "needs a momentum above 0"),
        (lambda: nn.Adam([X], lr=-1), ValueError, "Adam: lr=-1 came"),
        (lambda: nn.Adam([X], betas=(0.9, 1.0)), ValueError, r"betas=\(0.9, 1.0\) came"),
        (lambda: nn.Adam([X], betas=(0.9,)), ValueError, "two numbers"),
        (lambda: nn.Adam([X], eps=-1), ValueError, "eps=-1 came"),
        (lambda: nn.SGD([]), ValueError, r"no parameters came; give model\.parameters\(\)"),
        (lambda: nn.SGD(X), TypeError, r"a single Parameter came; give a list"),
        (lambda: nn.SGD([X, 1.0]), TypeError, "float came as parameter 1"),
        (lambda: nn.SGD([X, X]), ValueError, "parameter 1 came twice"),
        (lambda: nn.SGD([{"params": [X]}, {"params": [X]}]), ValueError, "came twice"),
        (lambda: nn.SGD([{"params": [X], "rl": 1}]), ValueError, "setting 'rl' is unknown"),
        (lambda: nn.SGD([{"params": [X], "lr": -1}]), ValueError, "lr=-1 came"),
        (
            lambda: nn.SGD([Tensor([1.0], label="x")]),
            GradientError,
            r"parameter 0 \(x\) requires no gradient; make it a Parameter",
        ),
        (lambda: nn.SGD([X * 2]), GradientError, "was computed from others"),
        (lambda: nn.SGD([Value(1.0) * 2]), GradientError, "was computed from others"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()


def test_an_optimizer_of_ones_own():
    class Signs(nn.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, lr=lr, weight_decay=0.0)

        def change(self, numbers, gradient, state, group):
            return numbers - group["lr"] * np.sign(gradient)

    x, v = nn.Parameter([3.0, -3.0]), Value(2.0)
    optimizer = Signs([x, v], lr=0.5)
    (x * x).sum().backward()
    (v * v).backward()
    optimizer.step()
    assert (x.tolist(), v.data) == ([2.5, -2.5], 1.5)
    assert isinstance(v.data, float)
    other = nn.Optimizer([x], lr=1.0, weight_decay=0.0)
    with pytest.raises(NotImplementedError, match="Optimizer: there is no change method"):
        other.step()


def test_a_step_lets_the_next_forward_pass_read_the_weights_without_a_copy():
    layer = nn.Linear(3, 2)
    layer(np.ones((1, 3))).sum().backward()
    nn.SGD(layer.parameters(), lr=0.1).step()
    turned = layer.weight.T
    assert np.shares_memory(turned.numpy(), layer.weight.numpy())
    held = layer.weight.data  # now somebody may write to the weights
    turned = layer.weight.T
    held[:] = 0.0
    assert (turned != 0).all()
    assert (layer.weight == 0).all()


def test_a_model_or_a_text_instead_of_numbers_is_told():
    model = nn.Linear(2, 1, generator=0)
    with pytest.raises(TypeError, match=r"a model came \(Linear\); give model.parameters\(\)"):
        nn.SGD(model, lr=0.1)
    with pytest.raises(TypeError, match=r"lr='0\.1' came; a number is needed"):
        nn.SGD(model.parameters(), lr="0.1")
