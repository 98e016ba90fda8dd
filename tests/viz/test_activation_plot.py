import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd
import nn
from autograd import OPS, Tensor, elementwise
from viz.plots.activation_plot import COMMON, activations
from viz.plots.slopes import sampled

SVG = "{http://www.w3.org/2000/svg}"


def only(*functions, **settings):
    (curve,) = activations(*functions, **settings).functions
    return curve


@pytest.mark.parametrize("name", COMMON)
def test_slopes_are_those_of_finite_differences(name):
    curve = only(name)
    step = 1e-6
    up, down = (OPS[name](Tensor(curve.places + move)).numpy() for move in (step, -step))
    smooth = np.ones(len(curve.places), dtype=bool)
    for kink in curve.kinks:
        smooth &= np.abs(curve.places - kink.place) > 2 * step
    if name == "elu":
        smooth &= np.abs(curve.places) > 2 * step  # its second derivative jumps there
    np.testing.assert_allclose(curve.slopes[smooth], ((up - down) / (2 * step))[smooth], atol=1e-6)
    np.testing.assert_array_equal(curve.heights, OPS[name](Tensor(curve.places)).numpy())


def test_the_slope_is_autograds_own_and_no_formula_of_the_plot():
    try:

        @elementwise(d=(lambda out, x: 7.0 + 0.0 * x,))
        def steep(x):
            """A wrong derivative. It is shown as it is."""
            return np.tanh(x)

        assert set(only("steep").slopes) == {7.0}
    finally:
        del OPS["steep"]


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "selu", "hardtanh", "abs"])
def test_kinks_are_found_where_the_operation_has_them(name):
    kinks = only(name).kinks
    assert tuple(kink.place for kink in kinks) == OPS[name].kinks
    for kink in kinks:
        x = Tensor([kink.place], requires_grad=True)
        OPS[name](x).sum().backward()
        assert kink.slope == x.grad[0]
        assert abs(kink.below - kink.above) > 0.1


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "elu", "gelu", "silu", "softplus", "exp"])
def test_smooth_functions_have_no_kink(name):
    assert only(name).kinks == ()


def test_kinks_of_a_users_function_are_found_anywhere():
    maxout = only(lambda x: autograd.maximum(2 * x + 1, -x))
    assert [round(kink.place, 6) for kink in maxout.kinks] == [-0.333333]
    assert (maxout.kinks[0].below, maxout.kinks[0].above) == (-1.0, 2.0)
    assert len(only(lambda x: autograd.abs(autograd.sin(3 * x))).kinks) == 9
    assert only("relu", low=1.0, high=2.0).kinks == ()
    assert only(lambda x: 1 / x).kinks == ()  # a pole is no kink


def test_c9_activations_are_drawn_with_their_derivatives():
    names = {
        "Leaky ReLU 0.1": lambda x: autograd.maximum(0.1 * x, x),
        "linear": lambda x: x,
        "maxout": lambda x: autograd.maximum(2 * x + 1, -x),
    }
    picture = activations("sigmoid", "tanh", "relu", "elu", nn.LeakyReLU(0.1), names)
    by_name = {curve.name: curve for curve in picture.functions}
    x = by_name["sigmoid"].places
    s = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(by_name["sigmoid"].slopes, s * (1 - s))
    np.testing.assert_allclose(by_name["tanh"].slopes, 1 - np.tanh(x) ** 2)
    np.testing.assert_allclose(by_name["elu"].slopes, np.where(x > 0, 1, np.exp(np.minimum(x, 0))))
    np.testing.assert_array_equal(by_name["relu"].slopes, x > 0)
    np.testing.assert_array_equal(by_name["linear"].slopes, np.ones_like(x))
    leaky, layer = by_name["Leaky ReLU 0.1"], by_name["LeakyReLU(negative_slope=0.1)"]
    np.testing.assert_allclose(leaky.heights, layer.heights)
    np.testing.assert_allclose(leaky.slopes[x != 0], layer.slopes[x != 0])
    assert by_name["maxout"].kinks
    with pytest.raises(ValueError, match="softmax's result depends on several elements"):
        activations("softmax")


def test_every_activation_of_the_operation_table_can_be_drawn():
    names = [name for name, op in OPS.items() if op.forward.__module__.endswith(".activations")]
    assert set(COMMON) <= {*names, "tanh"}
    assert len(activations(*names).functions) == len(names)


