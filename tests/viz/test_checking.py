"""Gradients held against central differences, and graphs computed again, in Python."""

import json
import math

import numpy as np
import pytest

from autograd import OPS, Tensor, Value, dot, elementwise, tensor_from_values, trace
from viz.stepper.cells import cells_of
from viz.stepper.checking import check_text, checked, page_data
from viz.stepper.replay import changed_since, replay


def traced(out, **names):
    out.backward()
    return trace(out, names)


def verdicts(graph):
    return {
        graph.nodes[row.node].label + "".join(map(str, row.element)): row.verdict
        for row in checked(graph)
    }


def test_every_number_of_every_leaf_is_measured(neuron):
    rows = checked(trace(neuron))
    assert {row.verdict for row in rows} == {"same"}
    assert len(rows) == 5
    for row in rows:
        assert row.measured == pytest.approx(row.computed, abs=1e-8)
        assert row.relative < 1e-6


def test_arrays_are_measured_element_by_element():
    w = Tensor([[1.0, -2.0], [0.5, 0.3]], requires_grad=True)
    x = np.array([[1.0, 2.0], [0.3, -0.2]])
    graph = traced(((x @ w).tanh() ** 2).mean(), w=w)
    assert verdicts(graph) == {"w00": "same", "w01": "same", "w10": "same", "w11": "same"}


def test_a_wrong_derivative_is_found():
    @elementwise(d=(lambda out, x: 3 * x,))
    def wrong_square(x):
        """Square. Its derivative is written down wrongly."""
        return x * x

    try:
        graph = traced(wrong_square(Value(2.0, label="a")) * Value(1.0, label="b"))
        assert verdicts(graph) == {"a": "wrong", "b": "same"}
        text = check_text(graph, ascii_only=True)
        assert "a     6         4         NO  they differ (0.3333)" in text
        assert text.endswith("1 of 2 gradients agree with central differences.")
    finally:
        del OPS["wrong_square"]


def test_kinks_edges_and_infinities_are_told_from_errors():
    a, b, c = Value(0.0, label="a"), Value(0.0, label="b"), Value(0.0, label="c")
    graph = traced(a.relu() + OPS["abs"](b) + c.sqrt())
    assert verdicts(graph) == {"a": "kink", "b": "kink", "c": "infinite"}
    assert "3 cannot be measured here" in check_text(graph)


def test_what_no_gradient_reaches_is_measured_as_zero():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    graph = traced(a * 2 + b.floor() + b * 0.0)
    assert verdicts(graph) == {"a": "same", "b": "kink"}  # 3 is where the staircase jumps


def test_of_many_numbers_some_are_moved():
    x = Tensor(np.linspace(-1, 1, 1000), requires_grad=True, label="x")
    graph = traced((x * x).sum())
    rows = checked(graph, most=20)
    assert len(rows) == 20
    assert rows[-1].element[0] > 900
    assert "760 more numbers were not moved" in check_text(graph)


def test_single_precision_is_measured_in_double():
    x = Tensor(np.array([0.1, 0.2], dtype=np.float32), requires_grad=True, label="x")
    assert set(verdicts(traced((x * x).tanh().sum())).values()) == {"same"}


def test_changed_inputs_are_refused_with_a_sentence():
    x = Value(2.0, label="x")
    y = x * x
    y.label = "y"
    y.backward()
    x.data = 3.0
    with pytest.raises(ValueError, match="y is not what its inputs give now: they were changed"):
        checked(trace(y))
    assert "compute it again" in page_data(y, trace(y))["reason"]
    assert check_text(trace(y)).startswith("The gradients cannot be checked here: ")


def test_the_page_is_told_what_json_can_hold():
    x = Value(math.inf, label="x")
    graph = traced(x * 1.0)
    data = page_data(None, graph)
    json.dumps(data, allow_nan=False)
    assert data["rows"][0]["verdict"] == "infinite"
    assert data["rows"][0]["measured"] == "nan"


def test_a_graph_is_computed_again_through_lists_and_both_worlds():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    t = tensor_from_values([a, b])
    mixed = sum((t * t).to_values()) + dot([a, 2.0], [b, a], bias=1.0) + OPS["mean"]([a, b, 4.0])
    graph = trace(mixed)
    assert changed_since(graph) == []
    places = {node.label: node.index for node in graph.nodes}
    again = replay(graph, {places["a"]: 5.0, places["b"]: -1.0})
    assert float(again[graph.root.index]) == pytest.approx(26.0 + (-5.0 + 10.0 + 1.0) + 8.0 / 3.0)


def test_cells_keep_the_arrays_values_and_say_what_they_cannot_do():
    x = Tensor([[1.0, 2.0, 3.0]], requires_grad=True, label="x")
    out = (x.T @ x + x).reshape(9)[2:7].sum()
    graph = trace(out)
    cells = cells_of(graph)
    for node in graph.nodes:
        values = [cells.trace.nodes[place].value for place in cells.places[node.index].flat]
        assert np.allclose(values, np.ravel(node.value))
    every = [place for places in cells.places.values() for place in places.flat]
    assert len(every) == len(set(every))  # no two elements share a number, nor its gradient
    assert "chooses by the numbers" in cells_of(trace(OPS["sort"](x).sum()))
    assert "up to 400" in cells_of(trace(Tensor(np.ones(500), requires_grad=True).sum()))
