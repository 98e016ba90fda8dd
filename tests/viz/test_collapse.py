import dataclasses
import xml.etree.ElementTree as ET

import pytest

import nn
from autograd import Value
from autograd.trace import trace
from viz import draw
from viz.figures.boxes import figure_of
from viz.grouping.collapse import collapsed_figure, figure_with, fitting_figure


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


def chained(count, *, between=lambda x: x.tanh()):
    """A module of two operations that is called again and again, with something in between."""
    x, scopes = Value(0.5, label="x"), {}
    for call in range(count):
        scaled = x * 2.0
        x = scaled + 1.0
        scaled.label, x.label = f"scaled{call}", f"moved{call}"
        scopes |= {scaled.label: "m", x.label: "m"}
        if call < count - 1:
            x = between(x)
            x.label = f"between{call}"
    return scoped(trace(x), lambda node: scopes.get(node.label, ""))


def test_a_module_called_again_is_one_box_per_call(find_clashes):
    figure = collapsed_figure(chained(3))
    titles = [box.title for box in figure.boxes]
    assert titles == [
        "x",
        "m, call 1 of 3",
        "between0",
        "m, call 2 of 3",
        "between1",
        "m, call 3 of 3",
    ]
    assert find_clashes(figure) == []


def test_what_several_calls_read_stands_outside_of_them():
    weight, x = Value(3.0, label="m.weight"), Value(0.5, label="x")
    first = (weight * x).tanh()
    between = first.exp()
    second = (weight * between).tanh()
    inside = {"m.weight", "v2", "first", "v5", "second"}
    graph = trace(second, {"first": first, "second": second, "between": between})
    figure = collapsed_figure(scoped(graph, lambda node: "m" if node.label in inside else ""))
    assert [box.title for box in figure.boxes if not box.scope] == ["m.weight", "x", "between"]
    assert [box.scope for box in figure.boxes if box.scope] == ["m#1", "m#2"]


def test_an_activation_used_twice_needs_no_box_of_its_own():
    a = Value(1.0, label="a")
    out = ((a * 2.0).tanh() * 3.0).tanh()
    graph = scoped(trace(out), lambda node: "act" if node.op == "tanh" else "")
    assert not any(box.scope for box in collapsed_figure(graph).boxes)
    assert "No frame" not in collapsed_figure(graph).description


def test_scopes_that_lie_around_each_other_are_dissolved_and_it_is_said():
    a = Value(1.0, label="a")
    p, q = a * 2.0, a.tanh()  # p and s are in one scope, q and r in the other
    r, s = p.exp(), q.exp()
    out = r + s
    names = {"p": p, "q": q, "r": r, "s": s, "out": out}
    homes = {"p": "one", "s": "one", "q": "two", "r": "two"}
    graph = scoped(trace(out, names), lambda node: homes.get(node.label, ""))
    figure = fitting_figure(graph)
    drawn = {frame.scope for frame in figure.frames} | {box.scope for box in figure.boxes} - {""}
    assert len(drawn & {"one", "two"}) <= 1
    assert "No frame around" in figure.description


def test_small_graphs_are_open_and_framed(two_neurons):
    figure = fitting_figure(two_neurons)
    assert [frame.scope for frame in figure.frames] == ["layer.0", "layer.1"]
    assert not any(box.scope for box in figure.boxes)
    assert "collapsed" not in draw(two_neurons).svg
    picture = draw(two_neurons, collapse=True)
    ET.fromstring(picture.svg)
    assert "several nodes, collapsed" in picture.svg
    assert picture.description.endswith("2 groups are closed.")


def test_without_scopes_nothing_is_collapsed(graphs):
    graph = graphs["expression"]
    assert collapsed_figure(graph) == figure_of(graph)
    assert fitting_figure(graph) == figure_of(graph)


def test_some_open_some_closed(two_neurons):
    for asked in (["layer.1"], ["layer", "layer.1"]):  # a mere list is open with what is in it
        figure = figure_with(two_neurons, asked)
        assert [box.scope for box in figure.boxes if box.scope] == ["layer.0"]
        (frame,) = figure.frames
        assert (frame.scope, frame.title, len(frame.boxes)) == ("layer.1", "layer.1", 5)
    assert [box.scope for box in figure_with(two_neurons, []).boxes if box.scope] == ["layer"]
    assert figure_with(two_neurons, ["no such"]) == figure_with(two_neurons, [])


def test_names_inside_a_frame_leave_out_the_frame():
    model = nn.MLP(2, [2, 1], generator=0)
    with nn.scopes(model):
        out = model([1.0, -1.0])
    figure = fitting_figure(trace(out))
    titles = {frame.scope: frame.title for frame in figure.frames}
    assert titles == {
        "layers.0": "layers.0",
        "layers.0.neurons.0": "neurons.0",
        "layers.0.neurons.1": "neurons.1",
        "layers.1": "layers.1",
        "layers.1.neurons.0": "neurons.0",
    }
    leaves = [box for box in figure.boxes if box.kind == "leaf"]
    assert {box.title for box in leaves} == {"w.0", "w.1", "b"}
    assert all("layers." in box.detail for box in leaves)  # the tooltip has the whole name


def test_many_lines_between_two_boxes_are_one():
    model = nn.MLP(2, [8, 8], fused=False, generator=0)
    with nn.scopes(model):
        out = sum(model([1.0, -1.0]))
    figure = figure_with(trace(out), ["layers"])
    (link,) = (
        link
        for link in figure.links
        if figure.boxes[link.source].scope == "layers.0" and figure.boxes[link.target].scope
    )
    assert (link.kind, link.label, len(link.edges)) == ("bundle", "8 lines", 64)


def test_every_edge_between_boxes_is_in_one_link(two_neurons):
    for graph in (two_neurons, chained(4)):
        for figure in (collapsed_figure(graph), fitting_figure(graph), figure_with(graph, [])):
            home = {node: place for place, box in enumerate(figure.boxes) for node in box.nodes}
            told = sorted(edge for link in figure.links for edge in link.edges)
            crossing = [
                place
                for place, edge in enumerate(graph.edges)
                if home[edge.source] != home[edge.target]
            ]
            assert told == crossing
            for link in figure.links:
                for edge in link.edges:
                    assert home[graph.edges[edge].source] == link.source
                    assert home[graph.edges[edge].target] == link.target
