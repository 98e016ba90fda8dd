"""Texts as numbers, and the windows to learn from."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Tensor, manual_seed
from nn.data import CharacterText, DataLoader, TensorDataset, Vocabulary, alice


@given(st.text(min_size=1, max_size=60))
def test_decode_undoes_encode(text):
    vocabulary = Vocabulary(text)
    numbers = vocabulary.encode(text)
    assert numbers.shape == (len(text),)
    assert numbers.dtype == np.int64
    assert vocabulary.decode(numbers) == vocabulary.decode(Tensor(numbers)) == text
    assert sorted(set(numbers.tolist())) == list(range(len(vocabulary)))
    assert list(vocabulary.symbols) == sorted(set(text))


def test_a_vocabulary_of_any_characters():
    vocabulary = Vocabulary(["b", "a", "b"])
    assert vocabulary.symbols == ("a", "b")
    assert vocabulary.decode(1) == "b"
    assert vocabulary.decode([]) == ""
    assert vocabulary.encode("").tolist() == []
    assert repr(vocabulary) == "Vocabulary('ab')"


def test_the_end_of_the_text_is_put_aside():
    text = CharacterText(alice())
    assert (len(text.train), len(text.validation), len(text)) == (133527, 14836, 148363)
    assert len(text.vocabulary) == 70
    decoded = text.vocabulary.decode
    assert decoded(text.train) + decoded(text.validation) == alice()
    assert len(CharacterText("abc", 0).validation) == 0


@given(size=st.integers(2, 40), length=st.integers(1, 12), stride=st.none() | st.integers(1, 15))
def test_windows_step_through_the_text(size, length, stride):
    text = CharacterText("".join(map(chr, range(200, 200 + size))), 0)
    if size <= length:
        with pytest.raises(ValueError, match="give a shorter length or a longer text"):
            text.windows(length, stride=stride)
        return
    inputs, targets = text.windows(length, stride=stride)
    step = stride or length
    assert inputs[:, 0].tolist() == list(range(0, size - length, step))
    np.testing.assert_array_equal(inputs, inputs[:, :1] + np.arange(length))
    np.testing.assert_array_equal(targets, inputs + 1)
    if stride is None:  # each character is a target once, but for a rest shorter than a window
        assert targets.ravel().tolist() == list(range(1, 1 + targets.size))
        assert size - 1 - targets.size < length


def test_drawn_windows_begin_anywhere():
    text = CharacterText("".join(map(chr, range(200, 220))), 0.5)
    inputs, targets = text.batch(500, 4, generator=0)
    np.testing.assert_array_equal(targets, inputs + 1)
    assert sorted(set(inputs[:, 0])) == list(range(10 - 4))
    validation, _ = text.batch(500, 4, "validation", generator=0)
    assert sorted(set(validation[:, 0])) == list(range(10, 20 - 4))
    again, _ = text.batch(500, 4, generator=np.random.default_rng(0))
    np.testing.assert_array_equal(again, inputs)
    manual_seed(2)
    first = text.batch(50, 4)[0]
    assert not np.array_equal(text.batch(50, 4)[0], first)
    manual_seed(2)
    np.testing.assert_array_equal(text.batch(50, 4)[0], first)


def test_windows_go_into_a_loader():
    text = CharacterText(alice())
    loader = DataLoader(TensorDataset(*text.windows(64)), 32, shuffle=True, drop_last=True, seed=0)
    inputs, targets = next(iter(loader))
    assert inputs.shape == targets.shape == (32, 64)
    np.testing.assert_array_equal(inputs.numpy()[:, 1:], targets.numpy()[:, :-1])


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: Vocabulary(""), ValueError, "Vocabulary: the text is empty"),
        (lambda: Vocabulary(["ab"]), TypeError, "Vocabulary: 'ab' came as a character"),
        (lambda: Vocabulary([1]), TypeError, "Vocabulary: 1 came as a character"),
        (
            lambda: Vocabulary("ab").encode("abz"),
            ValueError,
            "'z' (character 2) is not among the 2",
        ),
        (lambda: Vocabulary("ab").encode([1]), TypeError, "encode: a list came: give a text"),
        (
            lambda: Vocabulary("ab").decode([2]),
            ValueError,
            "from 2 to 2 came: the vocabulary has 0",
        ),
        (lambda: Vocabulary("ab").decode([-1]), ValueError, "numbers from -1 to -1 came"),
        (lambda: Vocabulary("ab").decode([0.0]), TypeError, "numbers of float64 came"),
        (lambda: Vocabulary("ab").decode([[0]]), ValueError, "shape (1, 1) came: give one row"),
        (lambda: CharacterText(""), ValueError, "the text is empty"),
        (lambda: CharacterText(b"ab"), TypeError, "CharacterText: a bytes came"),
        (lambda: CharacterText("ab", 1), ValueError, "validation_fraction is 1: pass a share"),
        (lambda: CharacterText("ab", -0.1), ValueError, "validation_fraction is -0.1"),
        (
            lambda: CharacterText("ab", 0).windows(2),
            ValueError,
            "2 characters and a window with its",
        ),
        (lambda: CharacterText("ab", 0).windows(0), ValueError, "windows: length is 0"),
        (lambda: CharacterText("ab", 0).windows(1, stride=0), ValueError, "windows: stride is 0"),
        (lambda: CharacterText("ab", 0).windows(1, "valid"), ValueError, "mean 'validation'"),
        (lambda: CharacterText("ab", 0).batch(1, 1, "validation"), ValueError, "has 0 characters"),
        (lambda: CharacterText("ab", 0).batch(0, 1), ValueError, "batch: batch_size is 0"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=re.escape(said)):
        wrong()
