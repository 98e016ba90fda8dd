import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from viz import feature_maps, kernels
from viz.grids.pixels import Pixels, shades

SVG = "{http://www.w3.org/2000/svg}"
EDGE = [[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]


def read(picture):
    return ET.fromstring(picture.svg)


def pixels(picture, kind=None):
    """Every run of equal pixels: (class, opacity, x, y, length), without the legend's."""
    root = read(picture)
    bar = next(r for r in root.iter(f"{SVG}rect") if r.get("class") == "bar")
    found = []
    for path in root.iter(f"{SVG}path"):
        for x, y, length in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path.get("d")):
            if float(y) < float(bar.get("y")) and kind in (None, path.get("class")):
                opacity = float(path.get("stroke-opacity"))
                found.append((path.get("class"), opacity, float(x), float(y), float(length)))
    return found


def captions(picture):
    return [t.text for t in read(picture).iter(f"{SVG}text") if t.get("class") == "caption"]


def test_one_kernel_is_drawn_row_by_row():
    top, middle = sorted(pixels(kernels([EDGE])), key=lambda run: run[3])
    assert top[:2] == ("minus", 1.0)
    assert middle[:2] == ("plus", 1.0)
    assert top[4] == middle[4] == 3 * (middle[3] - top[3])  # square pixels; the row of 0 is clear


def test_all_kernels_share_one_scale_which_is_shown():
    picture = kernels(np.array([np.full((2, 2), 4.0), np.full((2, 2), -1.0)]))
    assert [(kind, opacity) for kind, opacity, *_ in pixels(picture, "plus")] == [("plus", 1.0)] * 2
    assert {opacity for _, opacity, *_ in pixels(picture, "minus")} == {0.25}
    assert all(text in picture.svg for text in (">−4<", ">0<", ">+4<"))
    half = kernels(np.full((1, 2, 2), 4.0), scale=8)
    assert {opacity for _, opacity, *_ in pixels(half)} == {0.5}
    assert ">+8<" in half.svg


def test_a_row_for_every_output():
    picture = kernels(nn.Conv2d(3, 4, 5))
    assert captions(picture) == [f"{i}←{j}" for i in range(4) for j in range(3)]
    tiles = [t for t in read(picture).iter(f"{SVG}rect") if t.get("class") == "tile"]
    assert len({tile.get("x") for tile in tiles}) == 3
    assert len({tile.get("y") for tile in tiles}) == 4
    assert captions(kernels(np.ones((4, 1, 3, 3)))) == ["0", "1", "2", "3"]


def test_linear_weights_are_arranged_as_the_image_that_comes_in():
    weights = np.zeros((2, 6))
    weights[1, 4] = -3.0
    ((kind, _, x, y, side),) = pixels(kernels(weights, shape=(2, 3)))
    tile = [t for t in read(kernels(weights, shape=(2, 3))).iter(f"{SVG}rect")][2]
    assert kind == "minus"
    column, row = (x - float(tile.get("x"))) // side, (y - float(tile.get("y"))) // side
    assert (row, column) == (1, 1)  # input 4 is the second row's second pixel
    assert captions(kernels(weights, shape=(3, 1, 2))) == [
        f"{i}←{j}" for i in (0, 1) for j in range(3)
    ]
    assert len(captions(kernels(weights))) == 1  # without a shape it is one matrix


def test_feature_maps_of_a_batch_of_one():
    image = Tensor(np.arange(25.0).reshape(1, 1, 5, 5))
    maps = nn.Conv2d(1, 3, 2, generator=0)(image)
    picture = feature_maps(maps, names=["edges", "dots", "rest"])
    assert captions(picture) == ["edges", "dots", "rest"]
    assert "3 of 4×4" in picture.description
    assert captions(feature_maps([[Value(1.0), Value(2.0)]])) == ["0"]


def test_maps_of_their_own_scale_have_it_written_under_them():
    maps = np.array([np.full((2, 2), 0.5), np.full((2, 2), 8.0)])
    picture = feature_maps(maps, separate=True)
    assert {opacity for _, opacity, *_ in pixels(picture)} == {1.0}
    assert [t.text for t in read(picture).iter(f"{SVG}text")][1:] != []
    assert all(text in picture.svg for text in ("±0.5", "±8"))
    assert min(opacity for _, opacity, *_ in pixels(feature_maps(maps))) == 0.062


