"""The training loop: what it learns, what it reports, and what it is fed."""

import weakref
from functools import partial

import numpy as np
import pytest

import nn
import viz
from autograd import ShapeError, Tensor, Value, no_grad
from autograd.node import display
from nn.data import DataLoader, TensorDataset, digits, moons, train_test_split, xor
from nn.metrics import accuracy
from nn.training import METRICS
from tests.nn.trained_models import Table, same, small

# ----------------------------------------------------------------------------------- what it learns


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


# ---------------------------------------------------------------------------------- what it reports


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


@pytest.mark.parametrize("targets", [[0, 1, 1, 0], [-1, 1, 1, -1]])
def test_accuracy_under_a_loss_of_numbers_follows_the_targets(targets):
    model = nn.Linear(1, 1)
    model.weight.data, model.bias.data = [[1.0]], [0.0]
    x = np.where(np.array(targets) > 0, 0.75, 0.25 if min(targets) == 0 else -0.25).reshape(-1, 1)
    history = nn.fit(
        model, x, np.array(targets, float).reshape(-1, 1), loss="mse", metrics=["accuracy"],
        optimizer=nn.SGD(model.parameters(), lr=0.0), epochs=1, batch_size=2,
    )  # fmt: skip
    assert history["accuracy"] == [1.0]


@pytest.mark.parametrize(
    ("ignored", "loss"),
    [
        (-100, "cross_entropy"),
        (0, partial(nn.functional.cross_entropy, ignore_index=0)),
        (0, nn.CrossEntropyLoss(ignore_index=0)),
    ],
)
def test_targets_that_are_ignored_do_not_count_in_the_accuracy(ignored, loss):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), rng.integers(1, 3, 30)
    y[:11] = ignored  # unevenly over the batches
    model = small(outputs=3)
    history = nn.fit(
        model, X, y, loss=loss, optimizer=nn.SGD(model.parameters(), lr=0.0), epochs=2,
        batch_size=12, shuffle=False, validation=(X, y),
    )  # fmt: skip
    right = (nn.predict(model, X).argmax(1) == y)[11:].mean()
    assert np.allclose([history["accuracy"], history["val_accuracy"]], right, rtol=1e-15)


def test_several_answers_of_yes_and_no_count_each_by_itself():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), rng.integers(0, 2, (30, 3))
    for loss, bend, middle in [
        ("binary_cross_entropy", nn.Sigmoid, 0.5),
        ("binary_cross_entropy_with_logits", nn.Identity, 0.0),
        ("binary_crossentropy", nn.Sigmoid, 0.5),
    ]:
        model = small(outputs=3).append(bend())
        history = nn.fit(
            model, X, y, loss=loss, epochs=1, metrics=["accuracy", "recall"], validation=(X, y)
        )
        said = nn.predict(model, X) > middle
        assert history["val_accuracy"] == [np.mean(said == y)]
        assert history["val_recall"] == [said[y == 1].mean()]


def test_a_metric_as_function_is_set_up_as_by_its_name():
    X, y = moons(40)
    model = small(outputs=1).append(nn.Sigmoid())
    history = nn.fit(
        model, X, y[:, None], loss="binary_cross_entropy", metrics={"a": accuracy, "b": "accuracy"}
    )
    assert history["a"] == history["b"]


def test_metrics_that_are_no_means_are_those_of_the_whole_epoch():
    X, y = moons(40, 0.3)
    model = small()
    still = nn.SGD(model.parameters(), lr=0.0)
    history = nn.fit(
        model, X, y, loss="cross_entropy", optimizer=still, epochs=1, batch_size=7,
        metrics=["accuracy", "f1", "recall", nn.metrics.perplexity], validation=(X, y),
    )  # fmt: skip
    assert list(history)[:5] == ["loss", "accuracy", "f1", "recall", "perplexity"]
    for name in ("accuracy", "f1", "recall", "perplexity"):
        assert history[name] == pytest.approx(history[f"val_{name}"], rel=1e-12)


def test_losses_with_settings_can_be_given_as_functions():
    X, y = xor()
    smooth = partial(nn.functional.cross_entropy, label_smoothing=0.1)
    history = nn.fit(small(), X, y, loss=smooth, epochs=1, metrics=["accuracy"])
    assert set(history) == {"loss", "accuracy", "seconds"}
    assert METRICS["accuracy"] is accuracy


