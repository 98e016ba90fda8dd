"""The training loop: what it learns, what it reports, and how it ends."""

import signal
import threading
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


def small(generator=0, outputs=2, hidden=8, bend=nn.Tanh, **settings):
    source = np.random.default_rng(generator)
    return nn.Sequential(
        nn.Linear(2, hidden, generator=source, **settings),
        bend(),
        nn.Linear(hidden, outputs, generator=source, **settings),
    )


def same(one, other):
    """Whether two state_dicts are equal, bit by bit."""
    return list(one) == list(other) and all(
        np.array_equal(one[name], other[name], equal_nan=True) for name in one
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
    tried = [False, False]  # a few examples and a few of validation, before anything is learned
    assert modes == [*tried, True, False, True, False]
    assert not model.training
    model.train()
    nn.predict(model, X)
    assert modes[-1] is False
    assert model.training


# -------------------------------------------------------------------------------- how it ends


class PressCtrlC:
    """Presses Ctrl-C in the middle of a step, some times."""

    def __init__(self, step, times=1, inner=nn.functional.cross_entropy):
        self.calls, self.step, self.times, self.inner = 0, step, times, inner

    def __call__(self, predictions, targets):
        self.calls += 1
        if self.calls == self.step:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
        return self.inner(predictions, targets)


def test_ctrl_c_finishes_the_batch_and_returns_the_history_so_far():
    X, y = moons(40)
    before = signal.getsignal(signal.SIGINT)
    model, steps = small(), []
    history = nn.fit(
        model, X, y, loss=PressCtrlC(6), epochs=99, batch_size=20,
        callbacks=nn.callbacks.LambdaCallback(on_batch_end=lambda run: steps.append(run.batch)),
    )  # fmt: skip
    assert steps == [0, 1, 0, 1, 0, 1]  # the sixth batch was finished
    assert history.epochs == 2
    assert history.interrupted
    assert signal.getsignal(signal.SIGINT) is before
    assert not model.training


def test_ctrl_c_twice_interrupts_at_once():
    X, y = moons(40)
    before, model = signal.getsignal(signal.SIGINT), small()
    weights = model.state_dict()
    with pytest.raises(KeyboardInterrupt):
        nn.fit(model, X, y, loss=PressCtrlC(1, times=2), epochs=99)
    assert signal.getsignal(signal.SIGINT) is before
    assert same(weights, model.state_dict())


def test_another_thread_leaves_ctrl_c_alone():
    X, y = xor()
    seen, found = [], []
    watching = nn.callbacks.LambdaCallback(
        on_epoch_end=lambda run: seen.append(signal.getsignal(signal.SIGINT))
    )

    def work():
        found.append(nn.fit(small(), X, y, loss="cross_entropy", epochs=2, callbacks=watching))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0].epochs == 2
    assert seen == [signal.getsignal(signal.SIGINT)] * 2


