"""Where a gradient depended on a convention: found where it did, and only there."""

import math

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import OPS, Tensor, Value
from autograd.kink_rules import corner_of


def parameter(numbers, label="x"):
    return Tensor(np.array(numbers, dtype=float), requires_grad=True, label=label)


def only(root):
    report = autograd.kinks(root)
    assert len(report) == 1, str(report)
    return report.kinks[0]


# op, how it is applied, the numbers, the first place, used, left, right
SINGLE = [
    ("relu", autograd.relu, [-1.0, 0.0, 2.0], (1,), 0.0, 0.0, 1.0),
    ("abs", abs, [0.0, 1.0], (0,), 0.0, -1.0, 1.0),
    ("leaky_relu", lambda x: autograd.leaky_relu(x, slope=0.1), [3.0, 0.0], (1,), 0.1, 0.1, 1.0),
    ("elu", lambda x: autograd.elu(x, alpha=0.5), [0.0], (0,), 0.5, 0.5, 1.0),
    ("clip", lambda x: autograd.clip(x, -1, 2), [-1.0, 0.0, 5.0], (0,), 1.0, 0.0, 1.0),
    ("clip", lambda x: autograd.clip(x, None, 2), [-1.0, 2.0], (1,), 1.0, 1.0, 0.0),
    ("hardtanh", autograd.hardtanh, [0.0, 1.0], (1,), 0.0, 1.0, 0.0),
    ("hardtanh", lambda x: OPS["hardtanh"](x, min_val=-3, max_val=0), [1.0, -3.0, 0.5], (1,),
     0.0, 0.0, 1.0),
    ("relu6", autograd.relu6, [6.0], (0,), 0.0, 1.0, 0.0),
    ("maximum", lambda x: autograd.maximum(x, 1.0), [1.0, 2.0], (0,), 0.5, 0.0, 1.0),
    ("minimum", lambda x: autograd.minimum(x, 1.0), [1.0, 2.0], (0,), 0.5, 1.0, 0.0),
    ("sqrt", autograd.sqrt, [4.0, 0.0], (1,), math.inf, None, math.inf),
]  # fmt: skip


@pytest.mark.parametrize(("op", "function", "numbers", "place", "used", "left", "right"), SINGLE)
def test_elementwise_ops_tell_the_slopes_of_both_sides(
    op, function, numbers, place, used, left, right
):
    kink = only(function(parameter(numbers)).sum())
    assert (kink.op, kink.place, kink.count, kink.at) == (op, place, 1, numbers[place[0]])
    assert kink.input == f"x[{place[0]}]"
    assert (kink.used, kink.left) == (used, left)
    assert kink.right == pytest.approx(right)
    value = only(function(Value(numbers[place[0]], label="x")) * 2)
    assert (value.op, value.used, value.left) == (op, used, left)
    assert value.place == ()


# whole functions, with the count of the results that hang on a convention
SEVERAL = [
    ("max", lambda x: x.max(axis=1), [[1.0, 1.0], [1.0, 2.0]], 1),
    ("max", lambda x: x.max(), [[1.0, 2.0], [2.0, 0.0]], 1),
    ("min", lambda x: x.min(axis=(0, 1), keepdims=True), [[0.0, 0.0], [1.0, 2.0]], 1),
    ("sort", lambda x: autograd.sort(x, axis=0) ** 2, [[1.0, 3.0], [1.0, 2.0]], 2),
    ("norm", lambda x: autograd.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]], 1),
    ("norm", lambda x: autograd.norm(x, ord=1), [[0.0, 1.0], [3.0, 4.0]], 1),
    ("norm", lambda x: autograd.norm(x, ord=math.inf, axis=0), [[2.0, 1.0], [-2.0, 4.0]], 1),
    ("std", lambda x: autograd.std(x, axis=1), [[5.0, 5.0], [3.0, 4.0]], 1),
    ("arctan2", lambda x: autograd.arctan2(x, x * 0), [[0.0, 5.0], [3.0, 4.0]], 1),
]  # fmt: skip


