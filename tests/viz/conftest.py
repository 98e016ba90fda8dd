"""Graphs that the picture tests share, and the measuring of overlaps."""

import os
import random
import shutil
from itertools import pairwise
from pathlib import Path

import numpy
import pytest

import nn
from autograd import Tensor, Value
from autograd.trace import trace
from viz.figures.arrange import place


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


def way_of(route):
    """Points close together along an edge as it is drawn: level pieces, and curves between them."""
    t = numpy.linspace(0, 1, 200)[:, None]
    pieces, here = [], numpy.array(route.start)
    for left, right, y in [*route.lanes, (route.end[0], route.end[0], route.end[1])]:
        there, middle = numpy.array((left, y)), (here[0] + left) / 2
        first, second = numpy.array((middle, here[1])), numpy.array((middle, y))
        pieces.append((1 - t) ** 3 * here + 3 * (1 - t) ** 2 * t * first)
        pieces[-1] += 3 * (1 - t) * t * t * second + t**3 * there
        here = numpy.array((right, y))
        pieces.append(there + t * (here - there))
    return numpy.concatenate(pieces)


def passes(way, rectangle):
    """Whether a line runs through a rectangle."""
    x, y, width, height = rectangle
    within = (way[:, 0] > x) & (way[:, 0] < x + width) & (way[:, 1] > y) & (way[:, 1] < y + height)
    return bool(within.any())


def crossed(figure):
    """Per figure: labels off their own line, foreign lines behind labels, lines through boxes."""
    placed = place(figure)
    ways = [way_of(route) for route in placed.layout.routes]
    astray = [link for link, spot in placed.labels.items() if not passes(ways[link], spot)]
    behind = [
        (link, other)
        for link, spot in placed.labels.items()
        for other, way in enumerate(ways)
        if other != link and passes(way, spot)
    ]
    through = [
        (link, box)
        for link, way in enumerate(ways)
        for box, (x, y, width, height) in enumerate(placed.box_rectangles())
        if box not in (figure.links[link].source, figure.links[link].target)
        and passes(way, (x + 1, y + 1, width - 2, height - 2))
    ]
    return astray, behind, through


@pytest.fixture
def find_crossed():
    return crossed


def worked():
    """The graphs of the worked cases, and a network 2-4-4-1, by name."""
    given = [1.2, 5.6, 2.1, 2.5]
    weights = [[3.1, 2.1, 9.8, 1.0], [5.1, 6.1, 4.8, 7.0], [6.1, 4.1, 5.8, 6.0]]
    layer = nn.Layer.from_weights(weights, [1.0, 2.0, 0.5], fused=False)
    numpy.random.seed(1)  # noqa: NPY002  the worked case is about this generator
    ten = nn.Neuron.from_weights(numpy.random.rand(10), 0.4, "sigmoid", fused=False)  # noqa: NPY002
    five = nn.MLP(5, [4, 4, 1], "sigmoid", "sigmoid", fused=False, generator=1)
    mlp = nn.MLP(2, [4, 4, 1], "tanh", fused=False, generator=0)
    fused = nn.MLP(2, [4, 4, 1], "tanh", generator=0)
    attendance = nn.MLP(3, [4, 1], "relu", "sigmoid", fused=False, generator=3)
    results = {}
    for name, model, x in (
        ("C1", layer, given),
        ("C3 neuron", ten, [1.0] * 10),
        ("C3 network", five, [1.0] * 5),
        ("MLP 2-4-4-1", mlp, [0.5, -1.0]),
        ("MLP 2-4-4-1 of sums", fused, [0.5, -1.0]),
        ("C5", attendance, [0.4, 2.0, 17.0]),
    ):
        with nn.scopes(model):
            results[name] = model([Value(number, label=f"x{i}") for i, number in enumerate(x)])
    score = results["C5"]
    results["C5"] = -score.log() - 0.0 * (1 - score).log()
    X = Tensor([[3.1, 2.1, 9.8, 1.0], [5.1, 6.1, 4.8, 7.0], [6.1, 4.1, 5.8, 6.0]], label="X")
    dense = nn.Sequential(nn.Linear(4, 5, generator=0), nn.ReLU(), nn.Linear(5, 2, generator=1))
    with nn.scopes(dense):
        results["C2"] = (dense(X) ** 2).sum()
    results["C7"] = _two_layers()
    for result in results.values():
        for out in result if isinstance(result, list) else [result]:
            out.backward()
    return {name: trace(result, {"out": result}) for name, result in results.items()}


def _two_layers():
    """Worked case C7 with five examples as columns."""
    draws = numpy.random.default_rng(0)
    X, Y = Tensor(draws.normal(size=(2, 5)), label="X"), Tensor([[1.0, 0, 1, 1, 0]], label="Y")
    W1, W2 = (
        Tensor(draws.normal(size=shape), requires_grad=True, label=f"W{number}")
        for number, shape in ((1, (4, 2)), (2, (1, 4)))
    )
    b1, b2 = (
        Tensor(numpy.zeros(shape), requires_grad=True, label=f"b{number}")
        for number, shape in ((1, (4, 1)), (2, (1, 1)))
    )
    A2 = (W2 @ (W1 @ X + b1).tanh() + b2).sigmoid()
    return -(Y * A2.log() + (1 - Y) * (1 - A2).log()).sum() / 5


@pytest.fixture(scope="session")
def worked_graphs():
    return worked()


@pytest.fixture(scope="module")
def browser():
    """A Chromium without a window; tests that need one are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        try:
            opened = started.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
        except playwright.Error as problem:
            pytest.skip(f"no Chromium: {str(problem).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture
def open_tab(browser, tmp_path):
    """Open a stepper's page with one of its tabs; an error or complaint in it fails the test."""
    pages, wrong = [], []

    def opened(stepper, tab):
        file = tmp_path / f"stepper{len(pages)}.html"
        stepper.save(file)
        page = browser.new_page()
        page.set_default_timeout(5_000)  # milliseconds
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
        page.goto(file.as_uri())
        page.wait_for_selector("[data-ready][data-step]")
        page.evaluate("tab => document.querySelector('[data-stepper]').app.openTab(tab)", tab)
        page.evaluate("() => new Promise((go) => requestAnimationFrame(() => go()))")
        return page

    yield opened
    for page in pages:
        page.close()
    assert wrong == []


@pytest.fixture
def golden():
    """Compare a text with the file of that name in the folder golden.

    GLASSGRAD_REWRITE_GOLDEN=1 writes the files anew; look at what changed before keeping it.
    """

    def compare(name, text):
        path = Path(__file__).parent / "golden" / name
        if os.environ.get("GLASSGRAD_REWRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        assert path.is_file(), f"{path.name} is missing: run with GLASSGRAD_REWRITE_GOLDEN=1"
        assert text == path.read_bytes().decode("utf-8"), f"golden/{name} differs"

    return compare
