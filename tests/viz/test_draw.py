import base64
import json
import re
import stat
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, no_grad
from autograd.trace import trace
from viz import draw

SVG = "{http://www.w3.org/2000/svg}"


def test_names_come_from_the_callers_variables():
    apples = Value(2.0)
    price = Value(3.0)
    cost = apples * price
    picture = draw(cost)
    assert {"apples", "price", "cost"} <= {node.label for node in picture.trace.nodes}
    assert picture.description.startswith("Computation graph of cost: 2 leaves, 1 operation;")


def test_names_can_be_given():
    first = Value(2.0)
    assert draw(first * 2.0, names={"weight": first}).trace.nodes[0].label == "weight"
    assert "first" not in draw(first * 2.0, names={}).svg


def test_an_explicit_label_wins():
    a = Value(2.0, label="alpha")
    assert "alpha" in draw(a * a).svg


def test_several_outputs_and_a_trace(neuron):
    a = Value(2.0, label="a")
    both = draw([a * 2.0, a * 3.0], legend=False)
    assert both.svg.count('class="output"') == 2
    assert draw(trace(neuron)).svg == draw(neuron, names={}).svg


@pytest.mark.parametrize("thing", [3.0, "text", None, [1.0, 2.0], object()])
def test_what_has_no_graph_is_refused(thing):
    with pytest.raises(TypeError, match="which has no graph; needs a Value, a Tensor"):
        draw(thing)


def test_an_empty_list_is_refused():
    with pytest.raises(TypeError, match="draw: got an empty list"):
        draw([])


def test_a_graph_past_the_limit_is_refused_with_a_way_out():
    total = Value(1.0)
    for _ in range(30):
        total = total + 1.0
    with pytest.raises(
        ValueError, match=r"61 boxes, more than the limit of 50.*draw\(x, limit=61\)"
    ):
        draw(total, collapse=False, limit=50)
    assert draw(total, collapse=False, limit=61).svg.count("data-box=") == 61
    assert draw(total, limit=50).svg.count("data-box=") <= 50  # by default parts of it are closed


def test_far_too_large_graphs_are_refused_before_any_work(monkeypatch):
    monkeypatch.setattr("viz.source.trace", lambda *_, **__: pytest.fail("it was traced"))
    total = Value(1.0)
    for _ in range(21_000):
        total = total + 1.0
    with pytest.raises(ValueError, match=r"more than 20,000 nodes.*draw\(x\) draws it with parts"):
        draw(total, collapse=False)


@pytest.fixture
def network():
    model = nn.MLP(2, [3, 3, 1], fused=False, generator=0)
    with nn.scopes(model):
        return model([Value(1.0, label="a"), Value(2.0, label="b")])


def scopes_drawn(picture):
    """The open scopes of a picture, and the titles of its closed ones."""
    root = ET.fromstring(picture.svg)
    groups = [g for g in root.iter(f"{SVG}g") if g.get("data-scope") and g.get("class") == "scope"]
    closed = [
        g for g in root.iter(f"{SVG}g") if "group" in g.get("class", "") and g.get("data-box")
    ]
    names = [
        next(t.text for t in g.iter(f"{SVG}text") if t.get("class") == "title") for g in closed
    ]
    return [g.get("data-scope") for g in groups], names


def test_scopes_are_opened_as_asked(network):
    neurons = ["neurons.0", "neurons.1", "neurons.2"]
    assert scopes_drawn(draw(network, depth=0)) == ([], ["layers.0", "layers.1", "layers.2"])
    assert scopes_drawn(draw(network, depth=0, expand="layers.1")) == (
        ["layers.1"],
        ["layers.0", *neurons, "layers.2"],
    )
    opened, closed = scopes_drawn(draw(network, depth=1))
    assert opened == ["layers.0", "layers.1", "layers.2"]
    assert closed == [*neurons, *neurons, "neurons.0"]
    opened, closed = scopes_drawn(draw(network, depth=0, expand=["layers.0.neurons.1"]))
    assert opened == ["layers.0", "layers.0.neurons.1"]
    opened, closed = scopes_drawn(draw(network, collapse=False))
    assert len(opened) == 10
    assert closed == []
    assert scopes_drawn(draw(network, collapse=True))[1] == [*neurons, *neurons, "neurons.0"]


def test_a_layer_that_holds_one_neuron_is_known_by_both_names():
    layer = nn.MLP(2, [1], generator=0)
    with nn.scopes(layer):
        out = layer([1.0, 2.0])
    plain = draw(out, depth=0, expand="layers.0")
    assert scopes_drawn(plain) == (["layers.0"], [])
    assert draw(out, depth=0, expand="layers.0.neurons.0").svg == plain.svg


