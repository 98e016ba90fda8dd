"""What looks like a mistake and is none; and the mistakes of the scripts in other clothes."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, log_softmax, no_grad
from nn import functional as F
from nn.data import moons

X, Y = moons(60, seed=0)
RNG = np.random.default_rng(0)


def small(*more, width=8, outputs=2):
    return nn.Sequential(
        nn.Linear(2, width, generator=0), nn.Tanh(), *more, nn.Linear(width, outputs, generator=1)
    )


def learn(model, loss=None, steps=12, optimizer=None, x=X, y=Y):
    optimizer = optimizer or nn.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        found = (loss or F.cross_entropy)(model(Tensor(x)), y)
        optimizer.zero_grad()
        found.backward()
        optimizer.step()


# --------------------------------------------------------------------------- gradients that add up


@pytest.mark.parametrize("every", [2, 3, 5])
@pytest.mark.parametrize("clears", ["before", "after"])
def test_adding_up_several_batches_before_a_step_is_no_mistake(every, clears, linted):
    model = small()
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    with linted() as report:
        for i in range(140):
            if clears == "before" and i % every == 0:
                optimizer.zero_grad()
            (F.cross_entropy(model(Tensor(X)), Y) / every).backward()
            if i % every == every - 1:
                optimizer.step()
                if clears == "after":
                    optimizer.zero_grad()
    assert report.findings == []


def test_networks_that_take_turns_are_no_mistake(linted):
    maker, judge = small(), small(outputs=1)
    own, other = nn.Adam(maker.parameters(), lr=0.01), nn.Adam(judge.parameters(), lr=0.01)
    with linted() as report:
        for _ in range(30):
            noise = Tensor(RNG.normal(size=(60, 2)))
            with no_grad():
                fake = maker(noise)
            other.zero_grad()
            yes = F.binary_cross_entropy_with_logits(judge(Tensor(X)), np.ones((60, 1)))
            no = F.binary_cross_entropy_with_logits(judge(fake), np.zeros((60, 1)))
            (yes + no).backward()
            other.step()
            own.zero_grad()
            fooled = judge(maker(noise))  # leaves gradients with the judge, which clears them first
            F.binary_cross_entropy_with_logits(fooled, np.ones((60, 1))).backward()
            own.step()
    assert report.findings == []


@pytest.mark.parametrize("clear", ["none", "zeros", "in place", "model"])
def test_every_way_to_clear_gradients_is_known(clear, linted):
    model = small()
    with linted() as report:
        for _ in range(12):
            F.cross_entropy(model(Tensor(X)), Y).backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
                if clear == "none":
                    p.grad = None
                elif clear == "zeros":
                    p.grad = np.zeros(p.shape)
                elif clear == "in place":
                    p.grad[...] = 0
            if clear == "model":
                model.zero_grad()
    assert report.findings == []


def test_one_forgotten_parameter_is_named_as_the_model_names_it(linted):
    model = small()
    with linted() as report:
        for _ in range(5):
            F.cross_entropy(model(Tensor(X)), Y).backward()
            for p in model.parameters():
                p.data = p.data - 0.1 * p.grad
                if p is not model[2].bias:
                    p.grad = None
    (finding,) = report.findings
    assert (finding.code, finding.count) == ("no-zero-grad", 3)
    assert "2.bias still held" in finding.text


def test_variables_are_named_as_the_user_names_them(linted):
    slope, rest = Value(1.0), [Value(2.0), Value(3.0)]
    with linted() as report:
        for _ in range(4):
            (slope * rest[0] * rest[1]).backward()
            for p in (slope, *rest):
                p.data -= 0.01 * p.grad
    assert "of slope, rest[0], rest[1] still" in report.findings[0].text


# --------------------------------------------------------------------------- shapes and losses


def test_a_table_of_distances_is_no_mistake(linted):
    places = Tensor(RNG.normal(size=6), requires_grad=True)
    column = places.reshape(-1, 1)
    with linted() as report:
        ((column - places) ** 2).sum().backward()
        (column * RNG.normal(size=6)).sum().backward()  # no labels: other numbers than 0, 1, -1
    assert report.findings == []


def test_a_row_against_a_column_is_seen_in_a_hinge_loss_too(linted):
    model, signs = small(outputs=1), 2 * Y - 1
    with linted() as report:
        (1 - signs * model(Tensor(X))).relu().mean().backward()
    assert report.codes == ["column-against-row"]
    assert "(60, 1) met targets of shape (60,)" in report.findings[0].text


@pytest.mark.parametrize("last", [nn.Softmax(), nn.LogSoftmax()])
def test_a_softmax_in_the_model_is_seen_by_fit(last, linted):
    model = small()
    model.append(last)
    with linted() as report:
        nn.fit(model, X, Y, loss="cross_entropy", epochs=1)
    assert report.codes == ["softmax-twice"]


def test_softmax_by_hand_is_a_softmax(linted):
    model = small()
    with linted() as report:
        z = model(Tensor(X)).exp()
        F.cross_entropy(z / z.sum(axis=1, keepdims=True), Y).backward()
    assert report.codes == ["softmax-twice"]


def test_softmax_elsewhere_is_no_mistake(linted):
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    head = nn.Linear(8, 3)
    x = Tensor(RNG.normal(size=(4, 5, 8)))
    with linted() as report:
        F.nll_loss(log_softmax(head(attention(x, x, x)[0][:, 0])), [0, 1, 2, 0]).backward()
        shares = F.softmax(head(x))
        (-(shares * shares.log()).sum()).backward()  # an entropy
    assert report.findings == []


def test_sigmoid_and_softplus_elsewhere_are_no_mistake(linted):
    model = nn.Sequential(nn.Linear(2, 4), nn.Softplus(), nn.Linear(4, 1), nn.Sigmoid())
    with linted() as report:
        learn(model, lambda p, t: F.binary_cross_entropy(p, t.reshape(-1, 1).astype(float)))
    assert report.findings == []


def test_labels_that_use_every_class_are_no_mistake(linted):
    model = small(outputs=3)
    with linted() as report:
        learn(model, y=np.arange(60) % 3)
        learn(small(outputs=3), y=1 + np.arange(60) % 2, steps=1)  # too few to tell
    assert report.findings == []


# --------------------------------------------------------------------------- parameters and modes


def test_frozen_layers_are_no_mistake(linted):
    model = small()
    model[0].freeze()
    with linted() as report:
        learn(model, optimizer=nn.SGD(model[2].parameters(), lr=0.1))
    assert report.findings == []


def test_values_are_frozen_by_leaving_them_out(linted):
    model = nn.MLP(2, [3, 1])
    optimizer = nn.SGD(model.layers[1].parameters(), lr=0.1)
    with linted() as report:
        for _ in range(6):
            loss = sum((model([0.5, x]) - 1) ** 2 for x in (0.1, -1.0))
            optimizer.zero_grad()
            model.zero_grad()
            loss.backward()
            optimizer.step()
    assert report.findings == []


def test_gradients_that_are_set_by_hand_need_no_backward_pass(linted):
    model = small()
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    with linted() as report:
        learn(model, optimizer=optimizer, steps=1)
        for _ in range(10):
            for p in model.parameters():
                p.grad = RNG.normal(size=p.shape)
            optimizer.step()
    assert report.findings == []


def test_lbfgs_looks_several_times_a_step(linted):
    model = small()
    optimizer = nn.LBFGS(model.parameters(), lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(Tensor(X)), Y)
        loss.backward()
        return loss

    with linted() as report:
        for _ in range(4):
            optimizer.step(closure)
    assert report.findings == []


@pytest.mark.parametrize("part", [nn.Dropout(0.5), nn.BatchNorm1d(8)])
def test_what_fit_evaluate_and_predict_do_is_right(part, linted):
    model = small(part)
    with linted() as report:
        nn.fit(model, X, Y, loss="cross_entropy", epochs=3, validation=(X, Y))
        nn.predict(model, X)
        model.train()
        learn(model)
        model.eval()
        with no_grad():
            model(Tensor(X))
    assert report.findings == []


@pytest.mark.parametrize("part", [nn.Tanh(), nn.Dropout(0.0), nn.LayerNorm(8)])
def test_a_model_without_modes_may_be_measured_in_any(part, linted):
    model = small(part)
    with linted() as report:
        learn(model)
        with no_grad():
            model(Tensor(X))
    assert report.findings == []


def test_only_the_batch_norms_may_stand_still(linted):
    model = small(nn.BatchNorm1d(8), nn.Dropout(0.1))
    model[2].eval()
    with linted() as report:
        learn(model)
    assert report.findings == []


def test_a_layer_of_ones_own_that_looks_at_training_has_modes(linted):
    class Noise(nn.Module):
        def forward(self, x):
            return x + RNG.normal(size=x.shape) if self.training else x

    model = small(Noise())
    with linted() as report:
        learn(model)
        with no_grad():
            model(Tensor(X))
    (finding,) = report.findings
    assert finding.code == "train-mode"
    assert "Noise (2) was active" in finding.text