def test_a_loss_of_ones_own_gets_tensors_for_validation_too():
    def loss(predictions, targets):
        return (predictions.squeeze(-1) - targets).pow(2).mean()

    X, y = moons(40)
    model = small(outputs=1)
    history = nn.fit(model, X, y, loss=loss, epochs=1, validation=(X, y))
    assert history["val_loss"] == [np.mean((nn.predict(model, X)[:, 0] - y) ** 2)]


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
    tried = [False, False]  # a few examples and a few of validation, before anything is learned
    assert modes == [*tried, True, False, True, False]
    assert not model.training
    model.train()
    nn.predict(model, X)
    assert modes[-1] is False
    assert model.training


def test_a_graph_is_gone_before_the_next_one_is_made():
    alive = []

    class Watched(nn.Module):
        def forward(self, x):
            y = x * 1.0
            alive.append(weakref.ref(y))
            return y

    def look(run):
        assert not any(reference() is not None for reference in alive)

    X, y = moons(40)
    looking = nn.callbacks.LambdaCallback(on_batch_begin=look, on_epoch_end=look)
    nn.fit(small().append(Watched()), X, y, loss="cross_entropy", epochs=2, callbacks=looking)
    assert alive


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


def test_predict_takes_loaders_of_inputs_and_tells_of_a_single_example():
    X, y = moons(40)
    model = small()
    for data in (TensorDataset(X), TensorDataset(X, y), list(X)):
        loader = DataLoader(data, batch_size=7)
        assert np.allclose(nn.predict(model, loader), nn.predict(model, X), atol=1e-15)
    with pytest.raises(ShapeError, match=r"as one example; give several, \(n, ...\), or this one"):
        nn.predict(small(outputs=1), X[0])
    with pytest.raises(TypeError, match="batch_size is 'a'"):
        nn.predict(model, X, batch_size="a")


def test_a_history_plots_itself_once_viz_is_there(monkeypatch):
    history = nn.History(loss=[0.7, 0.4], val_loss=[0.8, 0.5])
    monkeypatch.setattr(display, "curves", None)
    with pytest.raises(RuntimeError, match="import viz"):
        history.plot()
    assert "import viz" in history._repr_html_()
    monkeypatch.setattr(display, "curves", viz.metric_curves)
    assert history.plot(title="Moons").description.startswith("Moons: loss 0.4")
    assert history._repr_html_().startswith("<img alt=")
    assert "0 epochs" in nn.History()._repr_html_()
    assert history.history["loss"] == [0.7, 0.4]


# ----------------------------------------------------------------------------------- what it is fed


def test_four_ways_to_say_it_give_the_same_weights_bit_by_bit():
    X, y = moons(50, 0.1)
    rows, size, epochs = np.arange(len(X)), 8, 3

    def in_batches(order):
        for _ in range(epochs):
            mixed = order.permutation(rows)
            for i in range(0, len(rows), size):
                yield Tensor(X[mixed[i : i + size]]), y[mixed[i : i + size]]

    def by_hand(model):
        for inputs, targets in in_batches(np.random.default_rng(5)):
            loss = nn.functional.cross_entropy(model(inputs), targets)
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data = p.data - 0.1 * p.grad

    def by_optimizer(model):
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        for inputs, targets in in_batches(np.random.default_rng(5)):
            loss = nn.functional.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def by_fit(model):
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        nn.fit(
            model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=epochs,
            batch_size=size, seed=5,
        )  # fmt: skip

    def by_keras(model):
        model.compile(nn.SGD(model.parameters(), lr=0.1), "sparse_categorical_crossentropy")
        model.fit(X, y, epochs=epochs, batch_size=size, seed=5)

    learned = []
    for way in (by_hand, by_optimizer, by_fit, by_keras):
        model = small()
        way(model)
        learned.append(model.state_dict())
    assert not same(learned[0], small().state_dict())
    for other in learned[1:]:
        assert same(learned[0], other)


