import copy
import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, is_grad_enabled
from nn.data import moons
from viz.plots.boundary import decision_boundary
from viz.plots.predictions import Predictor
from viz.plots.regions import classes_of, regions_of

pytest.importorskip("matplotlib")

SQUARE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def image_of(axes):
    return np.asarray(axes.get_images()[0].get_array())


def labels_in_legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_boundary_of_a_line_stands_where_the_line_is():
    axes = decision_boundary(lambda p: p[:, 0] - 0.25, SQUARE, [0, 1, 0, 1], resolution=101)
    (contour,) = [c for c in axes.collections if type(c).__name__ == "QuadContourSet"]
    (path,) = contour.get_paths()
    np.testing.assert_allclose(path.vertices[:, 0], 0.25, atol=1e-9)
    colours = image_of(axes)[50, :, :3]
    assert (colours[0] != colours[-1]).any()


def test_a_model_on_values_is_called_point_by_point_on_a_coarser_grid():
    model = nn.MLP(2, [4, 1], generator=0)
    axes = decision_boundary(model, SQUARE, [-1, 1, 1, -1])
    assert image_of(axes).shape == (50, 50, 4)
    score = np.array([model(point).data for point in SQUARE])
    right = (score > 0) == (np.array([-1, 1, 1, -1]) > 0)
    assert f"{right.sum()} of 4 points" in axes.description


def test_a_model_on_tensors_is_called_once_for_all_points():
    calls = []

    class Counted(nn.Linear):
        def forward(self, x):
            calls.append(x.shape)
            return super().forward(x)

    axes = decision_boundary(Counted(2, 3, generator=0), SQUARE, [0, 1, 2, 0])
    assert calls == [(7, 2), (200 * 200, 2), (4, 2)]
    assert image_of(axes).shape == (200, 200, 4)


def test_a_model_in_float32_gets_float32():
    model = nn.Linear(2, 2, generator=0, dtype=np.float32)
    seen = []
    model.forward = lambda x: (seen.append(x.dtype), nn.Linear.forward(model, x))[1]
    decision_boundary(model, SQUARE, [0, 1, 0, 1], resolution=5)
    assert set(seen) == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("predict", "one_by_one"),
    [
        (lambda X: X[:, 0] - X[:, 1], False),
        (lambda X: (X[:, 0] > 0.5).astype(int), False),
        (lambda p: p[0] - p[1], True),
        (lambda p: Value(p[0]) - p[1], True),
        (lambda p: [Value(p[0]), Value(p[1])], True),
        (lambda p: p.sum() - 1.0, True),  # wants an array
    ],
)
def test_functions_of_all_points_and_of_one(predict, one_by_one):
    found = Predictor(predict, np.array(SQUARE), "decision_boundary")
    assert found.one_by_one == one_by_one
    axes = decision_boundary(predict, SQUARE, [0, 1, 0, 1], resolution=9)
    assert image_of(axes).shape == (9, 9, 4)


def test_labels_may_be_words():
    y = ["left", "right", "left", "right"]
    axes = decision_boundary(lambda p: "right" if p[0] > 0.5 else "left", SQUARE, y)
    assert labels_in_legend(axes) == ["left", "right"]
    assert "4 of 4" in axes.description


def test_something_with_predict_is_asked_by_it():
    class Estimator:
        def predict_proba(self, X):
            chance = 1 / (1 + np.exp(-X[:, 0] + 0.5))
            return np.stack([1 - chance, chance], axis=1)

    axes = decision_boundary(Estimator(), SQUARE, [0, 1, 0, 1])
    assert "4 of 4" in axes.description


def test_half_decides_for_probabilities_and_zero_for_scores():
    y = [0, 0, 0, 1]

    def flat(p):
        return 0.2 + 0 * p[:, 0]

    assert "3 of 4" in decision_boundary(flat, SQUARE, y).description
    assert "1 of 4" in decision_boundary(flat, SQUARE, y, probability=False).description


def test_wrong_points_have_a_ring_and_every_class_a_shape_and_a_colour():
    axes = decision_boundary(
        lambda X: np.stack([X[:, 0], X[:, 1], 0.5 + 0 * X[:, 0]], axis=1),
        [[1.0, 0.0], [0.0, 1.0], [0.2, 0.2], [0.9, 0.0]],
        [0, 1, 2, 1],
        names={0: "east", 1: "north"},
    )
    assert labels_in_legend(axes) == ["east", "north", "2", "wrong side (1)"]
    points = [c for c in axes.collections if type(c).__name__ == "PathCollection"]
    shapes = {c.get_paths()[0].vertices.tobytes() for c in points[:3]}
    colours = {tuple(c.get_facecolor()[0]) for c in points[:3]}
    assert (len(shapes), len(colours)) == (3, 3)
    np.testing.assert_array_equal(points[3].get_offsets(), [[0.9, 0.0]])


def test_drawing_changes_no_gradient_and_no_mode_and_records_nothing():
    model = nn.Sequential(nn.Linear(2, 4, generator=0), nn.ReLU(), nn.Linear(4, 2, generator=1))
    model(Tensor(SQUARE)).sum().backward()
    before = copy.deepcopy([(p.numpy(), p.grad) for p in model.parameters()])
    model[1].eval()  # a part that is frozen stays frozen, the others stay in training
    seen = []
    forward = model[2].forward
    model[2].forward = lambda x: (seen.append((is_grad_enabled(), model.training)), forward(x))[1]
    decision_boundary(model, SQUARE, [0, 1, 1, 0])
    assert set(seen) == {(False, False)}
    assert [part.training for part in model.modules()] == [True, True, False, True]
    for parameter, (numbers, gradient) in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(parameter.numpy(), numbers)
        np.testing.assert_array_equal(parameter.grad, gradient)


