"""What a notebook shows for a Value or a Tensor that stands alone in a cell."""

import base64
import re
import sys
import types
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd
import viz
from autograd import Tensor, Value
from autograd.trace import trace
from viz.notebook import LIMIT


@pytest.fixture
def variables(monkeypatch):
    """The variables of a notebook."""
    module = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    return vars(module)


def long_chain(start, count=LIMIT):
    for _ in range(count):
        start = start * 1.01
    return start


def drawn(html):
    (data,) = re.findall(r"base64,([^\"]+)", html)
    return base64.b64decode(data).decode()


def cells(html):
    table = ET.fromstring(html).find("table")
    return dict(
        zip(
            [cell.text for cell in table.iter("th")],
            [cell.text for cell in table.iter("td")],
            strict=True,
        )
    )


def test_a_small_graph_shows_itself_as_a_picture(neuron):
    html = neuron._repr_html_()
    assert html.startswith('<img alt="Computation graph of o')
    assert "legend" not in drawn(html)
    assert ">tanh<" in drawn(html)


def test_names_are_those_of_the_notebook(variables):
    variables["apples"] = Value(2.0)
    variables["_7"] = variables["Out"] = variables["apples"]
    variables["cost"] = variables["apples"] * 3.0
    svg = drawn(variables["cost"]._repr_html_())
    assert ">apples<" in svg
    assert ">cost<" in svg


def test_a_large_graph_shows_itself_as_a_short_table(variables):
    variables["price"] = price = long_chain(Value(2.0))
    price.backward()
    html = price._repr_html_()
    assert cells(html) == {
        "name": "price",
        "op": "mul",
        "shape": "single number",
        "value": viz.draw(price, limit=500).trace.root.value.__format__(".4g"),
        "gradient": "+1",
        "nodes": str(LIMIT + 1),
    }
    assert "viz.draw(x) draws" in html
    assert len(html) < 2_000


def test_a_large_graph_of_arrays(variables):
    weight = Tensor(np.ones((3, 4), np.float32), requires_grad=True)
    variables["loss"] = loss = autograd.sum(long_chain(weight))
    shown = cells(loss._repr_html_())
    assert (shown["name"], shown["op"], shown["gradient"]) == ("loss", "sum", "not reached")
    hidden = cells(long_chain(weight)._repr_html_())
    assert (hidden["name"], hidden["shape"]) == ("–", "3×4 float32")


def test_the_limit_is_exact():
    assert long_chain(Value(1.0), LIMIT - 1)._repr_html_().startswith("<img")
    assert long_chain(Value(1.0), LIMIT)._repr_html_().startswith("<div><table>")


def test_what_was_not_computed_shows_itself_plainly():
    html = Value(2.0, label="<b>")._repr_html_()
    assert html.startswith("<table>")
    assert "&lt;b&gt;" in html


def test_a_hostile_name_stays_text():
    result = long_chain(Value(1.0))
    result.label = "</td><script>alert(1)</script>"
    html = result._repr_html_()
    assert "<script" not in html
    assert cells(html)["name"].startswith("</td><script>")


def test_counting_ends_somewhere(monkeypatch):
    monkeypatch.setattr("viz.notebook.MOST_COUNTED", 70)
    assert cells(long_chain(Value(1.0), 100)._repr_html_())["nodes"] == "more than 70"


def test_showing_changes_nothing(variables):
    variables["x"] = x = Value(2.0)
    small, large = x * x, long_chain(x)
    small.backward()
    before = [(node.value, node.grad) for node in trace([small, large]).nodes]
    small._repr_html_()
    large._repr_html_()
    assert [(node.value, node.grad) for node in trace([small, large]).nodes] == before
    assert small.label is None
