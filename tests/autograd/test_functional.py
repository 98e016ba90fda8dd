"""The transforms: grad, value_and_grad, vjp, jvp, jacobian, hessian, hvp, alone and nested."""

import gc
import math
import threading
from collections import namedtuple

import numpy as np
import pytest

import autograd as ag
from autograd import (
    GradientError,
    ShapeError,
    Tensor,
    Value,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    vjp,
)

X = np.array([0.5, -1.0, 2.0])
V = np.array([1.0, 0.5, -2.0])
M = np.random.default_rng(0).normal(size=(3, 3))


def bumpy(x):
    """A function of an array with a full matrix of second derivatives."""
    return ag.logsumexp(ag.matmul(M, x) * x) + ag.tanh(x).sum() * ag.prod(x)


def cubic(x):
    return x**3 + ag.tanh(x)


# ------------------------------------------------------------------------------ grad of functions
def test_a_float_gives_a_float():
    got = grad(cubic)(2.0)
    assert type(got) is float
    assert got == pytest.approx(12 + 1 - math.tanh(2) ** 2)


def test_an_array_gives_an_array_of_its_own():
    got = grad(lambda x: (x * X).sum())(X)
    assert type(got) is np.ndarray
    assert got.tolist() == X.tolist()
    got[0] = 7.0
    assert X[0] == 0.5


def test_a_value_gives_a_value_that_can_be_differentiated_again():
    a = Value(2.0)
    slope = grad(lambda x: x**3)(a)
    assert isinstance(slope, Value)
    slope.backward()
    assert (slope.data, a.grad) == (12.0, 12.0)


def test_a_tensor_gives_a_tensor_that_can_be_differentiated_again():
    x = Tensor(X, requires_grad=True)
    slope = grad(lambda x: (x**3).sum())(x)
    assert isinstance(slope, Tensor)
    slope.sum().backward()
    np.testing.assert_allclose(x.grad, 6 * X)


def test_a_constant_tensor_gives_a_constant_tensor():
    slope = grad(lambda x: (x**2).sum())(Tensor(X))
    assert isinstance(slope, Tensor)
    assert not slope.requires_grad


def test_nothing_is_written_to_grad():
    a, x = Value(2.0), Tensor(X, requires_grad=True)
    grad(lambda a, x: (x * x).sum(), argnums=1)(a, x)
    grad(lambda a: a * a)(a)
    y = (x * x).sum()
    grad(y, x)
    assert (a.grad, x.grad, y.grad) == (None, None, None)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_every_order(order):
    f, exact = lambda x: x**5 * 2, 2.0
    for k in range(order):
        f, exact = grad(f), exact * (5 - k)
    assert f(1.5) == pytest.approx(exact * 1.5 ** (5 - order))


def test_every_order_of_arrays():
    f = grad(lambda x: grad(lambda x: grad(lambda x: (x**4).sum())(x).sum())(x).sum())
    np.testing.assert_allclose(f(X), 24 * X)


def test_several_arguments_and_structures():
    Pair = namedtuple("Pair", "left right")

    def f(p, scale, power):
        return ((p["w"] * p["pair"].left) ** power).sum() * scale + p["pair"].right[0].sum()

    params = {"w": X, "pair": Pair(V, [np.ones((2, 1))])}
    found, of_scale = grad(f, argnums=(0, 1))(params, 3.0, 2)
    np.testing.assert_allclose(found["w"], 6 * X * V * V)
    np.testing.assert_allclose(found["pair"].left, 6 * X * X * V)
    assert found["pair"].right[0].tolist() == [[1.0], [1.0]]
    assert of_scale == pytest.approx(((X * V) ** 2).sum())
    assert type(of_scale) is float


def test_lists_of_floats_are_lists_of_values():
    found = grad(lambda w: ag.dot(w, [3.0, 4.0], 1.0) * w[0])([1.0, 2.0])
    assert found == [pytest.approx(12.0 + 3.0), pytest.approx(4.0)]


