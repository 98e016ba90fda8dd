"""A wrong derivative is named by its op, and is red in the picture, among many that are right."""

from contextlib import contextmanager

import numpy as np
import pytest

import autograd
import viz
from autograd import (
    OPS,
    GradcheckError,
    Tensor,
    Value,
    elementwise,
    gradcheck,
    gradgradcheck,
    operation,
)

X = np.random.default_rng(0).normal(size=(2, 3))


@contextmanager
def wrong_cube(factor=1.01):
    @elementwise(d=(lambda out, x: factor * 3 * x * x,), symbol="x³")
    def cube(x):
        """Third power. Its slope is here off by a factor."""
        return x * x * x

    try:
        yield cube
    finally:
        del OPS["cube"]


@contextmanager
def wrong_total():
    @operation(
        vjp=(
            lambda g, out, x: autograd.broadcast_to(g, x.shape) * np.arange(x.size)[: x.shape[-1]],
        )
    )
    def total(x):
        """Sum. Its gradient is here wrong."""
        return np.sum(x)

    try:
        yield total
    finally:
        del OPS["total"]


def refused(check, function, *inputs, **settings):
    with pytest.raises(GradcheckError) as caught:
        check(function, *inputs, **settings)
    return caught.value


def red_boxes(picture):
    """The glyphs of the boxes with a red frame."""
    boxes = picture.svg.split('data-box="')[1:]
    return [box.split('class="glyph"')[1].split(">")[1].split("<")[0]
            for box in boxes if 'class="culprit"' in box.split("</g><g")[0]]  # fmt: skip


def network(x, op):
    hidden = autograd.tanh(x * 0.7)
    for _ in range(4):
        hidden = autograd.sin(hidden) + hidden
    bent = op(hidden)
    return (autograd.exp(bent * 0.1) * x).sum()


@pytest.mark.parametrize("inputs", [X, Tensor(X, requires_grad=True)], ids=["array", "tensor"])
def test_the_op_is_named_and_red_and_no_other(inputs):
    with wrong_cube() as cube:
        error = refused(gradcheck, lambda x: network(x, cube), inputs)
        assert (error.op, error.kind) == ("cube", "wrong")
        assert "the derivative of cube towards x is wrong (test_localised_gradcheck.py:" in str(
            error
        )
        (remark,) = error.report.remarks
        assert (remark.kind, remark.word, remark.node.op) == ("culprit", "slope wrong", cube)
        picture = viz.draw(error)
        assert red_boxes(picture) == ["x³"]
        assert picture.svg.count("slope wrong") >= 1
        assert "here it went wrong" in picture.svg
        assert viz.draw(error.report).svg == picture.svg
        assert "<img" in error.report._repr_html_()


def test_among_values():
    with wrong_cube() as cube:
        error = refused(gradcheck, lambda a, b: cube(a * b).tanh() + a, Value(0.4), Value(0.9))
        assert error.op == "cube"
        assert red_boxes(viz.draw(error)) == ["x³"]


def test_an_op_with_a_vjp():
    with wrong_total() as total:
        error = refused(gradcheck, lambda x: total(autograd.sin(x)) ** 2, X)
        assert error.op == "total"
        assert red_boxes(viz.draw(error)) == ["total"]


def test_the_second_derivative():
    @elementwise(d=(lambda out, x: 3 * x * x.detach() if hasattr(x, "detach") else 3 * x * x,))
    def odd_cube(x):
        """Third power. Only its first slope is right."""
        return x * x * x

    try:
        assert gradcheck(lambda x: odd_cube(x * 1.5).sum(), X)
        error = refused(gradgradcheck, lambda x: odd_cube(x * 1.5).sum(), X)
        assert error.op is not None
        assert error.report is not None
        assert len(red_boxes(viz.draw(error))) == 1
    finally:
        del OPS["odd_cube"]


def test_forward_and_reverse_mode_that_differ():
    @operation(vjp=(lambda g, out, x: 2 * g,), linear="x")
    def twice(x):
        """Twice. It is linear, says who wrote it, but adds 1 at 0."""
        return 2 * x

    @operation(vjp=(lambda g, out, x: 2 * x * g,), linear="x")
    def squared(x):
        """Square. It is not linear, though it is said to be."""
        return x * x

    try:
        assert gradcheck(lambda x: twice(x).sum(), X)
        error = refused(gradcheck, lambda x: twice(squared(x)).sum(), X)
        assert error.op == "squared"
        assert red_boxes(viz.draw(error)) == ["squared"]
    finally:
        del OPS["twice"], OPS["squared"]


def test_a_kink_is_marked_as_one_and_not_red():
    error = refused(gradcheck, lambda x: autograd.relu(x * 2).sum(), np.array([0.0, 1.0]))
    assert (error.op, error.kind) == ("relu", "kink")
    picture = viz.draw(error)
    assert red_boxes(picture) == []
    assert 'data-mark="kink"' in picture.svg


def test_what_is_not_recorded_has_no_culprit():
    error = refused(gradcheck, lambda x: (x * x.detach()).sum(), X)
    assert (error.op, error.report) == (None, None)
    with pytest.raises(TypeError):
        viz.draw(error)


def test_inside_a_model_the_module_is_opened():
    import nn

    with wrong_cube() as cube:

        class Bent(nn.Module):
            def forward(self, x):
                return cube(x)

        layers = [nn.Linear(3, 3, generator=i) for i in range(40)]
        model = nn.Sequential(*layers, Bent(), nn.Tanh())

        def run(x):
            with nn.scopes(model):
                return model(x).sum()

        error = refused(gradcheck, run, X)
        assert error.op == "cube"
        assert red_boxes(viz.draw(error)) == ["x³"]
