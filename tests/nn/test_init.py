"""Starting weights: bounds, moments, exact ones, and what is refused."""

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, manual_seed
from nn import init
from nn.init import __all__ as names

SHAPE = (200, 30, 4, 5)  # fan_in 600, fan_out 4000
FAN_IN, FAN_OUT = 600, 4000


def drawn(function, *settings, shape=SHAPE, **more):
    weights = nn.Parameter(np.full(shape, np.nan))
    assert getattr(init, function)(weights, *settings, generator=0, **more) is weights
    assert weights.requires_grad
    return weights.data.ravel()


@pytest.mark.parametrize(
    ("function", "settings", "bound"),
    [
        ("uniform_", {"a": -3.0, "b": 3.0}, 3.0),
        ("xavier_uniform_", {"gain": 2.0}, 2 * math.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("glorot_uniform_", {}, math.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("kaiming_uniform_", {}, math.sqrt(6 / FAN_IN)),
        ("kaiming_uniform_", {"a": math.sqrt(5)}, 1 / math.sqrt(FAN_IN)),
        ("he_uniform_", {"mode": "fan_out", "nonlinearity": "relu"}, math.sqrt(6 / FAN_OUT)),
    ],
)
def test_an_even_draw_fills_its_bounds(function, settings, bound):
    w = drawn(function, **settings) / bound
    assert abs(w).max() <= 1
    assert np.quantile(w, [0, 0.25, 0.5, 0.75, 1]) == pytest.approx([-1, -0.5, 0, 0.5, 1], abs=0.01)
    assert w.std() == pytest.approx(1 / math.sqrt(3), rel=0.01)


@pytest.mark.parametrize(
    ("function", "settings", "mean", "std"),
    [
        ("normal_", {"mean": 2.0, "std": 0.5}, 2.0, 0.5),
        ("xavier_normal_", {"gain": 2.0}, 0.0, 2 * math.sqrt(2 / (FAN_IN + FAN_OUT))),
        ("glorot_normal_", {}, 0.0, math.sqrt(2 / (FAN_IN + FAN_OUT))),
        ("kaiming_normal_", {"nonlinearity": "tanh"}, 0.0, 5 / 3 / math.sqrt(FAN_IN)),
        ("he_normal_", {"mode": "fan_out"}, 0.0, math.sqrt(2 / FAN_OUT)),
    ],
)
def test_a_normal_draw_has_its_moments(function, settings, mean, std):
    w = (drawn(function, **settings) - mean) / std
    places = np.quantile(w, [0.0228, 0.1587, 0.5, 0.8413, 0.9772])
    assert places == pytest.approx([-2, -1, 0, 1, 2], abs=0.03)
    assert (w.mean(), w.std()) == pytest.approx((0, 1), abs=0.01)


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def share(x):
    return math.erfc(-x / math.sqrt(2)) / 2


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"),
    [
        (0.0, 1.0, -2.0, 2.0),
        (1.0, 2.0, 0.0, 1.5),
        (0.0, 0.02, -2.0, 2.0),  # ends far beyond what can be drawn, as in a GPT
        (0.0, 1.0, 3.0, 9.0),  # all of it far out
        (5.0, 1.0, -1.0, 1.0),
        (0.0, 1.0, -0.1, 0.1),
    ],
)
def test_a_cut_off_normal_draw_has_its_moments(mean, std, a, b):
    w = drawn("trunc_normal_", mean, std, a, b)
    assert a <= w.min()
    assert w.max() <= b
    low, high = (a - mean) / std, (b - mean) / std
    # the distribution is the same mirrored, and the tail is better computed at the lower end
    sign = -1 if low > 0 else 1
    low, high = sorted((sign * low, sign * high))
    inside = share(high) - share(low)
    middle = (density(low) - density(high)) / inside
    spread = 1 + (low * density(low) - high * density(high)) / inside - middle**2
    z = sign * (w - mean) / std
    assert z.mean() == pytest.approx(middle, abs=0.01)
    assert z.var() == pytest.approx(spread, rel=0.02)


def test_numbers_that_round_past_the_end_stay_inside():
    weights = nn.Parameter(np.zeros(1000), dtype=np.float32)
    init.trunc_normal_(weights, 0.0, 1.0, 0.1, 0.1 + 1e-7, generator=0)
    assert (weights.data >= np.float32(0.1)).all()


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (6, 2, 3, 2), (1, 4), (4, 1)])
def test_rows_or_columns_are_at_right_angles(shape):
    weights = nn.Parameter(np.zeros(shape))
    w = init.orthogonal_(weights, gain=3.0, generator=1).data.reshape(shape[0], -1)
    small = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(small, 9 * np.eye(len(small)), atol=1e-12)


