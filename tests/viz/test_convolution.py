import base64
import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value
from tests.worked_case_c4 import IMAGE, KERNEL, ONCE, TWICE
from viz.grids.convolution_picture import ConvolutionPicture
from viz.motion.clock import HOLD
from viz.words.numbers import number

SVG = "{http://www.w3.org/2000/svg}"
SETTINGS = [
    {},
    {"stride": 2},
    {"stride": (1, 3)},
    {"padding": 2},
    {"padding": (0, 1), "bias": -0.5},
    {"dilation": 2},
    {"stride": 2, "padding": 1, "dilation": (2, 1), "bias": 0.25},
]


@pytest.fixture(scope="module")
def first():
    return viz.convolution(IMAGE, KERNEL)


def pair(size):
    return size if isinstance(size, tuple) else (size, size)


def naive(image, kernel, stride=1, padding=0, dilation=1, bias=0.0):
    """Loop over everything, with any numbers that can be added and multiplied."""
    (down, across), (top, left), (apart, beside) = pair(stride), pair(padding), pair(dilation)
    height, width = len(image), len(image[0])
    tall, wide = apart * (len(kernel) - 1) + 1, beside * (len(kernel[0]) - 1) + 1
    found = []
    for row in range(0, height + 2 * top - tall + 1, down):
        found.append([])
        for column in range(0, width + 2 * left - wide + 1, across):
            total = bias
            for i, weights in enumerate(kernel):
                for j, weight in enumerate(weights):
                    y, x = row + apart * i - top, column + beside * j - left
                    if 0 <= y < height and 0 <= x < width:
                        total = total + image[y][x] * weight
            found[-1].append(total)
    return found


# ------------------------------------------------------------------------------------ numbers


def test_c4_the_first_map(first):
    assert first.output.tolist() == ONCE
    step = first.steps[2]
    assert (step.row, step.column, step.total) == (0, 2, -2.0)
    assert step.window.tolist() == [[1, 8, 3], [7, 2, 1], [9, 2, 8]]
    assert step.products.tolist() == [[-1, -8, -3], [7, 2, 1], [0, 0, 0]]


def test_c4_the_same_kernel_again(first):
    again = viz.convolution(first.output, KERNEL, names=("feature map", "kernel", "second map"))
    assert again.output.tolist() == TWICE


def test_c4_agrees_with_the_layer_and_with_values(first):
    layer = nn.Conv2d(1, 1, 3, bias=False)
    layer.weight.data = np.array([[KERNEL]], dtype=float)
    x = Tensor(np.array([[IMAGE]], dtype=float), requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert out.numpy()[0, 0].tolist() == first.output.tolist()
    np.testing.assert_allclose(first.kernel_gradient, layer.weight.grad[0, 0], atol=1e-12)
    np.testing.assert_allclose(first.input_gradient, x.grad[0, 0], atol=1e-12)
    grids = [[[Value(float(item)) for item in row] for row in rows] for rows in (IMAGE, KERNEL)]
    assert viz.convolution(*grids).output.tolist() == ONCE
    assert viz.convolution(x, layer.weight).output.tolist() == ONCE


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_output_and_gradients_are_those_of_a_graph_of_values(settings):
    draws = np.random.default_rng(7)
    image = [[Value(x) for x in row] for row in draws.normal(size=(6, 7)).tolist()]
    kernel = [[Value(x) for x in row] for row in draws.normal(size=(3, 2)).tolist()]
    bias = Value(settings.get("bias", 0.0))
    found = naive(image, kernel, **{**settings, "bias": bias})
    upstream = draws.normal(size=(len(found), len(found[0])))
    loss = sum(
        (
            cell * float(weight)
            for row, weights in zip(found, upstream, strict=True)
            for cell, weight in zip(row, weights, strict=True)
        ),
        Value(0.0),
    )
    loss.backward()
    picture = viz.convolution(image, kernel, gradient=upstream, **settings)
    outputs = [[cell.data for cell in row] for row in found]
    np.testing.assert_allclose(picture.output, outputs, rtol=0, atol=1e-12)
    gradients = ([[cell.grad or 0.0 for cell in row] for row in grid] for grid in (image, kernel))
    for ours, theirs in zip(
        (picture.input_gradient, picture.kernel_gradient), gradients, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    assert math.isclose(picture.bias_gradient, bias.grad, abs_tol=1e-12)
    assert len(picture.steps) == picture.output.size


def test_nothing_that_came_is_changed():
    image, kernel = np.ones((3, 3)), Tensor(np.ones((2, 2)), requires_grad=True)
    viz.convolution(image, kernel).html()
    assert image.tolist() == np.ones((3, 3)).tolist()
    assert kernel.grad is None


# ------------------------------------------------------------------------------------ the film


def read(svg):
    return ET.fromstring(svg)


def moments(group):
    """The span for which a group is visible, in shares of the film."""
    animation = group.find(f"{SVG}animate")
    keys = [float(key) for key in animation.get("keyTimes").split(";")]
    states = animation.get("values").split(";")
    assert len(keys) == len(states)
    start = keys[states.index("visible")]
    return start, keys[-1] if states[-1] == "hidden" else 1.0


def shown_at(root, share):
    groups = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "").startswith("run")]
    texts = [
        "".join(text.itertext())
        for group in groups
        if moments(group)[0] <= share < moments(group)[1]
        for text in group.iter(f"{SVG}text")
    ]
    return texts


