"""Callbacks: what they see, what they do, what they write, and that checkpoints carry them on."""

import csv
import sys
import types
from functools import partial

import numpy as np
import pytest

import nn
import viz
from autograd.node import display
from nn import callbacks
from nn.data import moons
from nn.optim import lr_scheduler

X, Y = moons(40)


def small(generator=0):
    source = np.random.default_rng(generator)
    return nn.Sequential(
        nn.Linear(2, 6, generator=source), nn.Tanh(), nn.Linear(6, 2, generator=source)
    )


def train(model, callbacks=(), epochs=4, lr=0.05, **settings):
    optimizer = nn.SGD(model.parameters(), lr=lr, momentum=0.5)
    return nn.fit(
        model, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=epochs, batch_size=10,
        callbacks=callbacks, **settings,
    )  # fmt: skip


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


# ------------------------------------------------------------------------------ what they see


class Watching(callbacks.Callback):
    def __init__(self):
        self.moments = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda run: self.moments.append((name, run.epoch, run.batch))
        return super().__getattribute__(name)


def test_callbacks_are_called_at_their_moments():
    watching = Watching()
    train(small(), [watching], epochs=2)
    names = [name for name, _, _ in watching.moments]
    epoch = ["on_epoch_begin", *["on_batch_begin", "on_batch_end"] * 4, "on_epoch_end"]
    assert names == ["on_train_begin", *epoch, *epoch, "on_train_end"]
    ends = [(e, b) for name, e, b in watching.moments if name == "on_batch_end"]
    assert ends == [(e, b) for e in range(2) for b in range(4)]


def test_the_run_tells_where_it_is():
    seen = []

    def look(run):
        gradient = run.model[0].weight.grad
        seen.append((run.epochs, run.batches, np.isfinite(run.loss), gradient is not None))

    def end(run):
        assert run.logs["loss"] == run.history["loss"][-1]
        assert set(run.measured) == set(run.logs)
        assert isinstance(run.order, np.random.Generator)

    watching = callbacks.LambdaCallback(on_batch_end=look, on_epoch_end=end)
    train(small(), watching, epochs=1, validation_split=0.2)
    assert set(seen) == {(1, 4, True, True)}


def test_any_object_with_some_of_the_methods_will_do():
    class Short:
        epochs = 0

        def on_epoch_end(self, run):
            self.epochs += 1

    short = Short()
    train(small(), [short])
    assert short.epochs == 4