def test_values_keep_their_gradients():
    model = nn.MLP(2, [3, 1], generator=0)
    model([1.0, 2.0]).backward()
    before = [p.grad for p in model.parameters()]
    decision_boundary(model, SQUARE, [0, 1, 1, 0], resolution=8)
    assert [p.grad for p in model.parameters()] == before


def test_modes_are_restored_when_the_model_fails():
    class Broken(nn.Linear):
        def forward(self, x):
            raise RuntimeError("no luck")

    model = Broken(2, 1, generator=0)
    with pytest.raises(TypeError, match=r"predict failed on an array of shape .*no luck"):
        decision_boundary(model, SQUARE, [0, 1, 1, 0])
    assert model.training


def test_a_trained_network_tells_the_moons_apart():
    X, y = moons(60)
    model = nn.Sequential(nn.Linear(2, 16, generator=0), nn.Tanh(), nn.Linear(16, 2, generator=1))
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    nn.fit(model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=40, progress=False)
    assert "60 of 60" in decision_boundary(model, X, y).description


def test_nan_has_no_colour():
    axes = decision_boundary(
        lambda X: np.where(X[:, 0] > 0.5, np.nan, X[:, 1] - 0.4), SQUARE, [0, 0, 1, 1]
    )
    alpha = image_of(axes)[..., 3]
    assert (alpha[:, -1] == 0).all()
    assert (alpha[0, 0], "wrong side (2)" in labels_in_legend(axes)) > (0, False)


def test_one_point_and_one_class_are_drawn():
    assert "1 of 1" in decision_boundary(lambda p: p[:, 0], [[2.0, 3.0]], [1]).description
    assert "1 of 1" in decision_boundary(lambda p: -p[:, 0], Tensor([[2.0, 3.0]]), [-1]).description


def fits(**changes):
    return {"predict": lambda p: p[:, 0], "X": SQUARE, "y": [0, 1, 0, 1], **changes}


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (fits(X=[[1.0, 2.0, 3.0]]), ValueError, r"X has shape \(1, 3\); needs \(n, 2\)"),
        (fits(X=[1.0, 2.0]), ValueError, r"X has shape \(2,\)"),
        (fits(X=[]), ValueError, r"X has shape \(0,\)"),
        (fits(X=np.zeros((0, 2)), y=[]), ValueError, r"X has shape \(0, 2\)"),
        (fits(X=[["a", "b"]], y=[0]), TypeError, "needs numbers"),
        (fits(X=[[1.0, math.nan]], y=[0]), ValueError, "X has nan or infinite"),
        (fits(y=[0, 1]), ValueError, r"y has shape \(2,\); needs \(4,\)"),
        (fits(y=[0, 1, math.nan, 1]), ValueError, "y has nan"),
        (fits(X=np.ones((60, 2)), y=np.arange(60)), ValueError, "needs classes, not measurements"),
        (fits(y=[0, 1, 2, 1]), ValueError, "tells 2 classes apart, and y has 3: 0, 1, 2"),
        (fits(y=[5, 5, 5, 5]), ValueError, "y has 1: 5"),
        (
            fits(predict=lambda p: np.zeros((len(p), 2)), y=[0, 1, 2, 3]),
            ValueError,
            "the model tells 2 classes apart, and y has 4",
        ),
        (fits(predict=lambda p: np.full(len(p), np.nan)), ValueError, "is nan or infinite"),
        (fits(predict=3), TypeError, "predict is a int; needs a model"),
        (fits(predict=lambda p: None), TypeError, "predict failed on an array of shape"),
        (fits(predict=lambda p: np.zeros((3, 3, 3))), TypeError, r"shape \(3, 3, 3\)"),
        (fits(resolution=1), ValueError, "resolution=1 came; needs 2 to 2000"),
        (fits(names=["one"]), ValueError, "names has 1 names for 2 classes"),
        (fits(feature_names=["one"]), ValueError, "feature_names has 1 names"),
        (fits(ax="axes"), TypeError, "ax is a str; needs the Axes"),
    ],
)
def test_what_does_not_fit_is_told(given, kind, said):
    with pytest.raises(kind, match=f"decision_boundary: .*{said}"):
        decision_boundary(**given)


def test_dollars_in_names_are_no_formula():
    axes = decision_boundary(**fits(names=["$x", "a$b$"], feature_names=["$", "\x00"]))
    assert labels_in_legend(axes)[:2] == [r"\$x", r"a\$b\$"]
    axes.figure.canvas.draw()  # raises where matplotlib sees a broken formula


def test_classes_are_ranked_by_the_largest_score():
    scores = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0], [np.nan, 0.0, 1.0]])
    regions = regions_of(scores, [0, 1, 2], labels=False, probability=False)
    assert regions.winner.tolist() == [0, 2, -1]
    assert regions.margins[:, 0].tolist() == [1.0, -1.0, -2.0]
    assert 0 < regions.sureness[0] < regions.sureness[1] < 1
    assert classes_of(np.array(["b", "a"]), np.zeros((4, 2)), "who") == ["a", "b"]
