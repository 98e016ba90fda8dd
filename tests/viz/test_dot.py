import dataclasses
import re
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd.trace import trace
from viz import digraph as engines
from viz import dot, raster
from viz.theme import LIGHT
from viz.words.labels import clean

SVG = "{http://www.w3.org/2000/svg}"

real_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
SVG_START = re.compile(rb"\s*(<\?xml|<svg)")


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    """A machine without any Graphviz: an empty PATH and none of the packages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "find_graphviz_pure", lambda: None)
    monkeypatch.setattr(engines, "by_pygraphviz", lambda *_: None)
    monkeypatch.setattr(raster, "WAYS", ())


def test_the_source(neuron):
    source = dot(neuron).source
    assert source.startswith("digraph glassgrad {")
    assert source.count("->") == 9
    assert 'label="−3"' in source or "label=−3" in source
    assert "rankdir=LR" in source
    assert re.findall(r"fontname=\"?(\w+)", source) == ["Helvetica"] * 3
    assert all(len(colour) == 6 for colour in re.findall(r"#([0-9A-Fa-f]+)", source))


def test_local_gradients_stand_on_the_edges_of_small_graphs_only(neuron):
    assert dot(neuron).source.count("label=") > 15
    total = Value(1.0)
    for _ in range(200):
        total = total * 1.01
    edges = [line for line in dot(total, collapse=False).source.splitlines() if "->" in line]
    assert len(edges) == 400
    assert not any("label" in line for line in edges)
    assert "splines" not in dot(neuron).source


def test_what_is_infinite_and_what_is_marked_is_told():
    x = Value(0.0, label="x")
    y = x.sqrt() + Value(9.0, label="z").tanh()
    y.backward()
    source = dot(y).source
    assert f'color="{LIGHT["plus"]}:invis:{LIGHT["plus"]}"' in source
    assert 'label="+inf infinite"' in source
    assert ">saturated</FONT>" in source
    assert ">grad inf</FONT>" in source


def test_the_edge_of_a_constant_is_dashed():
    x = Value(3.0, label="x")
    edges = [line for line in dot(2 * x).source.splitlines() if "->" in line]
    assert [("dashed" in line) for line in edges].count(True) == 1


@pytest.fixture
def network():
    model = nn.MLP(2, [3, 1], generator=0)
    with nn.scopes(model):
        return model([Value(1.0, label="x0"), Value(-2.0, label="x1")])


def clusters(source):
    """The titles of the clusters from the outside in, each with the boxes right inside."""
    inside, found = [], {}
    for line in source.splitlines():
        if line.strip().startswith("subgraph cluster"):
            inside.append("")
        elif inside and not inside[-1] and "label=<<FONT" in line:
            inside[-1] = re.search(r">([^<>]+)</FONT>", line).group(1)
            found["/".join(inside)] = []
        elif inside and line.strip() == "}":
            inside.pop()
        elif inside and re.match(r"\s*n\d+ \[", line):
            found["/".join(inside)].append(line.split()[0])
    return found


def test_scopes_are_clusters_inside_clusters(network):
    found = clusters(dot(network).source)
    titles = [title.split("/")[-1] for title in found]
    assert sum(title.startswith("layers.") for title in titles) >= 2
    depth = max(title.count("/") for title in found)
    assert depth >= 1
    innermost = [boxes for title, boxes in found.items() if title.count("/") == depth]
    assert len(innermost) == 4  # one for each neuron
    assert all(len(boxes) >= 4 for boxes in innermost)


def test_every_box_is_drawn_once(network):
    for collapse in (None, False, True):
        nodes = re.findall(r"^\s*(n\d+) \[", dot(network, collapse=collapse).source, re.M)
        assert len(nodes) == len(set(nodes)) > 0


def test_a_large_graph_is_collapsed_as_in_draw():
    model = nn.MLP(4, [8, 8, 1], generator=0)
    with nn.scopes(model):
        out = model([1.0, 2.0, 3.0, 4.0])
    boxes = re.findall(r"^\s*(n\d+) \[", dot(out).source, re.M)
    assert len(boxes) <= 70
    assert len(re.findall(r"^\s*(n\d+) \[", dot(out, collapse=False).source, re.M)) > 150


HOSTILE = [
    "<b>bold</b>", "a|b{c}", "{ } | < >", r"\N \G \E \T \H \L", r"tail\ ", "two\nlines", "]]>",
    "-->",
    "漢字 👩‍👩‍👧", "x" * 10_000, "&amp; &#39; &lt;", "\"'", "",
]  # fmt: skip


def by_pure(graph):
    made = engines.by_graphviz_pure(graph.source, "svg", "dot")
    return made or pytest.skip("graphviz-pure is not installed")


def by_pygraphviz(graph):
    made = engines.by_pygraphviz(graph.source, "svg", "dot")
    return made or pytest.skip("pygraphviz is not installed")


@pytest.mark.parametrize(
    "render",
    [
        pytest.param(lambda graph: graph.pipe(format="svg"), marks=real_dot, id="dot"),
        by_pure,
        by_pygraphviz,
    ],
)
@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_are_drawn_as_they_are(render, label):
    array = Tensor(np.ones(4), requires_grad=True, label=label)
    out = named(array * array, label).sum()
    with_frame = trace(out)
    nodes = tuple(dataclasses.replace(node, scope=label) for node in with_frame.nodes)
    graph = dot(dataclasses.replace(with_frame, nodes=nodes))
    root = ET.fromstring(render(graph))
    drawn = "".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert clean(label) in drawn.replace("\xa0", " ").replace("+ \N{NO-BREAK SPACE}", "")
    assert not list(root.iter(f"{SVG}b"))


def named(node, label):
    node.label = label
    return node


def test_parallel_edges_and_names():
    a = Value(2.0)
    square = a * a
    source = dot(square).source
    assert source.count("n0 -> n1") == 2
    assert ">a<" in source


@real_dot
@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_real_dot_renders(neuron, suffix):
    start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[suffix]
    assert dot(neuron).pipe(format=suffix).startswith(start)


@real_dot
def test_render_to_files(neuron, tmp_path):
    made = dot(neuron).render(tmp_path / "graph", format="svg", cleanup=True)
    assert made == str(tmp_path / "graph.svg")
    assert [file.name for file in tmp_path.iterdir()] == ["graph.svg"]


def test_without_any_graphviz_there_is_still_svg(neuron, no_dot, tmp_path):
    graph = dot(neuron)
    assert SVG_START.match(graph.pipe(format="svg"))
    assert graph.pipe(format="svg", encoding="utf-8").startswith("<svg")
    assert graph.copy().pipe(format="svg") == graph.pipe(format="svg")
    folder = tmp_path / "out"
    made = graph.render("graph", folder, format="svg")
    assert made == str(folder / "graph.svg")
    assert (folder / "graph").read_text(encoding="utf-8") == graph.source
    made = graph.render(outfile=folder / "other.svg", cleanup=True)
    assert ET.parse(made)
    assert sorted(file.name for file in folder.iterdir()) == ["graph", "graph.svg", "other.svg"]


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_without_any_graphviz_our_own_drawing_is_turned_into_a_file(
    neuron, no_dot, monkeypatch, suffix
):
    monkeypatch.setattr(raster, "WAYS", (lambda svg, suffix, _: f"{suffix} {svg[:4]}".encode(),))
    assert dot(neuron).pipe(format=suffix) == f"{suffix} <svg".encode()
    with pytest.raises(engines.NoEngineError, match=r"\.gif"):
        dot(neuron).pipe(format="gif")


def test_without_any_graphviz_a_notebook_shows_svg(neuron, no_dot):
    bundle = dot(neuron)._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_without_any_graphviz_one_error_names_the_ways(neuron, no_dot, suffix):
    words = r"glassgrad\[dot\].*glassgrad\[pdf\].*apt install graphviz.*draw\(x\)\.save"
    with pytest.raises(engines.NoEngineError, match=words) as caught:
        dot(neuron).pipe(format=suffix)
    assert caught.value.__context__ is None


def test_the_order_of_the_engines(neuron, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "by_graphviz_pure", lambda *_: None)
    monkeypatch.setattr(engines, "by_pygraphviz", lambda *_: b"by pygraphviz")
    assert dot(neuron).pipe(format="pdf") == b"by pygraphviz"
    monkeypatch.setattr(engines, "by_graphviz_pure", lambda *_: b"by graphviz-pure")
    assert dot(neuron).pipe(format="svg") == b"by graphviz-pure"


@pytest.mark.skipif(engines.find_graphviz_pure() is None, reason="graphviz-pure is not installed")
def test_graphviz_pure_renders(neuron, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    graph = dot(neuron)
    assert graph.pipe(format="png").startswith(b"\x89PNG")
    assert b"<svg" in graph.pipe(format="svg")
    assert engines.by_graphviz_pure(graph.source, "pdf", "dot") is None


def test_pygraphviz_renders(neuron, monkeypatch, tmp_path):
    pytest.importorskip("pygraphviz", minversion="2")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "find_graphviz_pure", lambda: None)
    assert dot(neuron).pipe(format="pdf").startswith(b"%PDF")


def test_drawing_by_dot_needs_a_graph():
    with pytest.raises(TypeError, match="dot: got str, which has no graph"):
        dot("digraph {}")
