"""Units, data, the loss: what looks like a mistake and is none, and mistakes in other clothes."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, Y = moons(60, seed=0)
RNG = np.random.default_rng(0)


def small():
    return nn.Sequential(nn.Linear(2, 8, generator=0), nn.Tanh(), nn.Linear(8, 2, generator=1))


def learn(model, loss=F.cross_entropy, steps=12, x=X, y=Y):
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        found = loss(model(Tensor(x)), y)
        optimizer.zero_grad()
        found.backward()
        optimizer.step()


# --------------------------------------------------------------------------- units and layers


def test_some_dead_units_are_usual(linted):
    model = nn.Sequential(nn.Linear(2, 10, generator=0), nn.ReLU(), nn.Linear(10, 2, generator=1))
    model[0].bias.data = np.where(np.arange(10) < 5, -50.0, 1.0)
    with linted() as report:
        learn(model)
    assert report.findings == []


def test_dead_channels_of_a_convolution_are_seen(linted):
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, generator=0), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 16, 2, generator=1)
    )
    model[0].bias.data = np.where(np.arange(8) < 7, -50.0, 1.0)
    with linted() as report:
        learn(model, x=RNG.normal(size=(20, 1, 6, 6)), y=np.arange(20) % 2)
    (finding,) = report.findings
    assert finding.code == "dead-units"
    assert "7 of 8 units of the ReLU after 0.weight" in finding.text


def test_units_in_rows_are_units_where_columns_are_examples(linted):
    W = Tensor(RNG.normal(size=(8, 2)), requires_grad=True)
    b = Tensor(np.where(np.arange(8)[:, None] < 6, -50.0, 1.0), requires_grad=True)
    with linted() as report:
        for _ in range(6):
            (W @ X.T + b).relu().sum().backward()
            W.grad = b.grad = None
    assert report.codes == ["dead-units"]
    assert "6 of 8 units" in report.findings[0].text


def test_an_output_may_saturate(linted):
    model = nn.Sequential(nn.Linear(2, 1, generator=0), nn.Sigmoid())
    nn.init.normal_(model[0].weight, std=100.0, generator=0)
    with linted() as report:
        F.mse_loss(model(Tensor(X)), Y.reshape(-1, 1)).backward()
    assert report.findings == []


# --------------------------------------------------------------------------- data


def test_pictures_and_one_hot_rows_are_no_unscaled_data(linted):
    digits = nn.data.digits()
    pixels, labels = digits.X[:100], digits.y
    words = np.eye(50)[np.arange(100) % 50]
    with linted() as report:
        learn(nn.Linear(64, 10), x=pixels, y=labels[:100])
        learn(nn.Linear(50, 10), x=words, y=labels[:100])
    assert report.findings == []


@pytest.mark.parametrize("factor", [1e3, 1e-4])
def test_numbers_far_from_1_are_unscaled(factor, linted):
    with linted() as report:
        learn(small(), x=X * factor, steps=2)
    assert "unscaled-data" in report.codes
    assert "The data that meet 0.weight are about" in report.findings[0].text


@pytest.mark.parametrize("factor", [1.0, 1000.0])
def test_values_are_looked_at_too(factor, linted):
    model = nn.MLP(2, [3, 1])
    rows = [[1.0, -0.5 * factor], [0.3, 0.7 * factor], [-1.0, 0.2 * factor]] * 3
    with linted() as report:
        sum(model(row) for row in rows).backward()
    assert report.codes == (["unscaled-data"] if factor > 1 else [])
    if factor > 1:
        told = report.findings[0].text
        assert told.startswith("Column 1 of the data that meet layers.0.neurons.0.w.0 is about 51")


def test_an_autoencoder_is_no_mistake(linted):
    rows = RNG.normal(size=(40, 6))
    narrow = nn.Sequential(nn.Linear(6, 2), nn.Tanh(), nn.Linear(2, 6))
    with linted() as report:
        learn(narrow, F.mse_loss, x=rows, y=rows)
    assert report.findings == []


# --------------------------------------------------------------------------- losses


def noisy(count, rise=0.0):
    return np.exp(RNG.normal(size=count) + rise * np.arange(count))


def curve(report_of, losses):
    w = Tensor(1.0, requires_grad=True)
    with report_of() as report:
        for number in losses:
            (w * number).backward()
            w.grad = None
    return report.codes


def test_noise_is_no_rise_and_a_rise_in_noise_is_one(linted):
    assert curve(linted, noisy(2000)) == []
    assert curve(linted, noisy(2000)[::-1] * np.linspace(3, 1, 2000)) == []
    assert curve(linted, noisy(400, rise=0.01)) == ["loss-rises"]


def test_losses_below_0_are_not_judged(linted):
    assert curve(linted, np.linspace(-9, 9, 40)) == []


def test_a_loss_that_becomes_nan_is_told_once(linted):
    assert curve(linted, [1.0, 2.0, 8.0, float("inf"), float("nan")]) == ["loss-rises"]
    assert curve(linted, [float("nan")] * 5) == ["nan-loss"]
    assert curve(linted, [3.0, 2.0, 1.0, float("inf")]) == ["nan-loss"]


def test_a_new_model_has_a_curve_of_its_own(linted):
    with linted() as report:
        for times in (0.01, 0.03, 0.1, 0.3):  # a harder task each time, at the same line
            learn(nn.Linear(2, 1), lambda p, t, by=times: ((by * (p[:, 0] - t)) ** 2).mean(), 40)
    assert report.findings == []


def test_fit_that_meets_nan_is_told_apart_from_a_rate_too_large(linted):
    def of_roots(predictions, targets):
        return (predictions[:, 0] - predictions[:, 1] - 100.0 * targets).sqrt().mean()

    with np.errstate(all="ignore"), pytest.raises(FloatingPointError), linted() as report:
        nn.fit(small(), X, Y, loss=of_roots, epochs=2)
    assert report.codes == ["nan-loss"]


def test_fit_that_ends_in_nan_has_it_in_the_report(linted):
    model = nn.Sequential(nn.Linear(2, 2, generator=0))
    optimizer = nn.SGD(model.parameters(), lr=1e30)
    squares = np.column_stack([Y, 1 - Y]).astype(float)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError), linted() as report:
        nn.fit(model, X, squares, loss="mse", optimizer=optimizer, epochs=20, batch_size=30)
    assert "loss-rises" in report.codes