def test_the_last_examples_are_kept_for_validation_as_they_stand():
    X, y = moons(40)
    trained, first = small(), small()
    split = nn.fit(trained, X, y, loss="cross_entropy", epochs=2, validation_split=0.25)
    told = nn.fit(
        first, X[:30], y[:30], loss="cross_entropy", epochs=2, validation=(X[30:], y[30:])
    )
    assert same(trained.state_dict(), first.state_dict())
    assert split["val_loss"] == told["val_loss"]


def test_without_shuffling_the_rows_come_as_they_stand():
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    seen = []

    def loss(predictions, targets):
        seen.extend(targets.tolist())
        return nn.functional.cross_entropy(predictions, targets)

    nn.fit(small(), X, y, loss=loss, epochs=2, batch_size=4, shuffle=False)
    assert seen == [0, 1, 0, 1, 0, 1] * 2


def test_a_loader_feeds_as_arrays_do():
    X, y = moons(50)
    arrays, loaded = small(), small()
    told = nn.fit(arrays, X, y, loss="cross_entropy", epochs=3, batch_size=8, validation=(X, y))
    loader = DataLoader(TensorDataset(X, y), batch_size=8, shuffle=True, seed=0)
    plain = DataLoader(TensorDataset(X, y), batch_size=16)
    history = nn.fit(loaded, loader, loss="cross_entropy", epochs=3, validation=plain)
    assert same(arrays.state_dict(), loaded.state_dict())
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert history[name] == pytest.approx(told[name], rel=1e-12)
    np.testing.assert_array_equal(nn.predict(loaded, plain), nn.predict(loaded, X))
    batches = [(X[:25], y[:25]), (X[25:], y[25:])]
    assert nn.fit(small(), batches, loss="cross_entropy", epochs=2).epochs == 2


def test_a_table_of_another_library_is_an_array():
    X, y = moons(40)
    model, plain = small(), small()
    tables = nn.fit(
        model, Table(X), Table(y), loss="cross_entropy", epochs=2, validation=(Table(X), Table(y))
    )
    arrays = nn.fit(plain, X, y, loss="cross_entropy", epochs=2, validation=(X, y))
    assert tables["val_loss"] == arrays["val_loss"]
    assert np.array_equal(nn.predict(model, Table(X)), nn.predict(plain, X))


def test_class_weights_multiply_the_loss_of_each_example():
    X, y = moons(30)
    model = small()
    each = nn.functional.cross_entropy(model(Tensor(X)), y, reduction="none").numpy()
    expected = (each * np.where(y == 1, 5.0, 1.0)).sum() / len(y)
    still = nn.SGD(model.parameters(), lr=0.0)
    for loss, target in [
        ("cross_entropy", y),
        ("categorical_crossentropy", np.eye(2)[y]),
        (nn.CrossEntropyLoss(), y),
        (partial(nn.functional.cross_entropy, ignore_index=-1), y),
    ]:
        history = nn.fit(
            model, X, target, loss=loss, optimizer=still, epochs=1, batch_size=30,
            class_weight={1: 5.0},
        )  # fmt: skip
        assert history["loss"] == pytest.approx([expected], rel=1e-12)


def test_class_weights_are_the_same_on_values_and_tensors():
    X, y = moons(12)
    values = nn.MLP(2, [3, 1], generator=0)
    tensors = nn.to_tensor(values)
    losses = [
        nn.fit(
            model, X, t, loss="hinge", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=2,
            batch_size=5, class_weight={-1: 3.0},
        )["loss"]
        for model, t in [(values, 2 * y - 1), (tensors, (2 * y - 1).reshape(-1, 1))]
    ]  # fmt: skip
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-12)


def test_lazy_layers_get_their_size_before_the_optimizer_is_made():
    X, y = moons(20)
    model = nn.Sequential(nn.LazyLinear(3), nn.Tanh(), nn.LazyLinear(2))
    nn.fit(model, X, y, loss="cross_entropy", epochs=1)
    assert model[0].in_features == 2
    lazy = nn.Sequential(nn.LazyLinear(2))
    loader = DataLoader(TensorDataset(X, y), batch_size=4, shuffle=True, seed=0)
    state = loader.state_dict()
    with pytest.raises(ValueError, match="label"):
        nn.fit(lazy, loader, loss=lambda p, t: nn.functional.cross_entropy(p, t + 5), epochs=1)
    assert lazy[0].in_features == 2
    assert loader.state_dict() != state  # it had begun: what a loader gives is not looked at before
