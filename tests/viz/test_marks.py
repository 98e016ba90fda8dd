"""What is marked in a graph, and that ordinary graphs are left in peace."""

import dataclasses
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from autograd.trace import trace
from nn.data import moons
from viz import draw
from viz.figures.arrange import place
from viz.figures.boxes import Figure, figure_of, marked
from viz.figures.mark import ON_BOXES, ON_EDGES
from viz.figures.marks import marks_of

SVG = "{http://www.w3.org/2000/svg}"


def found(root):
    """The kinds of marks, each with the label of its node or the labels of its edge's ends."""
    graph = trace(root)
    names = [node.label for node in graph.nodes]
    return {
        (mark.kind, names[mark.node])
        if mark.node is not None
        else (
            mark.kind,
            names[graph.edges[mark.edge].source],
            names[graph.edges[mark.edge].target],
        )
        for mark in marks_of(graph)
    }


def sentence(root, kind):
    (text,) = [mark.text for mark in marks_of(trace(root)) if mark.kind == kind]
    return text


def named(node, label):
    node.label = label
    return node


def tensor(numbers, label):
    return Tensor(np.array(numbers, float), requires_grad=True, label=label)


# ------------------------------------------------------------------------------ flat places


@pytest.mark.parametrize(("op", "calm", "far"), [("tanh", 2.0, 4.0), ("sigmoid", -4.0, -7.0)])
def test_a_saturated_squashing_function(op, calm, far):
    assert found(named(getattr(Value(calm, label="x"), op)(), "y")) == set()
    y = named(getattr(Value(far, label="x"), op)(), "y")
    assert found(y) == {("saturated", "y")}
    assert sentence(y, "saturated").startswith(f"Saturated: {op}(")


def test_an_array_is_saturated_when_half_of_it_is():
    assert found(named(autograd.tanh(tensor([9.0, 0.1, 0.2], "x")), "y")) == set()
    y = named(autograd.tanh(tensor([9.0, -9.0, 0.2], "x")), "y")
    assert found(y) == {("saturated", "y")}
    assert "2 of 3 elements" in sentence(y, "saturated")


def test_a_relu_that_is_off():
    assert found(named(Value(0.1, label="x").relu(), "y")) == set()
    y = named(Value(-0.1, label="x").relu(), "y")
    assert found(y) == {("dead", "y")}
    assert "has the slope 0" in sentence(y, "dead")


def test_units_of_a_layer_that_are_off_for_the_whole_batch():
    draws = np.random.default_rng(0).normal(size=(32, 4))
    assert found(named(autograd.relu(tensor(draws, "h")), "a")) == set()
    draws[:, 1] -= 10
    a = named(autograd.relu(tensor(draws, "h")), "a")
    assert found(a) == {("dead", "a")}
    assert "1 of 4 units of a are off in all 32 places" in sentence(a, "dead")
    few = named(autograd.relu(tensor(draws[:3], "h")), "a")
    assert found(few) == set()  # of three examples that may be chance
    nothing = named(autograd.relu(tensor(-np.ones((3, 2)), "h")), "a")
    assert "all 6 elements" in sentence(nothing, "dead")


# -------------------------------------------------------------------------------------- kinks


@pytest.mark.parametrize(
    ("make", "at_kink", "beside"),
    [
        (lambda x: x.relu(), 0.0, 1e-9),
        (abs, 0.0, -1e-9),
        (lambda x: autograd.maximum(x, 2.0), 2.0, 2.5),
        (lambda x: autograd.minimum(x, 2.0), 2.0, 1.5),
        (lambda x: autograd.hardtanh(x), 1.0, 0.9),
        (lambda x: autograd.hardtanh(x, min_val=-3.0, max_val=3.0), -3.0, 1.0),
    ],
)
def test_a_kink_that_was_hit(make, at_kink, beside):
    assert ("kink", "y") in found(named(make(Value(at_kink, label="x")), "y"))
    assert ("kink", "y") not in found(named(make(Value(beside, label="x")), "y"))


def test_kinks_in_arrays_are_counted():
    y = named(autograd.relu(tensor([0.0, 1.0, 0.0, -2.0], "x")), "y")
    assert sentence(y, "kink").startswith("2 of 4 elements of y stand exactly at the kink of relu")
    tie = named(autograd.max(tensor([[1.0, 3.0, 3.0], [1.0, 2.0, 3.0]], "x"), axis=1), "m")
    assert sentence(tie, "kink").startswith("1 of 2 elements of m stands exactly where several")
    assert found(named(autograd.max(tensor([1.0, 3.0, 2.0], "x")), "m")) == set()
    assert ("kink", "m") in found(named(autograd.min(tensor([1.0, 1.0], "x")), "m"))


