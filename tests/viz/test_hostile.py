"""No label breaks an output or gets an element, a command or a line of its own into it.

To put a new function under test, add a line to FUNCTIONS: what it returns when a label is put into
every text that it takes.
"""

import dataclasses
import json
from functools import cache

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import Tensor, Value
from autograd.trace import trace
from tests.viz.hostile import HARMLESS, LABELS, check, outputs
from viz.figures.boxes import figure_of
from viz.grids.images import Tile, image_grid
from viz.page import Section, index_page
from viz.words.labels import clean


def values(label):
    """A graph of numbers whose every node bears the label."""
    x, w = Value(2.0, label=label), Value(-3.0, label=label)
    product = x * w
    product.label = label
    out = (product + 1.5).tanh()
    out.label = label
    out.backward()
    return out


def tensors(label):
    """A graph of arrays whose every node bears the label."""
    data = Tensor(np.arange(6.0).reshape(3, 2) / 4 - 0.3, label=label)
    weight = Tensor(np.array([[1.0], [-2.0]]), requires_grad=True, label=label)
    hidden = autograd.matmul(data, weight)
    hidden.label = label
    out = autograd.sum(autograd.relu(hidden) * 2.0)
    out.label = label
    out.backward()
    return out


def scoped(label):
    """A graph in whose modules and source lines the label stands."""
    model = nn.MLP(2, [2, 1], generator=0)
    with nn.scopes(model):
        out = model([1.0, 2.0])
    out.backward()
    graph = trace(out)
    nodes = tuple(
        dataclasses.replace(
            node, scope=f"{label}.{node.scope}", line=f"{label}.py:3", place=(label, 3)
        )
        for node in graph.nodes
    )
    return dataclasses.replace(graph, nodes=nodes)


def marked(label):
    """A graph with every kind of remark, each of which says the label."""
    x, z, w = (Value(number, label=label) for number in (9.0, 0.0, -1.0))
    parts = [(x * 1.5).tanh(), z.sqrt(), (w * 2.0).relu(), (z * 1.0).relu(), x * float("nan")]
    for part in parts:
        part.label = label
    out = sum(parts, Value(0.0))
    out.backward()
    return out


def film(label):
    recorded = viz.Film(lr=0.1, names={})
    weight = Value(1.0, label=label)
    for _ in range(3):
        loss = (weight - 3.0) ** 2
        loss.label = label
        weight.grad = None
        loss.backward()
        recorded.add(loss)
        weight.data -= 0.1 * weight.grad
    return recorded


def boundary_film(label):
    recorded = viz.BoundaryFilm(
        POINTS, ANSWERS, names=[label, "b"], feature_names=[label, "y"], unit=label, resolution=4
    )
    for _ in range(2):
        recorded.add(lambda p: p[0] - 0.5, **{label: 0.5})
    return recorded


class Model:
    """Whatever has named parameters."""

    def __init__(self, label):
        self.label = label

    def named_parameters(self):
        weight = Tensor(np.array([[0.5, -1.0], [2.0, 0.1]]), requires_grad=True)
        (weight * 2.0).sum().backward()
        return [(f"{self.label}.weight", weight)]


POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
ANSWERS = np.array([0, 1, 1, 0])