@pytest.mark.parametrize(("op", "function", "numbers", "count"), SEVERAL)
def test_ties_and_tips(op, function, numbers, count):
    kink = only(function(parameter(numbers)).sum())
    assert (kink.op, kink.count) == (op, count)
    assert kink.rule


@pytest.mark.parametrize("settings", [{}, {"padding": 1}, {"stride": 1, "dilation": 2}])
def test_ties_in_a_window(settings):
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 6))
    assert not autograd.kinks(nn.MaxPool2d(2, **settings)(parameter(x))).kinks
    x[1, 2, 0, 0] = x[1, 2, 0, 2] = x[1, 2, 0, 1] = 50.0
    kink = only(nn.MaxPool2d(2, **settings)(parameter(x)))
    assert (kink.op, kink.rule) == ("max_pool", "the first wins")
    assert kink.place[:2] == (1, 2)


def test_ties_among_values_in_a_list():
    a, b, c = Value(2.0, label="a"), Value(2.0, label="b"), Value(1.0, label="c")
    assert only(autograd.max([a, b, c]) * 3).op == "max"
    assert not autograd.kinks(autograd.max([a, c]) * 3).kinks
    assert only(autograd.maximum(a, b)).used == 0.5


SMOOTH = [name for name, op in OPS.items() if op.partials is not None and op.differentiable]


@pytest.mark.parametrize("name", SMOOTH)
def test_nothing_is_said_away_from_corners(name):
    op = OPS[name]
    r = np.random.default_rng(0)
    for sample in op.samples or (None,):
        if sample is not None and sample.make is not None:
            continue
        domains = op.sampled or op.domain
        shapes = sample.shapes if sample is not None else ((3, 4),) * len(op.inputs)
        inputs = [
            Tensor(d.sample(r, shape) + 0.0123, requires_grad=True)
            for d, shape in zip(domains, shapes, strict=True)
        ]
        result = op(*inputs, **(dict(sample.settings) if sample is not None else {}))
        report = autograd.kinks(result)
        assert str(report) == "no gradient here depends on a convention"
        assert report._repr_html_().startswith("<pre>")


def test_every_op_with_kinks_in_the_table_is_found_there():
    stairs = {"floor", "ceil", "round", "sign"}
    for name, op in OPS.items():
        for kink in op.kinks:
            x = np.array([kink])
            flags = corner_of(name, dict(op.settings), [x], op.forward(x, **op.settings)).flags
            assert flags.all() == (name not in stairs), name


def test_where_no_gradient_arrives_nothing_depends_on_it():
    x = parameter([0.0, -1.0])
    assert not autograd.kinks((autograd.relu(x) * np.array([0.0, 1.0])).sum()).kinks
    assert not autograd.kinks(autograd.where(x < 0, autograd.relu(x), 1.0).sum()).kinks
    assert not autograd.kinks(autograd.relu(x).detach().sum()).kinks


def test_no_gradient_is_written():
    x = parameter([0.0, 1.0])
    loss = autograd.relu(x).sum()
    autograd.kinks(loss)
    assert x.grad is None
    assert loss.grad is None


def test_the_table_names_line_and_input_and_the_picture_has_the_badge():
    weights = Tensor([0.0, 1.0], requires_grad=True)
    hidden = autograd.relu(weights)
    report = autograd.kinks(hidden.sum())
    head, _, row = str(report).splitlines()
    assert head.split() == [
        "op", "line", "places", "input", "at", "slope", "left", "right", "rule",
    ]  # fmt: skip
    assert row.split()[:1] == ["relu"]
    assert row.split()[1].startswith("test_kinks.py:")
    assert row.split()[2:8] == ["1", "weights[0]", "0", "0", "0", "1"]
    picture = viz.draw(report)
    assert picture.svg.count('<g class="badge" data-mark="kink"') == 2  # and one in the legend
    assert "stands at the kink of relu: by convention" in picture.svg
    assert "<img" in report._repr_html_()


def test_what_is_no_node_is_refused():
    with pytest.raises(TypeError, match="kinks: float came"):
        autograd.kinks(1.0)


def test_a_constant_has_none():
    assert not autograd.kinks(Tensor([0.0])).kinks
