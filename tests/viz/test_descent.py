import math

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from viz.plots.descent import descent

pytest.importorskip("matplotlib")


def bowl(x, y):
    return x * x + 25 * y * y


def map_of(axes):
    return [drawn for drawn in axes.collections if drawn.get_gid() == "glassgrad-map"]


def test_the_path_is_that_of_gradient_descent():
    found = descent(bowl, (-4.0, 1.0), learning_rate=0.03, steps=5)
    expected = [(-4.0 * (1 - 0.06) ** k, (1 - 1.5) ** k) for k in range(6)]
    np.testing.assert_allclose(found.path, expected)
    np.testing.assert_allclose(found.values, [bowl(x, y) for x, y in expected])
    drawn = found.axes.get_lines()[0]
    np.testing.assert_array_equal(drawn.get_xydata(), found.path)
    assert not found.diverged


def test_the_slope_is_autograds_own():
    """A function whose backward rule is wrong on purpose takes the wrong path."""
    from autograd import OPS, elementwise

    try:

        @elementwise(d=(lambda out, x: -2 * x,))
        def wrong(x):
            """Square with the wrong sign. It climbs."""
            return x * x

        found = descent(lambda x, y: wrong(x) + wrong(y), (1.0, 1.0), steps=2)
        np.testing.assert_allclose(found.path[-1], [1.44, 1.44])
        assert found.diverged
    finally:
        del OPS["wrong"]


def test_c8_features_of_different_size_make_a_zig_zag_and_scaling_cures_it():
    sizes = np.linspace(1.0, 3.0, 20)  # a house's area in 1000 square feet
    rooms = np.linspace(3.0, 60.0, 20)[::-1]
    price = 5 * sizes + 3 * rooms

    def loss(first, second):
        return lambda v, w: ((v * first + w * second - price) ** 2).mean()

    raw = descent(loss(sizes, rooms), (0.0, 0.0), learning_rate=0.0007, steps=40)
    turns = np.diff(np.sign(np.diff(raw.path[:, 1])))
    assert (turns[:5] != 0).all()  # every step turns back

    def scaled(column):
        return (column - column.mean()) / column.std()

    target = price.mean()
    even = descent(
        lambda v, w: ((v * scaled(sizes) + w * scaled(rooms) + target - price) ** 2).mean(),
        (0.0, 0.0),
        learning_rate=0.25,
        steps=40,
    )
    assert even.values[10] < 0.01 * raw.values[10]
    assert (np.diff(even.values) <= 1e-12).all()


def test_functions_of_tensors_that_hold_data_are_mapped_point_by_point():
    data = np.arange(160.0)  # as many as the grid has steps: broadcasting would go unnoticed
    found = descent(lambda a, b: ((a * data + b) ** 2).mean(), (1.0, 1.0), learning_rate=1e-5)
    assert found.values[-1] < found.values[0]
    assert map_of(found.axes)


def test_a_function_with_branches_is_mapped_too():
    def valley(x, y):
        return x * x + y * y if x.data > 0 else x * x + 2 * y * y

    found = descent(valley, (-1.0, 1.0))
    assert map_of(found.axes)
    assert found.values[-1] < 0.01


def test_an_optimizer_is_made_from_its_class_or_by_a_function():
    adam = descent(bowl, (-4.0, 1.0), optimizer=nn.Adam, learning_rate=0.5, steps=1)
    np.testing.assert_allclose(adam.path[1], [-3.5, 0.5], rtol=1e-6)
    momentum = descent(
        bowl, (-4.0, 1.0), optimizer=lambda p: nn.SGD(p, lr=0.01, momentum=0.9), steps=2
    )
    first = np.array([-4.0 + 0.08, 1 - 0.5])
    second = first - 0.01 * np.array([2 * first[0], 50 * first[1]]) + 0.9 * (first - [-4.0, 1.0])
    np.testing.assert_allclose(momentum.path, [[-4.0, 1.0], first, second])


def test_two_paths_on_one_map_that_grows():
    one = descent(bowl, (-1.0, 0.5), learning_rate=0.01, label="slow")
    edges = one.axes.get_xlim()
    two = descent(bowl, (-4.0, 1.0), learning_rate=0.03, ax=one.axes, label="far")
    assert two.axes is one.axes
    assert one.axes.get_xlim()[0] < edges[0]
    assert len(map_of(one.axes)) == 2  # one filled and one of lines: the old map is gone
    texts = [text.get_text() for text in one.axes.get_legend().get_texts()]
    assert [text.split(":")[0] for text in texts] == ["slow", "far"]
    paths = [line for line in one.axes.get_lines() if line.get_gid()]
    assert paths[0].get_color() != paths[1].get_color()


