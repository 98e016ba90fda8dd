import re
import shutil
import xml.etree.ElementTree as ET

import pytest

from autograd import Value
from viz import digraph as engines
from viz import dot, draw

real_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
SVG_START = re.compile(rb"\s*(<\?xml|<svg)")


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    """A machine without any Graphviz: an empty PATH and none of the packages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "find_graphviz_pure", lambda: None)
    monkeypatch.setattr(engines, "by_pygraphviz", lambda *_: None)


def test_the_source(neuron):
    source = dot(neuron).source
    assert source.startswith("digraph glassgrad {")
    assert source.count("->") == 9
    assert 'label="−3"' in source or "label=−3" in source
    assert "rankdir=LR" in source
    assert re.findall(r"fontname=\"?(\w+)", source) == ["Helvetica", "Helvetica"]
    assert all(len(colour) == 6 for colour in re.findall(r"#([0-9A-Fa-f]+)", source))


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
def test_real_dot_accepts_hostile_labels():
    for label in ("<b>&\"'", "a|b{c}", "two\nlines", "\\N \\G", "漢字 👩‍👩‍👧", "", "x" * 10_000):
        a = Value(2.0, label=label)
        ET.fromstring(dot(a * a).pipe(format="svg"))


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


def test_without_any_graphviz_a_notebook_shows_svg(neuron, no_dot):
    bundle = dot(neuron)._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_without_any_graphviz_one_error_names_the_ways(neuron, no_dot, tmp_path, suffix):
    words = r"glassgrad\[dot\].*glassgrad\[pdf\].*apt install graphviz.*draw\(x\)\.save"
    with pytest.raises(engines.NoEngineError, match=words) as caught:
        dot(neuron).pipe(format=suffix)
    assert caught.value.__context__ is None
    with pytest.raises(engines.NoEngineError, match=words):
        draw(neuron).save(tmp_path / f"graph.{suffix}")
    assert not list(tmp_path.glob("*.p*"))


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