def test_all_right_angles_are_equally_likely():
    source = np.random.default_rng(0)
    start = nn.Parameter(np.zeros((3, 3)))
    matrices = [init.orthogonal_(start, generator=source).data.copy() for _ in range(4000)]
    assert np.mean(matrices, axis=0) == pytest.approx(np.zeros((3, 3)), abs=0.04)
    assert np.var(matrices, axis=0) == pytest.approx(np.full((3, 3), 1 / 3), abs=0.02)
    assert np.mean([np.linalg.det(m) for m in matrices]) == pytest.approx(0, abs=0.06)


def test_constants_and_identities():
    w = nn.Parameter(np.zeros((2, 3)))
    assert init.ones_(w).tolist() == [[1.0] * 3] * 2
    assert init.constant_(w, val=4.0).tolist() == [[4.0] * 3] * 2
    assert init.zeros_(w).tolist() == [[0.0] * 3] * 2
    assert init.eye_(w).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


@pytest.mark.parametrize("groups", [1, 2])
def test_dirac_kernels_pass_channels_on(groups):
    layer = nn.Conv2d(4, 4, (3, 5), padding="same", groups=groups, bias=False)
    init.dirac_(layer.weight, groups)
    x = Tensor(np.random.default_rng(0).normal(size=(2, 4, 6, 7)))
    assert (layer(x) == x).all()


@pytest.mark.parametrize(
    ("name", "gain"),
    [("linear", 1), ("conv2d", 1), ("conv_transpose1d", 1), ("sigmoid", 1), ("tanh", 5 / 3),
     ("relu", 2**0.5), ("selu", 0.75)],
)  # fmt: skip
def test_gains(name, gain):
    assert init.calculate_gain(name) == pytest.approx(gain)
    assert init.calculate_gain("leaky_relu", 0.2) == pytest.approx(math.sqrt(2 / 1.04))


def test_the_default_generator_is_that_of_manual_seed():
    found = []
    for _ in range(2):
        manual_seed(3)
        found.append(init.orthogonal_(nn.Parameter(np.zeros((2, 2)))).tolist())
    assert found[0] == found[1]
    assert found[0] != init.orthogonal_(nn.Parameter(np.zeros((2, 2)))).tolist()


def test_the_dtype_stays():
    for name in names:
        if name.endswith("_"):
            weights = nn.Parameter(np.zeros((3, 3, 3)), dtype=np.float32)
            if name == "eye_":
                weights = nn.Parameter(np.zeros((3, 3)), dtype=np.float32)
            getattr(init, name)(weights, *([1.0] if name == "constant_" else []))
            assert weights.dtype == np.float32


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda w: init.eye_(w), ValueError, r"eye_: a parameter of shape \(2, 3, 4\) came"),
        (lambda w: init.dirac_(w, 3), ValueError, "groups=3"),
        (lambda w: init.dirac_(w[0]), ValueError, "one to three sizes"),
        (lambda w: init.orthogonal_(w[0, 0]), ValueError, r"orthogonal_: .* \(4,\) came"),
        (
            lambda w: init.xavier_normal_(w[0, 0]),
            ValueError,
            r"shape \(out, in, \.\.\.\) is needed",
        ),
        (lambda w: init.trunc_normal_(w, std=0.0), ValueError, "std must be above 0"),
        (lambda w: init.trunc_normal_(w, a=2.0, b=1.0), ValueError, "b above a"),
        (lambda w: init.normal_(w, std=-1.0), ValueError, "cannot be negative"),
        (lambda w: init.uniform_(w, 1.0, 0.0), ValueError, "a must not be above b"),
        (lambda w: init.kaiming_normal_(w, mode="fan"), ValueError, "did you mean"),
        (lambda w: init.calculate_gain("rellu"), ValueError, "did you mean 'relu'"),
        (lambda w: init.zeros_([0.0]), TypeError, "list came; a Parameter"),
        (lambda w: init.orthogonal_(Value(1.0)), TypeError, "Value came; a Parameter"),
        (lambda w: init.normal_(w, generator="now"), TypeError, "give a seed such as 0"),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(wrong, error, said):
    weights = nn.Parameter(np.zeros((2, 3, 4)))
    with pytest.raises(error, match=said):
        wrong(weights)
    assert not weights.data.any()