FUNCTIONS = {
    "draw, numbers": lambda label: viz.draw(values(label)),
    "draw, arrays": lambda label: viz.draw(tensors(label)),
    "draw, modules": lambda label: viz.draw(scoped(label)),
    "draw, marks": lambda label: viz.draw(marked(label)),
    "draw, names": lambda label: viz.draw(
        Value(1.0) + (weight := Value(2.0)), names={label: weight}
    ),
    "dot, numbers": lambda label: viz.dot(values(label)),
    "dot, arrays": lambda label: viz.dot(tensors(label)),
    "dot, modules": lambda label: viz.dot(scoped(label)),
    "dot, marks": lambda label: viz.dot(marked(label)),
    "steps_text, numbers": lambda label: viz.steps_text(values(label), color=False),
    "steps_text, arrays": lambda label: viz.steps_text(tensors(label), color=False),
    "notebook": lambda label: Shown(values(label)),
    "notebook, a large graph": lambda label: Shown(long_chain(label)),
    "step, numbers": lambda label: viz.step(values(label)),
    "step, arrays": lambda label: viz.step(tensors(label)),
    "step, modules": lambda label: viz.step(scoped(label)),
    "step, check and quiz": lambda label: viz.step(values(label), check=True, quiz=True, lr=0.1),
    "step, a training": lambda label: viz.step(film(label)),
    "live": lambda label: page_of(viz.live(values(label))),
    "Film": lambda label: viz_text(film(label)),
    "animation": lambda label: viz.animation(values(label)),
    "explain, numbers": lambda label: viz.explain(values(label)),
    "explain, arrays": lambda label: viz.explain(tensors(label)),
    "latex, numbers": lambda label: viz.latex(values(label)),
    "latex, arrays": lambda label: viz.latex(tensors(label)),
    "code, numbers": lambda label: viz.code(values(label)),
    "code, arrays": lambda label: viz.code(tensors(label)),
    "loss_curve": lambda label: viz.loss_curve(
        {label: [3.0, 2.0], "loss": [2.0, 1.0], f"{label} loss": [1.0, 1.5]},
        title=label,
        x_label=label,
        y_label=label,
    ),
    "metric_curves": lambda label: viz.metric_curves(
        {"loss": [2.0, 1.0], label: [0.5, 0.7]}, title=label, x_label=label
    ),
    "activations": lambda label: viz.activations("tanh", "relu", title=label),
    "decision_boundary": lambda label: viz.decision_boundary(
        lambda X: X[:, :1] - 0.5, POINTS, ANSWERS, names=[label, "b"], feature_names=[label, "y"]
    ),
    "BoundaryFilm": lambda label: boundary_film(label).picture(title=label),
    "characters": lambda label: viz.characters(
        f"{label[:300]}\n", np.full(len(label[:300]) + 1, 0.5), title=label
    ),
    "confusion_matrix": lambda label: viz.confusion_matrix(
        np.eye(2), names=[label, "b"], title=label
    ),
    "layer_maps": lambda label: viz.layer_maps(
        nn.Sequential({clean(label, 20) or "a": nn.Conv2d(1, 2, 2)}), np.eye(3), title=label
    ),
    "descent": lambda label: viz.descent(
        lambda x, y: x * x + y * y, (1.0, 2.0), steps=3, names=(label, "y"), label=label
    ),
    "histograms": lambda label: viz.histograms(Model(label), title=label),
    "kernels": lambda label: viz.kernels(np.eye(3)[None], title=label, names=[label]),
    "feature_maps": lambda label: viz.feature_maps(np.eye(3)[None], title=label, names=[label]),
    "network": lambda label: viz.network(
        [np.array([[0.5, -1.0]])], names=[label, "x"], outputs=[label], title=label
    ),
    "convolution": lambda label: viz.convolution(
        np.arange(9.0).reshape(3, 3), np.array([[1.0, -1.0]]), names=[label] * 3
    ),
    "image_grid": lambda label: image_grid([Tile(np.eye(2), label, label)], title=label),
    "index_page": lambda label: Page(
        index_page(
            label,
            [Section(label, label, code=label, table=[[label], [label]], folded=label)],
            lead=label,
        )
    ),
}


class Shown:
    """What a notebook shows of a node."""

    def __init__(self, node):
        self.node = node

    def _repr_html_(self):
        return self.node._repr_html_()


class Page:
    """A page that is no picture."""

    def __init__(self, html):
        self.html = html


def long_chain(label):
    node = Value(1.0)
    for _ in range(70):
        node = node * 1.01
    node.label = label
    return node


