"""The examples that write a network in single numbers and run it by replay."""

import importlib
import math
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, Value

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


# ------------------------------------------------------------------------------------ digits


def test_digits_by_values_are_being_learned(example, capsys):
    found = example("digits_by_values").main(["--quick"])
    assert found["accuracy"] > 0.5
    assert found["program"].matrix_products == 2
    plain, neurons = (found[name] for name in list(found)[-2:])
    assert plain["hours"] == pytest.approx(plain["milliseconds"] * 4 * 1437 / 3_600_000)
    assert plain["times"] == pytest.approx(plain["hours"] * 3600 / found["seconds"])
    assert neurons["milliseconds"] > 0
    said = capsys.readouterr().out
    assert "8 weighted sums over the same 784 inputs" in said
    assert "one picture after the other" in said


def test_digits_are_enlarged_three_times(example):
    module = example("digits_by_values")
    X = np.zeros((3, 1, 8, 8), np.float32)
    X[:, 0, 4, 2] = 1.0
    large = module.enlarged(X).reshape(3, 28, 28)
    np.testing.assert_allclose(large.sum(axis=(1, 2)), 9.0)
    places = np.arange(28)
    assert large[0].sum(axis=1) @ places / 9 == pytest.approx(13.5 + 3 * (4 - 3.5))
    assert large[0].sum(axis=0) @ places / 9 == pytest.approx(13.5 + 3 * (2 - 3.5))
    moved = module.enlarged(X.repeat(50, axis=0), 1.0, np.random.default_rng(0))
    down = moved.reshape(150, 28, 28).sum(axis=2) @ places / 9 - 15
    assert 2 < abs(down).max() <= 3 + 1e-9
    np.testing.assert_allclose(moved.sum(axis=1), 9.0)


def test_the_surprise_is_softmax_and_cross_entropy(example):
    module = example("digits_by_values")
    for fused in (False, True):
        model = module.network(2, seed=1, fused=fused)
        x = np.random.default_rng(0).random(784)
        scores = np.array([score.data for score in model(x.tolist())])
        loss = module.surprise(model, x.tolist(), [Value(v) for v in np.eye(10)[3]])
        assert loss.data == pytest.approx(np.log(np.exp(scores).sum()) - scores[3], rel=1e-13)


def test_one_picture_is_more_than_fifty_thousand_values(example):
    eagerly, module = example("eagerly"), example("digits_by_values")
    model = module.network(32, seed=0)
    picture = [Value(0.5) for _ in range(784)]
    seconds, count = eagerly.measure(lambda k: module.surprise(model, picture, picture[:10]), 1)
    layers = 32 * 2 * 784 + 32 + 10 * 2 * 32
    assert count == layers + 10 + 10 + 1 + 10 + 10 + 1 == 50_890  # exp, sum, log, times, sum, minus
    assert seconds > 0


@pytest.mark.slow
def test_digits_by_values_are_learned(example):
    found = example("digits_by_values").main(["--passes", "20"])
    assert found["accuracy"] > 0.96


# -------------------------------------------------------------------------------- characters


def test_characters_by_values_are_being_learned(example, capsys):
    found = example("characters_by_values").main(["--quick"])
    assert found["bigram"] == pytest.approx(3.540, abs=1e-3)
    assert found["bits"] < 5.2
    assert found["times"] == pytest.approx(found["hours"] * 3600 / found["seconds"])
    assert found["sample"].startswith("Alice ")
    assert len(found["sample"]) == len("Alice ") + 240
    assert "weighted sums over the same" in capsys.readouterr().out


def test_the_cell_is_the_lstm_of_tensors(example):
    module = example("characters_by_values")
    cell = module.Cell(5, 3, 4, seed=0)
    layer = nn.LSTM(3, 4, batch_first=True)
    gates = cell.write, cell.keep, cell.new, cell.show  # the order in which nn.LSTM keeps them
    weights = np.array([[w.data for w in n.w] for gate in gates for n in gate.neurons])
    state = {
        "weight_ih_l0": weights[:, :3],
        "weight_hh_l0": weights[:, 3:],
        "bias_ih_l0": np.array([n.b.data for gate in gates for n in gate.neurons]),
        "bias_hh_l0": np.zeros(16),
    }
    layer.load_state_dict(state)
    letters = [2, 0, 4, 1]
    table = np.array([[w.data for w in n.w] for n in cell.table.neurons]).T
    biases = np.array([n.b.data for n in cell.table.neurons])
    expected = layer(Tensor((table[letters] + biases)[np.newaxis]))[0].numpy()[0]
    h = c = [0.0] * 4
    for letter, wanted in zip(letters, expected, strict=True):
        _, h, c = cell(np.eye(5)[letter].tolist(), h, c)
        np.testing.assert_allclose([v.data for v in h], wanted, rtol=1e-12)


def test_every_letter_is_counted_once(example):
    module = example("characters_by_values")
    cell = module.Cell(6, 2, 3, seed=0)
    text = np.random.default_rng(0).integers(6, size=80)
    told = []

    class Program:
        """Gives the number of letters that count as the loss."""

        def __call__(self, letters, counted, start):
            places = letters[:, 1:].argmax(axis=-1)
            told.extend(places[counted > 0].tolist())
            self.losses = counted.sum(axis=1)
            return self

    assert module.bits(Program(), cell, text) == pytest.approx(1 / math.log(2))
    assert told == text[1 : len(told) + 1].tolist()
    assert len(told) > len(text) - module.LENGTH // 2 - 1


def test_the_same_seed_writes_the_same_text(example):
    module = example("characters_by_values")
    text = nn.data.CharacterText(nn.data.alice())
    cell = module.Cell(len(text.vocabulary), 2, 3, seed=0)
    first = module.write(cell, text, 20, seed=1)
    assert first == module.write(cell, text, 20, seed=1)
    assert first != module.write(cell, text, 20, seed=2)
    assert len(first) == len(module.PROMPT) + 20


@pytest.mark.slow
def test_the_cell_knows_more_than_counted_pairs(example):
    found = example("characters_by_values").main(["--steps", "600"])
    assert found["bits"] < found["bigram"] - 0.3


def test_times_are_told_as_people_say_them(example):
    told = example("eagerly").told
    assert told(9.94) == "9.9 seconds"
    assert told(90) == "1.5 minutes"
    assert told(5399) == "90.0 minutes"
    assert told(7200) == "2.0 hours"
    assert told(3 * 86_400) == "3.0 days"