def test_a_last_argument_by_negative_number_and_settings_by_keyword():
    assert grad(lambda x, y, k=1: x * y * k, argnums=-1)(2.0, 3.0, k=5) == 10.0


def test_whole_numbers_count_as_floats_but_not_in_arrays():
    assert grad(lambda x: x**2)(3) == 6.0
    with pytest.raises(TypeError, match="int64 data came; a gradient needs floats"):
        grad(lambda x: x.sum())(np.array([1, 2]))


def test_where_the_result_does_not_depend_on_an_argument_the_gradient_is_zero():
    assert grad(lambda x: 5.0)(3.0) == 0.0
    assert grad(lambda x, y: x * x, argnums=1)(3.0, 4.0) == 0.0
    assert grad(lambda x: ag.zeros(1))(X).tolist() == [0.0, 0.0, 0.0]
    assert grad(lambda p: p[0].sum())([X, V])[1].tolist() == [0.0, 0.0, 0.0]


def test_the_identity():
    assert grad(lambda x: x)(3.0) == 1.0
    assert grad(lambda x: x)(np.array([3.0])).tolist() == [1.0]


def test_a_function_that_records_nothing_by_itself_works_inside_no_grad():
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        slope = grad(lambda x: (x**3).sum())(Tensor(X, requires_grad=True))
    assert not slope.requires_grad


def test_value_and_grad():
    assert value_and_grad(lambda x, y: x * y, (0, 1))(2.0, 5.0) == (10.0, (5.0, 2.0))
    value, slope = value_and_grad(lambda x: (x * x).sum())(X)
    assert type(value) is float
    np.testing.assert_allclose(slope, 2 * X)
    value, _ = value_and_grad(lambda x: x * x)(Value(3.0))
    assert isinstance(value, Value)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (lambda x: x, r"returned shape \(3,\); one number is needed"),
        (lambda x: None, "returned NoneType; .* did it forget to return"),
        (lambda x: [x.sum()], "returned list; one number is needed"),
    ],
)
def test_a_function_must_return_one_number(result, says):
    with pytest.raises(GradientError, match=says):
        grad(result)(X)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="argnums=1 came, but the function was called with 1"):
        grad(lambda x: x, 1)(2.0)
    with pytest.raises(TypeError, match=r"grad: argument 0\['m'\]: object came; numbers, arrays"):
        grad(lambda x: x)({"m": object()})


# ------------------------------------------------------------------------------ nesting
def test_a_transform_sees_only_its_own_use_of_a_number():
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0
    a = Value(3.0)
    assert grad(lambda y: a * y)(a) == 3.0


def test_a_transform_inside_keeps_the_gradient_of_the_one_outside():
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    inner = grad(lambda x: (x * grad(lambda y: (x * y * y).sum())(X)).sum())
    np.testing.assert_allclose(inner(V), 4 * X * V)


def test_forward_and_reverse_nest_both_ways():
    want = grad(grad(cubic))(0.7)
    assert jvp(grad(cubic), (0.7,), (1.0,))[1] == pytest.approx(want)
    assert grad(lambda x: jvp(cubic, (x,), (1.0,))[1])(0.7) == pytest.approx(want)
    assert jvp(lambda x: jvp(cubic, (x,), (1.0,))[1], (0.7,), (1.0,))[1] == pytest.approx(want)
    assert jvp(lambda x: x * grad(lambda y: x * y)(2.0), (3.0,), (1.0,)) == (9.0, 6.0)
    assert grad(lambda y: jvp(lambda x: x * x * y, (2.0,), (1.0,))[1])(3.0) == 4.0