class KerasLike(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise AssertionError("this is not what it is given")


@pytest.mark.parametrize(
    "callback",
    [
        KerasLike(),
        callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
        callbacks.LambdaCallback(on_epoch_end=lambda: None),
    ],
)
def test_methods_that_take_something_else_are_told_before_anything_is_learned(callback):
    model = small()
    before = model.state_dict()
    with pytest.raises(TypeError, match=r"has on_epoch_end\(.*here it takes one thing, run"):
        train(model, [callback])
    assert same(before, model.state_dict())


def test_stop_ends_after_the_batch_and_after_the_epoch():
    steps = []

    def halt(run):
        steps.append(run.batch)
        run.stop = run.epoch == 1 and run.batch == 1

    history = train(small(), callbacks.LambdaCallback(on_batch_end=halt), validation=(X, Y))
    assert steps == [0, 1, 2, 3, 0, 1]
    assert history.epochs == 2  # the second one with what it had
    assert len(history["val_loss"]) == 2
    assert not history.interrupted


def test_what_a_callback_puts_into_the_logs_is_in_the_history():
    twice = callbacks.LambdaCallback(
        adds=["twice"], on_epoch_end=lambda run: run.logs.update(twice=2 * run.logs["loss"])
    )
    stopping = callbacks.EarlyStopping("twice", patience=99)
    history = train(small(), [twice, stopping])
    assert history["twice"] == [2 * loss for loss in history["loss"]]


def test_the_end_is_told_even_after_an_error():
    ended = []
    watching = callbacks.LambdaCallback(on_train_end=lambda run: ended.append(run.epoch))

    def wrong(run):
        raise RuntimeError("wrong")

    with pytest.raises(RuntimeError, match="wrong"):
        train(small(), [callbacks.LambdaCallback(on_batch_end=wrong), watching])
    assert ended == [0]


# ------------------------------------------------------------------------------ EarlyStopping


def figures(numbers, name="figure"):
    """A callback that logs given numbers, epoch by epoch."""
    return callbacks.LambdaCallback(
        adds=[name], on_epoch_end=lambda run: run.logs.update({name: numbers[run.epoch]})
    )


@pytest.mark.parametrize(
    ("numbers", "settings", "epochs", "best"),
    [
        ([3.0, 2.0, 2.5, 1.0, 4.0], {}, 3, 2.0),
        ([3.0, 2.0, 2.5, 1.0, 4.0], {"patience": 2}, 5, 1.0),
        ([3.0, 2.0, 1.95, 1.0, 0.5], {"min_delta": 0.1}, 3, 2.0),
        ([3.0, 2.0, 2.5, 4.0, 5.0], {"mode": "max", "patience": 2}, 3, 3.0),
        ([9.0, 3.0, 2.0, 1.0, 0.5], {"start_from_epoch": 2}, 5, 0.5),
        ([3.0, 2.0, 1.5, 1.0, 0.5], {"baseline": 1.2, "patience": 3}, 3, 1.5),
        ([np.nan, 2.0, 1.5, 1.0, 0.5], {}, 1, None),
    ],
)
def test_early_stopping(numbers, settings, epochs, best):
    stopping = callbacks.EarlyStopping("figure", **settings)
    history = train(small(), [figures(numbers), stopping], epochs=5)
    assert history.epochs == epochs
    assert stopping.best == best
    assert (stopping.stopped_epoch is None) == (epochs == 5)


def test_early_stopping_puts_the_best_weights_back():
    kept = []
    watching = callbacks.LambdaCallback(
        on_epoch_end=lambda run: kept.append(run.model.state_dict())
    )
    stopping = callbacks.EarlyStopping("figure", patience=2, restore_best_weights=True)
    model = small()
    train(model, [figures([3.0, 1.0, 2.0, 2.0, 2.0]), watching, stopping], epochs=5)
    assert (len(kept), stopping.best_epoch) == (4, 1)
    assert same(kept[1], model.state_dict())
    assert not same(kept[3], kept[1])


@pytest.mark.parametrize("name", ["val_accuracy", "f1", "top_k_accuracy", "r2_score"])
def test_high_is_good_for_what_is_named_so(name):
    monitor = callbacks.EarlyStopping(name).monitor
    assert [monitor.better(n) for n in (0.1, 0.3, 0.2)] == [True, True, False]
    assert not callbacks.EarlyStopping("val_loss").monitor.highest


# ---------------------------------------------------------------------------- ModelCheckpoint


def test_a_training_that_is_refused_brings_no_old_weights_back():
    stopping = callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    model = small()
    train(model, [stopping])
    train(model)
    before = model.state_dict()
    with pytest.raises(ValueError, match="there is no validation"):
        train(model, [callbacks.EarlyStopping("val_loss"), stopping])
    assert same(before, model.state_dict())


def test_model_checkpoint_saves_the_best(tmp_path):
    kept = []
    watching = callbacks.LambdaCallback(
        on_epoch_end=lambda run: kept.append(run.model.state_dict())
    )
    path = tmp_path / "best.npz"
    saving = callbacks.ModelCheckpoint(path, "figure", save_best_only=True)
    train(small(), [figures([3.0, 1.0, 2.0, 1.5]), watching, saving])
    assert same(kept[1], nn.load(path))
    assert saving.saved == path


def test_two_callbacks_tell_what_they_do_if_they_are_asked(tmp_path, capsys):
    for verbose in (0, 1):
        saving = callbacks.ModelCheckpoint(tmp_path / "m-{epoch}.npz", every=3, verbose=verbose)
        stopping = callbacks.EarlyStopping("loss", 10.0, patience=3, verbose=verbose)
        train(small(), [saving, stopping], epochs=9)
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) == 2 * verbose
    assert printed[0].startswith("ModelCheckpoint: epoch 3 saved to")
    assert printed[1].startswith("EarlyStopping: loss after epoch 4; best: ")
    assert printed[1].endswith(", epoch 1")


def test_model_checkpoint_names_its_files(tmp_path):
    saving = callbacks.ModelCheckpoint(tmp_path / "m-{epoch:02d}-{val_accuracy:.2f}.npz")
    history = train(small(), saving, epochs=2, validation=(X, Y))
    expected = [f"m-{i + 1:02d}-{a:.2f}.npz" for i, a in enumerate(history["val_accuracy"])]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)


# ------------------------------------------------------------------------------ learning rate


def test_a_function_sets_the_learning_rate():
    falling = callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))
    assert train(small(), falling, epochs=3)["lr"] == [0.1, 0.05, 0.1 / 3]
    halving = callbacks.LearningRateScheduler(lambda epoch, lr: lr / 2)
    assert train(small(), halving, epochs=3, lr=0.8)["lr"] == [0.4, 0.2, 0.1]


