"""The picture of a confusion matrix."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import viz
from nn.metrics import confusion_matrix

COUNTS = [[8, 2, 0], [1, 9, 0], [0, 0, 0]]


def texts(svg, kind):
    root = ElementTree.fromstring(svg)
    found = [e for e in root.iter() if e.tag.endswith("text") and kind in e.get("class").split()]
    return [(e.text, float(e.get("x", 0)), float(e.get("y", 0))) for e in found]


def test_counts_stand_in_the_row_of_the_truth():
    cells = texts(viz.confusion_matrix(COUNTS).svg, "cell")
    assert [text for text, _, _ in cells] == ["8", "2", "·", "1", "9", "·", "·", "·", "0"]
    rows = [y for _, _, y in cells]
    assert rows[0] == rows[1] == rows[2] < rows[3]


def test_recall_and_precision():
    shares = [text for text, _, _ in texts(viz.confusion_matrix(COUNTS).svg, "share")]
    assert shares == ["recall %", "precision %", "80", "88.9", "90", "81.8", "–", "–"]


def test_it_takes_what_the_metric_gives_and_names_what_is_confused():
    counts = confusion_matrix([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 1, 0])
    picture = viz.confusion_matrix(counts, names=["no", "yes"])
    assert picture.description == (
        "Confusion matrix: 1 of 3 right (33.3 %). "
        "Most often confused: no taken for yes (1), yes taken for no (1)."
    )


def test_an_empty_matrix_and_a_perfect_one():
    assert "no counts" in viz.confusion_matrix(np.zeros((2, 2))).description
    assert viz.confusion_matrix(np.eye(2)).description.endswith("(100 %).")


@pytest.mark.parametrize("size", [2, 12, 13, 40])
def test_numbers_stay_inside_their_cells(size):
    counts = np.full((size, size), 12_345)
    svg = viz.confusion_matrix(counts).svg
    (width,) = {float(w) for w in re.findall(r'<rect class="wrong"[^>]* width="([\d.]+)"', svg)}
    letter = 13 if size <= 12 else 10
    assert width > 5 * 0.5 * letter


def test_hostile_names():
    picture = viz.confusion_matrix(COUNTS, names=["<script>", "&", "x" * 1000], title="<b>")
    ElementTree.fromstring(picture.svg)
    assert "<script" not in picture.svg


@pytest.mark.parametrize(
    ("counts", "settings", "words"),
    [
        ([[1, 2, 3]], {}, "shape \\(1, 3\\)"),
        ([[0.5, 1], [1, 1]], {}, "whole numbers"),
        ([[-1, 1], [1, 1]], {}, "whole numbers"),
        ([[np.nan, 1], [1, 1]], {}, "whole numbers"),
        (np.ones((61, 61)), {}, "61 classes"),
        (COUNTS, {"names": ["a"]}, "1 came as names; needs 3"),
        (COUNTS, {"names": "abc"}, "a text came as names"),
    ],
)
def test_what_is_no_confusion_matrix(counts, settings, words):
    with pytest.raises(ValueError, match=words):
        viz.confusion_matrix(counts, **settings)