def test_three_deep_and_mixed():
    third = 6 - 2 * (1 - math.tanh(0.7) ** 2) * (1 - 3 * math.tanh(0.7) ** 2)
    assert jvp(grad(grad(cubic)), (0.7,), (1.0,))[1] == pytest.approx(third)
    assert grad(lambda x: jvp(grad(cubic), (x,), (1.0,))[1])(0.7) == pytest.approx(third)
    assert grad(lambda x: hvp(cubic, x, 1.0))(0.7) == pytest.approx(third)
    assert jvp(lambda x: vjp(grad(cubic), x)[1](1.0)[0], (0.7,), (1.0,))[1] == pytest.approx(third)


def test_threads_do_not_see_each_others_transforms():
    found = []

    def outside(x):
        thread = threading.Thread(target=lambda: found.append(grad(lambda y: y * y)(2.0)))
        thread.start()
        thread.join()
        return x * x

    assert grad(outside)(3.0) == 6.0
    assert found == [4.0]


# ------------------------------------------------------------------------------ grad of graphs
def test_a_graph_gives_a_tuple_as_pytorch_does():
    x, w = Tensor(X, requires_grad=True), Tensor(V, requires_grad=True)
    y = (x * w).sum()
    assert [g.tolist() for g in grad(y, [x, w])] == [V.tolist(), X.tolist()]
    (alone,) = grad(y, x)
    assert alone.tolist() == V.tolist()
    assert grad(outputs=y, inputs={"w": w})["w"].tolist() == X.tolist()


def test_a_graph_of_values_also_at_results_on_the_way():
    a, b = Value(2.0), Value(3.0)
    h = a * b
    assert grad(h * h * a, (h, a)) == (24.0, 108.0)
    assert h.grad is None


def test_several_outputs_with_gradients_to_start_with():
    x = Tensor(X, requires_grad=True)
    (found,) = grad([x * x, x.sum()], x, [V, None])
    np.testing.assert_allclose(found, 2 * X * V + 1)
    (found,) = grad(x * x, x, V)
    np.testing.assert_allclose(found, 2 * X * V)
    (found,) = grad(x * x, x, [1.0, 0.5, -2.0])
    np.testing.assert_allclose(found, 2 * X * V)


def test_create_graph_to_any_order():
    x = Tensor(X, requires_grad=True)
    y = (x**4).sum()
    for exact in (4 * X**3, 12 * X**2, 24 * X):
        (y,) = grad(y, x, create_graph=True)
        np.testing.assert_allclose(y.numpy(), exact)
        y = y.sum()
    a = Value(2.0)
    (first,) = grad(a**3, a, create_graph=True)
    assert isinstance(first, Value)
    assert grad(first, a) == (12.0,)
    (slope,) = grad(3 * a, a, create_graph=True)
    assert isinstance(slope, Value)


def test_a_gradient_to_start_with_may_be_a_node():
    x, g = Tensor(X, requires_grad=True), Tensor(V, requires_grad=True)
    (found,) = grad(x * x, x, g, create_graph=True)
    (back,) = grad(found.sum(), g)
    np.testing.assert_allclose(back, 2 * X)


def test_an_unused_input_is_named():
    x, w = Tensor(X, requires_grad=True), Tensor(V, requires_grad=True, label="weight")
    y = (x * x).sum()
    with pytest.raises(GradientError, match=r"inputs\[1\] \('weight', .*allow_unused=True"):
        grad(y, [x, w])
    found = grad(y, [x, w], allow_unused=True)
    assert found[1] is None
    a, b = Value(1.0), Value(2.0)
    with pytest.raises(GradientError, match="do not depend on inputs"):
        grad(a * a, b)


def test_constants_and_wrong_seeds_are_refused():
    x = Tensor(X, requires_grad=True)
    with pytest.raises(GradientError, match=r"inputs .* is a constant"):
        grad((x * x).sum(), Tensor(X))
    with pytest.raises(GradientError, match=r"outputs .* is a constant"):
        grad(Tensor(X), x)
    with pytest.raises(GradientError, match=r"reduce it to one number first"):
        grad(x * 2, x)
    with pytest.raises(ShapeError, match=r"the gradient has shape \(2,\); the result has \(3,\)"):
        grad(x * 2, x, np.ones(2))
    with pytest.raises(ShapeError, match="1 grad_outputs came for 2 outputs"):
        grad([x * 2, x * 3], x, [V])
    with pytest.raises(TypeError, match="outputs is a float; a function, or Values and Tensors"):
        grad(3.0, x)