def page_of(live):
    """The stepper in a widget; without anywidget it is what came."""
    return getattr(live, "stepper", live)


def viz_text(recorded):
    return str(recorded)


@cache
def harmless(name):
    return outputs(FUNCTIONS[name](HARMLESS))


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font:UserWarning")  # of matplotlib
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_no_output_is_broken(name, label):
    made = outputs(FUNCTIONS[name](label))
    usual = harmless(name)
    assert [kind for kind, _ in made] == [kind for kind, _ in usual]
    for (kind, text), (_, calm) in zip(made, usual, strict=True):
        check(kind, text, calm)


def test_every_public_function_is_under_test():
    tested = {name.partition(",")[0] for name in FUNCTIONS}
    assert set(viz.__all__) <= tested, "add what is missing to FUNCTIONS"


def test_a_label_is_still_read_as_it_is():
    for label in ("<b>bold</b>", "&amp;", "emoji 👩‍👩‍👧", '"quoted"'):
        box = figure_of(trace(Value(1.0, label=label))).boxes[0]
        assert box.title == clean(label) == label
        saved = json.loads(viz.draw(values(label)).writers()["json"]())
        assert label in {node["label"] for node in saved["nodes"]}


# ---------------------------------------------------------------- the judges reject what they must

PAGE = "<html><body><p class='a'>harmless</p><script>var a = 1;</script></body></html>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text class="a">harmless</text></svg>'
CALM = {
    "svg": SVG,
    "html": PAGE,
    "json": '{"label": "harmless"}',
    "txt": "a = harmless",
    "dot": 'digraph { a [label="harmless"] }',
    "latex": r"\text{harmless} = \frac{1}{2}",
    "markdown": "harmless\n\n| a | b |\n| - | - |\n| `harmless` | 2 |",
    "python": "harmless = 1  # harmless\n",
}
BROKEN = {
    "svg": [
        SVG.replace("harmless", "<script>alert(1)</script>"),
        SVG.replace("harmless", "&"),
        SVG.replace('class="a"', 'class="a" onload="alert(1)"'),
        SVG.replace("harmless", "$x$"),
        SVG.replace("harmless", "x" * 50_000),
    ],
    "html": [
        PAGE.replace("harmless", "<script>alert(1)</script>"),
        PAGE.replace("harmless", "<b>bold</b>"),
        PAGE.replace("harmless", "</p>"),
        PAGE.replace("'a'", "'a' onload='alert(1)'"),
        PAGE.replace("harmless", "<img src=x>"),
        PAGE.replace("var a = 1;", "var a = 2;"),
        PAGE.replace("harmless", "\u202e"),
    ],
    "json": ['{"label": NaN}', '{"label": "</script>"}', '{"label": "a", "evil": 1}'],
    "txt": ["a\x1b[31m", "a = one\ntwo"],
    "dot": [
        'digraph { a [label="x"]; b }',
        'digraph { a [label="x" }',
        "digraph { a [label=<<B>bold</TD>>] }",
    ],
    "latex": [r"\text{a}} = 1", r"\text{\input{x}} = 1", r"\text{50%} = 1", r"\text{$} = 1"],
    "markdown": [
        CALM["markdown"] + "<script>",
        CALM["markdown"].replace("2 |", "2 | 3 |"),
        CALM["markdown"] + "[a](javascript:alert(1))",
    ],
    "python": ["harmless = 1  #\nimport os\n", "harmless = (\n"],
}


@pytest.mark.parametrize("kind", CALM)
def test_the_judges_pass_what_is_well(kind):
    check(kind, CALM[kind], CALM[kind])


@pytest.mark.parametrize(
    ("kind", "broken"), [(kind, text) for kind, texts in BROKEN.items() for text in texts]
)
def test_the_judges_reject_what_is_broken(kind, broken):
    with pytest.raises((AssertionError, SyntaxError, ValueError)):
        check(kind, broken, CALM[kind])
