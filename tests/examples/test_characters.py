"""The character models learn more than counting does, and write the same text again by the seed."""

import importlib
import math
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import manual_seed
from nn.data import CharacterText, alice

FOLDER = Path(__file__).resolve().parents[2] / "examples"
QUICK = ["--quick", "--steps", "80"]


@pytest.fixture(scope="module")
def examples():
    """The two modules, imported as Python does that runs the script: its own folder first."""
    path, known = list(sys.path), set(sys.modules)
    sys.path.insert(0, str(FOLDER))  # lesson.py adds to it, too
    yield importlib.import_module("characters"), importlib.import_module("learning_characters")
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def learning(examples):
    return examples[1]


@pytest.fixture(scope="module")
def quick(examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    return folder, examples[0].main([*QUICK, "--save", str(folder / "text.svg")])


def test_both_models_learn_more_than_counting_characters(quick):
    _, found = quick
    assert set(found) == {"unigram", "bigram", "lstm", "transformer"}
    assert found["bigram"]["bits"] == pytest.approx(3.540, abs=1e-3)
    for name in ("lstm", "transformer"):
        assert found[name]["bits"] < found["unigram"]["bits"] - 0.5
    for row in found.values():
        assert row["bits"] == pytest.approx(math.log2(math.exp(row["nats"])))
        assert row["perplexity"] == pytest.approx(math.exp(row["nats"]))


def test_the_texts_are_saved_coloured(quick):
    folder, found = quick
    for name in ("lstm", "transformer"):
        assert found[name]["sample"].startswith("Alice ")
        assert len(found[name]["sample"]) == len("Alice ") + 400
        drawn = (folder / f"text-{name}.svg").read_text(encoding="utf-8")
        assert "bits per letter" in drawn


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_a_seed_gives_the_same_training_and_text_again(name, learning):
    text = CharacterText(alice())

    def once(seed):
        manual_seed(seed)
        settings = learning.SETTINGS[name]
        model = settings.make(len(text.vocabulary), **settings.small)
        losses = [loss for _, loss in learning.train(model, text.train, settings, 4, seed)]
        return losses, learning.write(model, text.train[:5], 40, 0.7, seed).tolist()

    assert once(0) == once(0)
    for first, second in zip(once(0), once(1), strict=True):
        assert first != second


@pytest.fixture
def models(learning):
    manual_seed(0)
    return learning.CharacterLSTM(7, 8), learning.CharacterTransformer(7, 8, context=6)


def test_writing_depends_on_seed_and_temperature(learning, models):
    prompt = np.array([1, 2, 3])
    for model in models:
        first = learning.write(model, prompt, 30, 0.7, seed=1)
        assert first[:3].tolist() == [1, 2, 3]
        assert len(first) == 33
        np.testing.assert_array_equal(first, learning.write(model, prompt, 30, 0.7, seed=1))
        assert (first != learning.write(model, prompt, 30, 0.7, seed=2)).any()
        # without chance only the likeliest is left, whatever is drawn
        cold = [learning.write(model, prompt, 30, 1e-4, seed=seed) for seed in (1, 2)]
        np.testing.assert_array_equal(*cold)


@pytest.mark.parametrize("count", [2, 3, 6, 7, 8, 13, 40])
def test_probabilities_are_those_of_the_scores(learning, models, count):
    _, model = models
    numbers = np.random.default_rng(count).integers(7, size=count)
    found = learning.log_probabilities(model, numbers)
    assert found.shape == (count - 1,)
    step = min(model.context, count - 1) // 4 or 1
    last = max(count - 1 - model.context, 0)
    for place in range(1, count):
        # the earliest window that reaches it has seen most before it
        begin = next(
            start for start in (*range(0, last, step), last) if place <= start + model.context
        )
        scores = model(numbers[begin:place][np.newaxis])[0].numpy()[0, -1].astype(float)
        expected = scores[numbers[place]] - np.log(np.exp(scores).sum())
        assert found[place - 1] == pytest.approx(expected, abs=1e-5)


def test_neither_model_sees_what_comes(models):
    numbers = np.array([[0, 1, 2, 3, 4, 5]])
    for model in models:
        model.eval()
        before = model(numbers)[0].numpy()
        changed = model(np.array([[0, 1, 2, 3, 4, 6]]))[0].numpy()
        np.testing.assert_array_equal(before[:, :-1], changed[:, :-1])
        assert (before[:, -1] != changed[:, -1]).any()


def test_pieces_follow_each_other(learning):
    numbers = np.arange(100)
    pieces = learning.in_order(numbers, 3, 8, np.random.default_rng(0))
    inputs, targets, new = next(pieces)
    assert new
    assert inputs.shape == targets.shape == (3, 8)
    news = []
    for _ in range(10):
        more, following, new = next(pieces)
        np.testing.assert_array_equal(following, more + 1)
        if not new:
            np.testing.assert_array_equal(more[:, 0], inputs[:, -1] + 1)
        inputs, news = more, [*news, new]
    assert 0 < sum(news) < 5  # sometimes the end is reached, and it begins anew
    inputs, targets, new = next(learning.anywhere(numbers, 50, 8, np.random.default_rng(0)))
    assert new
    assert len(set(inputs[:, 0].tolist())) > 20
    np.testing.assert_array_equal(targets, inputs + 1)


def test_counts_are_of_the_part_to_learn_from(learning):
    text = CharacterText("ab" * 450 + "ba" * 50)
    found = learning.by_counting(text)
    assert found["unigram"] == pytest.approx(math.log(2))
    assert found["bigram"] == pytest.approx(-math.log((450 + 5) / (450 + 10)), abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--temperature", "0"], "--temperature is 0: give a number above 0"),
        (["--prompt", ""], "--prompt is empty"),
        (["--prompt", "Ä"], "--prompt: encode: 'Ä'"),
        (["--save", "text.png"], "give a file .svg or .html"),
        (["--save", "nowhere/text.svg"], "there is no folder 'nowhere'"),
        (["--steps", "0"], "--steps is 0: give at least 1"),
        (["--model", "gru"], "invalid choice: 'gru'"),
    ],
)
def test_wrong_options_are_refused_before_training(examples, arguments, words, capsys):
    with pytest.raises(SystemExit):
        examples[0].main(arguments)
    said = capsys.readouterr()
    assert words in said.err
    assert "bigram" not in said.out


@pytest.mark.slow
def test_the_memory_is_far_better_than_pairs(examples):
    found = examples[0].main(["--model", "lstm", "--steps", "450"])
    assert found["lstm"]["bits"] < 2.4
    assert found["bigram"]["bits"] > 3.5
    assert found["lstm"]["perplexity"] == nn.metrics.perplexity(found["lstm"]["nats"])
    assert np.mean([word in alice().split() for word in found["lstm"]["sample"].split()]) > 0.5
