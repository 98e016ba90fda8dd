import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from nn.data import xor
from viz.plots.curves import loss_curve
from viz.plots.metric_curves import metric_curves
from viz.plots.ticks import axis_ticks, step_ticks

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture, style):
    root = ET.fromstring(picture.svg)
    return [e.text for e in root.iter(f"{SVG}text") if e.get("class") == style]


def lines(picture):
    """The curves, without the two short strokes of the legend."""
    root = ET.fromstring(picture.svg)
    found = [e for e in root.iter(f"{SVG}path") if (e.get("class") or "").startswith("curve")]
    return [e for e in found if not e.get("d").endswith("h28")]


def test_a_history_of_fit_gives_a_panel_for_each_metric_with_both_lines():
    X, y = xor()
    model = nn.Sequential(nn.Linear(2, 4, generator=0), nn.Tanh(), nn.Linear(4, 2, generator=1))
    history = nn.fit(model, X, y, loss="cross_entropy", epochs=5, validation=(X, y), progress=False)
    picture = metric_curves(history)
    assert texts(picture, "name") == ["loss", "accuracy"]  # and no seconds
    assert len(lines(picture)) == 4
    assert {e.get("class") for e in lines(picture)} == {"curve line0", "curve line1 dash1"}


def test_each_panel_has_its_own_axis():
    svg = metric_curves({"loss": [200.0, 100.0], "accuracy": [0.25, 0.5]}).svg
    assert ">200<" in svg
    assert ">0.5<" in svg
    heights = [
        [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line.get("d"))]
        for line in lines(metric_curves({"loss": [200.0, 100.0], "accuracy": [0.25, 0.5]}))
    ]
    assert heights[0][0] < heights[0][1]  # the loss falls
    assert heights[1][0] > heights[1][1]  # the accuracy rises


def test_the_best_epoch_is_that_of_validation_and_low_or_high_by_name():
    history = {
        "loss": [3.0, 2.0, 1.0],
        "val_loss": [3.0, 1.5, 2.0],
        "accuracy": [0.1, 0.7, 0.6],
        "wobble": [1.0, 2.0, 3.0],
    }
    description = metric_curves(history).description
    assert "loss 1, validation 2 (lowest 1.5 at epoch 2)" in description
    assert "accuracy 0.6 (highest 0.7 at epoch 2)" in description
    assert description.endswith("wobble 3.")  # nobody knows whether that is good


def test_fewer_validation_numbers_are_spread_over_all_epochs():
    history = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0], "val_loss": [3.0, 1.0]}
    picture = metric_curves(history)
    assert "lowest 1 at epoch 5" in picture.description
    ends = [re.findall(r"[ML]([\d.]+) ", line.get("d"))[-1] for line in lines(picture)]
    assert ends[0] == ends[1]


def test_metrics_can_be_chosen_also_seconds():
    history = {"loss": [1.0], "val_loss": [2.0], "seconds": [3.0]}
    assert texts(metric_curves(history, metrics="seconds"), "name") == ["seconds"]
    assert texts(metric_curves(history, metrics=["seconds", "loss"]), "name") == ["seconds", "loss"]
    with pytest.raises(ValueError, match=r"asks for \['recall'\]; the history has loss, seconds"):
        metric_curves(history, metrics=["recall"])


def test_only_losses_get_a_logarithmic_axis():
    picture = metric_curves({"loss": [1.0, 0.0, 1e-6], "accuracy": [0.0, 0.5, 1.0]}, log=True)
    loss, accuracy = lines(picture)
    assert loss.get("d").count("M") == 2  # the 0 is a gap
    assert accuracy.get("d").count("M") == 1
    assert ">1e−6<" in picture.svg


def test_columns_make_the_picture_narrow():
    history = {"loss": [1.0, 0.5], "accuracy": [0.5, 1.0]}
    narrow = ET.fromstring(metric_curves(history, columns=1).svg)
    wide = ET.fromstring(metric_curves(history).svg)
    assert float(wide.get("width")) == 2 * float(narrow.get("width"))
    assert float(wide.get("height")) < float(narrow.get("height"))


def test_smoothing_leaves_validation_alone():
    noisy = [1.0, 0.5] * 20
    smooth = lines(metric_curves({"loss": noisy, "val_loss": noisy}, smoothed=8))
    assert [e.get("class") for e in smooth] == [
        "curve raw line0",
        "curve line0",
        "curve line1 dash1",
    ]


@pytest.mark.parametrize("history", [{}, {"loss": []}, {"loss": [math.nan]}, {"seconds": [1.0]}])
def test_nothing_to_plot_is_said(history):
    with pytest.raises(ValueError, match="metric_curves: got no number to plot"):
        metric_curves(history)


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([1.0, 2.0], "got list; needs lists of numbers by name"),
        (None, "got NoneType"),
        ({"loss": 3.0}, "metric_curves: loss is a float"),
        ({"loss": ["a"]}, r"loss\[0\] is a str"),
        ({"loss": np.ones((2, 2))}, r"ndarray of shape \(2,\)"),
    ],
)
def test_what_is_no_history_is_refused(history, said):
    with pytest.raises(TypeError, match=said):
        metric_curves(history)


def test_hostile_names_do_not_inject():
    picture = metric_curves({"<script>'\"&$": [1.0]}, title="</svg><script>", x_label="\x00")
    ET.fromstring(picture.svg)
    assert "<script" not in picture.svg
    assert "$" not in picture.svg


def test_first_step_is_marked_when_there_is_room():
    assert step_ticks(99, 1)[0] == (0, "1")
    assert step_ticks(7, 9)[0] == (1, "10")  # 9 and 10 would overlap
    assert step_ticks(0, 0) == [(0, "0")]
    assert step_ticks(0, 7) == [(0, "7")]


def test_an_axis_that_nearly_begins_at_zero_does():
    assert axis_ticks(0.3, 1.0)[0] == 0.0
    assert axis_ticks(0.9, 1.0)[0] > 0.8
    assert axis_ticks(0.01, 1.0, log=True)[0] == 0.01


def test_loss_curve_draws_on_axes():
    axes = pytest.importorskip("matplotlib.figure").Figure().add_subplot()
    history = {"loss": [1.0, 0.1, 0.01], "val_loss": [1.0, math.nan, 0.5], "accuracy": [0, 0, 1]}
    same = loss_curve(history, ax=axes, log=True, start=1, smoothed=2, title="$a$", x_label="epoch")
    assert same is axes
    assert axes.get_yscale() == "log"
    assert (axes.get_title(), axes.get_xlabel()) == (r"\$a\$", "epoch")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "loss 0.055",
        "val_loss 0.5",
    ]
    assert list(axes.get_lines()[0].get_xdata()) == [1, 2, 3]
    with pytest.raises(TypeError, match="loss_curve: ax is a int"):
        loss_curve([1.0], ax=3)