def test_a_rate_may_be_a_number_of_numpy_and_must_be_finite():
    falling = callbacks.LearningRateScheduler(lambda epoch: np.float32(0.5) / (epoch + 1))
    assert train(small(), falling, epochs=2)["lr"] == [0.5, 0.25]
    for rate in (float("inf"), float("nan"), -1.0, "0.1"):
        with pytest.raises(ValueError, match="needs a finite number of 0 or more"):
            train(small(), callbacks.LearningRateScheduler(lambda epoch, rate=rate: rate))


@pytest.mark.parametrize("per", ["epoch", "batch"])
def test_a_schedule_is_stepped(per):
    made, given = small(), small()
    make = partial(lr_scheduler.StepLR, step_size=2, gamma=0.5)
    one = train(made, callbacks.LearningRateScheduler(make, per=per), lr=0.8)
    optimizer = nn.SGD(given.parameters(), lr=0.8, momentum=0.5)
    schedule = lr_scheduler.StepLR(optimizer, 2, 0.5)
    other = nn.fit(
        given, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=4, batch_size=10,
        callbacks=callbacks.LearningRateScheduler(schedule, per=per),
    )  # fmt: skip
    expected = [0.8, 0.8, 0.4, 0.4] if per == "epoch" else [0.2, 0.05, 0.0125, 0.003125]
    assert one["lr"] == other["lr"] == pytest.approx(expected)
    assert same(made.state_dict(), given.state_dict())


def test_a_plateau_is_told_the_figure():
    plateau = partial(lr_scheduler.ReduceLROnPlateau, patience=0, factor=0.5)
    falling = callbacks.LearningRateScheduler(plateau, monitor="figure")
    history = train(small(), [figures([3.0, 3.0, 2.0, 2.0]), falling], lr=0.8)
    assert history["lr"] == [0.8, 0.8, 0.4, 0.4]


# ------------------------------------------------------------------------------------- logging


def test_csv_logger_writes_what_the_history_has(tmp_path):
    path = tmp_path / "log.csv"
    history = train(small(), callbacks.CSVLogger(path), validation=(X, Y))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert [float(row["val_loss"]) for row in rows] == history["val_loss"]
    train(small(), callbacks.CSVLogger(path, append=True), epochs=1, validation=(X, Y))
    assert len(path.read_text().splitlines()) == 6
    train(small(), callbacks.CSVLogger(path, separator=";"), epochs=1)
    assert path.read_text().startswith("epoch;loss;accuracy;seconds\n1;")
    assert len(path.read_text().splitlines()) == 2


def test_tensorboard_writes_events(tmp_path):
    pytest.importorskip("tensorboardX")
    from tensorboardX.event_file_writer import EventFileWriter  # noqa: F401
    from tensorboardX.proto import event_pb2

    board = callbacks.TensorBoard(tmp_path / "run", histograms=2)
    history = train(small(), board, epochs=2, validation=(X, Y))
    (file,) = (tmp_path / "run").iterdir()
    raw, found = file.read_bytes(), {}
    while raw:  # each record: its length, a checksum, the event, a checksum
        length = int.from_bytes(raw[:8], "little")
        event = event_pb2.Event.FromString(raw[12 : 12 + length])
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
        raw = raw[12 + length + 4 :]
    assert [step for step, _ in found["loss/train"]] == [1, 2]
    assert [n for _, n in found["loss/validation"]] == pytest.approx(history["val_loss"], rel=1e-6)
    assert {"seconds", "weights/0.weight", "gradients/2.bias"} <= set(found)


def test_tensorboard_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"pip install 'glassgrad\[tensorboard\]'"):
        callbacks.TensorBoard()


# ---------------------------------------------------------------------------- GradientMonitor


def test_gradient_monitor_measures_every_layer():
    monitor, model, steps = callbacks.GradientMonitor(every=3), small(), []

    def begin(run):
        steps.append([{n: p.numpy().copy() for n, p in model.named_parameters()}])

    def end(run):
        for array in ("data", "grad"):
            steps[-1].append({n: getattr(p, array).copy() for n, p in model.named_parameters()})

    train(model, [callbacks.LambdaCallback(on_batch_begin=begin, on_batch_end=end), monitor])
    assert [(r["epoch"], r["batch"]) for r in monitor.records] == [
        (0, 2), (1, 1), (2, 0), (2, 3), (3, 2),
    ]  # fmt: skip
    before, after, grads = steps[2]

    def norm(arrays):
        return np.sqrt(sum(float((a**2).sum()) for a in arrays))

    layers = monitor.records[0]["layers"]
    assert list(layers) == ["0", "2"]
    for layer, norms in layers.items():
        names = [f"{layer}.weight", f"{layer}.bias"]
        assert norms.weights == pytest.approx(norm(before[n] for n in names))
        assert norms.gradient == pytest.approx(norm(grads[n] for n in names))
        assert norms.update == pytest.approx(norm(after[n] - before[n] for n in names))
        assert norms.ratio == pytest.approx(norms.update / norms.weights)


