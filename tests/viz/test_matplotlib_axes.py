import subprocess
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from viz.plots.boundary import decision_boundary
from viz.plots.descent import descent
from viz.plots.matplotlib_axes import axes_for, plain_text

matplotlib = pytest.importorskip("matplotlib")
pytest.importorskip("matplotlib.figure")


def bowl(x, y):
    return x * x + y * y


def boundary(**settings):
    return decision_boundary(lambda p: p[0] - p[1], [[0, 1], [1, 0]], [0, 1], **settings)


def test_new_axes_show_and_save_themselves(tmp_path):
    for shown in (boundary(), descent(bowl, (1.0, 2.0))):
        html = ET.fromstring(shown._repr_html_().removesuffix(">") + "/>")
        assert html.tag == "img"
        assert html.get("src").startswith("data:image/png;base64,")
        assert html.get("alt") == shown.description
        for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
            path = shown.save(tmp_path / f"plot.{suffix}")
            assert path.read_bytes().startswith(start)
        with pytest.raises(ValueError, match=r"has the suffix \.xyz; needs one of .*\.png"):
            shown.save(tmp_path / "plot.xyz")
        with pytest.raises(ValueError, match="has no suffix"):
            shown.save(tmp_path / "plot")


def test_given_axes_are_drawn_on_and_returned():
    figure = matplotlib.figure.Figure()
    left, right = figure.subplots(1, 2)
    assert boundary(ax=left) is left
    assert descent(bowl, (1.0, 2.0), ax=right).axes is right
    assert left.get_legend() is not None
    assert left.get_xlabel() == ""  # nobody named the features


def test_no_figure_stays_open_and_no_setting_changes():
    script = """
import sys
import matplotlib
settings = lambda: {k: matplotlib.rcParams[k] for k in matplotlib.rcParams if k != 'backend'}
before = settings()  # asking for the backend, too, would import pyplot
from viz.plots.boundary import decision_boundary
from viz.plots.descent import descent
from viz.plots.curves import loss_curve
from viz.plots.activation_plot import activations
from matplotlib.figure import Figure
axes = decision_boundary(lambda p: p[0] - p[1], [[0, 1], [1, 0]], [0, 1])
axes._repr_html_()
path = descent(lambda x, y: x * x + y * y, (1.0, 2.0))
path._repr_html_()
loss_curve([1.0, 0.5], ax=Figure().add_subplot())
activations("relu", ax=Figure().add_subplot())
print("matplotlib.pyplot" in sys.modules, settings() == before)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_viz_can_be_imported_without_matplotlib():
    script = "import sys, viz; print(any(m.startswith('matplotlib') for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "False", done.stderr


def test_a_figure_of_pyplot_is_not_shown_twice():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    backend = matplotlib.get_backend()
    pyplot.switch_backend("agg")
    try:
        figure, axes = pyplot.subplots()
        html = descent(bowl, (1.0, 2.0), ax=axes)._repr_html_()
        assert "<img" not in html  # the notebook shows pyplot's figure by itself
        assert "Gradient descent leads from (1, 2)" in html
        assert pyplot.get_fignums() == [figure.number]
        pyplot.close(figure)
    finally:
        pyplot.switch_backend(backend)


@pytest.mark.parametrize("draw", [boundary, lambda: descent(bowl, (1.0, 2.0))])
def test_without_matplotlib_the_extra_is_named(draw, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'glassgrad\[plot\]'"):
        draw()


def test_wrong_input_is_told_before_matplotlib_is_missed(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match="needs two finite numbers"):
        descent(bowl, (np.nan, 1.0))


def test_what_is_no_axes_is_refused():
    figure = matplotlib.figure.Figure()
    with pytest.raises(TypeError, match=r"descent: ax is a ndarray; .*take one: ax=axes\[0\]"):
        axes_for(figure.subplots(1, 2), "descent")
    with pytest.raises(TypeError, match="descent: ax is a Figure"):
        axes_for(figure, "descent")


def test_labels_are_never_formulas():
    assert plain_text("a$b$", 40) == r"a\$b\$"
    axes = axes_for(None, "descent")
    axes.set_title(plain_text(r"$\frac{$ \n $", 40))
    axes.figure.canvas.draw()  # raises where matplotlib sees a broken formula
