"""Heatmaps, read back pixel by pixel."""

import struct
import zlib

import numpy as np
import pytest

from viz.figures.heat import MINUS, MOST_PIXELS, ODD, PLUS, heat_png, heat_size, heat_uri, strongest
from viz.figures.png import chunks_of, size_of


def pixels(file):
    """Colour and opacity of every pixel, shape (height, width, 4)."""
    chunks = dict(chunks_of(file))
    width, height, depth, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert (depth, kind) == (8, 3)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()  # no filter
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    opacity = np.frombuffer(chunks[b"tRNS"], np.uint8)[:, None]
    return np.hstack([colours, opacity])[lines[:, 1:]]


def painted(array, **options):
    return pixels(heat_png(np.array(array), **options))


def test_zero_is_clear_and_the_largest_has_full_colour():
    (line,) = painted([[0.0, 2.0, -2.0, 1.0]])
    assert line[0, 3] == 0
    assert line[1].tolist() == [*PLUS, 255]
    assert line[2].tolist() == [*MINUS, 255]
    assert line[3, :3].tolist() == list(PLUS)
    assert 0 < line[3, 3] < 255


def test_larger_numbers_are_stronger():
    (line,) = painted(np.linspace(0, 1, 20))
    assert (np.diff(line[:, 3].astype(int)) >= 0).all()
    assert len(set(line[:, 3])) > 15


def test_nan_and_infinity_strike_the_eye():
    picture = painted([[np.nan, 1.0], [-np.inf, 1e300]])
    assert picture[0, 0].tolist() == picture[1, 0].tolist() == [*ODD, 255]
    assert picture[1, 1].tolist() == [*PLUS, 255]
    assert picture[0, 1, 3] == 0  # next to nothing beside 1e300


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int64, np.uint8, np.float16, np.float32])
def test_every_real_dtype(dtype):
    (line,) = painted(np.array([[0, 1]], dtype))
    assert line[:, 3].tolist() == [0, 255]


def test_what_is_not_a_real_number_is_refused():
    with pytest.raises(TypeError, match="heat_png: an array of complex128 came; needs real"):
        heat_png(np.array([1j]))
    with pytest.raises(TypeError, match="needs real numbers"):
        heat_png(["a", "b"])


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((), (1, 1)),
        ((0,), (1, 1)),
        ((3, 0), (1, 1)),
        ((5,), (5, 1)),
        ((8, 4), (4, 8)),
        ((1, 1, 6, 6), (6, 6)),
        ((3, 4, 5), (11, 9)),  # tiles 2 by 2, a line between
        ((2, 3, 4, 5), (17, 9)),  # 2 rows of 3 tiles
        ((4, 1, 3, 3), (7, 7)),
        ((3, 1, 1), (3, 1)),  # tiles of one pixel are a row
        ((2, 2, 2, 3, 3), (11, 11)),
    ],
)
def test_sizes(shape, size):
    assert heat_size(shape) == size
    assert size_of(heat_png(np.ones(shape))) == size


@pytest.mark.parametrize(
    "shape", [(1000,), (300, 2), (2, 300), (500, 400), (64, 28, 28), (40, 30, 9, 9), (9, 9, 9, 9)]
)
def test_the_size_is_bounded(shape):
    array = np.random.default_rng(0).normal(size=shape)
    file = heat_png(array)
    assert max(size_of(file)) <= MOST_PIXELS
    assert size_of(file) == heat_size(shape)
    assert len(file) < 2_500


def test_a_lonely_number_survives_shrinking():
    array = np.zeros((500, 300))
    array[123, 217] = -7.0
    array[400, 20] = np.nan
    picture = painted(array)
    colours = {tuple(pixel) for pixel in picture.reshape(-1, 4).tolist() if pixel[3]}
    assert colours == {(*MINUS, 255), (*ODD, 255)}


def test_shrinking_keeps_the_sign_of_the_strongest():
    assert strongest(np.array([[1.0, -5.0], [4.0, 0.5]]), 1, 1).tolist() == [[-5.0]]
    assert strongest(np.array([[-1.0, -5.0, -3.0]]), 1, 1).tolist() == [[-5.0]]
    assert strongest(np.array([[1.0, 5.0, -3.0]]), 1, 3).tolist() == [[1.0, 5.0, -3.0]]


def test_tiles_are_told_apart_by_lines():
    picture = painted(np.ones((2, 1, 2, 2)) * [[[[1.0]]], [[[-1.0]]]])
    assert picture[:, :2, :3].reshape(-1, 3).tolist() == [list(PLUS)] * 4
    assert picture[:, 3:, :3].reshape(-1, 3).tolist() == [list(MINUS)] * 4
    grey = picture[:, 2]
    assert (grey[:, 0] == grey[:, 1]).all()
    assert (grey[:, 3] > 0).all()


def test_a_common_scale_and_larger_pixels():
    (line,) = painted([[1.0, -1.0]], peak=4.0)
    assert 0 < line[0, 3] < 255
    assert painted([[1.0, 0.0]], zoom=3).shape == (3, 6, 4)
    assert (painted([[1.0, 0.0]], zoom=3)[:, :3, 3] == 255).all()


def test_the_same_array_gives_the_same_bytes():
    array = np.random.default_rng(1).normal(size=(6, 7))
    assert heat_png(array) == heat_png(array.copy())
    assert heat_uri(array).startswith("data:image/png;base64,iVBOR")
