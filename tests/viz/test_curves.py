import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from viz import loss_curve
from viz.plots.series import running_mean
from viz.plots.ticks import count_ticks, log_ticks, nice_ticks

SVG = "{http://www.w3.org/2000/svg}"


def lines(picture):
    root = ET.fromstring(picture.svg)
    return [e for e in root.iter(f"{SVG}path") if (e.get("class") or "").startswith("curve")]


def test_one_curve():
    picture = loss_curve([2.0, 1.0, 0.5, 0.25])
    (line,) = lines(picture)
    assert line.get("d").count("L") == 3
    assert "loss 0.25" in picture.svg
    assert picture.description.endswith("loss falls from 2 to 0.25 over 4 steps (lowest 0.25).")


def test_several_named_curves_and_validation():
    named = loss_curve({"sgd": [3.0, 2.0], "adam": [3.0, 1.0], "momentum": [3.0, 1.5]})
    assert len(lines(named)) == 3
    assert all(name in named.svg for name in ("sgd 2", "adam 1", "momentum 1.5"))
    both = loss_curve([3.0, 2.0, 1.0, 0.5], val=[2.5, 1.0])
    first, second = lines(both)
    assert "train 0.5" in both.svg
    assert "validation 1" in both.svg
    ends = [re.findall(r"[ML]([\d.]+) ", line.get("d"))[-1] for line in (first, second)]
    assert ends[0] == ends[1]  # both span the whole width


def test_end_labels_do_not_overlap():
    picture = loss_curve({"a": [2.0, 1.0], "b": [2.0, 1.0], "c": [2.0, 1.001]})
    root = ET.fromstring(picture.svg)
    heights = [
        float(e.get("y")) for e in root.iter(f"{SVG}text") if e.get("class", "").startswith("name")
    ]
    gaps = [b - a for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False)]
    assert min(gaps) >= 15


def test_smoothing_keeps_the_raw_line_faintly():
    noisy = [1 / (1 + i) + 0.1 * (i % 2) for i in range(100)]
    raw, smooth = lines(loss_curve(noisy, smoothed=True))
    assert "raw" in raw.get("class")
    assert "raw" not in smooth.get("class")
    assert len(lines(loss_curve(noisy, smoothed=10, val=[1.0, 0.5]))) == 3


def test_gaps_where_numbers_are_missing():
    (line,) = lines(loss_curve([1.0, math.nan, 2.0, math.inf, 3.0]))
    assert line.get("d").count("M") == 3
    assert "nan" not in line.get("d")


def test_logarithmic_axis_leaves_out_what_is_not_positive():
    (line,) = lines(loss_curve([1.0, 0.0, 0.01, 0.0001], log=True))
    assert line.get("d").count("M") == 2
    with pytest.raises(ValueError, match="at least one positive number"):
        loss_curve([0.0, -1.0], log=True)


@pytest.mark.parametrize("losses", [[], [math.nan], {}, {"a": []}])
def test_nothing_to_plot_is_said(losses):
    with pytest.raises(ValueError, match="loss_curve: got no number to plot"):
        loss_curve(losses)


@pytest.mark.parametrize("losses", [[0.5], [1.0, 1.0], [0.0], [-3.0, 2.0], [1e-300, 1e300], [1e-9]])
def test_odd_ranges_are_drawn(losses):
    picture = loss_curve(losses)
    assert not re.search(r"\bnan\b|\binf\b", " ".join(line.get("d") for line in lines(picture)))


def test_a_long_series_stays_small_and_keeps_its_peaks():
    losses = [1.0] * 100_000
    losses[77_777] = 50.0
    picture = loss_curve(losses)
    assert len(picture.svg) < 60_000
    assert ">50<" in picture.svg or ">60<" in picture.svg
    (line,) = lines(picture)
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line.get("d"))]
    assert min(heights) < 130


def test_hostile_words_and_saving(tmp_path):
    picture = loss_curve(
        {"<b>&$": [1.0, 0.5]}, title="</svg><script>", x_label="'\"", y_label="\x00"
    )
    ET.fromstring(picture.svg)
    assert "<script" not in picture.svg
    assert picture.save(tmp_path / "loss.svg").read_text(encoding="utf-8") == picture.svg
    with pytest.raises(ValueError, match=r"needs one of \.svg, \.html, \.txt"):
        picture.save(tmp_path / "loss.gif")


def test_ticks():
    assert nice_ticks(0.0, 2.35) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert nice_ticks(3.0, 3.0)[0] < 3.0 < nice_ticks(3.0, 3.0)[-1]
    assert count_ticks(0) == [0]
    assert count_ticks(1000) == [0, 200, 400, 600, 800, 1000]
    assert log_ticks(1.2, 2.5) == [1.0, 2.0, 5.0]
    assert log_ticks(1.0, 1.0)[0] <= 1.0 < log_ticks(1.0, 1.0)[-1]
    assert running_mean([1.0, math.nan, 3.0], 3) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (3.0, "loss is a float; a list of numbers is needed"),
        (None, "loss is a NoneType"),
        ("abc", "loss is a str"),
        ([1.0, "a"], r"loss\[1\] is a str"),
        ([[1.0, 2.0]], r"loss\[0\] is a list"),
        (np.ones((3, 2)), r"loss\[0\] is a ndarray of shape \(2,\)"),
        ({"a": [1.0], "b": None}, "b is a NoneType"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(losses, said):
    with pytest.raises(TypeError, match=said):
        loss_curve(losses)


def test_a_point_between_two_gaps_is_a_dot():
    path = lines(loss_curve([1.0, math.nan, 0.5, math.inf, 0.2, 0.1]))[0].get("d")
    assert path.count("M") == 3
    assert path.count("h0") == 2
    assert path.count("L") == 1


def test_a_long_gap_in_a_long_series_stays_one():
    losses = [1.0] * 5000 + [math.nan] * 5000 + [0.5] * 5000
    assert lines(loss_curve(losses))[0].get("d").count("M") == 2


def test_epochs_can_count_from_one_and_a_history_shows_its_losses():
    history = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.5, 2.5, 2.0], "seconds": [9.0, 9.0, 9.0]}
    svg = loss_curve(history, x_label="epoch", start=1).svg
    ticks = [node for node in ET.fromstring(svg).iter() if node.get("class") == "tick"]
    assert [node.text for node in ticks if node.get("text-anchor") == "middle"] == ["1", "2", "3"]
    assert "seconds" not in svg
    assert "val_loss" in svg