# ------------------------------------------------------------------------------- odd numbers


def test_where_a_nan_begins_is_said():
    x = Value(math.inf, label="x")
    y = named(x * 0.0, "y")
    z = named(y + 1.0, "z")
    z.backward()
    assert {("infinite", "x"), ("nan", "y"), ("nan", "z")} <= found(z)
    texts = {mark.node: mark.text for mark in marks_of(trace(z)) if mark.kind == "nan"}
    assert [text.rstrip(".").rpartition(": ")[2] for text in texts.values()] == ["it came in"] * 2


def test_infinite_slopes_have_their_edge():
    x = Value(0.0, label="x")
    y = named(x.sqrt(), "y")
    y.backward()
    assert found(y) == {("infinite-slope", "x", "y"), ("infinite-gradient", "x")}
    t = tensor([0.0, 4.0], "t")
    root = named(autograd.sqrt(t), "root")
    total = named(autograd.sum(root), "s")
    total.backward()
    assert found(total) == {("infinite-slope", "t", "root"), ("infinite-gradient", "t")}


def test_an_odd_number_that_came_in_is_not_blamed_on_a_slope():
    data = np.array([[1.0, np.nan], [2.0, 3.0]])
    weight = tensor([[1.0], [2.0]], "w")
    total = named(autograd.sum(autograd.matmul(data, weight)), "s")
    total.backward()
    kinds = {mark[0] for mark in found(total)}
    assert kinds == {"nan", "nan-gradient"}


def test_odd_elements_are_counted():
    y = named(tensor([1.0, np.nan, np.inf, -np.inf], "x") * 1.0, "y")
    (mark,) = [mark for mark in marks_of(trace(y)) if mark.node == 2]
    assert mark.word == "1 nan 2 inf"
    assert "1 nan and 2 inf among its 4 elements: it came in" in mark.text


# --------------------------------------------------------------------------------- gradients


def test_a_gradient_of_zero_names_the_edge_where_it_stops():
    w = Value(2.0, label="w")
    product = named(w * -3.0, "p")
    out = named(product.relu(), "r") + 1.0
    assert found(out) == {("dead", "r")}  # nothing is said of gradients before backward
    out.backward()
    assert found(out) == {("dead", "r"), ("zero-gradient", "w"), ("stops", "p", "r")}
    assert "exactly 0: it stops on the way from r to p" in sentence(out, "zero-gradient")


def test_a_zero_that_stands_beside_its_leaf_needs_no_mark():
    x, w = Value(0.0, label="x"), Value(2.0, label="w")
    out = (x * w).tanh()
    out.backward()
    assert w.grad == 0
    assert found(out) == set()


def test_contributions_that_cancel():
    x = Value(2.0, label="x")
    out = x * 3.0 - x * 3.0
    out.backward()
    assert found(out) == {("zero-gradient", "x")}
    assert "cancel" in sentence(out, "zero-gradient")


def test_an_array_of_zeros_names_its_edge():
    w = tensor([1.0, 2.0], "w")
    off = named(autograd.relu(named(w * -1.0, "n")), "r")
    out = named(autograd.sum(off + 0.0), "s")
    out.backward()
    assert {("zero-gradient", "w"), ("stops", "n", "r")} <= found(out)


def test_a_gradient_that_fades_over_many_edges():
    x = Value(1.0, label="x")
    y = x
    for _ in range(12):
        y = (y * 0.5).sigmoid()
    y.backward()
    kinds = {mark[0] for mark in found(y)}
    assert kinds == {"vanishing", "fades"}
    assert "it faded over 24 edges" in sentence(y, "vanishing")
    short = (x * 0.5).sigmoid().sigmoid()
    short.backward()
    assert found(short) == set()


def test_a_saturated_neuron_lets_its_weights_fade():
    x, w = Value(40.0, label="x"), Value(0.4, label="w")
    total = named(x * w, "n")
    out = named(total.tanh(), "o")
    out.backward()
    assert {("saturated", "o"), ("vanishing", "w"), ("fades", "n", "o")} <= found(out)