def test_a_graph_that_mixes_values_and_tensors():
    x = Tensor(X, requires_grad=True)
    a, b, _ = x.to_values()
    (found,) = grad(a * a * b, x)
    np.testing.assert_allclose(found, [2 * X[0] * X[1], X[0] ** 2, 0])
    (found,) = grad(a * a * b, x, create_graph=True)
    np.testing.assert_allclose(grad(found[0], x)[0], [2 * X[1], 2 * X[0], 0])


# ------------------------------------------------------------------------------ vjp and jvp
def test_vjp_may_be_called_again():
    out, pull = vjp(lambda x, y: x * y, X, V)
    np.testing.assert_allclose(out, X * V)
    for g in (V, X, np.ones(3)):
        left, right = pull(g)
        np.testing.assert_allclose(left, g * V)
        np.testing.assert_allclose(right, g * X)


def test_vjp_of_a_structure():
    out, pull = vjp(lambda p: {"a": p[0] * p[1], "b": (p[0].sum(), 3.0)}, [X, V])
    assert out["b"] == (X.sum(), 3.0)
    ((left, right),) = pull({"a": V, "b": (2.0, 1.0)})
    np.testing.assert_allclose(left, V * V + 2)
    np.testing.assert_allclose(right, V * X)


def test_vjp_of_values():
    out, pull = vjp(lambda v: [v[0] * v[1], v[0]], [2.0, 3.0])
    assert out == [6.0, 2.0]
    assert pull([1.0, 10.0]) == ([13.0, 2.0],)


def test_vjp_refuses_what_does_not_fit():
    _, pull = vjp(lambda x: [x, x], X)
    with pytest.raises(ShapeError, match="1 gradients came for 2 results"):
        pull([V])
    with pytest.raises(ShapeError, match=r"shape \(2,\) came for a result of shape \(3,\)"):
        pull([V, np.ones(2)])


def test_jvp_of_a_structure():
    out, change = jvp(
        lambda p: {"product": p["a"] * p["b"], "still": 3.0},
        ({"a": 2.0, "b": 3.0},),
        ({"a": 1.0, "b": 0.5},),
    )
    assert out == {"product": 6.0, "still": 3.0}
    assert change == {"product": 4.0, "still": 0.0}


def test_jvp_keeps_the_kind():
    out, change = jvp(lambda x: x * x, (Value(3.0),), (1.0,))
    assert (type(out), type(change)) == (Value, Value)
    out, change = jvp(lambda x: x * x, (Tensor(X),), (V,))
    assert (type(out), type(change)) == (Tensor, Tensor)
    weight = Tensor(V, requires_grad=True)
    out, change = jvp(lambda x: x * weight, (X,), (X,))
    assert (type(out), type(change)) == (np.ndarray, np.ndarray)


def test_jvp_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"tangent of shape \(2,\) came for shape \(3,\)"):
        jvp(lambda x: x, (X,), (np.ones(2),))
    with pytest.raises(ShapeError, match="give one for each"):
        jvp(lambda x: x, (X,), ())
    with pytest.raises(TypeError, match="int64 came; numbers, float arrays"):
        jvp(lambda x: x, (np.array([1]),), (np.array([1]),))


def test_vjp_and_jvp_are_transposes():
    def f(x):
        return ag.tanh(ag.matmul(M, x)) * ag.norm(x)

    _, change = jvp(f, (X,), (V,))
    g = np.array([0.3, -2.0, 1.0])
    assert g @ change == pytest.approx(vjp(f, X)[1](g)[0] @ V, rel=1e-13)