def test_gradient_monitor_prints_a_table():
    monitor, model = callbacks.GradientMonitor(), small()
    model[2].freeze()
    train(model, monitor, epochs=2)
    lines = str(monitor).splitlines()
    assert lines[0] == "epoch 2, batch 4"
    assert lines[1].split() == ["layer", "weights", "gradient", "update", "update/weights"]
    assert lines[3].startswith("2")
    assert lines[3].endswith("no gradient came")
    assert repr(monitor) == "<GradientMonitor: 2 records; print it for a table>"


def test_gradient_monitor_sees_layers_of_values():
    monitor, model = callbacks.GradientMonitor(), nn.MLP(2, [3, 1], generator=0)
    nn.fit(model, X[:6], 2 * Y[:6] - 1, loss="hinge", epochs=1, callbacks=monitor)
    layers = monitor.records[0]["layers"]
    assert list(layers) == ["layers.0", "layers.1"]
    assert layers["layers.0"].ratio > 0


# ----------------------------------------------------------------------- LiveDecisionBoundary


def test_the_boundary_is_drawn_into_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(display, "boundary", viz.decision_boundary)
    live = callbacks.LiveDecisionBoundary(X, Y, every=2, path=tmp_path / "f", resolution=10)
    train(small(), live, epochs=5)
    names = [f"epoch-000{i}.png" for i in (1, 2, 4, 5)]
    assert sorted(path.name for path in (tmp_path / "f").iterdir()) == names
    assert (tmp_path / "f" / names[0]).read_bytes().startswith(b"\x89PNG")
    assert live.picture.get_title().startswith("epoch 5: loss ")


def test_a_notebook_has_one_picture_that_changes(monkeypatch):
    shown = []

    class Handle:
        def update(self, picture):
            shown.append(("update", picture))

    def show(picture, display_id):
        assert display_id is True
        shown.append(("show", picture))
        return Handle()

    class ZMQInteractiveShell:
        pass

    ipython = types.ModuleType("IPython")
    ipython.get_ipython = ZMQInteractiveShell
    ipython.display = types.ModuleType("IPython.display")
    ipython.display.display = show
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    monkeypatch.setattr(display, "boundary", viz.decision_boundary)
    live = callbacks.LiveDecisionBoundary(X, Y, resolution=10)
    train(small(), live, epochs=3, progress=False)
    assert [what for what, _ in shown] == ["show", "update", "update"]
    assert shown[-1][1] is live.picture


def test_the_boundary_needs_viz_and_somewhere_to_show(monkeypatch):
    monkeypatch.setattr(display, "boundary", None)
    model = small()
    before = model.state_dict()
    with pytest.raises(RuntimeError, match="write: import viz"):
        train(model, callbacks.LiveDecisionBoundary(X, Y, path="frames"))
    monkeypatch.setattr(display, "boundary", viz.decision_boundary)
    with pytest.raises(ValueError, match="give path="):
        train(model, callbacks.LiveDecisionBoundary(X, Y))
    assert same(before, model.state_dict())


# --------------------------------------------------------------------------- going on later


def many(folder):
    return [
        callbacks.EarlyStopping("loss", patience=50, restore_best_weights=True),
        callbacks.ModelCheckpoint(folder / "best.npz", "loss", save_best_only=True),
        callbacks.LearningRateScheduler(
            partial(lr_scheduler.CosineAnnealingLR, T_max=20), per="batch"
        ),
        callbacks.GradientMonitor(every=3),
        callbacks.CSVLogger(folder / "log.csv"),
    ]


@pytest.mark.parametrize("step", [6, 8])
def test_a_checkpoint_carries_callbacks_on(tmp_path, step):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    model, expected = small(), many(whole)
    history = train(model, expected, epochs=5)

    count = []

    def press(run):
        count.append(1)
        run.interrupted = len(count) == step

    pressing = callbacks.LambdaCallback(on_batch_end=press)
    path = broken / "run.npz"
    train(small(), [*many(broken), pressing], epochs=5, checkpoint=path)
    with (broken / "log.csv").open("a") as file:
        file.write("4,0,0,0,0\n")  # as if it had been killed after this line
    count += [1] * 99
    again, found = small(1), many(broken)
    resumed = train(again, [*found, pressing], epochs=5, checkpoint=path, resume=True)
    assert same(model.state_dict(), again.state_dict())
    assert resumed["loss"] == history["loss"]
    assert resumed["lr"] == history["lr"]
    assert found[0].best == expected[0].best
    assert found[3].records == expected[3].records
    assert same(nn.load(whole / "best.npz"), nn.load(broken / "best.npz"))
    epochs = [line.split(",")[0] for line in (broken / "log.csv").read_text().splitlines()]
    assert epochs == ["epoch", "1", "2", "3", "4", "5"]


