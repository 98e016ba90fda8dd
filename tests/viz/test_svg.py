import math
import re
import xml.etree.ElementTree as ET

import pytest

from autograd import Value
from autograd.trace import trace
from viz import draw
from viz.figures.boxes import CAPTION_SIZE, PADDING, ROW_SIZE, figure_of
from viz.figures.svg import svg_of
from viz.words.labels import text_width

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg, kind=None):
    """All texts drawn in a picture, or those of the boxes of one kind."""
    root = ET.fromstring(svg)
    groups = root.iter(f"{SVG}g")
    if kind is None:
        return [element.text for element in root.iter(f"{SVG}text")]
    return [e.text for g in groups if g.get("class") == kind for e in g.iter(f"{SVG}text")]


def test_every_picture_is_well_formed(graphs):
    for graph in graphs.values():
        root = ET.fromstring(svg_of(figure_of(graph)))
        assert root.get("role") == "img"
        assert root.get("aria-label").startswith("Computation graph of ")


def test_values_gradients_and_local_gradients_are_shown(neuron):
    svg = draw(neuron).svg
    assert texts(svg, "output") == ["tanh", "o", "data", "0.7071", "grad", "+1"]
    leaves = texts(svg, "leaf")
    assert leaves[leaves.index("x1") :][:5] == ["x1", "data", "2", "grad", "−1.5"]
    assert sorted(texts(svg, "pill")) == sorted(
        ["−3", "+2", "+1", "0", "+1", "+1", "+1", "+1", "+0.5", "±n"]
    )


def test_before_backward_a_gradient_is_not_reached(graphs):
    drawn = texts(svg_of(figure_of(graphs["not reached"])))
    assert drawn.count("not reached") == 10
    assert "+1" in drawn  # local gradients are known at once
    after = texts(svg_of(figure_of(graphs["neuron"])))
    assert "not reached" not in after


def test_nothing_moves_when_gradients_arrive(graphs):
    def places(name):
        svg = svg_of(figure_of(graphs[name]), with_legend=False)
        return re.findall(r'class="frame" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', svg)

    assert places("not reached") == places("neuron")


def test_a_square_has_two_edges_with_two_labels():
    a = Value(3.0, label="a")
    square = a * a
    square.backward()
    svg = draw(square, legend=False).svg
    assert texts(svg, "pill") == ["+3", "+3"]
    assert svg.count('class="line plus"') == 2


def test_sign_and_size_of_the_flow_are_visible(neuron):
    svg = draw(neuron, legend=False).svg
    widths = [
        float(w) for w in re.findall(r'class="line (?:plus|minus)" stroke-width="(.*?)"', svg)
    ]
    assert svg.count('class="line minus"') == 1  # only x1 receives a negative contribution
    assert max(widths) == float(re.search(r'class="line minus" stroke-width="(.*?)"', svg)[1])
    assert min(widths) < max(widths)


def test_constants_are_small_and_have_no_gradient():
    x = Value(3.0, label="x")
    y = 2 * x
    y.backward()
    svg = draw(y, legend=False).svg
    assert texts(svg, "constant")[0] == "2"
    assert svg.count('class="line constant"') == 1


def test_one_file_for_light_and_dark_without_ids(neuron):
    svg = draw(neuron).svg
    assert "prefers-color-scheme:dark" in svg
    for colour in ("#0072B2", "#B34700", "#56B4E9", "#E69F00", "#15181c"):
        assert colour in svg
    assert not re.search(r"\bid=", svg)
    assert "<script" not in svg
    assert "$" not in svg
    style = re.search(r"<style>(.*?)</style>", svg, re.S)[1]
    rules = [line for line in style.splitlines() if "{" in line and not line.startswith("@")]
    assert all(line.startswith(".glassgrad-graph ") for line in rules)


@pytest.mark.parametrize(
    "label",
    [
        "<script>alert(1)</script>",
        "\" onload='x' &amp; ]]>",
        "a\nb\x00c\x1b",
        "$x$",
        "\ud83d alone",
        "👩‍👩‍👧 漢字",
        "x" * 10_000,
    ],
)
def test_hostile_labels_neither_break_nor_inject(label, find_clashes):
    a = Value(2.0, label=label)
    out = a * a + 1.0
    out.label = label
    picture = draw(out)
    root = ET.fromstring(picture.svg)
    assert not list(root.iter(f"{SVG}script"))
    assert len(picture.svg) < 40_000
    assert "$" not in picture.svg
    assert find_clashes(figure_of(picture.trace)) == []
    assert "<script" not in picture._repr_html_()


def test_nan_and_infinity_are_drawn():
    x = Value(math.inf, label="x")
    y = x * 0.0
    y.backward()
    svg = draw(y).svg
    ET.fromstring(svg)
    assert {"inf", "nan"} <= set(texts(svg))


def test_an_infinite_flow_is_seen():
    x, w = Value(0.0, label="x"), Value(1.0, label="w")
    y = x.sqrt() + w * 0.5
    y.backward()
    svg = draw(y, legend=False).svg
    widths = re.findall(r'class="line plus" stroke-width="([\d.]+)"', svg)
    (hollow,) = re.findall(
        r'class="line plus" stroke-width="([\d.]+)" d="[^"]*"/><path class="core"', svg
    )
    assert float(hollow) > max(float(width) for width in widths if width != hollow)
    assert svg.count('class="core"') == 1
    assert "+inf" in texts(svg)


def test_a_flow_that_is_no_number_is_seen():
    x = Value(0.0, label="x")
    y = (x * 0.0).sqrt()
    y.backward()
    svg = draw(y, legend=False).svg
    assert 'class="line odd"' in svg
    style = re.search(r"\.line\.odd\{([^}]*)\}", svg).group(1)
    assert "dasharray" in style


def test_pills_tell_the_chain_rule_in_full(neuron):
    svg = draw(neuron).svg
    assert "<title>do/dn = (1 - o)*(1 + o) = 0.499999999999999" in svg
    assert "sent back: 1 × 0.5 = 0.5</title>" in svg


def test_long_numbers_fit_into_their_boxes():
    for value in (-1.2345e-9, -0.00012345, -123456.0, 1.2345e-200):
        x = Value(value, label="x")
        box = figure_of(trace(x)).boxes[0]
        room = box.width - 2 * PADDING - text_width("data", CAPTION_SIZE)
        assert text_width(box.rows[0].text, ROW_SIZE) < room - 6


def test_drawing_changes_no_gradient(expression):
    before = [(node.value, node.grad) for node in trace(expression).nodes]
    draw(expression)
    assert [(node.value, node.grad) for node in trace(expression).nodes] == before


def test_the_legend_explains_only_what_is_there(graphs):
    full = texts(svg_of(figure_of(graphs["expression"])))
    assert {"constant", "output", "local gradient ∂out/∂in"} <= set(full)
    bare = texts(svg_of(figure_of(graphs["not reached"])))
    assert "constant" not in bare
    assert not any("flows back" in text for text in bare)
