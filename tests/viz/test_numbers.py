import math

import numpy as np
import pytest

from viz.numbers import number, shape_text, sign, spread


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-3.0, "−3"),
        (0.41421356, "0.4142"),
        (-1234.5678, "−1235"),
        (15025.0, "15025"),
        (1e6, "1e6"),
        (1.23456e-7, "1.235e−7"),
        (-1.5e300, "−1.5e300"),
        (0.00012345, "0.0001234"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (np.float32(0.5), "0.5"),
        (True, "1"),
    ],
)
def test_number(value, text):
    assert number(value) == text


def test_ascii_and_signed_numbers():
    assert number(-2.5, ascii_only=True) == "-2.5"
    assert number(2.5, signed=True) == "+2.5"
    assert number(0.0, signed=True) == "0"
    assert number(-1e-9, signed=True, ascii_only=True) == "-1e-9"


def test_sign():
    assert [sign(value) for value in (2, -2, 0.0, None, math.nan)] == [
        "plus",
        "minus",
        "zero",
        "zero",
        "zero",
    ]


def test_arrays_are_summed_up():
    assert spread(np.zeros((0, 3))) == "empty"
    assert spread(np.array(2.0)) == "2"
    assert spread(np.array([1.0, -2.0])) == "[1, −2]"
    assert spread(np.arange(6.0).reshape(2, 3)) == "0 … 5"
    assert spread(np.array([np.nan, 1.0, 2.0, 3.0])) == "1 … 3 (1 nan or inf)"
    assert spread(np.full(5, np.nan)) == "(5 nan or inf)"
    assert spread(np.array([1.0, -2.0, 3.0, 4.0]), signed=True, ascii_only=True) == "-2 ... +4"


def test_shapes():
    assert [shape_text(shape) for shape in [(), (3,), (2, 3)]] == ["scalar", "3", "2×3"]
