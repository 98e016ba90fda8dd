"""The training loop: what it learns, what it reports, and how it ends."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value, no_grad
from nn.data import digits, moons, train_test_split, xor
from nn.metrics import accuracy
from nn.training import METRICS


def small(generator=0, outputs=2, hidden=8, bend=nn.Tanh, **settings):
    source = np.random.default_rng(generator)
    return nn.Sequential(
        nn.Linear(2, hidden, generator=source, **settings),
        bend(),
        nn.Linear(hidden, outputs, generator=source, **settings),
    )


# ------------------------------------------------------------------------------- what it learns


@pytest.mark.parametrize(
    ("loss", "outputs"),
    [
        ("cross_entropy", 2),
        ("multi_margin", 2),
        ("binary_cross_entropy_with_logits", 1),
        (nn.BCEWithLogitsLoss(), 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_xor_is_learned(loss, outputs, seed):
    X, y = xor()
    model = small(seed, outputs)
    target = y.reshape(-1, 1) if outputs == 1 else y
    history = nn.fit(
        model, X, target, loss=loss, optimizer=nn.Adam(model.parameters(), lr=0.1), epochs=60
    )
    assert history["accuracy"][-1] == 1.0
    assert history["loss"][-1] < 0.1
    assert accuracy(nn.predict(model, X), y) == 1.0


def test_xor_is_not_learned_without_a_bend():
    X, y = xor()
    model = nn.Sequential(*[nn.Linear(2, 2, generator=i) for i in range(4)])
    nn.fit(model, X, y, loss="cross_entropy", optimizer=nn.Adam(model.parameters(), 0.1), epochs=60)
    assert accuracy(nn.predict(model, X), y) <= 0.75


def test_moons_are_learned_by_values():
    X, y = moons(60, 0.1)
    model = nn.MLP(2, [8, 8, 1], generator=1)
    history = nn.fit(
        model,
        X,
        2 * y - 1,
        loss="hinge",
        optimizer=nn.Adam(model.parameters(), lr=0.05),
        epochs=40,
        batch_size=20,
    )
    assert history["accuracy"][-1] == 1.0
    assert accuracy(nn.predict(model, X), y) == 1.0


def test_moons_are_learned_by_the_loop_of_micrograd():
    X, y = moons(60, 0.1)
    model = nn.MLP(2, [16, 16, 1], generator=1)
    rows, signs = X.tolist(), (2 * y - 1).tolist()
    for step in range(80):
        scores = [model(row) for row in rows]
        losses = [(1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        total = sum(losses) / len(losses) + penalty
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * step / 80) * p.grad
    assert all((score.data > 0) == (sign > 0) for score, sign in zip(scores, signs, strict=True))


def test_values_and_tensors_learn_the_same():
    X, y = moons(40, 0.1)
    tensors = small(3, 1, bend=nn.ReLU)
    rows = [(layer.weight.tolist(), layer.bias.tolist()) for layer in (tensors[0], tensors[2])]
    values = nn.MLP.from_weights(rows)
    last = []
    for model, target in [(tensors, (2 * y - 1).reshape(-1, 1)), (values, 2 * y - 1)]:
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        last.append(nn.fit(model, X, target, loss="hinge", optimizer=optimizer, epochs=5)["loss"])
    np.testing.assert_allclose(last[0], last[1], rtol=1e-9)


def test_a_line_is_found():
    x = np.linspace(-1, 1, 50).reshape(-1, 1)
    model = nn.Linear(1, 1)
    history = nn.fit(
        model, x, 3 * x + 1, loss="mse", optimizer=nn.SGD(model.parameters(), lr=0.3), epochs=40
    )
    assert (model.weight.item(), model.bias.item()) == pytest.approx((3, 1), abs=1e-4)
    assert "accuracy" not in history


@pytest.mark.parametrize("seed", range(2))
def test_real_digits_are_learned(seed):
    data = digits()
    X, X_test, y, y_test = train_test_split(data.X / 16 - 0.5, data.y)
    source = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(64, 128, dtype=np.float32, generator=source),
        nn.ReLU(),
        nn.Linear(128, 10, dtype=np.float32, generator=source),
    )
    history = nn.fit(
        model,
        X,
        y,
        loss=nn.CrossEntropyLoss(label_smoothing=0.1),
        optimizer=nn.Adam(model.parameters(), lr=3e-3),
        epochs=30,
        validation=(X_test, y_test),
        seed=seed,
    )
    assert history["val_accuracy"][-1] >= 0.975
    assert accuracy(nn.predict(model, X_test), y_test) == history["val_accuracy"][-1]
    assert model[0].weight.dtype == np.float32


# ---------------------------------------------------------------------------- what it reports


def test_history_has_a_number_per_epoch():
    X, y = moons(40)
    history = nn.fit(
        small(),
        X,
        y,
        loss="cross_entropy",
        epochs=3,
        validation=(X, y),
        metrics={"right": accuracy, "twice": lambda p, t: 2 * accuracy(p, t)},
    )
    assert list(history) == [
        "loss", "right", "twice", "val_loss", "val_right", "val_twice", "seconds",
    ]  # fmt: skip
    assert {len(numbers) for numbers in history.values()} == {3}
    assert history["val_twice"] == [2 * share for share in history["val_right"]]
    assert history.epochs == 3
    assert repr(history).startswith("History(3 epochs: loss ")
    assert repr(nn.History()) == "History(0 epochs)"


def test_the_loss_of_an_epoch_is_the_mean_over_examples():
    X, y = moons(10)
    model = small()
    whole = nn.functional.cross_entropy(model(Tensor(X)), y).item()
    optimizer = nn.SGD(model.parameters(), lr=0.0)
    for size in (3, 10, 100):
        history = nn.fit(
            model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=1, batch_size=size
        )
        assert history["loss"] == pytest.approx([whole], rel=1e-12)


def test_accuracy_of_probabilities_splits_at_one_half():
    X, y = xor()
    model = nn.Sequential(small(0, 1), nn.Sigmoid())
    target = y.reshape(-1, 1)
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    for loss in ("binary_cross_entropy", nn.BCELoss()):
        history = nn.fit(model, X, target, loss=loss, optimizer=optimizer, epochs=40)
    assert history["accuracy"][-1] == 1.0


def test_the_same_seed_learns_the_same():
    X, y = moons(50)

    def learned(seed):
        model = small()
        nn.fit(model, X, y, loss="cross_entropy", epochs=3, batch_size=8, seed=seed)
        return np.concatenate([array.reshape(-1) for array in model.state_dict().values()])

    np.testing.assert_array_equal(learned(1), learned(1))
    np.testing.assert_array_equal(learned(1), learned(np.random.default_rng(1)))
    assert not np.array_equal(learned(1), learned(2))


def test_progress_is_quiet_unless_asked(capsys):
    X, y = xor()
    nn.fit(small(), X, y, loss="cross_entropy", epochs=2)
    assert capsys.readouterr() == ("", "")
    nn.fit(small(), X, y, loss="cross_entropy", epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown


def test_layers_know_whether_they_are_trained():
    modes = []

    class Watching(nn.Module):
        def __init__(self):
            self.layer = small()

        def forward(self, x):
            modes.append(self.training)
            return self.layer(x)

    X, y = xor()
    model = Watching()
    nn.fit(model, X, y, loss="cross_entropy", epochs=2, validation=(X, y))
    assert modes == [True, False, True, False]
    assert not model.training
    model.train()
    nn.predict(model, X)
    assert modes[-1] is False
    assert model.training


# -------------------------------------------------------------------------------- how it ends


def test_ctrl_c_returns_the_history_so_far():
    X, y = moons(40)
    calls = []

    def measure(predictions, targets):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return accuracy(predictions, targets)

    history = nn.fit(
        small(), X, y, loss="cross_entropy", epochs=99, batch_size=20, metrics={"share": measure}
    )
    assert history.epochs == 2
    assert history.interrupted


def test_a_loss_that_is_no_number_is_told():
    X, y = xor()
    X[0] = np.nan
    with pytest.raises(FloatingPointError, match="the loss is nan in epoch 1: lower the learning"):
        nn.fit(small(), X, y, loss="cross_entropy")


def test_a_plain_loop_in_no_grad_records_nothing():
    X, _ = xor()
    model = small()
    with no_grad():
        assert model(Tensor(X)).op is None
    out = nn.predict(model, Tensor(X))
    assert isinstance(out, np.ndarray)
    assert out.shape == (4, 2)
    assert nn.predict(model, X, batch_size=3) == pytest.approx(out)
    assert nn.predict(nn.MLP(2, [3, 2]), X).shape == (4, 2)


def test_predictions_of_values_may_be_single():
    assert nn.predict(nn.MLP.from_weights([([[1.0, 1.0]], [0.5])]), [[1.0, 2.0]]).tolist() == [3.5]
    assert isinstance(nn.MLP(2, [1])([1.0, 2.0]), Value)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"loss": "crossentropy"}, ValueError, "fit: loss 'crossentropy' .* 'cross_entropy'"),
        ({"loss": "mse", "metrics": ["acuracy"]}, ValueError, "did you mean 'accuracy'"),
        ({"loss": "cross_entropy", "epochs": -1}, ValueError, "epochs=-1 came"),
        ({"loss": "cross_entropy", "validation": [1]}, ValueError, r"give \(inputs, targets\)"),
        ({"loss": "cross_entropy", "batch_size": 0}, ValueError, "batch_size"),
        ({"loss": "cross_entropy", "seed": "now"}, TypeError, "give a seed such as 0"),
        ({"loss": "hinge"}, ValueError, "targets are -1 and 1"),
        ({"loss": "binary_cross_entropy_with_logits"}, ValueError, "must be equal"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(settings, error, said):
    X, y = xor()
    model = small()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        nn.fit(model, X, y, **settings)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_model_without_parameters_is_told():
    X, y = xor()
    with pytest.raises(ValueError, match="no parameters came"):
        nn.fit(nn.Identity(), X, y, loss="cross_entropy")


def test_losses_with_settings_can_be_given_as_functions():
    X, y = xor()
    smooth = partial(nn.functional.cross_entropy, label_smoothing=0.1)
    history = nn.fit(small(), X, y, loss=smooth, epochs=1, metrics=["accuracy"])
    assert set(history) == {"loss", "accuracy", "seconds"}
    assert METRICS["accuracy"] is accuracy


def test_a_loss_of_nan_leaves_the_model_as_it_was():
    X, y = xor()
    model = small()
    before = model.state_dict()
    with pytest.raises(FloatingPointError, match="nan in epoch 1"):
        nn.fit(model, X * np.nan, y, loss="cross_entropy")
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("optimizer", ["adam", nn.Adam])
def test_an_optimizer_that_is_not_made_is_told(optimizer):
    X, y = xor()
    with pytest.raises(TypeError, match=r"(?i)fit: 'adam' came as optimizer; give one"):
        nn.fit(small(), X, y, loss="cross_entropy", optimizer=optimizer)


def test_one_score_per_example_is_too_few_for_cross_entropy():
    X, y = moons(8)
    with pytest.raises(ShapeError, match=r"for 8 examples give scores of shape \(8, classes\)"):
        nn.fit(nn.MLP(2, [1], generator=0), X, y, loss="cross_entropy")
