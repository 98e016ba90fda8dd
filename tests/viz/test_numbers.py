import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.words.labels import text_width
from viz.words.numbers import WIDEST, exact, extent, norm, number, shape_text, sign, spread


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


def test_ranges_leave_out_what_is_no_number():
    assert extent(np.array([np.nan, 1.0, np.inf])) == "all 1"
    assert extent(np.array([[1.0, -2.0], [np.nan, 0.0]]), signed=True) == "−2 … +1"
    assert extent(np.full(2, np.nan)) == ""
    assert extent(np.array([True, False])) == "0 … 1"
    assert extent(2.0) == "2"


def test_all_digits():
    assert exact(1 / 3) == "0.3333333333333333"
    assert exact(-1e-7) == "−1e−7"
    assert exact(np.float32(1e20)).endswith("e20")
    assert exact(np.array(2.5)) == "2.5"


def test_norms():
    assert norm(np.array([[3.0, 0.0], [0.0, -4.0]])) == 5.0
    assert norm(np.array([1e300, 1e300])) == pytest.approx(math.sqrt(2) * 1e300)
    assert norm(np.zeros((0, 2))) == 0.0
    assert math.isnan(norm(np.array([np.nan, 1.0])))
    assert norm(np.array([-np.inf, 1.0])) == math.inf
    assert norm(np.array([True, True, True, True])) == 2.0


@given(st.floats(min_value=1e-99, max_value=1e99))
def test_the_room_that_boxes_keep_is_enough(value):
    widest = max(text_width(WIDEST, 12, bold=True), text_width("not reached", 12, bold=True))
    assert text_width(number(-value, signed=True), 12, bold=True) <= widest + 6


@pytest.mark.parametrize("value", [1e-7, -2.5e-12, 1e6, 1.5e300, 12345.0, 0.1, -3.0])
def test_the_table_of_a_trace_writes_numbers_in_the_same_way(value):
    from autograd.trace_records import in_short

    assert in_short(value) == number(value, ascii_only=True)
