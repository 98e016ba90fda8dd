"""A text coloured letter by letter."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import viz


def letters(svg):
    root = ElementTree.fromstring(svg)
    every = [e for e in root.iter() if e.tag.endswith("text")]
    return [e for e in every if "letters" in e.get("class", "").split()]


def coloured(svg):
    """How often each strength of colour is used."""
    paths = re.findall(r'class="(plus|minus|odd)"[^>]*stroke-opacity="([\d.]+)" d="([^"]+)"', svg)
    return {(kind, float(strength)): len(d.split("M")) - 1 for kind, strength, d in paths}


def test_every_letter_stands_in_its_place():
    svg = viz.characters("one two", np.ones(7)).svg
    (line,) = letters(svg)
    spots = [float(x) for x in line.get("x").split()]
    assert line.text == "one two"
    assert np.diff(spots) == pytest.approx(9.0)


def test_what_was_sure_is_clear_and_what_was_unlikely_is_deep():
    svg = viz.characters("abc", [1.0, 0.001, 0.0]).svg
    assert coloured(svg) == {("minus", 0.65): 2}
    assert coloured(viz.characters("abc", [1.0, 1.0, 1.0]).svg) == {}


def test_bits_per_letter_leave_the_prompt_out():
    picture = viz.characters("abcd", [0.001, 0.001, 0.5, 0.125], prompt=2)
    assert "2 bits per letter" in picture.description
    assert [e.get("class") for e in letters(picture.svg)] == ["letters given", "letters"]
    assert sum(coloured(picture.svg).values()) == 2


def test_activations_have_two_signs_and_nan_a_colour_of_its_own():
    svg = viz.characters("abc", activations=[2.0, -2.0, float("nan")]).svg
    assert coloured(svg) == {("minus", 0.65): 1, ("plus", 0.65): 1, ("odd", 0.65): 1}
    assert "±2" in svg


def test_lines_end_at_breaks_and_at_blanks():
    text = "aaa bbb\nccc dddd eeee ffffffffffffffff"
    lines = [e.text for e in letters(viz.characters(text, np.ones(len(text)), width=10).svg)]
    assert lines == ["aaa bbb", "↵", "ccc dddd ", "eeee ", "ffffffffff", "ffffff"]


def test_hostile_text():
    text = "<script>alert(1)</script>&amp;\x00\x1b\u202e😀\ud800"
    picture = viz.characters(text, np.ones(len(text)), title="</text><script>")
    ElementTree.fromstring(picture.svg.encode())
    assert "<script" not in picture.svg


@pytest.mark.parametrize(
    ("text", "settings", "error", "words"),
    [
        ("", {"probabilities": []}, TypeError, "empty text"),
        (5, {"probabilities": [1.0]}, TypeError, "int came as text"),
        ("ab", {}, TypeError, "one of the two"),
        ("ab", {"probabilities": [1, 1], "activations": [1, 1]}, TypeError, "one of the two"),
        ("ab", {"probabilities": [1.0]}, ValueError, r"shape \(1,\); needs 2 numbers"),
        ("ab", {"probabilities": [1.5, 0.5]}, ValueError, "between 0 and 1"),
        ("ab", {"probabilities": [np.nan, 0.5]}, ValueError, "between 0 and 1"),
        ("ab", {"probabilities": ["x", "y"]}, TypeError, "needs 2 numbers"),
        ("ab", {"probabilities": [1, 1], "prompt": 3}, ValueError, "prompt=3"),
        ("ab", {"probabilities": [1, 1], "width": 1}, ValueError, "width=1"),
        ("a" * 20_001, {"probabilities": np.ones(20_001)}, ValueError, "20,001 letters"),
    ],
)
def test_bad_input(text, settings, error, words):
    with pytest.raises(error, match=words):
        viz.characters(text, **settings)
