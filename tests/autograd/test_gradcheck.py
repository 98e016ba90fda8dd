"""The checker itself: it refuses what is a little wrong, accepts what is right, says where."""

from contextlib import contextmanager

import numpy as np
import pytest

import autograd as ag
from autograd import (
    OPS,
    GradcheckError,
    GradientError,
    Tensor,
    Value,
    elementwise,
    gradcheck,
    gradgradcheck,
    operation,
)

X = np.random.default_rng(0).normal(size=(3, 4))
Y = np.random.default_rng(1).normal(size=(4,))


@contextmanager
def added(*ops):
    """Ops that stand in the table only here."""
    try:
        yield ops[0] if len(ops) == 1 else ops
    finally:
        for op in ops:
            OPS.pop(op.name, None)


def scaled_cube(factor):
    @elementwise(d=(lambda out, x: factor * 3 * x * x,))
    def cube(x):
        """Third power. Its slope is here off by a factor."""
        return x * x * x

    return added(cube)


def chain(op):
    """Ten operations, the sixth of which is the given one."""

    def f(x):
        y = ag.sin(x)
        y = y * 2.0
        y = ag.exp(y)
        y = y + 0.5
        y = ag.sqrt(y)
        y = op(y)
        y = ag.tanh(y * 0.1)
        y = ag.log1p(y * y)
        return ag.cos(y) * x

    return f


def refused(check, fn, *inputs, **settings):
    with pytest.raises(GradcheckError) as caught:
        check(fn, *inputs, **settings)
    return caught.value


# ------------------------------------------------------------------------------ first order
@pytest.mark.parametrize("factor", [1.001, 0.999, -1.0, 0.0, 2.0])
def test_a_wrong_slope_is_refused_and_its_op_named_in_a_chain_of_ten(factor):
    with scaled_cube(factor) as cube:
        for inputs in (X, 0.7, Value(0.7), Tensor(X, requires_grad=True)):
            error = refused(gradcheck, chain(cube), inputs)
            assert error.kind == "wrong"
            assert error.op == "cube"
            assert "the derivative of cube towards x is wrong" in str(error)


def test_a_slope_off_by_a_thousandth_of_a_percent_is_accepted_only_if_asked_for():
    with scaled_cube(1.00002) as cube:
        assert gradcheck(cube, X, rtol=1e-4)
        refused(gradcheck, cube, X)


def test_the_right_slope_is_accepted():
    with scaled_cube(1.0) as cube:
        assert gradcheck(chain(cube), X)
        assert gradcheck(chain(cube), 0.7)
        assert gradgradcheck(chain(cube), X)
        assert gradgradcheck(chain(cube), 0.7)


def test_the_message_says_line_input_element_expected_and_got():
    with scaled_cube(1.001) as cube:
        error = refused(gradcheck, lambda x: cube(x), np.array([[1.0, 2.0]]))
    assert error.expected == pytest.approx(12.0)
    assert error.got == pytest.approx(12.012)
    text = str(error)
    assert "test_gradcheck.py:" in text
    assert "expected 12 (differences), got 12.012, 0.10% off" in text
    assert "x, element (0, 1) = 2" in text
    assert "input 0, element (0, 1)" in text


def test_a_single_wrong_element_of_a_matrix():
    @operation(vjp=(lambda g, out, x: _one_off(g, x),), linear="x")
    def total(x):
        """Sum of all elements. One of them is told a little too much here."""
        return np.sum(x)

    with added(total):
        error = refused(gradcheck, lambda x: total(x * x), X, forward=False)
    assert error.op == "total"
    assert "x, element (1, 2)" in str(error)


def _one_off(g, x):
    factors = np.ones(x.shape)
    factors[1, 2] = 1.001
    return g * factors


