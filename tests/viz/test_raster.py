"""PNG and PDF of our own pictures, by every way that is installed here."""

import io
import re
import struct
import sys
import types
import zlib

import numpy as np
import pytest

from viz import digraph, draw, loss_curve, raster
from viz.figures.heat import MINUS, PLUS
from viz.figures.png import png_file, size_of, top_of
from viz.picture import Picture
from viz.theme import LIGHT, light_only

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="pic" width="40" height="30" '
    'viewBox="0 0 40 30">\n<style>.pic .left{fill:#0072B2}\n'
    "@media (prefers-color-scheme:dark){\n.pic .left{fill:#ffffff}\n}</style>\n"
    '<rect class="left" width="20" height="30"/>\n'
    '<rect x="30" width="10" height="30" fill="#B34700"/>\n</svg>\n'
)


def pixels(file):
    """Every pixel of a PNG, shape (height, width, 4)."""
    image = pytest.importorskip("matplotlib.image")
    return np.rint(image.imread(io.BytesIO(file)) * 255).astype(np.uint8)


def colour(text):
    return [int(text[start : start + 2], 16) for start in (1, 3, 5)]


def has(picture, wanted):
    return bool((picture[:, :, :3] == wanted).all(axis=2).any())


def page_size(file):
    box = re.search(rb"/MediaBox\s*\[\s*([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)", file)
    left, top, right, bottom = (float(part) for part in box.groups())
    return right - left, bottom - top


def made_by(way, svg, suffix, scale=2.0):
    made = way(light_only(svg), suffix, scale)
    if not made:
        pytest.skip(f"nothing here draws {suffix} {way.__name__.replace('_', ' ')}")
    return made


WAYS = [
    pytest.param(way, marks=[pytest.mark.browser, pytest.mark.slow])
    if way is raster.by_browser
    else way
    for way in raster.WAYS
]


@pytest.mark.parametrize("way", WAYS)
def test_a_png_has_the_colours_and_twice_the_size(way):
    picture = pixels(made_by(way, SQUARE, "png"))
    assert picture.shape == (60, 80, 4)
    assert picture[30, 10].tolist() == [*colour("#0072B2"), 255]
    assert picture[59, 79].tolist() == [*colour("#B34700"), 255]
    assert picture[30, 50, 3] == 0  # paper that nobody drew stays clear


@pytest.mark.parametrize("way", WAYS)
def test_a_graph_looks_as_its_svg(way, neuron):
    svg = draw(neuron).svg
    width, height = (int(side) for side in re.search(r'width="(\d+)" height="(\d+)"', svg).groups())
    picture = pixels(made_by(way, svg, "png"))
    assert picture.shape == (2 * height, 2 * width, 4)
    frame = re.search(r'class="output".*?class="frame" x="([\d.]+)" y="([\d.]+)"', svg).groups()
    shift = re.search(r'<g transform="translate\(([\d.]+) ([\d.]+)\)">', svg).groups()
    x, y = (round(2 * (float(a) + float(b))) for a, b in zip(frame, shift, strict=True))
    assert picture[y + 50, x + 4, :3].tolist() == colour(LIGHT["output"])
    for name in ("plus", "minus", "leaf", "paper"):
        assert has(picture, colour(LIGHT[name])), name
    title = picture[y + 12 : y + 46, x + 80 : x + 140, :3]
    assert (title > 200).any()  # the name of the output: letters are drawn


@pytest.mark.parametrize("way", WAYS)
def test_heatmaps_are_in_the_png(way):
    import autograd

    w = autograd.Tensor(np.array([[1.0, -1.0], [0.0, 1.0]]), requires_grad=True)
    picture = pixels(made_by(way, draw(autograd.sum(w * w), legend=False).svg, "png"))
    assert has(picture, PLUS)
    assert has(picture, MINUS)


@pytest.mark.parametrize("way", [way for way in WAYS if way is not raster.by_resvg])
def test_a_pdf_is_one_page_of_the_same_shape(way, neuron):
    svg = draw(neuron).svg
    width, height = (int(side) for side in re.search(r'width="(\d+)" height="(\d+)"', svg).groups())
    file = made_by(way, svg, "pdf")
    assert file.startswith(b"%PDF")
    wide, high = page_size(file)
    assert wide / high == pytest.approx(width / height, rel=0.005)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", file)) <= 1


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_every_picture_is_saved(tmp_path, monkeypatch, suffix):
    seen = []

    def way(svg, suffix, scale):
        seen.append((svg, suffix, scale))
        return b"a file"

    monkeypatch.setattr(raster, "WAYS", (lambda *_: None, way))
    saved = loss_curve([3.0, 2.0, 1.0]).save(tmp_path / f"loss.{suffix}")
    assert saved.read_bytes() == b"a file"
    ((svg, asked, scale),) = seen
    assert (asked, scale) == (suffix, 2.0)
    assert "@media" not in svg
    assert "</style>" in svg


