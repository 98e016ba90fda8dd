"""What a profile looks like: rows, text, a notebook's table."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.profile_table import ProfileRow, ProfileTable

ROWS = [
    ProfileRow("matmul", "a", "forward", 2, 0.003, 4_000),
    ProfileRow("matmul", "a", "backward", 1, 0.006, 500),
    ProfileRow("<exp>", "b", "forward", 10, 0.001, 80),
]


def table():
    return ProfileTable("op", [(row.op, row) for row in ROWS], "in all 10 ms")


def test_the_table_adds_up_sorts_and_aligns():
    first, second = table().lines
    assert first[:7] == ("matmul", 2, 1, 0.003, 0.006, 4_000, 500)
    assert (first.share, second.share) == (pytest.approx(0.9), pytest.approx(0.1))
    lines = str(table()).splitlines()
    assert lines[0].split()[:3] == ["op", "calls", "forward"]
    assert lines[2].startswith("matmul")
    assert lines[2].endswith("90.0%")
    assert lines[3].endswith("10.0%")
    assert len(lines[2]) == len(lines[3]) == len(lines[0])
    assert lines[3].count(" - ") + lines[3].count(" -  ") >= 2  # no gradient went back through it
    assert lines[-1] == "in all 10 ms"


def test_rows_are_sorted_and_plain():
    with autograd.profile() as p:
        nn.Linear(3, 4)(Tensor(np.ones((5, 3)))).sum().backward()
    seconds = [row.seconds for row in p.rows]
    assert seconds == sorted(seconds, reverse=True)
    assert {tuple(map(type, row)) for row in p.rows} == {(str, str, str, int, float, int)}
    assert str(p).count("\n") == len(p.by_op().lines) + 3
    assert repr(p) == str(p.by_op())


def test_the_notebook_table_is_escaped_and_has_no_ink_of_its_own():
    html = table()._repr_html_()
    assert "&lt;exp&gt;" in html
    assert "<exp>" not in html
    assert "color:inherit" in html
    assert "#" not in html  # no fixed colours: it reads on white and on black
