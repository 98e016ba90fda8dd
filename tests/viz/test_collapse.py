import dataclasses
import xml.etree.ElementTree as ET

import pytest

from autograd import Value
from autograd.trace import trace
from viz import draw
from viz.boxes import figure_of
from viz.collapse import collapsed_figure


def scoped(graph, scope_of):
    """The same trace with scopes, as modules give them to their nodes."""
    nodes = tuple(dataclasses.replace(node, scope=scope_of(node)) for node in graph.nodes)
    return dataclasses.replace(graph, nodes=nodes)


@pytest.fixture
def two_neurons():
    """Two tanh neurons on the same input and a sum outside of both."""
    x = Value(0.5, label="x")
    scopes = {}
    outputs = []
    for index in range(2):
        weight, bias = Value(2.0 + index, label=f"w{index}"), Value(0.1, label=f"b{index}")
        product = weight * x
        total = product + bias
        out = total.tanh()
        for place, part in enumerate((product, total, out)):
            part.label = f"n{index}_{place}"
            scopes[part.label] = f"layer.{index}"
        scopes |= {f"w{index}": f"layer.{index}", f"b{index}": f"layer.{index}"}
        outputs.append(out)
    result = outputs[0] + outputs[1]
    result.label = "sum"
    result.backward()
    return scoped(trace(result), lambda node: scopes.get(node.label, ""))


def test_each_scope_becomes_one_box(two_neurons, find_clashes):
    figure = collapsed_figure(two_neurons)
    assert sorted(box.title for box in figure.boxes) == ["layer.0", "layer.1", "sum", "x"]
    group = next(box for box in figure.boxes if box.title == "layer.0")
    assert group.kind == "group"
    assert group.rows[0].text == "5 nodes"
    assert len(figure.links) == 4
    assert find_clashes(figure) == []


def test_the_slope_of_a_group_is_its_own_derivative(two_neurons):
    figure = collapsed_figure(two_neurons)
    by_title = {box.title: index for index, box in enumerate(figure.boxes)}
    (link,) = (
        link
        for link in figure.links
        if (link.source, link.target) == (by_title["x"], by_title["layer.0"])
    )
    assert link.label == "+0.7184"  # 2 * (1 - tanh(1.1)²)


def test_a_budget_closes_the_outer_scopes(two_neurons):
    figure = collapsed_figure(two_neurons, budget=3)
    assert sorted(box.title for box in figure.boxes) == ["layer", "sum", "x"]


def test_a_scope_entered_twice_stays_open():
    a = Value(1.0, label="a")
    first = a * 2.0
    first.label = "first"
    between = first.tanh()
    between.label = "between"
    second = between * 3.0
    second.label = "second"
    graph = scoped(trace(second), lambda node: "m" if node.label in ("first", "second") else "")
    figure = collapsed_figure(graph)
    assert "between" in {box.title for box in figure.boxes}
    assert not any("group" in box.kind for box in figure.boxes)


def test_drawing_collapses_by_itself_only_when_it_must(two_neurons):
    assert "layer.0" not in draw(two_neurons).svg.replace("layer.0;", "")
    picture = draw(two_neurons, collapse=True)
    ET.fromstring(picture.svg)
    assert "several nodes, collapsed" in picture.svg


def test_without_scopes_nothing_is_collapsed(graphs):
    graph = graphs["expression"]
    assert collapsed_figure(graph) == figure_of(graph)