def test_picture_is_light_and_dark_with_a_panel_each():
    picture = activations()
    root = ET.fromstring(picture.svg)
    names = [e.text for e in root.iter(f"{SVG}text") if e.get("class") == "name"]
    assert names == list(COMMON)
    curves = [e for e in root.iter(f"{SVG}path") if (e.get("class") or "").startswith("curve")]
    assert len(curves) == 2 + 2 * len(COMMON)
    assert "prefers-color-scheme:dark" in picture.svg
    assert len(picture.svg) < 300_000


def test_the_slopes_line_is_broken_in_the_kink_and_the_convention_is_marked():
    root = ET.fromstring(activations("relu").svg)
    slope = [e for e in root.iter(f"{SVG}path") if e.get("class") == "curve line1 dash1"][-1]
    assert slope.get("d").count("M") == 2
    rings = [e for e in root.iter(f"{SVG}circle") if "hollow" in e.get("class")]
    (dot,) = [e for e in root.iter(f"{SVG}circle") if "dot" in e.get("class")]
    assert len(rings) == 2
    assert dot.get("cy") == max((ring.get("cy") for ring in rings), key=float)  # 0 is below 1
    assert "kink at 0: slope 0" in activations("relu").svg


def test_poles_and_undefined_places_are_gaps():
    log = only("log")
    assert np.isnan(log.heights[log.places < 0]).all()
    assert np.isnan(log.slopes[log.places < 0]).all()
    svg = activations("log", "tan", lambda x: 1 / x).svg
    paths = " ".join(re.findall(r' d="([^"]*)"', svg))
    assert not re.search("nan|inf", paths)
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ (-?[\d.]+)", paths)]
    assert min(heights) > 0  # nothing is drawn outside of its panel


def test_drawing_changes_no_gradient():
    class Scaled(nn.Module):
        def __init__(self):
            self.scale = nn.Parameter([2.0])

        def forward(self, x):
            return autograd.tanh(self.scale * x)

    model = Scaled()
    model(Tensor([1.0])).sum().backward()
    before = model.scale.grad.copy()
    curve = only(model)
    np.testing.assert_allclose(curve.slopes, 2 * (1 - np.tanh(2 * curve.places) ** 2))
    np.testing.assert_array_equal(model.scale.grad, before)


@pytest.mark.parametrize(
    ("functions", "settings", "kind", "said"),
    [
        (("relo",), {}, ValueError, "no operation is named 'relo'; did you mean 'relu'"),
        (("matmul",), {}, ValueError, "matmul is not a function of one number"),
        ((3,), {}, TypeError, "got int; needs a name such as 'sigmoid'"),
        (({},), {}, ValueError, "an empty mapping came"),
        ((autograd.softmax,), {}, ValueError, "depends on several elements"),
        ((lambda x: x - x.mean(),), {}, ValueError, "depends on several elements"),
        ((lambda x: x.sum(),), {}, TypeError, "needs one number for each number"),
        ((lambda x: 3.0,), {}, TypeError, "needs one number for each number"),
        ((lambda x: x.nothing,), {}, TypeError, "function failed on a Tensor"),
        ((nn.Linear(2, 3),), {}, TypeError, "failed on a Tensor of shape"),
        (("log",), {"high": -1.0}, ValueError, "log has no finite value from -5 to -1"),
        (("relu",), {"low": 1.0, "high": 1.0}, ValueError, "low must be less"),
        (("relu",), {"low": math.nan}, ValueError, "low must be less"),
        (("relu",), {"columns": 0}, ValueError, "columns=0"),
        (("relu",), {"ax": 3}, TypeError, "activations: ax is a int"),
    ],
)
def test_what_has_no_curve_is_told(functions, settings, kind, said):
    with pytest.raises(kind, match=said):
        activations(*functions, **settings)


def test_hostile_names_do_not_inject():
    picture = activations({"</svg><script>$\x00": lambda x: x}, title="<script>'\"" * 30)
    ET.fromstring(picture.svg)
    assert "<script" not in picture.svg
    assert "$" not in picture.svg


def test_all_functions_on_the_axes_of_matplotlib():
    axes = pytest.importorskip("matplotlib.figure").Figure().add_subplot()
    assert activations("relu", "tanh", ax=axes) is axes
    named = [text.get_text() for text in axes.get_legend().get_texts()]
    assert named == ["relu", "slope of relu", "tanh", "slope of tanh"]
    relu_slope = axes.get_lines()[1]
    assert np.isnan(relu_slope.get_ydata()).sum() == 1  # broken in the kink


def test_a_broken_line_keeps_all_other_samples():
    curve = sampled(OPS["hardtanh"], "hardtanh", -2.0, 2.0, "activations")
    places, slopes = curve.broken_slopes()
    assert np.all(np.diff(places) >= 0)
    assert np.isnan(slopes).sum() == 2
    assert set(curve.places) == set(places)