def test_at_every_window_the_film_shows_its_equation_and_what_was_computed_before(first):
    root, count = read(first.svg), 16
    for index, step in enumerate(first.steps):
        texts = shown_at(root, (index + 0.9) / (count + HOLD))
        assert sum(text.startswith("window ") for text in texts) == 1
        assert f"window {index + 1} of 16" in " ".join(texts)
        assert any(text.endswith(f"= {number(step.total)}") for text in texts)
        # 6 products that change (the others are times 0), 5 lines of words, all cells up to here
        assert len(texts) == 6 + 5 + index + 1
    early = shown_at(root, (3 + 0.1) / (count + HOLD))
    assert len(early) == 6 + 4 + 3  # the result comes a moment after the products


def test_the_frame_stops_at_every_window(first):
    (slide, _) = read(first.svg).iter(f"{SVG}animateTransform")
    spots = [tuple(map(float, spot.split())) for spot in slide.get("values").split(";")]
    assert spots[::2] == spots[1::2]  # it stays, and moves between two stays
    assert len(spots) == 32
    side = spots[2][0] - spots[0][0]
    corner = spots[0]
    offsets = [((x - corner[0]) / side, (y - corner[1]) / side) for x, y in spots[::2]]
    assert offsets == [(step.column, step.row) for step in first.steps]


def test_without_motion_the_last_step_stands_still(first):
    still = read(first.still)
    assert not list(still.iter(f"{SVG}animate")) + list(still.iter(f"{SVG}animateTransform"))
    words = "".join(still.itertext())
    assert "window 16 of 16" in words
    assert "window 15 of 16" not in words
    ends = [g for g in read(first.svg).iter(f"{SVG}g") if g.get("class") == "run end"]
    assert "window 16 of 16" in "".join(text for group in ends for text in group.itertext())
    hidden = [g for g in read(first.svg).iter(f"{SVG}g") if g.get("class") == "run"]
    assert all(group.get("visibility") == "hidden" for group in hidden)
    assert "prefers-reduced-motion" in first.svg


