"""The training loop: how it ends when it is interrupted, and how it goes on later."""

import signal
import threading

import numpy as np
import pytest

import nn
from nn.data import DataLoader, TensorDataset, moons, xor
from tests.nn.trained_models import same, small


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


# -------------------------------------------------------------------------------------- how it ends


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


# ----------------------------------------------------------------------------------- going on later


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