def test_a_gradient_that_is_not_summed_over_what_was_broadcast():
    @operation(
        vjp=(lambda g, out, x, y: g * y, lambda g, out, x, y: (g * x)[0]),  # row 0 only
        linear="x y",
    )
    def scale(x, y):
        """Product with a row. The row's gradient forgets to add up what it was used for."""
        return x * y

    with added(scale):
        error = refused(gradcheck, lambda x, y: ag.tanh(scale(x, y)), X, Y, forward=False)
    assert error.op == "scale"
    assert "towards y is wrong" in str(error)


def test_two_inputs_exchanged():
    @operation(vjp=(lambda g, out, x, y: g * x, lambda g, out, x, y: g * y), linear="x y")
    def product(x, y):
        """Product. The factors are exchanged in the gradient."""
        return x * y

    with added(product):
        assert refused(gradcheck, product, X, X + 1, forward=False).op == "product"


def test_an_op_that_is_not_linear_where_it_says_so():
    @operation(vjp=(lambda g, out, x: 2 * g * x,), linear="x")
    def squared(x):
        """Square. It is not linear, so its forward mode is wrong."""
        return x * x

    with added(squared):
        assert gradcheck(squared, X, forward=False)
        error = refused(gradcheck, lambda x: ag.sin(squared(x)), X)
    assert error.op == "squared"
    assert "forward and reverse mode of squared" in str(error)


def test_a_formula_that_fails_is_reported_with_its_op():
    @operation(vjp=(lambda g, out, x: g[17],))
    def broken(x):
        """Double. Its formula reads what is not there."""
        return 2 * x

    with added(broken):
        error = refused(gradcheck, lambda x: ag.sin(broken(x)), X)
    assert (error.kind, error.op) == ("failed", "broken")
    assert "IndexError" in str(error)


def test_a_wrong_op_of_little_effect_is_found_all_the_same():
    with scaled_cube(2.0) as cube:
        error = refused(gradcheck, lambda x: x + 1e-12 * cube(x), X)
    assert error.op == "cube"
    assert "little of this one reaches the result" in str(error)


def test_a_wrong_slope_where_the_right_one_is_zero():
    @elementwise(d=(lambda out, x: 2 * x + 5,))
    def squared(x):
        """Square. Its slope is 5 too much."""
        return x * x

    with added(squared):
        for f in (squared, lambda x: squared(x) + 1e3):
            assert refused(gradcheck, f, np.array([0.0])).kind == "wrong"


def test_what_is_not_recorded_is_told_from_what_is_wrong():
    error = refused(gradcheck, lambda x: x * x.detach(), np.array([3.0]))
    assert error.op is None
    assert "part of the function is not recorded" in str(error)
    assert (error.expected, error.got) == (pytest.approx(6.0), 3.0)


# ------------------------------------------------------------------------------ second order
def test_a_second_derivative_off_by_a_thousandth():
    @elementwise(d=(lambda out, x: 1.001 * 2 * x,))
    def wrong_square(x):
        """Square. Its slope is off, which only the second derivative of the cube feels."""
        return x * x

    @elementwise(d=(lambda out, x: 3 * wrong_square(x),))
    def cube(x):
        """Third power. The first derivative is right."""
        return x * x * x

    with added(wrong_square, cube):
        for inputs in (X, 0.7):
            assert gradcheck(chain(cube), inputs)
            error = refused(gradgradcheck, chain(cube), inputs)
            assert error.op == "wrong_square"


@pytest.mark.parametrize("inputs", [X, 0.7])
def test_a_formula_that_loses_its_graph(inputs):
    @elementwise(d=(lambda out, x: 3 * ag.square(x.detach() if hasattr(x, "detach") else x),))
    def cube(x):
        """Third power. The formula cuts the graph, so it cannot be differentiated."""
        return x * x * x

    with added(cube):
        assert gradcheck(chain(cube), inputs)
        error = refused(gradgradcheck, chain(cube), inputs)
    assert error.op == "cube"
    assert "the second derivative of cube towards x is wrong" in str(error)