def test_the_film_is_an_image_in_a_notebook(first):
    html = first._repr_html_()
    data = re.search(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert base64.b64decode(data.group(1)).decode() == first.svg
    assert "<script" not in html + first.svg
    assert len(first.svg) < 60_000
    assert "16 windows fill the feature map, 4×4: −14 … 14." in html


def test_the_input_gradient_is_blank_where_no_window_has_come_yet():
    view = viz.convolution(np.ones((2, 4)), [[2.0]], stride=(1, 2)).view("input gradient")
    texts = shown_at(read(view.svg), 0.9 / (4 + HOLD))
    assert texts.count("2") == 1  # what the window adds never changes, and stands outside
    assert "nan" not in view.svg


def test_one_window_and_a_kernel_of_one_pixel():
    picture = viz.convolution([[3.0]], [[2.0]], bias=1)
    assert picture.output.tolist() == [[7.0]]
    for view in picture.views:
        read(picture.view(view).svg)
    assert "NaN" not in picture.svg
    with pytest.raises(ValueError, match="view: got 'back'; needs one of 'forward', 'kernel gr"):
        picture.view("back")


def test_nan_and_infinity_are_drawn_and_the_page_holds_valid_json(tmp_path):
    picture = viz.convolution([[math.nan, 1, 2], [math.inf, 0, 1e300]], [[0.0, 1e300]])
    assert [math.isnan(x) for x in picture.output.flat] == [True, False, True, False]
    assert 'class="odd"' in picture.svg
    page = picture.save(tmp_path / "c.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json">(.*?)</script>', page, re.S)
    json.loads(found.group(1), parse_constant=pytest.fail)
    assert "nan" in str(picture)


@pytest.mark.slow
def test_the_largest_film_stays_a_sane_size():
    draws = np.random.default_rng(0)
    picture = viz.convolution(draws.normal(size=(60, 60)), draws.normal(size=(11, 11)), stride=5)
    assert picture.output.size == 100
    assert len(picture.svg) < 700_000
    assert len(picture.html()) < 3_000_000


# ------------------------------------------------------------------------------------ words


def test_text_tells_every_window(first, tmp_path):
    text = first.save(tmp_path / "c.txt").read_text(encoding="utf-8")
    assert text == first.text()
    assert text.count("window ") == 16
    assert (
        "window 3 of 16: image rows 0 to 2, columns 2 to 4\n"
        "    1·(−1) + 8·(−1) + 3·(−1) = −12\n"
        "    7·1 + 2·1 + 1·1 = 10\n"
        "    9·0 + 2·0 + 8·0 = 0\n"
        "    −12 + 10 + 0 = −2\n"
        "    -> feature map[0, 2]\n"
    ) in text
    assert "kernel gradient\n    55  56  53\n    56  62  65\n    58  63  71\n" in text
    plain = viz.convolution(IMAGE, KERNEL, padding=1, names=("b₀", "k", "m")).text(ascii=True)
    assert plain.isascii()
    assert "rows -1 to 1" in plain
    assert repr(first).startswith("<ConvolutionPicture: Convolution: a 3×3 kernel slides over")


def test_bias_and_dilation_are_told():
    picture = viz.convolution(IMAGE, KERNEL, dilation=2, bias=0.5)
    assert "0.5 (bias) = " in picture.text()
    assert "rows 0 to 4, every 2nd" in picture.svg
    assert "with dilation 2" in picture.description
    wide = viz.convolution(np.ones((1, 9)), np.ones((1, 7)))
    assert "sum of 7 products = 7" in wide.text()


def test_hostile_names_do_not_break_out():
    evil = "</script><b onclick='x'>$&\x00"
    picture = viz.convolution([[1, 2]], [[1]], names=(evil, "'\"", "<!--"))
    read(picture.svg)
    for text in (picture.svg, picture.html()):
        assert "<b onclick" not in text
        assert "<!--" not in text
        assert "\x00" not in text
        assert "$&" not in text
    assert picture.html().count("</script>") == 2


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("image", "kernel", "settings", "error", "said"),
    [
        ([[1, 2]], [[1], [1]], {}, ValueError, r"covers 2×1 pixels, and the image has 1×2; no win"),
        ([[1, 2, 3]], [[1, 1]], {"dilation": 3}, ValueError, r"\(with its dilation\) covers 1×4"),
        ([1, 2], [[1]], {}, ValueError, r"image has shape \(2,\); needs numbers of shape"),
        (np.ones((3, 4, 4)), [[1]], {}, ValueError, r"take one channel of it: image\[0\]"),
        ([], [[1]], {}, ValueError, "image is empty"),
        ([[]], [[1]], {}, ValueError, "image is empty"),
        (np.ones((0, 3)), [[1]], {}, ValueError, r"image is empty, of shape \(0, 3\)"),
        ([[1, 2], [3]], [[1]], {}, ValueError, "the lists of image differ in length"),
        ("image.png", [[1]], {}, TypeError, "image is a str; needs numbers"),
        ([["a", "b"]], [[1]], {}, TypeError, "image is a list|image holds 'a'"),
        ([[1j]], [[1]], {}, TypeError, "image holds a complex"),
        (None, [[1]], {}, TypeError, "image is a NoneType"),
        ({"a": 1}, [[1]], {}, TypeError, "image is a dict"),
        ([[1]], [[1]], {"stride": 0}, ValueError, "stride=0 came; needs a whole number of at le"),
        ([[1]], [[1]], {"stride": 1.5}, ValueError, "stride=1.5 came"),
        ([[1]], [[1]], {"padding": "same"}, ValueError, "padding='same' came"),
        ([[1]], [[1]], {"padding": -1}, ValueError, "padding=-1 came"),
        ([[1]], [[1]], {"dilation": (1, 2, 3)}, ValueError, r"dilation=\(1, 2, 3\) came"),
        ([[1]], [[1]], {"bias": [1, 2]}, ValueError, r"bias has shape \(2,\); needs one number"),
        ([[1]], [[1]], {"bias": "x"}, TypeError, "bias is a str"),
        (
            [[1, 1]],
            [[1]],
            {"gradient": [[1]]},
            ValueError,
            r"needs that of the feature map",
        ),
        ([[1]], [[1]], {"names": "abc"}, ValueError, "needs three names"),
        ([[1]], [[1]], {"seconds": 0}, ValueError, "seconds=0 came"),
        (np.ones((65, 5)), [[1]], {}, ValueError, r"at most 64×64 .* image\[:64, :64\]"),
        (np.ones((20, 20)), np.ones((12, 12)), {}, ValueError, "the kernel is 12×12; at most"),
    ],
)
def test_bad_input_is_told(image, kernel, settings, error, said):
    with pytest.raises(error, match=f"^convolution: .*{said}"):
        viz.convolution(image, kernel, **settings)


def test_too_many_windows_are_refused_with_a_way_out_that_works():
    image = np.arange(28.0 * 28).reshape(28, 28)
    with pytest.raises(ValueError, match="this makes 676 windows; at most 100") as refused:
        viz.convolution(image, KERNEL)
    rows, columns, stride = map(
        int, re.search(r"image\[:(\d+), :(\d+)\], or .*stride=(\d+)", str(refused.value)).groups()
    )
    assert viz.convolution(image[:rows, :columns], KERNEL).output.shape == (10, 10)
    assert isinstance(viz.convolution(image, KERNEL, stride=stride), ConvolutionPicture)


def test_leading_axes_of_one_are_left_out():
    assert viz.convolution(np.array([[IMAGE]]), [[KERNEL]]).output.tolist() == ONCE


@pytest.mark.slow
@pytest.mark.torch
def test_a_torch_tensor_in_a_graph_is_read():
    torch = pytest.importorskip("torch")
    image = torch.tensor(IMAGE, dtype=torch.float32, requires_grad=True)
    assert viz.convolution(image * 1, torch.tensor(KERNEL)).output.tolist() == ONCE
