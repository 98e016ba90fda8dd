"""Graphs that the picture tests share, and the measuring of overlaps."""

import random
from itertools import pairwise

import pytest

from autograd import Value
from autograd.trace import trace
from viz.arrange import place


def make_neuron(backward=True):
    """The neuron of micrograd's lesson; with this bias the slope of tanh is 0.5."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    bias = Value(6.8813735870195432, label="b")
    first, second = x1 * w1, x2 * w2
    first.label, second.label = "p1", "p2"
    total = first + second
    total.label = "s"
    before = total + bias
    before.label = "n"
    out = before.tanh()
    out.label = "o"
    if backward:
        out.backward()
    return out


def make_expression():
    """Reuse everywhere: a*a, e*e by c*c, constants on the right, b three times."""
    a, b = Value(-4.0, label="a"), Value(2.0, label="b")
    c = a + b
    c.label = "c"
    d = a * b + b**3
    d.label = "d"
    e = c * c
    e.label = "e"
    f = (d - e) * 2 + a * a
    f.label = "f"
    g = f / 10.0
    g.label = "g"
    g.backward()
    return g


def make_perceptron(sizes=(2, 4, 4, 1)):
    """A network of Values, every product and sum a node."""
    draws = random.Random(0)
    outputs = [Value(draws.uniform(-1, 1), label=f"x{i}") for i in range(sizes[0])]
    for layer, (ins, outs) in enumerate(pairwise(sizes)):
        inputs, outputs = outputs, []
        for neuron in range(outs):
            total = Value(draws.uniform(-1, 1), label=f"b{layer}{neuron}")
            for index in range(ins):
                weight = Value(draws.uniform(-1, 1), label=f"w{layer}{neuron}{index}")
                total = total + weight * inputs[index]
            outputs.append(total.tanh())
    outputs[0].backward()
    return outputs[0]


def overlapping(rectangles):
    """Every pair of rectangles (x, y, width, height) that share some area."""
    pairs, open_ones = [], []
    for index in sorted(range(len(rectangles)), key=lambda index: rectangles[index][0]):
        x, y, _, height = rectangles[index]
        open_ones = [o for o in open_ones if rectangles[o][0] + rectangles[o][2] > x]
        for other in open_ones:
            _, top, _, tall = rectangles[other]
            if top < y + height and y < top + tall:
                pairs.append((index, other))
        open_ones.append(index)
    return pairs


def clashes(figure):
    """Overlaps among the boxes and labels of a figure, measured on its finished layout."""
    placed = place(figure)
    return overlapping([*placed.box_rectangles(), *placed.labels.values()])


@pytest.fixture
def neuron():
    return make_neuron()


@pytest.fixture
def expression():
    return make_expression()


@pytest.fixture
def graphs():
    """Traces of all shapes by name."""
    square = Value(3.0, label="a")
    squared = square * square
    fan = Value(0.5, label="x")
    fanned = sum((fan * float(index) for index in range(2, 42)), Value(0.0, label="start"))
    return {
        "neuron": trace(make_neuron()),
        "not reached": trace(make_neuron(backward=False)),
        "expression": trace(make_expression()),
        "square": trace(squared),
        "perceptron": trace(make_perceptron()),
        "one leaf": trace(Value(1.0, label="alone")),
        "fan": trace(fanned),
    }


@pytest.fixture
def find_clashes():
    return clashes
