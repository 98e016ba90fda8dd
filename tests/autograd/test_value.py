"""Value: one number, its operators, its words."""

import math

import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    GradientError,
    OperationError,
    Tensor,
    Value,
    dot,
    source_lines,
)


def gradients(result, *leaves):
    for leaf in leaves:
        leaf.grad = None
    result.backward()
    return [leaf.grad for leaf in leaves]


# ------------------------------------------------------------------ micrograd's figures


def micrograd_readme(a, b, relu):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_the_readme_example_of_micrograd():
    a, b = Value(-4.0), Value(2.0)
    g = micrograd_readme(a, b, lambda x: x.relu())
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def sanity(x, relu):
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    return h + q + q * x


@pytest.mark.torch
@pytest.mark.parametrize(
    ("function", "start"), [(sanity, (-4.0,)), (micrograd_readme, (-4.0, 2.0))]
)
def test_the_expressions_of_micrograds_tests_agree_with_pytorch(function, start):
    torch = pytest.importorskip("torch")
    ours = [Value(n) for n in start]
    theirs = [torch.tensor([n], dtype=torch.double, requires_grad=True) for n in start]
    y, yt = function(*ours, lambda x: x.relu()), function(*theirs, torch.relu)
    y.backward()
    yt.backward()
    assert y.data == yt.item()
    for a, b in zip(ours, theirs, strict=True):
        assert abs(a.grad - b.grad.item()) < 1e-6 * abs(a.grad)


def test_the_sanity_expression_in_figures():
    # z = -10, relu(z) = 0, q = 40, h = 100: y = 100 + 40 - 160
    x = Value(-4.0)
    y = sanity(x, lambda v: v.relu())
    assert y.data == -20.0
    assert gradients(y, x) == [46.0]


# ------------------------------------------------------------------ operators