# ------------------------------------------------------------------------------ what is right
@pytest.mark.parametrize(
    ("fn", "inputs"),
    [
        (lambda x: x, (2.0,)),
        (lambda x: 5.0 * x * 0.0, (2.0,)),
        (lambda x, y: ag.matmul(x, y), (X, Y)),
        (lambda v: ag.logsumexp(v) * v[0], ([1.0, 2.0, 3.0],)),
        (lambda w, x, b: ag.tanh(ag.dot(w, x, b)), ([1.0, -0.5], [Value(0.3), 2.0], 0.1)),
        (lambda p: {"a": p["w"] * p["b"], "c": (p["w"][0].sum(),)}, ({"w": X, "b": 0.5},)),
        (lambda x: ag.log(x).sum(), (np.array([1e-4, 1.0, 1e4]),)),
        (lambda x: ag.reciprocal(x), (np.array([1e-3, 1e3]),)),
        (lambda x: 1e8 * x * x, (X,)),
        (lambda x: 1e-8 * x * x, (X,)),
        (lambda x: x * 1.0 + 1e9, (X,)),
        (lambda x: ag.sin(30 * x), (X,)),
        (lambda x: ag.relu(x), (np.array([1e-6, -1e-6, 1.0]),)),
        (lambda x: ag.sort(x)[::-1].cumprod(0), (X,)),
        (lambda x: ag.softmax(x) @ Y, (X,)),
        (lambda x: ag.where(x > 0, ag.sqrt(ag.where(x > 0, x, 1.0)), 0.0), (X,)),
        (lambda x, k, flag: x**k if flag else x, (2.0, 3, True)),
        (lambda x: x.to_values()[0][0] * x.to_values()[1][1], (X[:2, :2],)),
        (lambda x: ag.tensor_from_values([[x, x * x]]), (1.5,)),
        (lambda x: ag.argmax(x) * x, (X,)),
        (lambda x: [x.sum(), x > 0, ag.argmax(x)], (X,)),
        (lambda x: x[:0], (X,)),
        (lambda x: x.sum(), (np.zeros((0, 3)), X)[:1]),
    ],
)
def test_what_is_right_is_accepted(fn, inputs):
    assert gradcheck(fn, *inputs)
    assert gradgradcheck(fn, *inputs)


def test_inputs_are_left_as_they_were():
    a, x = Value(2.0), Tensor(X, requires_grad=True)
    gradcheck(lambda a, x: ag.tanh(x), a, x)
    assert (a.data, a.grad, x.grad) == (2.0, None, None)
    assert (x.numpy() == X).all()


def test_a_tensor_that_asks_for_no_gradient_is_a_constant():
    assert gradcheck(lambda x, c: x * c.detach(), X, Tensor(X))


# ------------------------------------------------------------------------------ no telling
@pytest.mark.parametrize(
    ("fn", "at", "says"),
    [
        (ag.relu, [1.0, 0.0], r"input 0, element \(1,\) = 0 sits on the kink of relu at 0"),
        (lambda x: ag.relu(x).sum(), [1.0, 0.0], "sits on the kink of relu at 0"),
        (lambda x: ag.relu(x * 2 - 4) * x, [5.0, 2.0], "sits on the kink of relu at 0"),
        (ag.relu6, [6.0], "sits on the kink of relu6 at 6"),
        (lambda x: x.max(), [1.0, 1.0, 1.0], "sits on a tie of max"),
        (lambda x: ag.sort(x)[0], [1.0, 1.0], "sits on a tie of sort"),
        (ag.floor, [1.0], "sits on a kink of floor"),
        (lambda x: ag.clip(x, 0.0, 1.0), [1.0], "sits on a kink of clip"),
        (lambda x: ag.where(x > 1.0, x * 2, x), [1.0], "sits on a kink of the function"),
    ],
)
def test_a_kink_is_called_a_kink(fn, at, says):
    with pytest.raises(GradcheckError, match=says) as caught:
        gradcheck(fn, np.array(at))
    assert caught.value.kind == "kink"


