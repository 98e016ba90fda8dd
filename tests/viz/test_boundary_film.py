"""The decision boundary while it is learned: what is kept, what is drawn, what is refused."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import viz
from nn import MLP, Linear, Sequential, Tanh
from nn.data import moons
from viz.plots.plane_image import chains, zero_lines

SQUARE = ([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 0, 1, 1])


def line_at(height):
    return lambda p: p[1] - height


def test_each_moment_says_how_many_points_are_right():
    film = viz.BoundaryFilm(*SQUARE, unit="step")
    film.add(line_at(2.0), loss=0.9)
    film.add(line_at(0.5), loss=0.125)
    svg = film.picture().svg
    assert "step 1: 2 of 4 points on their side, loss 0.9" in svg
    assert "step 2: 4 of 4 points on their side, loss 0.125" in svg


def test_the_still_picture_is_the_last_moment():
    film = viz.BoundaryFilm(*SQUARE)
    for height in (2.0, 0.5):
        film.add(line_at(height))
    still = film.picture().still
    assert "<animate" not in still
    assert "epoch 2" in still
    assert "epoch 1" not in still
    assert still.count("<image") == 1


def test_the_boundary_stands_where_the_model_changes_its_mind():
    film = viz.BoundaryFilm(*SQUARE, resolution=5)
    film.add(line_at(0.5))  # the plane is 1.24 high, so 0.5 is its middle
    path = re.search(r'class="between"[^>]* d="([^"]+)"', film.picture().still)[1]
    heights = {float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", path)}
    assert heights == {180.0}


def test_long_trainings_are_thinned_evenly_and_keep_the_last():
    film = viz.BoundaryFilm(*SQUARE, most=4)
    for _ in range(23):
        film.add(line_at(0.5))
    counts = [shot.count for shot in film.shots()]
    assert counts == [1, 9, 17, 23]
    assert len(film) == 23


@pytest.mark.parametrize("of_values", [True, False])
def test_models_of_both_kinds_are_left_as_they_were(of_values):
    X, y = moons(20, seed=1)
    model = MLP(2, [3, 1]) if of_values else Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    before = model.state_dict()
    film = viz.BoundaryFilm(X, y, resolution=6)
    film.add(model)
    film.picture()
    assert model.training
    for name, numbers in model.state_dict().items():
        np.testing.assert_array_equal(numbers, before[name])


def test_scores_that_begin_between_0_and_1_are_not_taken_for_probabilities():
    film = viz.BoundaryFilm([[0.0, 0.0], [1.0, 0.0]], [0, 1])
    film.add(lambda p: 0.3)  # as a score it says class 1 everywhere, as a probability class 0
    film.add(lambda p: 4.0 * p[0] - 2.0)
    svg = film.picture().svg
    assert "epoch 1: 1 of 2" in svg
    assert "epoch 2: 2 of 2" in svg
    wrong = re.findall(r'class="ring" d="M([\d.]+)', svg)
    assert float(wrong[0]) < 200  # the left point, whose class is 0


def test_three_classes_with_hostile_names():
    points, labels = [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]], [0, 1, 2]
    film = viz.BoundaryFilm(points, labels, names=["<script>", "a&b", "c" * 500])
    film.add(lambda p: [1.0 - p[0] - p[1], p[0] - p[1], p[1]])
    picture = film.picture(title='"><script>alert(1)</script>')
    ElementTree.fromstring(picture.svg)
    assert "<script" not in picture.svg


def test_points_where_the_model_says_nan_count_as_wrong():
    film = viz.BoundaryFilm([[0.0, 0.0], [1.0, 0.0]], [0, 1])
    film.add(lambda p: float("nan") if p[0] > 0.5 else -1.0)
    assert "1 of 2" in film.picture().description


def test_it_shows_itself_and_saves_itself(tmp_path):
    film = viz.BoundaryFilm(*SQUARE)
    assert film._repr_html_() is None
    film.add(line_at(0.5))
    assert film._repr_html_().startswith("<picture>")
    assert ElementTree.parse(film.save(tmp_path / "film.svg")) is not None
    assert "1 moments" in repr(film) or "moment" in repr(film)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"most": 1}, "most=1"),
        ({"resolution": 1}, "resolution=1"),
        ({"resolution": 5000}, "resolution=5000"),
        ({"feature_names": ["a"]}, "needs 2"),
        ({"names": ["a", "b", "c"]}, "3 names for 2 classes"),
    ],
)
def test_settings_that_do_not_fit(settings, words):
    with pytest.raises(ValueError, match=words):  # noqa: PT012 - names are compared when drawn
        film = viz.BoundaryFilm(*SQUARE, **settings)
        film.add(line_at(0.5))
        film.picture()


def test_bad_points_and_nothing_recorded():
    with pytest.raises(ValueError, match="BoundaryFilm: X has shape"):
        viz.BoundaryFilm([[1.0, 2.0, 3.0]], [0])
    with pytest.raises(ValueError, match="nothing was recorded"):
        viz.BoundaryFilm(*SQUARE).picture()
    film = viz.BoundaryFilm(*SQUARE)
    with pytest.raises(TypeError, match="predict failed"):
        film.add(lambda p: {"no": p})
    assert len(film) == 0
    film.add(line_at(0.5))
    with pytest.raises(ValueError, match="seconds=-1"):
        film.picture(seconds=-1)


def test_crossings_of_a_plane_are_exact():
    rows, columns = np.mgrid[0:6, 0:7].astype(float)
    height = 2.0 * columns + 3.0 * rows - 11.0
    for x1, y1, x2, y2 in zero_lines(height):
        assert 2 * x1 + 3 * y1 == pytest.approx(11.0)
        assert 2 * x2 + 3 * y2 == pytest.approx(11.0)
    assert len(chains(zero_lines(height))) == 1


def test_a_circle_is_one_closed_chain():
    rows, columns = np.mgrid[-1:1:31j, -1:1:31j]
    (chain,) = chains(zero_lines(rows**2 + columns**2 - 0.5))
    assert chain[0] == pytest.approx(chain[-1])
    assert len(chain) > 40


def test_a_saddle_has_two_lines_and_nan_none():
    assert len(zero_lines(np.array([[1.0, -1.0], [-1.0, 1.0]]))) == 2
    assert zero_lines(np.full((3, 3), np.nan)) == []