def test_of_very_many_the_first_are_drawn_and_it_is_said():
    picture = kernels(np.ones((64, 32, 3, 3)))
    assert len(captions(picture)) == 256
    assert "2048 of 3×3, all 1; the first 256 are drawn, take a slice for others." in picture.svg
    assert len(picture.description) < 300
    draws = np.random.default_rng(0).normal(size=(200, 40, 40))
    large = feature_maps(draws)
    assert len(captions(large)) * 1600 <= 60_000
    assert len(large.svg) < 900_000


def test_what_is_no_number_is_marked_and_counted():
    picture = kernels([[[math.nan, 1.0], [math.inf, -2.0]]])
    assert len(pixels(picture, "odd")) == 2
    assert "−2 … 1; 2 nan or inf, dashed." in picture.description
    assert not re.search(r'(nan|inf)[ "hv]', "".join(re.findall(r'd="[^"]*"', picture.svg)))
    read(kernels(np.full((1, 2, 2), math.nan)))
    assert pixels(kernels(np.zeros((2, 3, 3)))) == []
    assert "all 0" in kernels(np.zeros((2, 3, 3))).description


def test_both_palettes_and_hostile_names(tmp_path):
    evil = "<b>$&\x00"
    picture = kernels([EDGE], names=[evil], title=evil)
    read(picture)
    assert "<b>" not in picture.svg
    assert "$" not in picture.svg
    assert "\x00" not in picture.svg
    assert all(colour in picture.svg for colour in ("#0072B2", "#B34700", "#56B4E9", "#E69F00"))
    assert "<script" not in picture.svg
    assert picture.save(tmp_path / "k.svg").read_text(encoding="utf-8") == picture.svg


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: kernels([1.0, 2.0]), ValueError, r"kernels: weights have shape \(2,\); needs"),
        (lambda: kernels(np.ones((1, 1, 1, 1, 1))), ValueError, "kernels: weights have shape"),
        (lambda: kernels([]), ValueError, "kernels: weights is empty"),
        (lambda: kernels("conv1"), TypeError, "kernels: weights is a str"),
        (lambda: kernels(np.ones((2, 6)), shape=(4, 2)), ValueError, r"came for 6 inputs; needs"),
        (lambda: kernels(np.ones((2, 3, 3)), shape=(3, 3)), ValueError, r"shape=\(3, 3\) is for"),
        (lambda: kernels([EDGE], names=["a", "b"]), ValueError, "2 came as names; needs 1"),
        (lambda: kernels([EDGE], names="a"), ValueError, "a text came as names"),
        (lambda: kernels([EDGE], scale=0), ValueError, "scale=0 came; needs a positive number"),
        (lambda: kernels([EDGE], columns=0), ValueError, "columns=0 came"),
        (lambda: kernels(np.ones((1, 300, 300))), ValueError, "300×300 is too large"),
        (lambda: feature_maps(np.ones((2, 3, 4, 4))), ValueError, r"a batch of 2; .* maps\[0\]"),
        (lambda: feature_maps([1.0]), ValueError, r"feature_maps: maps have shape \(1,\)"),
        (lambda: feature_maps(None), TypeError, "feature_maps: maps is a NoneType"),
    ],
)
def test_bad_input_is_told(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_shades_keep_the_smallest_visible_and_the_sign():
    assert shades([1e-300, -1e-300, 0.0], 1.0, 8).tolist() == [1, -1, 0]
    assert shades([5e307], 1e-300, 8).tolist() == [8]
    paper = Pixels(8)
    paper.add(np.array([[1, 1, 0, -8, 9]]), 0.0, 0.0, 2.0)
    assert [re.findall(r'class="(\w+)"|h(\d+)', path) for path in paper.paths()] == [
        [("minus", ""), ("", "2")],
        [("plus", ""), ("", "4")],
        [("odd", ""), ("", "2")],
    ]