def test_an_array_whose_gradient_faded():
    w = tensor(np.full((3, 3), 0.01), "w")
    first = named(autograd.matmul(np.ones((4, 3)) * 0.01, w), "h")
    scale = tensor([1.0], "scale")
    out = named(autograd.mean(first * 1e-6) + autograd.sum(scale), "out")
    out.backward()
    assert ("vanishing", "w") in found(out)
    assert any(mark[0] == "fades" for mark in found(out))


def test_a_gradient_that_blows_up():
    x = Value(3.0, label="x")
    y = x
    for _ in range(4):
        y = y * 100.0
    y.backward()
    assert {mark[0] for mark in found(y)} == {"exploding", "grows"}
    w = tensor([1.0, 1.0], "w")
    z = named(autograd.sum(autograd.exp(named(w * 20.0, "n"))), "z")
    z.backward()
    assert ("exploding", "w") in found(z)


def test_a_loss_at_its_minimum_is_no_fading_gradient():
    w = Value(1.0, label="w")
    loss = (w * 2.0 - 2.0000000001) ** 2
    loss.backward()
    assert 0 < abs(w.grad) < 1e-8
    assert found(loss) == set()
    line = tensor([1.0, 2.0], "line")
    error = autograd.matmul(np.eye(2), line) - np.array([1.0, 2.0 + 1e-9])
    squares = autograd.mean(error * error)
    squares.backward()
    assert found(squares) == set()


# ------------------------------------------------------------------------- healthy graphs


def c1_neuron():
    neuron = nn.Linear(3, 1)
    neuron.weight.data[...] = [[3.1, 2.1, 9.8]]
    neuron.bias.data[...] = 1.0
    return autograd.sum(neuron(Tensor([[1.2, 5.6, 2.1]])))


def c3_network():
    draws = np.random.RandomState(1)
    outputs = [Value(1.0) for _ in range(5)]
    for width in (4, 4, 1):
        inputs, outputs = outputs, []
        for _ in range(width):
            weights = [Value(w) for w in draws.rand(len(inputs))]
            bias = Value(draws.rand())
            total = sum((w * x for w, x in zip(weights, inputs, strict=True)), bias)
            outputs.append(total.sigmoid())
    return outputs[0]


def c4_convolution():
    image = np.random.RandomState(0).randint(0, 10, (1, 1, 6, 6)).astype(float)
    return autograd.mean(nn.Conv2d(1, 2, 3, generator=0)(Tensor(image)))


def c5_attendance():
    inputs, weights = (0.4, 2.0, 17.0), (0.5, 0.1, 0.0058)
    z = sum((Value(w) * x for w, x in zip(weights, inputs, strict=True)), Value(0.2))
    return z.relu()


def c7_two_layers():
    draws = np.random.default_rng(0)
    points = draws.normal(size=(2, 40))
    answers = (points[0] * points[1] > 0).astype(float)[None]
    one, two = (
        tensor(draws.normal(size=(4, 2)) * 0.5, "W1"),
        tensor(draws.normal(size=(1, 4)), "W2"),
    )
    hidden = autograd.tanh(autograd.matmul(one, points) + tensor(np.zeros((4, 1)), "b1"))
    guess = autograd.sigmoid(autograd.matmul(two, hidden) + tensor(np.zeros((1, 1)), "b2"))
    likely = answers * autograd.log(guess) + (1 - answers) * autograd.log(1 - guess)
    return -autograd.mean(likely)


def c8_line():
    slope, offset = tensor([0.5], "m"), tensor([0.1], "b")
    x = np.linspace(0, 1, 20)
    error = slope * x + offset - (2 * x + 1)
    return autograd.mean(error * error)


def classifier():
    points, labels = moons(60)
    model = nn.Sequential(nn.Linear(2, 8, generator=2), nn.ReLU(), nn.Linear(8, 2, generator=1))
    return nn.functional.cross_entropy(model(Tensor(points)), labels)


HEALTHY = [c1_neuron, c3_network, c4_convolution, c5_attendance, c7_two_layers, c8_line, classifier]


@pytest.mark.parametrize("make", HEALTHY, ids=lambda make: make.__name__)
def test_ordinary_graphs_have_no_marks(make):
    root = make()
    assert marks_of(trace(root)) == []
    root.backward()
    assert marks_of(trace(root)) == []


def test_the_graphs_of_the_other_tests_have_no_marks(graphs):
    assert {name: marks_of(graph) for name, graph in graphs.items() if marks_of(graph)} == {}


def test_empty_arrays_have_no_marks():
    out = autograd.sum(autograd.relu(tensor(np.zeros((0, 3)), "x")) * 2.0)
    out.backward()
    assert found(out) == set()