@pytest.mark.parametrize(
    ("formula", "out", "slope"),
    [
        (lambda x: x + 2, 5.0, 1.0),
        (lambda x: 2 + x, 5.0, 1.0),
        (lambda x: x - 2, 1.0, 1.0),
        (lambda x: 2 - x, -1.0, -1.0),
        (lambda x: x * 2, 6.0, 2.0),
        (lambda x: 2 * x, 6.0, 2.0),
        (lambda x: x / 2, 1.5, 0.5),
        (lambda x: 2 / x, 2 / 3, -2 / 9),
        (lambda x: x**2, 9.0, 6.0),
        (lambda x: 2**x, 8.0, 8 * math.log(2)),
        (lambda x: -x, -3.0, -1.0),
        (lambda x: +x, 3.0, 1.0),
        (lambda x: abs(-x), 3.0, 1.0),
        (lambda x: x // 2, 1.0, 0.0),
        (lambda x: 7 // x, 2.0, 0.0),
        (lambda x: x % 2, 1.0, 1.0),
        (lambda x: 7 % x, 1.0, -2.0),
        (lambda x: divmod(x, 2)[1], 1.0, 1.0),
        (lambda x: divmod(7, x)[0], 2.0, 0.0),
        (lambda x: round(x * 1.1, 1), 3.3, 0.0),
        (lambda x: math.floor(x * 1.1), 3.0, 0.0),
        (lambda x: math.ceil(x * 1.1), 4.0, 0.0),
        (lambda x: sum([x, x, 2 * x]), 12.0, 4.0),
        (lambda x: max(x, x * 0.5), 3.0, 1.0),
        (lambda x: min(x, x * 0.5), 1.5, 0.5),
        (lambda x: x * True, 3.0, 1.0),
        (lambda x: np.float64(2) * x, 6.0, 2.0),
        (lambda x: np.float32(2) + x, 5.0, 1.0),
        (lambda x: np.int64(2) ** x, 8.0, 8 * math.log(2)),
        (lambda x: x * np.array(2.0), 6.0, 2.0),
        (lambda x: np.array(2) * x, 6.0, 2.0),
        (lambda x: x * x, 9.0, 6.0),
        (lambda x: x / x, 1.0, 0.0),
        (lambda x: x - x, 0.0, 0.0),
        (lambda x: x**x, 27.0, 27 * (1 + math.log(3))),
    ],
)
def test_operators(formula, out, slope):
    x = Value(3.0)
    y = formula(x)
    assert type(y) is Value
    assert y.data == pytest.approx(out, abs=1e-12)
    assert gradients(y, x) == [pytest.approx(slope, abs=1e-12)]


def test_in_place_operators_make_new_nodes():
    x = Value(3.0)
    y = x
    y += 1
    y *= x
    y -= 1
    y /= 2
    y **= 2
    assert x.data == 3.0
    assert y.data == 30.25
    assert gradients(y, x) == [38.5]


def test_whole_numbers_and_flags_become_floats():
    for data in (2, True, np.int8(2), np.float32(2), np.array(2), np.array([2.0])):
        assert type(Value(data).data) is float
    assert type((Value(1) * 3).data) is float
    assert type((Value(3) // 2).data) is float


def test_python_reads_the_number():
    x = Value(2.75)
    assert float(x) == 2.75
    assert int(x) == 2
    assert math.trunc(x) == 2
    assert bool(x)
    assert not Value(0.0)
    assert x.item() == 2.75
    assert f"{x.data:.1f}" == "2.8"
    assert math.sqrt(Value(4.0)) == 2.0


def test_comparisons_look_at_the_number():
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert a <= b
    assert b > a
    assert b >= 2
    assert a != b
    assert a == Value(1.0)
    assert a == 1
    assert 1.0 == a  # noqa: SIM300  (the reflected one is meant)
    assert np.float64(1) == a
    assert (np.float64(1) < b) is True
    assert a != "1"
    assert Value(math.nan) != Value(math.nan)
    assert sorted([b, a]) == [a, b]
    assert max([a, b]) is b
    with pytest.raises(TypeError):
        _ = a < "1"


def test_equal_values_are_different_keys():
    a, b = Value(1.0), Value(1.0)
    assert a == b
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[b] == "b"
    assert hash(a) != hash(b)


def test_a_value_has_no_elements():
    x = Value(1.0)
    with pytest.raises(TypeError, match="one number"):
        list(x)
    with pytest.raises(TypeError):
        x[0]
    with pytest.raises(TypeError):
        len(x)


def test_detach_cuts_off():
    x = Value(2.0, label="x")
    y = (x * 3).detach()
    assert y.op is None
    assert x.detach().label == "x"
    assert gradients(x * y, x) == [6.0]
    assert y.grad == 2.0


# ------------------------------------------------------------------ words


def test_repr():
    x = Value(2.0, label="x")
    assert repr(x) == "Value(2.0, label='x')"
    (x * 2).backward()
    assert repr(x) == "Value(2.0, grad=2.0, label='x')"


def test_repr_html_is_a_small_table_without_viz(monkeypatch):
    from autograd.node import display

    monkeypatch.setattr(display, "html", None)
    x = Value(2.0, label="<x>")
    page = (x * 3)._repr_html_()
    assert page.startswith("<table")
    assert "mul" in page
    assert "not reached" in page
    assert "&lt;x&gt;" in x._repr_html_()
    tall = Tensor(np.zeros((1000, 1000)), requires_grad=True)
    assert len(tall._repr_html_()) < 2000


def test_labels_are_strings():
    x = Value(1.0)
    x.label = "weight"
    assert x.label == "weight"
    with pytest.raises(TypeError, match="label"):
        x.label = 3
    with pytest.raises(TypeError, match="label"):
        Value(1.0, 2.0)


@pytest.mark.parametrize(
    "data",
    ["1", None, 1j, [1.0], (1.0,), np.ones(2), np.array([1j]), {}, np.array(["a"]), Tensor([1.0])],
    ids=repr,
)
def test_what_is_no_real_number_is_refused(data):
    with pytest.raises(TypeError, match=r"Value: .* came"):
        Value(data)


def test_a_value_of_a_value_is_refused():
    with pytest.raises(TypeError, match=r"detach\(\)"):
        Value(Value(1.0))


@pytest.mark.parametrize(
    "other", ["a", None, 1j, [1.0], {}, object()], ids=lambda thing: type(thing).__name__
)
def test_strange_operands(other):
    x = Value(1.0)
    for attempt in (lambda: x * other, lambda: other - x, lambda: x**other):
        with pytest.raises(TypeError):
            attempt()
    assert x.grad is None


def test_arrays_beside_a_value():
    x = Value(1.0)
    for attempt in (
        lambda: np.ones(3) * x,
        lambda: x * np.ones(3),
        lambda: np.array([x, x]) * x,
        lambda: autograd.add(np.ones((2, 2)), x),
    ):
        with pytest.raises(TypeError, match=r"a Value is one number, and an array of shape"):
            attempt()


@pytest.mark.parametrize("name", ["add", "mul", "pow", "maximum", "matmul"])
def test_values_and_tensors_do_not_mix(name):
    v, t = Value(1.0), Tensor([1.0, 2.0], requires_grad=True)
    for pair in ((v, t), (t, v)):
        with pytest.raises(TypeError, match=r"to_values\(\).*tensor_from_values"):
            getattr(autograd, name)(*pair)
    for attempt in (lambda: v * t, lambda: t * v, lambda: t - v, lambda: v < t, lambda: t < v):
        with pytest.raises(TypeError, match=r"tensor_from_values"):
            attempt()


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda x: x.log(), r"log: x = -1 came; x > 0 is needed"),
        (lambda x: x.sqrt(), r"sqrt: x = -1 came; x >= 0 is needed"),
        (lambda x: x / 0, r"div: x = -1, y = 0 came; y != 0 is needed"),
        (lambda x: 1 / (x + 1), r"div: x = 1, y = 0 \(from add\) came; y != 0 is needed"),
        (lambda x: x**0.5, r"pow: .* came"),
        (lambda x: x % 0, r"remainder: .* came"),
        (lambda x: x // 0, r"floor_divide: .* came"),
        (lambda x: (x * 2).arcsin(), r"arcsin: x = -2 \(from mul\) came; -1 <= x <= 1 is needed"),
    ],
)
def test_off_the_domain(attempt, words):
    x = Value(-1.0)
    with pytest.raises(DomainError, match=words):
        attempt(x)
    assert (x.data, x.grad) == (-1.0, None)
    with autograd.no_grad(), pytest.raises(DomainError):
        attempt(x)


def test_edges_of_the_domain():
    x = Value(0.0)
    assert gradients(x.sqrt(), x) == [math.inf]
    assert (Value(1000.0).exp()).data == math.inf
    assert Value(-1000.0).sigmoid().data == 0.0
    assert math.isnan(Value(math.nan).log().data)
    assert gradients(x**0, x) == [0.0]


@pytest.mark.parametrize("seed", ["1", 1j, [1.0, 2.0], np.ones(2), Tensor([1.0, 2.0])], ids=repr)
def test_a_seed_that_is_no_number(seed):
    x = Value(2.0)
    y = x * 3
    with pytest.raises(GradientError, match="backward"):
        y.backward(seed)
    assert (x.grad, y.grad) == (None, None)


def test_seeds():
    x = Value(2.0)
    (x * 3).backward(10)
    assert x.grad == 30.0
    x.grad = None
    (x * 3).backward(np.float32(0.5))
    assert x.grad == 1.5
    with pytest.raises(GradientError, match=r"the gradient is nan"):
        (x * 3).backward(math.nan)
    assert x.grad == 1.5


@pytest.mark.parametrize("wrong", ["abc", None, [1.0], np.ones(2), 1j, Value(4.0)], ids=repr)
def test_data_is_replaced_by_a_number_only(wrong):
    v = Value(2.0)
    out = v * v
    with pytest.raises(TypeError, match=r"Value: .* came"):
        v.data = wrong
    assert v.data == 2.0
    out.backward()
    assert v.grad == 4.0


def test_replaced_data_is_a_plain_float():
    v = Value(2.0)
    for number in (3, np.float32(3.0), np.array(3.0), True):
        v.data = number
        assert type(v.data) is float
        assert type((v * v).data) is float


def test_values_are_formatted_as_numbers():
    assert f"{Value(1.25):.1f}" == "1.2"
    assert f"{Value(2.0)}" == "Value(2.0)"


def test_off_the_domain_names_the_node():
    with pytest.raises(DomainError, match=r"log: x = -1 \(rate\) came; x > 0 is needed"):
        Value(-1.0, label="rate").log()
    with pytest.raises(DomainError, match=r"div: x = 1, y = 0 \(rate\) came"):
        1 / Value(0.0, label="rate")


# ------------------------------------------------------------------ lists of Values


def test_weighted_sum_of_values_and_numbers():
    w = [Value(1.0), Value(2.0)]
    b = Value(0.5)
    for weights, inputs, bias in (
        (w, [3.0, 4.0], b),
        (w, [Value(3.0), Value(4.0)], b),
        (w, [Value(3.0), 4.0], 0.5),
        ([3.0, 4.0], w, b),
        ([w[0], 4.0], [3.0, w[1]], b),
        (tuple(w), np.array([3.0, 4.0]).tolist(), 0.5),
    ):
        out = dot(weights, inputs, bias)
        assert out.data == 11.5
        assert len(out.inputs) == 5
        assert gradients(out, *w) == [3.0, 4.0]
        slopes = dict(zip(map(id, out.inputs), out.slopes, strict=True))
        assert slopes[id(w[0])] == 3.0


def test_weighted_sum_with_the_same_value_on_both_sides():
    a = Value(3.0)
    assert gradients(dot([a, a], [a, 2.0], a), a) == [2 * 3 + 2 + 1]
    assert gradients(dot([a], [a]), a) == [6.0]


def test_weighted_sum_of_unequal_lists():
    with pytest.raises(ValueError, match="dot"):
        dot([Value(1.0)], [1.0, 2.0], 0.0)


@pytest.mark.parametrize("bad", ["x", None, 1j, np.ones(2), Tensor([1.0])], ids=repr)
def test_weighted_sum_of_something_else(bad):
    a = Value(1.0)
    for attempt in (
        lambda: dot([a], [bad], 0.0),
        lambda: dot([a], [1.0], "x" if bad is None else bad),
    ):
        with pytest.raises(TypeError, match=r"dot|weighted_sum"):
            attempt()


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "logsumexp", "var", "norm"])
def test_one_number_of_a_list_of_values(name):
    numbers = [1.0, 4.0, 2.5]
    values = [Value(n) for n in numbers]
    t = Tensor(numbers, requires_grad=True)
    op = getattr(autograd, name)
    out, expected = op(values), op(t)
    expected.backward()
    assert out.data == pytest.approx(expected.item())
    np.testing.assert_allclose(gradients(out, *values), t.grad)
    assert out.parents == tuple(values)
    mixed = op([values[0], 4.0, values[2]])
    np.testing.assert_allclose(gradients(mixed, values[0], values[2]), t.grad[[0, 2]])