# ------------------------------------------------------------------------------ jacobian, hessian
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_jacobian_has_the_results_shape_and_then_the_arguments(mode):
    a, b = np.random.default_rng(1).normal(size=(2, 2, 3))
    found = jacobian(lambda a, b: ag.matmul(a, b.T), argnums=(0, 1), mode=mode)(a, b)
    assert [f.shape for f in found] == [(2, 2, 2, 3), (2, 2, 2, 3)]
    np.testing.assert_allclose(found[0], np.einsum("ik,jl->ijkl", np.eye(2), b), atol=1e-15)
    np.testing.assert_allclose(found[1], np.einsum("jk,il->ijkl", np.eye(2), a), atol=1e-15)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_jacobian_of_structures(mode):
    found = jacobian(lambda p: {"a": p[0] * p[1], "b": p[1].sum()}, mode=mode)([X, V])
    np.testing.assert_allclose(found["a"][0], np.diag(V))
    np.testing.assert_allclose(found["a"][1], np.diag(X))
    np.testing.assert_allclose(found["b"][0], np.zeros(3))
    np.testing.assert_allclose(found["b"][1], np.ones(3))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_jacobian_of_numbers(mode):
    assert jacobian(lambda v: [v, v * v], mode=mode)(3.0) == [1.0, 6.0]
    f = lambda v: ag.tensor_from_values([v * v, v])  # noqa: E731
    assert jacobian(f, mode=mode)(3.0).tolist() == [6.0, 1.0]
    found = jacobian(lambda v: [v[0] * v[1], 5.0], mode=mode)([2.0, 3.0])
    assert found == [[3.0, 2.0], [0.0, 0.0]]


def test_jacobian_calls_the_function_once():
    calls = []
    jacobian(lambda x: calls.append(1) or x * x)(X)
    assert calls == [1]


def test_jacobian_of_a_value_can_be_differentiated_again():
    a = Value(2.0)
    first, _ = jacobian(lambda x: [x**3, x])(a)
    first.backward()
    assert a.grad == 12.0


def test_jacobian_of_an_empty_array():
    assert jacobian(lambda x: x * 2)(np.zeros(0)).shape == (0, 0)


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="'reverse' or 'forward' is needed"):
        jacobian(lambda x: x, mode="sideways")


def test_hessian_is_symmetric_and_hvp_its_product():
    matrix = hessian(bumpy)(X)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    np.testing.assert_allclose(hvp(bumpy, X, V), matrix @ V, rtol=1e-12)
    np.testing.assert_allclose(jvp(grad(bumpy), (X,), (V,))[1], matrix @ V, rtol=1e-12)
    (product,) = vjp(grad(bumpy), X)[1](V)
    np.testing.assert_allclose(product, matrix @ V, rtol=1e-12)


def test_hessian_of_structures():
    found = hessian(lambda p: (p["a"] ** 2).sum() * p["b"])({"a": X, "b": 2.0})
    np.testing.assert_allclose(found["a"]["a"], 4 * np.eye(3))
    np.testing.assert_allclose(found["a"]["b"], 2 * X)
    np.testing.assert_allclose(found["b"]["a"], 2 * X)
    assert found["b"]["b"] == 0.0
    assert hessian(lambda v: v[0] ** 2 * v[1])([2.0, 3.0]) == [[6.0, 4.0], [4.0, 0.0]]


def test_hessian_of_a_float_and_a_linear_function():
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda x: (x * V).sum())(X).tolist() == np.zeros((3, 3)).tolist()


def test_third_derivatives():
    found = jacobian(hessian(lambda x: (x**4).sum()))(X)
    assert found.shape == (3, 3, 3)
    np.testing.assert_allclose(found[1, 1, 1], 24 * X[1])