def test_callbacks_that_keep_nothing_may_come_and_go(tmp_path):
    path = tmp_path / "training.npz"
    keeping = callbacks.LearningRateScheduler(lambda epoch, lr: lr / 2)
    train(small(), [Watching(), keeping], epochs=2, checkpoint=path)
    again = [keeping, callbacks.LambdaCallback(on_epoch_end=lambda run: None)]
    assert train(small(), again, epochs=4, checkpoint=path, resume=True).epochs == 4
    with pytest.raises(ValueError, match=r"\['LearningRateScheduler'\], and \['GradientMonitor'\]"):
        train(small(), [callbacks.GradientMonitor()], checkpoint=path, resume=True)


def test_a_training_that_was_stopped_early_stays_stopped(tmp_path):
    def parts():
        return [figures([2.0, 1.0, 3.0, 3.0]), callbacks.EarlyStopping("figure", patience=1)]

    path = tmp_path / "run.npz"
    assert train(small(), parts(), checkpoint=path).epochs == 3
    assert train(small(), parts(), checkpoint=path, resume=True).epochs == 3


# ------------------------------------------------------------------------------ wrong use


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: callbacks.EarlyStopping(patience=-1), "patience is -1"),
        (lambda: callbacks.EarlyStopping(patience="3"), "patience is '3', a str"),
        (lambda: callbacks.EarlyStopping(mode="low"), "needs 'auto', 'min' or 'max'"),
        (lambda: callbacks.EarlyStopping(min_delta=-1), "min_delta=-1 came"),
        (lambda: callbacks.ModelCheckpoint("model.pkl"), ".safetensors or .npz"),
        (lambda: callbacks.ModelCheckpoint("/no/such/folder/m.npz"), "make it first"),
        (lambda: callbacks.ModelCheckpoint("m.npz", every=0), "every=0 came"),
        (lambda: callbacks.CSVLogger("/no/such/folder/log.csv"), "make it first"),
        (lambda: callbacks.LearningRateScheduler(lambda e: 1, per="step"), "per 'step' is unknown"),
        (lambda: callbacks.LearningRateScheduler("step"), "give a function of the epoch"),
        (lambda: callbacks.LambdaCallback(on_epoch_ends=print), "did you mean 'on_epoch_end'"),
        (lambda: callbacks.LambdaCallback(on_epoch_end=3), "give a function"),
        (lambda: callbacks.GradientMonitor(every=0), "at least 1"),
        (lambda: callbacks.GradientMonitor().table(), "nothing was noted yet"),
        (lambda: callbacks.LiveDecisionBoundary(X, Y, every=0), "at least 1"),
    ],
)
def test_wrong_settings_are_told(make, said):
    with pytest.raises((ValueError, TypeError), match=said):
        make()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: callbacks.EarlyStopping(), "there is no validation: give validation="),
        (lambda: callbacks.EarlyStopping("acuracy"), "did you mean 'accuracy'"),
        (lambda: callbacks.ModelCheckpoint("m-{val_loss}.npz"), "there are: epoch, loss"),
        (lambda: callbacks.ModelCheckpoint("m.npz", save_best_only=True), "no validation"),
        (lambda: callbacks.LearningRateScheduler(lambda epoch: -1.0), "0 or more"),
        (
            lambda: callbacks.LearningRateScheduler(lr_scheduler.ReduceLROnPlateau, per="batch"),
            "needs per='epoch'",
        ),
        (
            lambda: callbacks.LearningRateScheduler(
                lr_scheduler.StepLR(nn.SGD(small().parameters()), 2)
            ),
            "for another optimizer",
        ),
        (lambda: lr_scheduler.StepLR(nn.SGD(small().parameters()), 2), "LearningRateScheduler"),
    ],
)
def test_what_does_not_fit_the_training_is_told_before_it_begins(make, said):
    model = small()
    before = model.state_dict()
    with pytest.raises((ValueError, TypeError), match=said):
        train(model, [make()])
    assert same(before, model.state_dict())
