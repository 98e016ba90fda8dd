"""Every example, made small, tells the truth; at full size, the bars that the README names."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def example(monkeypatch):
    """Import an example as Python does that runs it: its own folder first."""
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])  # lesson.py adds to it, too
    known = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - known:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_xor_needs_a_bend(example):
    found = example("xor").main(["--quick"])
    assert found["apart"] < 1e-14
    assert found["floor"] == pytest.approx(0.25, abs=1e-12)
    assert found["best line"] == 0.75
    for loss, right in found["2-8-1, tanh"]:
        assert loss < 1e-4
        assert right == 1.0
    for loss, right in found["2-8-8-1, linear"]:
        assert loss == pytest.approx(0.25, abs=1e-3)
        assert loss >= 0.25 - 1e-12
        assert right <= 0.75


def test_moons_by_values_are_being_learned(example):
    (found,) = example("moons_by_values").main(["--quick"])
    assert found["accuracy"] > 0.85
    assert found["loss"] < 0.5


@pytest.mark.slow
def test_moons_by_values_are_learned(example):
    (found,) = example("moons_by_values").main([])
    assert found["accuracy"] == 1.0


def test_formulas_by_hand_equal_the_engine(example):
    found = example("logistic_by_hand").main(["--quick"])
    for network in ("logistic regression", "two layers, C7", "four layers, the recurrence"):
        assert found[network] < 1e-12
    assert found["0 hidden"] < 0.6 < 0.85 < found["4 hidden"]


def test_a_wrong_formula_would_be_seen(example):
    module = example("logistic_by_hand")
    numbers, X = module.start((2, 4, 1)), np.random.default_rng(0).normal(size=(2, 9))
    Y = (X[:1] > 0).astype(float)
    first = module.by_hand(numbers, X, Y)[0]
    assert not np.allclose(first, module.by_engine(numbers, X, 1 - Y)[0])
    np.testing.assert_allclose(first, module.by_engine(numbers, X, Y)[0], rtol=1e-12)


def test_small_shifts_move_a_picture(example):
    shifted = example("learning_digits").shifted
    X = np.zeros((200, 1, 8, 8), np.float32)
    X[:, 0, 4, 2] = 1.0
    moved = shifted(X, 0.5, np.random.default_rng(0))
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved.sum(axis=(1, 2, 3)), 1.0, rtol=1e-5)  # shared, not lost
    places = np.arange(8)
    down = (moved.sum(axis=3)[:, 0] @ places) - 4
    across = (moved.sum(axis=2)[:, 0] @ places) - 2
    for distance in (down, across):
        assert 0.4 < abs(distance).max() <= 0.5 + 1e-5
        assert abs(distance.mean()) < 0.1
    np.testing.assert_array_equal(shifted(X, 0.0, np.random.default_rng(0)), X)


@pytest.mark.parametrize(("name", "least"), [("digits_mlp", 0.95), ("digits_cnn", 0.93)])
def test_digits_are_being_learned(example, name, least):
    found = example(name).main(["--quick"])
    assert min(found["accuracies"]) > least


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments", "least"),
    [("digits_mlp", ["--seeds", "3"], 0.97), ("digits_cnn", ["--seeds", "1"], 0.985)],
)
def test_digits_are_learned(example, name, arguments, least):
    found = example(name).main(arguments)
    assert min(found["accuracies"]) >= least


def test_digits_put_aside_take_no_part_in_the_validation(example):
    module = example("learning_digits")
    (X, y), (unseen, _) = module.pictures()
    assert (len(X), len(unseen)) == (1437, 360)
    put_aside = {picture.tobytes() for picture in unseen}
    measured = 0
    for (learn, _), (fold, _), _ in module.runs(seeds=5, validate=True):
        assert len(learn) + len(fold) == len(y)
        measured += len(fold)
        assert not put_aside & {picture.tobytes() for picture in (*learn, *fold)}
    assert measured == len(y)


def test_a_frozen_stack_is_left_as_it_was(example):
    module = example("transfer_learning")
    trained, model = module.Network(40, 0), module.Network(5, 1)
    model.take_over(trained)
    few, unseen = module.a_few(*_small_pictures(), each=2, seed=0)
    before = {name: array.copy() for name, array in model.state_dict().items()}
    module.percent_right(model, few, unseen, epochs=1, rate=0.01, seed=0)
    changed = {k for k, v in model.state_dict().items() if not np.array_equal(v, before[k])}
    assert changed == {"head.weight", "head.bias"}
    for name, array in trained.stack.state_dict().items():
        np.testing.assert_array_equal(before[f"stack.{name}"], array)


def _small_pictures():
    draws = np.random.default_rng(0)
    return draws.random((150, 1, 8, 8)).astype(np.float32), np.arange(150) % 10


def test_the_few_are_not_measured_on(example):
    module = example("transfer_learning")
    X, y = _small_pictures()
    (few, names), (unseen, _) = module.a_few(X, y, each=10, seed=3)
    assert sorted(names) == sorted([0, 1, 2, 3, 4] * 10)
    assert len(unseen) == 75 - 50
    assert not {a.tobytes() for a in few} & {a.tobytes() for a in unseen}


def test_eight_ways_are_all_different(example):
    X, y = _small_pictures()
    turned, classes = example("transfer_learning").eight_ways(X[:1], y[:1])
    assert len({picture.tobytes() for picture in turned}) == len(set(classes)) == 8


def test_transfer_is_ahead_after_few_passes(example):
    found = example("transfer_learning").main(["--quick"])
    assert np.mean(found[3]["transferred"]) > np.mean(found[3]["from scratch"])


@pytest.mark.slow
def test_transfer_is_ahead_for_every_seed(example):
    module = example("transfer_learning")
    digits = importlib.import_module("nn").data.digits()
    X, y = (digits.images[:, None] / 16).astype(np.float32), digits.y
    trained = {seed: module.learned(seed, X, y, epochs=3) for seed in range(2)}
    found = module.compare(trained, X, y, passes=3)
    assert min(np.subtract(found["transferred"], found["from scratch"])) > 1.0


def test_evolution_guesses_the_gradient_and_pays_for_it(example):
    found = example("evolution_strategies").main(["--quick"])
    assert found["cosine"][2] < 0.4 < 0.8 < found["cosine"][200] <= 1.0
    (back,), (guess,) = found["races"][0], found["races"][10]
    assert back["loss"] <= 0.05
    assert guess["loss"] <= 0.05
    assert back["forward passes"] == back["steps"]
    assert guess["forward passes"] == 10 * guess["steps"]
    assert guess["forward passes"] > 10 * back["forward passes"]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # Dask warns of what it hands to NumPy
def test_other_arrays_give_the_same_losses_and_stay_where_they_are(example):
    found = example("gpu_arrays").main(["--quick"])
    losses, kind = found["NumPy"]
    assert kind == "numpy.ndarray"
    assert losses == sorted(losses, reverse=True)
    others = {name: result for name, result in found.items() if name != "NumPy"}
    assert others["a stand-in"][1] == "gpu_arrays.Remote"
    for other, where in others.values():
        assert where != kind
        np.testing.assert_allclose(other, losses, rtol=1e-12)


def test_the_stand_in_refuses_what_a_card_refuses(example):
    remote = example("gpu_arrays").Remote(np.ones(3))
    with pytest.raises(TypeError, match="not copied"):
        np.asarray(remote)
    with pytest.raises(TypeError, match="came among remote ones"):
        remote + np.ones(3)