def test_a_kink_of_a_value():
    error = refused(gradcheck, lambda x: ag.relu(x) * 3, 0.0)
    assert error.kind == "kink"
    assert "input 0 = 0 sits on the kink of relu at 0" in str(error)
    assert "(0 was computed, by convention)" in str(error)


@pytest.mark.parametrize(
    ("function", "at", "words"),
    [
        (ag.abs, [0.0, 1.0], "the kink of abs at 0"),
        (ag.max, [2.0, 2.0], "a tie of max"),
        (ag.norm, [0.0, 0.0], "norm"),
    ],
    ids=["abs", "max", "norm"],
)
def test_a_convention_that_is_the_mean_of_both_slopes_is_told(function, at, words):
    """Differences over both sides agree with it by symmetry; one side alone does not."""
    error = refused(gradcheck, function, np.array(at))
    assert error.kind == "kink"
    assert words in str(error)


def test_a_strong_bend_is_no_kink():
    assert gradcheck(lambda x: 1e6 * x**2, np.array([0.0, 1.0]))
    assert gradcheck(lambda x: ag.tanh(1000 * x), np.array([0.0, 1e-3]))


def test_a_wrong_derivative_is_not_excused_by_a_kink_elsewhere():
    with scaled_cube(1.001) as cube:
        error = refused(gradcheck, lambda x: ag.relu(x) + cube(x), np.array([0.0, 1.0]))
    assert (error.kind, error.op) == ("wrong", "cube")


def test_the_edge_of_a_domain():
    error = refused(gradcheck, lambda x: x * ag.sqrt(x), np.array([0.0, 1.0]))
    assert error.kind in ("edge", "infinite")
    error = refused(gradcheck, ag.sqrt, 0.0)
    assert "is inf (sqrt)" in str(error)


def test_a_result_that_is_not_finite():
    error = refused(gradcheck, ag.log, np.array([1.0, 0.0]))
    assert error.kind == "infinite"
    assert "the function is -inf at result, element (1,)" in str(error)


def test_a_function_that_is_random():
    generator = np.random.default_rng(0)
    error = refused(gradcheck, lambda x: x * generator.normal(), X)
    assert "gives other numbers when it is computed again" in str(error)


def test_float32_is_refused_with_advice():
    with pytest.raises(TypeError, match=r"input 1\['w'\] is float32: .* pass it as float64"):
        gradcheck(lambda x, p: x, X, {"w": X.astype(np.float32)})
    with pytest.raises(TypeError, match="the function returned float32"):
        gradcheck(lambda x: x.astype(np.float32), X)


def test_nothing_to_differentiate():
    for inputs in ((Tensor(X),), (np.array([1, 2]), 3), ()):
        with pytest.raises(GradientError, match="inputs is differentiated: pass a float"):
            gradcheck(lambda *x: 1.0, *inputs)


def test_a_label_is_part_of_the_message():
    error = refused(gradcheck, lambda v: ag.relu(v["w"]), {"w": Value(0.0, label="weight")})
    assert "input 0['w'] (weight) = 0" in str(error)


def test_false_instead_of_an_error():
    with scaled_cube(1.001) as cube:
        assert gradcheck(cube, X, raise_exception=False) is False
        assert gradgradcheck(lambda x: x * x, X, raise_exception=False) is True


def test_forward_mode_can_be_left_out():
    def f(x):
        if not isinstance(x, Tensor):
            raise TypeError("a Tensor is needed")
        return x * x

    error = refused(gradcheck, f, X)
    assert "forward mode cannot run this function" in str(error)
    assert gradcheck(f, X, forward=False)


def test_a_function_that_returns_nothing_is_told_so():
    with pytest.raises(ag.GradientError, match="forget to return"):
        ag.gradcheck(lambda x: None, np.array([1.0]))