def test_ops_that_make_arrays_do_not_take_lists_of_values():
    values = [Value(1.0), Value(2.0)]
    for attempt in (lambda: autograd.cumsum(values), lambda: autograd.reshape(values, (2, 1))):
        with pytest.raises(OperationError, match="tensor_from_values"):
            attempt()


def test_constant_ops_give_plain_answers():
    assert autograd.argmax([Value(1.0), Value(2.0)]) == 1
    assert autograd.any([Value(0.0), Value(2.0)]) == np.True_


def test_where_with_values():
    a, b = Value(2.0), Value(3.0)
    assert gradients(autograd.where(a < b, a * 2, b), a, b) == [2.0, 0.0]
    assert gradients(autograd.where(a > b, a, b * 2), a, b) == [0.0, 2.0]


def test_source_lines_are_kept_on_request():
    x = Value(2.0)
    with source_lines():
        y = x * x
        z = dot([x], [y], 0.0)
    assert autograd.trace(y).root.line.startswith("test_value.py:")
    assert autograd.trace(z).root.line.startswith("test_value.py:")
    assert autograd.trace(x * x).root.line is None


def test_no_grad_makes_leaves():
    x = Value(2.0)
    with autograd.no_grad():
        for y in (x * x, x * 2, 2 * x, -x, x.tanh(), dot([x], [x], x), autograd.sum([x, x])):
            assert y.op is None
            assert y.parents == ()
    assert (x * x).op is not None


@pytest.mark.parametrize("name", ["inner", "tensordot", "dot"])
def test_products_of_lists_of_values(name):
    a, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    settings = {"axes": 1} if name == "tensordot" else {}
    y = getattr(autograd, name)(a, b, **settings)
    y.backward()
    assert y.data == 11.0
    assert [v.grad for v in a + b] == [3.0, 4.0, 1.0, 2.0]


def test_lists_of_values_that_do_not_fit_are_told():
    a = [Value(1.0), Value(2.0)]
    with pytest.raises(IndexError, match="one of the two has only 1"):
        autograd.tensordot(a, a)