def test_nothing_is_said_of_a_graph_whose_output_got_no_gradient():
    out = (Value(2.0, label="w") * -1.0).relu() * 0.0
    out.backward(gradient=0.0)
    assert {mark[0] for mark in found(out)} == {"dead"}


# ------------------------------------------------------------------------------------ drawn


@pytest.fixture
def troubled():
    x, w, z = Value(9.0, label="x"), Value(-2.0, label="w"), Value(0.0, label="z")
    out = named((x * 1.5).tanh() + named((w * 3.0).relu(), "r") + z.sqrt(), "out")
    out.backward()
    return out


def test_every_mark_is_drawn_with_its_sentence(troubled):
    root = ET.fromstring(draw(troubled, legend=False).svg)
    drawn = sorted(
        (group.get("data-mark"), group.find(f"{SVG}title").text)
        for group in root.iter(f"{SVG}g")
        if group.get("class") == "badge"
    )
    marks = marks_of(trace(troubled))
    assert drawn == sorted((mark.kind, mark.text) for mark in marks)
    assert len(drawn) == 8


def test_badges_bear_words_and_signs_differ_in_shape(troubled):
    svg = draw(troubled, legend=False).svg
    words = set(re.findall(r'class="badge" data-mark="[\w-]+">.*?<text[^>]*>(.*?)</text>', svg))
    assert {"saturated", "off", "vanishing", "grad 0", "grad inf"} <= words
    signs = re.findall(
        r'data-mark="(stops|fades|infinite-slope)" transform[^>]*>.*?</title>(.*?)</g>', svg
    )
    assert len({shape for _, shape in signs}) == len(signs) == 3


def test_the_legend_explains_the_marks_that_are_there(troubled, neuron):
    drawn = draw(troubled).svg
    assert ON_BOXES["saturated"][1] in drawn
    assert ON_EDGES["stops"][1] in drawn
    assert ON_BOXES["kink"][1] not in drawn
    calm = draw(neuron).svg
    assert not any(meaning in calm for _, meaning in (ON_BOXES | ON_EDGES).values())


def test_badges_are_in_nobodys_way(troubled):
    placed = place(figure_of(trace(troubled)))
    boxes = placed.box_rectangles()
    svg = draw(troubled, legend=False).svg
    number = r'="([-\d.]+)"'
    badges = re.findall(
        rf'<g class="(\w+)" data-box="(\d+)">.*?'
        rf'data-mark="[\w-]+"><title>[^<]*</title><rect x{number} y{number} width{number}',
        svg,
    )
    assert len(badges) == 5
    for _, home, x, y, width in badges:
        left, top, right, bottom = float(x), float(y), float(x) + float(width), float(y) + 15
        others = [box for index, box in enumerate(boxes) if index != int(home)]
        for x0, y0, wide, high in [*others, *placed.labels.values()]:
            assert right <= x0 or left >= x0 + wide or bottom <= y0 or top >= y0 + high
        assert left >= boxes[int(home)][0]


def test_marks_take_no_room(troubled):
    """Nothing may move when backward has run and the marks of gradients appear."""

    def places(root):
        return place(figure_of(trace(root))).box_rectangles()

    after = places(troubled)
    x, w, z = Value(9.0, label="x"), Value(-2.0, label="w"), Value(0.0, label="z")
    fresh = named((x * 1.5).tanh() + named((w * 3.0).relu(), "r") + z.sqrt(), "out")
    assert places(fresh) == after


def test_one_box_for_several_nodes_counts_their_marks():
    inputs = [Value(-1.0, label=f"x{index}") for index in range(4)]
    graph = trace(sum((item.relu() for item in inputs), Value(0.0)))
    plain = figure_of(graph)
    group = dataclasses.replace(plain.boxes[0], nodes=tuple(range(len(graph.nodes))))
    (box,) = marked(Figure((group,), (), ""), graph).boxes
    (mark,) = box.marks
    assert mark.word == "4 off"
    assert mark.text.count("Dead:") == 3
    assert mark.text.endswith("And 1 more.")


def test_detached_edges_are_dashed():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    out = autograd.sum(x * (x * 3.0).detach())
    out.backward()
    svg = draw(out).svg
    style = re.search(r"\.line\.constant\{([^}]*)\}", svg).group(1)
    assert "stroke-dasharray" in style
    assert svg.count('class="line constant"') == 2  # the edge, and the legend's sample
    assert "no gradient goes back here" in svg