def test_huge_pictures_get_fewer_pixels(monkeypatch):
    scales = []
    monkeypatch.setattr(raster, "WAYS", (lambda svg, suffix, scale: scales.append(scale) or b"x",))
    raster.raster('<svg width="100000" height="10"></svg>', "png")
    assert scales == [0.16]


def test_the_next_way_is_tried_when_one_fails(monkeypatch):
    def failing(*_):
        raise RuntimeError("too large for me")

    monkeypatch.setattr(raster, "WAYS", (failing, lambda *_: None, lambda *_: b"made"))
    assert raster.raster(SQUARE, "png") == b"made"
    monkeypatch.setattr(raster, "WAYS", (failing,))
    with pytest.raises(raster.NoRasterError) as caught:
        raster.raster(SQUARE, "png")
    assert str(caught.value.__cause__) == "too large for me"


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_without_any_way_one_error_names_them(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(raster, "WAYS", ())
    words = rf"glassgrad\[{suffix}\].*rsvg-convert.*Chromium.*\.save\('picture\.svg'\)"
    with pytest.raises(raster.NoRasterError, match=words):
        loss_curve([2.0, 1.0]).save(tmp_path / f"loss.{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_falls_back_on_graphviz(neuron, tmp_path, monkeypatch):
    monkeypatch.setattr(raster, "WAYS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(digraph, "by_graphviz_pure", lambda source, suffix, engine: b"by graphviz")
    assert draw(neuron).save(tmp_path / "graph.png").read_bytes() == b"by graphviz"
    monkeypatch.setattr(digraph, "by_graphviz_pure", lambda *_: None)
    monkeypatch.setattr(digraph, "by_pygraphviz", lambda *_: None)
    with pytest.raises(raster.NoRasterError, match="rsvg-convert") as caught:
        draw(neuron).save(tmp_path / "other.png")
    assert caught.value.__cause__ is None
    assert not (tmp_path / "other.png").exists()


def test_nothing_installed_is_no_way(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert [way(SQUARE, "png", 2.0) for way in raster.WAYS] == [None] * 4


def test_resvg_without_letters_is_passed_over(monkeypatch):
    drawn = []

    def svg_to_bytes(svg_string, zoom=1):
        drawn.append(svg_string)
        letter = 'font-family="Arial">W' in svg_string
        return b"ink" if letter and with_letters else b"blank"

    monkeypatch.setitem(sys.modules, "resvg_py", types.SimpleNamespace(svg_to_bytes=svg_to_bytes))
    with_letters = False
    assert raster.by_resvg(SQUARE, "png", 2.0) is None
    assert SQUARE not in drawn
    with_letters = True
    assert raster.by_resvg(SQUARE, "png", 2.0) == b"blank"
    assert drawn[-1] == SQUARE
    assert raster.by_resvg(SQUARE, "pdf", 2.0) is None


def test_a_failing_program_is_no_way(tmp_path, monkeypatch):
    for name in ("rsvg-convert", "chromium"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\nexit 3\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not raster.by_rsvg_convert(SQUARE, "png", 2.0)
    assert not raster.by_browser(SQUARE, "png", 2.0)
    assert not raster.by_browser(SQUARE, "pdf", 2.0)


def test_a_picture_without_a_size_is_refused():
    with pytest.raises(ValueError, match="no width and height"):
        Picture('<svg xmlns="http://www.w3.org/2000/svg"/>', "empty").raster("png")


def test_the_rules_for_dark_paper_are_left_out():
    plain = light_only(SQUARE)
    assert "prefers-color-scheme" not in plain
    assert "<style>.pic .left{fill:#0072B2}</style>" in plain
    assert light_only(plain) == plain
    both = SQUARE + SQUARE
    assert light_only(both) == plain + plain


def test_a_png_is_cut_below():
    lines = np.zeros((5, 1 + 3 * 4), np.uint8)
    lines[:, 1:] = np.arange(5)[:, None] * 10
    header = struct.pack(">IIBBBBB", 3, 5, 8, 6, 0, 0, 0)
    body = zlib.compress(lines.tobytes())
    file = png_file([(b"IHDR", header), (b"IDAT", body[:7]), (b"IDAT", body[7:]), (b"IEND", b"")])
    assert size_of(file) == (3, 5)
    cut = top_of(file, 2)
    assert size_of(cut) == (3, 2)
    assert (pixels(cut) == pixels(file)[:2]).all()
    assert size_of(top_of(file, 99)) == (3, 5)
    with pytest.raises(ValueError, match="not a PNG"):
        top_of(b"GIF89a", 2)
    deep = png_file([(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 6, 0, 0, 0)), (b"IEND", b"")])
    with pytest.raises(ValueError, match="8 bits"):
        top_of(deep, 1)