def test_a_loss_that_is_no_number_is_told_before_the_step():
    X, y = xor()
    model = small()
    model[0].weight.data[0, 0] = np.nan
    before = model.state_dict()
    with pytest.raises(FloatingPointError, match="the loss is nan in epoch 1: lower the learning"):
        nn.fit(model, X, y, loss="cross_entropy")
    assert same(before, model.state_dict())


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
        ({"loss": nn.MSELoss}, TypeError, r"make one: nn.MSELoss\(\)"),
        ({"loss": 3}, TypeError, "int came as loss; give a name or a function"),
        ({"loss": "cross_entropy", "epochs": 2.5}, TypeError, "whole number"),
        ({"loss": "cross_entropy", "metrics": [3]}, TypeError, "int came as a metric"),
        ({"loss": "cross_entropy", "validation_split": 1.0}, ValueError, "leaves examples on both"),
        ({"loss": "cross_entropy", "class_weight": {0: -1.0}}, ValueError, "needs 0 or more"),
        ({"loss": "cross_entropy", "class_weight": {"a": 1}}, TypeError, "classes are numbers"),
        ({"loss": "cross_entropy", "class_weight": [1, 2]}, TypeError, "weights by class"),
        ({"loss": lambda p, t: p.sum(), "class_weight": {0: 1}}, TypeError, "reduction='none'"),
        ({"loss": "cross_entropy", "callbacks": [3]}, TypeError, "none of on_train_begin"),
        ({"loss": "cross_entropy", "callbacks": nn.callbacks.CSVLogger}, TypeError, "brackets"),
        ({"loss": "cross_entropy", "resume": True}, ValueError, "give checkpoint=path"),
        ({"loss": "cross_entropy", "checkpoint": "/no/such/folder/run.npz"}, ValueError, "folder"),
        ({"loss": "cross_entropy", "optimizer": 3}, TypeError, "give one of nn.optim"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(settings, error, said):
    X, y = xor()
    model = small()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        nn.fit(model, X, y, **settings)
    assert same(before, model.state_dict())


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


@pytest.mark.parametrize("optimizer", ["adam", nn.Adam])
def test_an_optimizer_that_is_not_made_is_told(optimizer):
    X, y = xor()
    with pytest.raises(TypeError, match=r"(?i)fit: 'adam' came as optimizer; give one"):
        nn.fit(small(), X, y, loss="cross_entropy", optimizer=optimizer)


def test_one_score_per_example_is_too_few_for_cross_entropy():
    X, y = moons(8)
    with pytest.raises(ShapeError, match=r"for 8 examples give scores of shape \(8, classes\)"):
        nn.fit(nn.MLP(2, [1], generator=0), X, y, loss="cross_entropy")


class Table:
    """Stands for a table of pandas: it becomes an array, and walking through it gives names."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def __array__(self, dtype=None, copy=None):
        return self.numbers.astype(dtype or self.numbers.dtype)

    def __len__(self):
        return len(self.numbers)

    def __iter__(self):
        return iter("ab")


def test_a_table_of_another_library_is_an_array():
    X, y = moons(40)
    model, plain = small(), small()
    tables = nn.fit(
        model, Table(X), Table(y), loss="cross_entropy", epochs=2, validation=(Table(X), Table(y))
    )
    arrays = nn.fit(plain, X, y, loss="cross_entropy", epochs=2, validation=(X, y))
    assert tables["val_loss"] == arrays["val_loss"]
    assert np.array_equal(nn.predict(model, Table(X)), nn.predict(plain, X))


@pytest.mark.parametrize(
    ("model", "came"),
    [(nn.Sequential, "Sequential"), (lambda x: x, "function"), (None, "NoneType")],
)
def test_what_is_no_model_is_told(model, came):
    with pytest.raises(TypeError, match=f"{came} came as model"):
        nn.fit(model, *xor(), loss="cross_entropy")


@pytest.mark.parametrize(
    ("gives", "said"), [(None, "gave None"), (np.ones(3), r"gave the shape \(3,\)")]
)
def test_a_metric_that_gives_no_number_is_named(gives, said):
    with pytest.raises(TypeError, match=f"the metric 'odd' {said}; needs one number"):
        nn.fit(small(), *xor(), loss="cross_entropy", metrics={"odd": lambda p, t: gives})


def test_a_metric_as_function_is_set_up_as_by_its_name():
    X, y = moons(40)
    model = small(outputs=1).append(nn.Sigmoid())
    history = nn.fit(
        model, X, y[:, None], loss="binary_cross_entropy", metrics={"a": accuracy, "b": "accuracy"}
    )
    assert history["a"] == history["b"]


def test_what_keras_calls_trainable_is_not_passed_over_in_silence():
    model = small()
    model[0].trainable = False
    with pytest.raises(ValueError, match=r"0 has trainable=False.*layer.freeze\(\)"):
        nn.fit(model, *xor(), loss="cross_entropy")
    before = model[0].freeze().state_dict()
    nn.fit(model, *xor(), loss="cross_entropy")
    assert same(before, model[0].state_dict())


def test_targets_that_are_no_numbers_are_told_before_anything_is_learned():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = X.sum(1, keepdims=True)
    holes = y.copy()
    holes[45] = np.nan
    for settings, said in [
        ({"y": holes}, r"y holds nan in row 45 \(1 of 50"),
        ({"y": y, "validation": (X, holes)}, "validation targets holds nan in row 45"),
    ]:
        model = small(outputs=1)
        before = model.state_dict()
        with pytest.raises(ValueError, match=said):
            nn.fit(model, X, loss="mse", batch_size=5, **settings)
        assert same(before, model.state_dict())


def test_a_loader_that_is_used_up_is_told():
    class Once:
        def __init__(self, batches):
            self.walk = iter(batches)

        def __iter__(self):
            return self.walk

    X, y = moons(40)
    with pytest.raises(ValueError, match="an epoch had no batch; give a loader"):
        nn.fit(small(), Once([(X, y)]), loss="cross_entropy", epochs=2)
    with pytest.raises(ValueError, match="the loader gave no batch"):
        nn.training.evaluate(small(), Once([]))


@pytest.mark.parametrize(
    ("loss", "error", "said"),
    [
        (nn.CrossEntropyLoss(reduction="none"), ShapeError, r"gave the shape \(10,\)"),
        (lambda p, t: (p - t[:, None]) ** 2, ShapeError, r"gave the shape \(10, 2\)"),
        (lambda p, t: float(((p - t[:, None]) ** 2).mean()), TypeError, "knows no gradient"),
    ],
)
def test_a_loss_that_gives_no_number_to_go_downhill_on_is_told(loss, error, said):
    X, y = moons(10)
    model = small()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        nn.fit(model, X, y, loss=loss)
    assert same(before, model.state_dict())


def test_a_loss_of_ones_own_gets_tensors_for_validation_too():
    def loss(predictions, targets):
        return (predictions.squeeze(-1) - targets).pow(2).mean()

    X, y = moons(40)
    model = small(outputs=1)
    history = nn.fit(model, X, y, loss=loss, epochs=1, validation=(X, y))
    assert history["val_loss"] == [np.mean((nn.predict(model, X)[:, 0] - y) ** 2)]


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


def test_data_that_do_not_fit_are_told_before_anything_is_learned():
    X, y = moons(100)
    holes = X.copy()
    holes[70, 1] = np.nan
    labels = y.copy()
    labels[60] = 2
    other = nn.Adam(small().parameters())
    for arguments, settings, error, said in [
        ((X, y[:-1]), {}, ValueError, "X has 100 rows and y has 99"),
        ((X[:0], y[:0]), {}, ValueError, "empty"),
        ((holes, y), {}, ValueError, r"X holds nan in row 70 \(1 of 100 rows"),
        ((X, labels), {}, ValueError, "label 2 came, and there are 2 classes"),
        ((X, y), {"validation": (holes, y)}, ValueError, "validation inputs holds nan"),
        ((X, y), {"validation": (X, labels)}, ValueError, "label 2 came"),
        ((X, y), {"validation": (X, y[:3])}, ValueError, "X has 100 rows and y has 3"),
        ((X, y), {"validation": (X, y), "validation_split": 0.5}, ValueError, "give one of them"),
        ((X, y), {"optimizer": other}, ValueError, "none of this model's parameters"),
        ((X,), {}, TypeError, "X came without y"),
        ((3,), {}, TypeError, "give arrays X and y"),
        ((iter([(X, y)]),), {}, TypeError, "used up after one epoch"),
        (([(X, y)],), {"validation_split": 0.5}, TypeError, "cannot be cut"),
        (([(X, y, y)],), {}, TypeError, "a batch of 3 things came"),
        ((X.tolist(),), {}, TypeError, r"a single example came.*fit\(X, y\)"),
        ((TensorDataset(X, y),), {}, TypeError, "nn.data.DataLoader"),
        (({"X": X}, y), {}, TypeError, "a dict came as X, with y"),
        ((DataLoader(TensorDataset(X, y)), y), {}, TypeError, "a loader .* without y"),
        (([[1.0], [1.0, 2.0]], [0, 1]), {}, ValueError, "not equally long"),
        ((Table(X),), {}, TypeError, "X came without y"),
        (([],), {}, ValueError, "has no batch"),
        ((X, y), {"validation": X}, TypeError, "without targets"),
        ((X, y), {"validation": (X, None)}, TypeError, "without targets"),
        ((X, y), {"validation": DataLoader([1], 2, drop_last=True)}, ValueError, "has no batch"),
        ((X, y), {"validation_split": "0.2"}, TypeError, "pass a number"),
        ((X, y), {"metrics": {"a": "acuracy"}}, ValueError, "did you mean 'accuracy'"),
        ((X, y), {"metrics": {"a": 3}}, TypeError, "int came as a metric"),
        ((X, y), {"metrics": [lambda p, t: 1, lambda p, t: 2]}, ValueError, "two metrics are"),
        ((X, y), {"class_weight": {0: "a"}}, ValueError, "needs 0 or more"),
    ]:
        model = small()
        before = model.state_dict()
        with pytest.raises(error, match=said):
            nn.fit(model, *arguments, loss="cross_entropy", batch_size=10, **settings)
        assert same(before, model.state_dict())


def test_lbfgs_is_told_how_it_is_used():
    model = small()
    with pytest.raises(TypeError, match=r"optimizer.step\(closure\)"):
        nn.fit(model, *xor(), loss="cross_entropy", optimizer=nn.LBFGS(model.parameters()))


# ------------------------------------------------------------------------------- what it is fed


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


# ----------------------------------------------------------------------------- going on later


def with_dropout():
    source = np.random.default_rng(3)
    return nn.Sequential(
        nn.Linear(2, 8, generator=source),
        nn.BatchNorm1d(8),
        nn.Tanh(),
        nn.Dropout(0.3, generator=np.random.default_rng(4)),
        nn.Linear(8, 2, generator=source),
    )


def training(model, path, *, feed="arrays", loss="cross_entropy", epochs=4, **settings):
    X, y = moons(50)
    data = (X, y)
    if feed == "loader":
        data = (DataLoader(TensorDataset(X, y), batch_size=8, shuffle=True, seed=1),)
    return nn.fit(
        model, *data, loss=loss, epochs=epochs, batch_size=8, checkpoint=path, seed=1,
        optimizer=nn.Adam(model.parameters(), lr=0.01), metrics=["accuracy", "f1"], **settings,
    )  # fmt: skip


@pytest.mark.parametrize("feed", ["arrays", "loader"])
@pytest.mark.parametrize("step", [1, 3, 7, 10, 28])
def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path, feed, step):
    whole, path = with_dropout(), tmp_path / "run.npz"
    expected = training(whole, None, feed=feed, loss=PressCtrlC(99))
    first = training(with_dropout(), path, feed=feed, loss=PressCtrlC(step))
    assert first.interrupted
    again = with_dropout()
    history = training(again, path, feed=feed, loss=PressCtrlC(99), resume=True)
    assert same(whole.state_dict(), again.state_dict())
    assert not history.interrupted
    for name in ("loss", "accuracy", "f1"):
        assert history[name] == expected[name]
    assert history.epochs == 4


def test_a_finished_training_has_nothing_left_to_do(tmp_path):
    path = tmp_path / "run.npz"
    model = with_dropout()
    first = training(model, path)
    again = with_dropout()
    second = training(again, path, resume=True)
    assert same(model.state_dict(), again.state_dict())
    assert dict(first) == dict(second)
    longer = training(again, path, resume=True, epochs=5)
    assert longer.epochs == 5
    assert longer["loss"][:4] == first["loss"]


def test_resume_without_a_file_begins_and_a_path_must_exist(tmp_path):
    path = tmp_path / "run.npz"
    one, other = with_dropout(), with_dropout()
    training(one, path, resume=True)
    training(other, None)
    assert same(one.state_dict(), other.state_dict())
    training(with_dropout(), None, resume=path, epochs=5)
    with pytest.raises(FileNotFoundError, match="is no file"):
        training(with_dropout(), path, resume=tmp_path / "other.npz")


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    training(with_dropout(), path, loss=PressCtrlC(3))
    X, y = moons(50)
    for settings, said in [
        ({"batch_size": 10}, "in the middle of an epoch"),
        ({"callbacks": [nn.callbacks.EarlyStopping("loss")]}, "give the same"),
        ({"metrics": ["recall"]}, "give the same metrics"),
    ]:
        model = with_dropout()
        optimizer, before = nn.Adam(model.parameters(), lr=0.01), model.state_dict()
        with pytest.raises(ValueError, match=said):
            nn.fit(
                model, X, y, loss="cross_entropy", optimizer=optimizer, checkpoint=path,
                resume=True, **{"batch_size": 8, "metrics": ["accuracy", "f1"], **settings},
            )  # fmt: skip
        assert same(before, model.state_dict())
        assert not optimizer.state
    other = small(hidden=3)
    before = other.state_dict()
    with pytest.raises(ValueError, match="nothing was loaded"):
        training(other, path, resume=True)
    assert same(before, other.state_dict())
    nn.save({"a": [1.0]}, tmp_path / "arrays.npz")
    with pytest.raises(ValueError, match="is no checkpoint"):
        training(with_dropout(), None, resume=tmp_path / "arrays.npz")


def test_values_go_on_too(tmp_path):
    X, y = moons(20)

    def run(model, loss, **settings):
        optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
        return nn.fit(
            model, X, 2 * y - 1, loss=loss, optimizer=optimizer, epochs=3, batch_size=6, **settings
        )

    hinge = nn.functional.hinge_loss
    whole, path = nn.MLP(2, [3, 1], generator=0), tmp_path / "run.npz"
    run(whole, hinge, metrics=["accuracy"])
    pressed, settings = PressCtrlC(5, inner=hinge), {"checkpoint": path, "metrics": ["accuracy"]}
    run(nn.MLP(2, [3, 1], generator=0), pressed, **settings)
    again = nn.MLP(2, [3, 1], generator=7)
    run(again, hinge, resume=True, **settings)
    assert same(whole.state_dict(), again.state_dict())


# ----------------------------------------------------------------------------- how it looks


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