def test_too_large_steps_diverge_and_the_picture_stays_readable():
    found = descent(bowl, (-4.0, 1.0), learning_rate=0.05, steps=300)
    assert found.diverged
    assert "diverges" in repr(found)
    assert np.isfinite(found.path).all()
    assert abs(found.axes.get_ylim()[1]) < 100
    wild = descent(bowl, (-4.0, 1.0), learning_rate=1e3, steps=300)
    assert len(wild.path) < 300  # it stops where numbers end
    assert np.isfinite(wild.values).all()


def test_leaving_where_the_function_is_defined_ends_the_path():
    found = descent(lambda x, y: x.log() + y * y, (0.5, 1.0), learning_rate=0.3, steps=9)
    assert found.diverged
    assert (found.path[:, 0] > 0).all()
    assert len(found.path) == 1


def test_ranges_names_and_level_ground():
    found = descent(bowl, (1, 1), x_range=(-2, 2), y_range=(-3, 3), names=("w", "$b"), steps=0)
    assert found.axes.get_xlim() == (-2, 2)
    assert found.axes.get_ylim() == (-3, 3)
    assert (found.axes.get_xlabel(), found.axes.get_ylabel()) == ("w", r"\$b")
    assert found.path.shape == (1, 2)
    flat = descent(lambda x, y: 0 * x + 0 * y + 3, (1.0, 2.0))
    assert not map_of(flat.axes)
    assert flat.values.tolist() == [3.0] * 31


def test_a_narrow_valley_stays_visible():
    found = descent(lambda x, y: 1e-6 * x * x + y * y, (1000.0, 1.0), learning_rate=0.9)
    low, high = found.axes.get_ylim()
    assert high - low < 10


def test_drawing_changes_no_gradient():
    scale, shift = Value(2.0), Tensor([1.0], requires_grad=True)
    (scale * 3).backward()
    (shift * 5).sum().backward()
    descent(lambda x, y: scale * x * x + y * y, (1.0, 1.0), steps=3)
    descent(lambda x, y: ((x - shift) ** 2 + y * y).sum(), (1.0, 1.0), steps=3)
    assert scale.grad == 3.0
    np.testing.assert_array_equal(shift.grad, [5.0])
    assert (scale.data, shift.numpy().tolist()) == (2.0, [1.0])


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"function": 3}, TypeError, "function is a int; needs a function of two"),
        ({"function": lambda x: x}, TypeError, "failed on two Values .*positional argument"),
        ({"function": lambda x, y: [x, y]}, TypeError, "the function failed on two Values"),
        ({"function": lambda x, y: Tensor([1.0, 2.0]) * x}, TypeError, "on two Tensors: .*shape"),
        ({"function": lambda x, y: x * math.inf}, ValueError, "the function is inf at the start"),
        ({"start": (1.0,)}, ValueError, "needs two finite numbers"),
        ({"start": 1.0}, ValueError, "needs two finite numbers"),
        ({"start": (math.nan, 1.0)}, ValueError, "needs two finite numbers"),
        ({"start": "ab"}, ValueError, "needs two finite numbers"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate=0.0"),
        ({"learning_rate": math.inf}, ValueError, "learning_rate=inf"),
        ({"steps": -1}, ValueError, "steps=-1"),
        ({"steps": 2.5}, ValueError, "steps=2.5"),
        ({"names": "xy"}, ValueError, "needs two names"),
        ({"x_range": (1.0, 1.0)}, ValueError, "x_range"),
        ({"y_range": (0.0, math.nan)}, ValueError, "y_range"),
        ({"optimizer": 3}, TypeError, "optimizer is a int; needs a class"),
        ({"optimizer": nn.SGD([Value(1.0)])}, TypeError, "optimizer is made already"),
        ({"optimizer": lambda p: None}, TypeError, "optimizer made a NoneType"),
        ({"ax": [1]}, TypeError, "ax is a list"),
    ],
)
def test_what_does_not_fit_is_told(given, kind, said):
    with pytest.raises(kind, match=f"descent: .*{said}"):
        descent(**{"function": bowl, "start": (1.0, 1.0), **given})