def test_hvp_keeps_kind_and_structure():
    found = hvp(lambda p: p["a"] ** 2 * p["b"], {"a": 2.0, "b": 3.0}, {"a": 1.0, "b": 1.0})
    assert found == {"a": 6.0 + 4.0, "b": 4.0}
    x = Tensor(X, requires_grad=True)
    product = hvp(lambda x: (x**4).sum(), x, V)
    product.sum().backward()
    np.testing.assert_allclose(x.grad, 24 * X * V)
    assert hvp(lambda x: (x * 3).sum(), X, V).tolist() == [0.0, 0.0, 0.0]
    with pytest.raises(ShapeError, match="they must be the same"):
        hvp(lambda x: x, [1.0], 1.0)


def test_hvp_through_both_worlds():
    def f(x):
        a, b, c = x.to_values()
        return a * a * b + ag.tensor_from_values([b * c, c]).prod().to_values()

    matrix = hessian(f)(X)
    np.testing.assert_allclose(hvp(f, X, V), matrix @ V)
    np.testing.assert_allclose(matrix[1, 2], 2 * X[2])


def test_inner_passes_do_not_go_back_through_the_outer_graph():
    """Each level goes back to its own leaves only, so a deep past costs nothing inside."""
    x = Tensor(X, requires_grad=True)
    past = x
    for _ in range(3000):
        past = past * 1.0
    seen = []
    past.register_hook(lambda g: seen.append(1))
    grad(lambda y: (y * y).sum())(past)
    assert seen == []


def test_a_row_of_twenty_thousand_operations():
    def chain(x):
        for _ in range(20_000):
            x = x * 1.0001
        return x

    assert grad(chain)(1.0) == pytest.approx(1.0001**20_000)
    assert jvp(chain, (1.0,), (1.0,))[1] == pytest.approx(1.0001**20_000)


def test_no_cycles_are_left_behind():
    """With the collector off everything still goes when its last name goes."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            grad(bumpy)(X)
            hvp(bumpy, X, V)
            hessian(bumpy)(X)
            jvp(grad(cubic), (2.0,), (1.0,))
            vjp(bumpy, X)[1](1.0)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_hooks_are_called_once():
    def f(x):
        y = x * 3
        y.register_hook(lambda g: 10 * g)
        return y * y

    assert grad(f)(2.0) == 360.0


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.func warns of torch itself
def test_the_transforms_agree_with_pytorch():
    torch = pytest.importorskip("torch")

    def theirs(x):
        m = torch.tensor(M)
        return torch.logsumexp((m @ x) * x, 0) + torch.tanh(x).sum() * torch.prod(x)

    x, v = torch.tensor(X), torch.tensor(V)
    near = {"rtol": 1e-12, "atol": 1e-14}
    np.testing.assert_allclose(grad(bumpy)(X), torch.func.grad(theirs)(x).numpy(), **near)
    np.testing.assert_allclose(hessian(bumpy)(X), torch.func.hessian(theirs)(x).numpy(), **near)
    _, product = torch.autograd.functional.hvp(theirs, x, v)
    np.testing.assert_allclose(hvp(bumpy, X, V), product.numpy(), **near)
    value, change = torch.func.jvp(theirs, (x,), (v,))
    np.testing.assert_allclose(jvp(bumpy, (X,), (V,)), (value.item(), change.item()), **near)


@pytest.mark.parametrize("other", [None, True, "adam"])
def test_what_is_no_number_is_passed_on_beside_floats(other):
    tree = {"a": 2.0, "other": other, "z": 3.0}

    def power(p):
        return p["a"] ** p["z"]

    slope = 3.0 * 2.0**2
    assert grad(power)(tree) == {"a": slope, "other": None, "z": pytest.approx(8 * math.log(2))}
    assert vjp(power, tree)[1](1.0)[0]["a"] == slope
    assert jacobian(power)(tree)["a"] == slope
    assert hessian(power)(tree)["a"]["a"] == 12.0


@pytest.mark.parametrize("argnums", [(0, 0), (0, -2)])
def test_an_argument_named_twice_is_refused(argnums):
    with pytest.raises(TypeError, match="names an argument twice"):
        grad(lambda x, y: x * y, argnums)(2.0, 3.0)