def test_an_unknown_scope_is_told_which_there_are(network, neuron):
    with pytest.raises(ValueError, match=r"no scope is called 'layer1'; there are 'layers', 'lay"):
        draw(network, expand="layer1")
    with pytest.raises(ValueError, match=r"this graph has none: nn\.scopes records them"):
        draw(neuron, expand="layers.0")


def test_bad_arrays_are_drawn_all_the_same():
    empty = Tensor(np.zeros((0, 3)), requires_grad=True, label="empty")
    strange = Value(float("nan"), label="strange") * Value(float("inf"), label="endless")
    for out in (empty * 2.0, (empty * 2.0).sum(), strange):
        ET.fromstring(draw(out).svg)
    out = (empty * 2.0).sum()
    out.backward()
    ET.fromstring(draw(out).svg)


def test_a_constant_has_no_graph():
    with no_grad():
        hidden = Tensor([1.0, 2.0], requires_grad=True) * 2.0
    for constant in (Tensor([1.0, 2.0]), hidden, [Tensor(1.0), hidden]):
        with pytest.raises(TypeError, match=r"draw: .*constant.*no_grad"):
            draw(constant)
    assert draw(Value(1.0)).svg.count("data-box=") == 1  # a leaf may get a gradient


def test_a_notebook_gets_an_image_with_alternative_text(neuron):
    html = draw(neuron)._repr_html_()
    image = ET.fromstring(html.replace(">", "/>"))
    assert image.get("alt").startswith("Computation graph of o: 5 leaves, 5 operations;")
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64"
    ET.fromstring(base64.b64decode(data))


def test_a_terminal_gets_one_line(neuron):
    assert re.fullmatch(r"<GraphPicture: .*\.save\('picture\.svg'\)>", repr(draw(neuron)))


def test_every_format_is_saved(neuron, tmp_path):
    picture = draw(neuron)
    for suffix in ("svg", "html", "dot", "txt", "json"):
        path = picture.save(tmp_path / f"graph.{suffix}")
        assert path.read_text(encoding="utf-8")
    ET.parse(tmp_path / "graph.svg")
    assert "digraph" in (tmp_path / "graph.dot").read_text()
    assert "x1.grad += p1.grad * dp1/dx1" in (tmp_path / "graph.txt").read_text()
    page = (tmp_path / "graph.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "data:image/svg+xml;base64," in page
    assert sorted(file.suffix for file in tmp_path.iterdir()) == sorted(
        [".svg", ".html", ".dot", ".txt", ".json"]
    )


def test_json_is_valid_and_complete(neuron, tmp_path):
    document = json.loads(draw(neuron).save(tmp_path / "graph.json").read_text())
    assert (document["format"], document["version"]) == ("glassgrad-trace", 2)
    assert len(document["nodes"]) == 10
    assert len(document["edges"]) == 9
    assert document["nodes"][document["roots"][0]]["label"] == "o"
    first = next(node for node in document["nodes"] if node["label"] == "x1")
    assert (first["value"], first["grad"]) == (2.0, pytest.approx(-1.5))


def test_json_survives_nan_and_a_hostile_label(tmp_path):
    x = Value(float("nan"), label="</script>")
    text = draw(x * 2.0).save(tmp_path / "graph.json").read_text()
    assert "</script>" not in text
    nodes = json.loads(text, parse_constant=pytest.fail)["nodes"]
    assert {"nan"} <= {node["value"] for node in nodes}


@pytest.mark.parametrize("name", ["graph.gif", "graph", "graph.svg.bak"])
def test_an_unknown_suffix_is_told_what_works(neuron, tmp_path, name):
    with pytest.raises(ValueError, match=r"needs one of \.svg, \.html, .*\.json"):
        draw(neuron).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(neuron, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        draw(neuron).save(tmp_path / "nowhere" / "graph.svg")


def test_saving_replaces_in_one_step(neuron, tmp_path, monkeypatch):
    path = tmp_path / "graph.svg"
    draw(neuron).save(path)
    old = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        draw(neuron, legend=False).save(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_saved_file_has_ordinary_permissions(neuron, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("")
    saved = draw(neuron).save(tmp_path / "graph.svg")
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_the_public_names():
    plots = {"activations", "decision_boundary", "descent", "histograms", "metric_curves"}
    assert {"dot", "draw", "loss_curve", "steps_text"} | plots <= set(viz.__all__)
    assert viz.__all__ == sorted(viz.__all__)
    assert all(callable(getattr(viz, name)) for name in viz.__all__)
