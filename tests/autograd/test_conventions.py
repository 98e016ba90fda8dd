"""The conventions of docs/conventions.md, each with its numbers: kinks, ties, zeros, ±1000, nan.

A derivative at a kink is a choice. What is chosen is written down in the docs, tested here, and
compared with PyTorch in tests/reference where it is installed.
"""

import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import OPS, Tensor, Value
from autograd.engine import propagate

INF, NAN = math.inf, math.nan
DOCS = Path(__file__).resolve().parents[2] / "docs" / "conventions.md"


def run(function: Any, *arrays: Any, dtype: Any = float, seed: Any = None) -> tuple[Any, ...]:
    """Value and gradients of a function of tensors, where not a single warning is allowed."""
    inputs = [Tensor(np.array(a, dtype), requires_grad=True) for a in arrays]
    out = function(*inputs)
    out.backward(np.ones(out.shape) if seed is None else np.array(seed, float))
    return out.tolist(), *(x.grad.tolist() for x in inputs)


def same(actual: Any, expected: Any) -> None:
    if isinstance(actual, tuple) and isinstance(expected, tuple):
        for one, other in zip(actual, expected, strict=True):
            same(one, other)
        return
    np.testing.assert_array_equal(actual, expected)


# ------------------------------------------------------------------------------ one number in
# name, function, inputs, values, slopes
AT_A_POINT: list[tuple[str, Any, list[float], list[float], list[float]]] = [
    ("relu", ag.relu, [0.0, -0.0, INF, -INF], [0, 0, INF, 0], [0, 0, 1, 0]),
    ("abs", ag.abs, [0.0, -0.0, -INF], [0, 0, INF], [0, 0, -1]),
    ("sign", ag.sign, [0.0, -2.0, 3.0], [0, -1, 1], [0, 0, 0]),
    ("floor", ag.floor, [0.0, 1.5, -1.0], [0, 1, -1], [0, 0, 0]),
    ("ceil", ag.ceil, [0.0, 1.5, -1.0], [0, 2, -1], [0, 0, 0]),
    ("round to even", ag.round, [0.5, 1.5, 2.5, -0.5], [0, 2, 2, 0], [0, 0, 0, 0]),
    ("leaky_relu", ag.leaky_relu, [0.0, -1.0, 1.0], [0, -0.01, 1], [0.01, 0.01, 1]),
    ("elu", lambda x: ag.elu(x, alpha=0.5), [0.0, 1.0], [0, 1], [0.5, 1]),
    ("selu", ag.selu, [0.0], [0], [1.0507009873554805 * 1.6732632423543772]),
    ("hardtanh", ag.hardtanh, [-2, -1, 0, 1, 2], [-1, -1, 0, 1, 1], [0, 0, 1, 0, 0]),
    ("relu6", ag.relu6, [-1, 0, 3, 6, 7], [0, 0, 3, 6, 6], [0, 0, 1, 0, 0]),
    (
        "clip",
        lambda x: ag.clip(x, 0.0, 1.0),
        [-1, 0, 0.5, 1, 2],
        [0, 0, 0.5, 1, 1],
        [0, 1, 1, 1, 0],
    ),
    ("clip min", lambda x: ag.clip(x, min=0.0), [-1, 0, 2], [0, 0, 2], [0, 1, 1]),
    ("clip max", lambda x: ag.clip(x, max=0.0), [-1, 0, 2], [-1, 0, 0], [1, 1, 0]),
    ("clip to a point", lambda x: ag.clip(x, 1.0, 1.0), [0, 1, 2], [1, 1, 1], [0, 1, 0]),
    ("clip crossed", lambda x: ag.clip(x, 2.0, 1.0), [0, 1, 1.5, 3], [1, 1, 1, 1], [0, 0, 0, 0]),
    ("softplus", ag.softplus, [0.0], [math.log(2)], [0.5]),
    ("silu", ag.silu, [0.0], [0], [0.5]),
    ("gelu", ag.gelu, [0.0], [0], [0.5]),
    ("sqrt", ag.sqrt, [0.0, 4.0], [0, 2], [INF, 0.25]),
    ("cbrt", ag.cbrt, [0.0, 8.0], [0, 2], [INF, 1 / 12]),
    ("x ** 0", lambda x: x**0, [0.0, 2.0, NAN], [1, 1, 1], [0, 0, 0]),
    ("x ** 0.0", lambda x: x**0.0, [0.0, 2.0], [1, 1], [0, 0]),
    ("x ** 1", lambda x: x**1, [0.0, 2.0], [0, 2], [1, 1]),
    ("x ** 2", lambda x: x**2, [0.0, -3.0], [0, 9], [0, -6]),
    ("x ** 0.5", lambda x: x**0.5, [0.0], [0], [INF]),
    ("2 ** x", lambda x: 2**x, [3.0, 0.0], [8, 1], [8 * math.log(2), math.log(2)]),
    ("0 ** x", lambda x: 0**x, [3.0, 0.0], [0, 1], [0, 0]),
    ("sinc", ag.sinc, [0.0], [1], [0]),
    ("arcsin", ag.arcsin, [1.0, -1.0], [math.pi / 2, -math.pi / 2], [INF, INF]),
    ("arccos", ag.arccos, [1.0], [0], [-INF]),
    ("arccosh", ag.arccosh, [1.0], [0], [INF]),
    ("remainder", lambda x: x % 3.0, [5, -5, 3], [2, 1, 0], [1, 1, 1]),
    ("floor_divide", lambda x: x // 3.0, [5, -5, 3], [1, -2, 1], [0, 0, 0]),
    ("softsign", ag.softsign, [0.0], [0], [1]),
    ("where", lambda x: ag.where(x > 0, x, 5.0), [-1, 0, 1], [5, 5, 1], [0, 0, 1]),
]


@pytest.mark.parametrize(
    ("name", "function", "at", "value", "slope"),
    AT_A_POINT,
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_slope_at_a_point(name: str, function: Any, at: Any, value: Any, slope: Any) -> None:
    out, found = run(function, at)
    np.testing.assert_allclose(out, value, rtol=1e-15)
    np.testing.assert_allclose(found, slope, rtol=1e-14)
    for x, y, s in zip(at, value, slope, strict=True):
        node = Value(x)
        of_value = function(node)
        np.testing.assert_allclose(of_value.data, y, rtol=1e-15)
        of_value.backward()
        np.testing.assert_allclose(node.grad or 0.0, s, rtol=1e-14)


def test_slope_at_every_kink_is_between_the_slopes_beside_it() -> None:
    """Whatever is chosen at a kink is a subgradient: no invented slope, never nan."""
    for op in OPS.values():
        for kink in op.kinks:
            slopes = []
            for x in (kink - 1e-6, kink, kink + 1e-6):
                node = Value(x)
                op(node).backward()
                slopes.append(node.grad)
            assert (
                min(slopes[0], slopes[2]) - 1e-5 <= slopes[1] <= max(slopes[0], slopes[2]) + 1e-5
            ), op


# ------------------------------------------------------------------------------ ties
def test_ties_share_equally() -> None:
    same(run(lambda x: x.max(), [3.0, 3.0, 1.0])[1], [0.5, 0.5, 0])
    same(run(lambda x: x.min(), [3.0, 1.0, 1.0, 1.0])[1], np.array([0, 1, 1, 1]) / 3)
    same(run(lambda x: x.max(axis=0), [[1.0, 2.0], [1.0, 0.0]])[1], [[0.5, 1], [0.5, 0]])
    same(
        run(lambda x: x.max(axis=1, keepdims=True), [[1.0, 1.0], [2.0, 0.0]])[1],
        [[0.5, 0.5], [1, 0]],
    )
    same(run(ag.maximum, [1.0, 2.0], [1.0, 0.0])[1:], [[0.5, 1], [0.5, 0]])
    same(run(ag.minimum, [1.0, 2.0], [1.0, 0.0])[1:], [[0.5, 0], [0.5, 1]])
    same(run(lambda x: ag.norm(x, ord=INF), [2.0, -2.0, 1.0])[1], [0.5, -0.5, 0])
    a, b = Value(1.0), Value(1.0)
    ag.maximum(a, b).backward()
    assert (a.grad, b.grad) == (0.5, 0.5)
    a, b, c = Value(3.0), Value(3.0), Value(1.0)
    ag.max([a, b, c]).backward()
    assert (a.grad, b.grad, c.grad) == (0.5, 0.5, 0.0)
    x = Tensor([1.0, 1.0], requires_grad=True)
    ag.maximum(x, x).sum().backward()
    same(x.grad, [1, 1])


def test_sort_is_stable_so_ties_keep_their_order() -> None:
    out, g = run(lambda x: x.sort(), [2.0, 2.0, 1.0], seed=[1, 2, 3])
    same(out, [1, 2, 2])
    same(g, [2, 3, 1])
    same(ag.argsort(np.array([1.0, 0.0, 1.0, 0.0])), [1, 3, 0, 2])


# ------------------------------------------------------------------------------ zeros
def test_products_through_zeros_are_exact() -> None:
    same(run(lambda x: x.prod(), [0.0, 2.0, 3.0])[1], [6, 0, 0])
    same(run(lambda x: x.prod(), [0.0, 0.0, 3.0])[1], [0, 0, 0])
    same(run(lambda x: x.prod(), [-0.0, 2.0])[1], [2, 0])
    same(run(lambda x: x.prod(axis=1), [[0.0, 2.0], [3.0, 4.0]])[1], [[2, 0], [4, 3]])
    same(run(lambda x: x.cumprod(0), [2.0, 0.0, 3.0]), [[2, 0, 0], [1, 8, 0]])
    same(run(lambda x: x.cumprod(0), [0.0, 2.0, 0.0, 3.0])[1], [3, 0, 0, 0])
    values = [Value(0.0), Value(2.0), Value(3.0)]
    ag.prod(values).backward()
    assert [v.grad for v in values] == [6.0, 0.0, 0.0]


def test_second_derivative_of_a_product_with_a_zero() -> None:
    x = Tensor([0.0, 2.0, 3.0], requires_grad=True)
    first = propagate(x.prod(), Tensor(1.0), create_graph=True)[x]
    rows = [propagate(first[i], np.ones(()))[x].tolist() for i in range(3)]
    same(rows, [[0, 3, 2], [3, 0, 0], [2, 0, 0]])


@pytest.mark.parametrize("ord", [1, 1.5, 2, 3, INF])
def test_norm_at_zero_is_flat(ord: float) -> None:
    same(run(lambda x: ag.norm(x, ord=ord), [0.0, 0.0]), (0.0, [0, 0]))
    np.testing.assert_allclose(run(lambda x: ag.norm(x, ord=ord), [0.0, -2.0])[1], [0, -1])
    same(run(lambda x: ag.norm(x, ord=ord, axis=1), [[0.0, 0.0], [0.0, 2.0]])[1], [[0, 0], [0, 1]])


def test_norm_neither_overflows_nor_vanishes() -> None:
    np.testing.assert_allclose(run(ag.norm, [3e200, 4e200])[0], 5e200)
    np.testing.assert_allclose(run(ag.norm, [3e200, 4e200])[1], [0.6, 0.8])
    np.testing.assert_allclose(run(ag.norm, [3e-200, 4e-200])[1], [0.6, 0.8])


def test_spread_of_equal_numbers_is_flat() -> None:
    for op in (ag.std, ag.var):
        same(run(op, [2.0, 2.0, 2.0]), (0.0, [0, 0, 0]))
        same(run(lambda x, op=op: op(x, ddof=0), [2.0, 2.0, 2.0]), (0.0, [0, 0, 0]))
    same(run(lambda x: x.std(ddof=0), [2.0]), (0.0, [0]))


def test_spread_of_one_element_is_nan_with_a_warning() -> None:
    for name in ("var", "std"):
        x = Tensor([2.0], requires_grad=True)
        with pytest.warns(RuntimeWarning):  # NumPy's: no degrees of freedom, 0 / 0
            out = getattr(x, name)()
        out.backward()
        assert math.isnan(out.item())
        assert math.isnan(x.grad[0])


def test_variance_divides_by_n_minus_one_and_says_how_to_change_it() -> None:
    x = np.array([1.0, 2.0, 4.0])
    assert ag.var(x) == np.var(x, ddof=1)
    assert ag.var(x, ddof=0) == ag.var(x, correction=0) == np.var(x)
    assert np.var(Tensor(x)).item() == np.var(x), "NumPy's function has NumPy's default"


def test_angles_and_powers_at_the_origin() -> None:
    same(run(ag.arctan2, [0.0, 0.0, 1.0], [0.0, -1.0, 0.0])[1:], [[0, -1, 0], [0, 0, -1]])
    _, x, y = run(lambda x, y: x**y, [0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.5])
    same(x, [0, 1, 0, INF])
    same(y, [0, 0, 0, 0])
    a, b = Value(0.0), Value(0.0)
    (a**b).backward()
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_a_negative_base_has_no_slope_in_the_exponent() -> None:
    out, x, y = run(lambda x, y: x**y, [-2.0, -2.0], [3.0, 2.0])
    same(out, [-8, 4])
    same(x, [12, -4])
    same(y, [NAN, NAN])
    a, b = Value(-2.0), Value(3.0)
    out = a**b
    out.backward()
    assert (out.data, a.grad) == (-8.0, 12.0)
    assert math.isnan(b.grad)
    c = Value(-2.0)
    (c**3).backward()
    assert c.grad == 12.0
    with pytest.raises(ag.DomainError, match="no real result"):
        Value(-8.0) ** (1 / 3)


def test_a_square_of_a_root_at_zero_is_nan_as_everywhere() -> None:
    assert math.isnan(run(lambda x: ag.sqrt(x) ** 2, [0.0])[1][0])


def test_determinant_of_a_singular_matrix_has_its_cofactors() -> None:
    np.testing.assert_allclose(
        run(ag.det, [[1.0, 2.0], [2.0, 4.0]])[1], [[4, -2], [-2, 1]], atol=1e-14
    )
    same(run(ag.det, np.zeros((2, 2)))[1], np.zeros((2, 2)))


# ------------------------------------------------------------------------------ where
def test_where_sends_exactly_zero_into_the_branch_not_taken() -> None:
    flags = np.array([True, False, True])
    _, a, b = run(
        lambda a, b: ag.where(flags, a, b), [1.0, NAN, 3.0], [INF, 2.0, -INF], seed=[INF, -INF, 1]
    )
    same(a, [INF, 0, 1])
    same(b, [0, -INF, 0])
    x, y = Value(1.0), Value(INF)
    ag.where(True, x, y).backward()
    assert (x.grad, y.grad) == (1.0, 0.0)


def test_where_trap_and_its_cure() -> None:
    """A nan made behind the branch not taken comes back; a safe input in there prevents it."""
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        _, trapped = run(lambda x: ag.where(x > 0, ag.log(x), x), [0.0, 2.0])
    assert math.isnan(trapped[0]), "0 times the slope 1 / 0"
    _, cured = run(lambda x: ag.where(x > 0, ag.log(ag.where(x > 0, x, 1.0)), x), [0.0, 2.0])
    same(cured, [1, 0.5])


# ------------------------------------------------------------------------------ ±1000
FAR: list[tuple[str, Any, list[float], list[float]]] = [
    ("sigmoid", ag.sigmoid, [1, 0], [0, 0]),
    ("log_sigmoid", ag.log_sigmoid, [0, -1000], [0, 1]),
    ("softplus", ag.softplus, [1000, 0], [1, 0]),
    ("softplus beta", lambda x: ag.softplus(x, beta=3.0), [1000, 0], [1, 0]),
    ("silu", ag.silu, [1000, 0], [1, 0]),
    ("gelu", ag.gelu, [1000, 0], [1, 0]),
    ("gelu tanh", lambda x: ag.gelu(x, approximate="tanh"), [1000, 0], [1, 0]),
    ("tanh", ag.tanh, [1, -1], [0, 0]),
    ("erf", ag.erf, [1, -1], [0, 0]),
    ("elu", ag.elu, [1000, -1], [1, 0]),
    ("selu", ag.selu, [1050.7009873554805, -1.7580993408473766], [1.0507009873554805, 0]),
    ("logaddexp 0", lambda x: ag.logaddexp(x, 0.0), [1000, 0], [1, 0]),
    ("arctan", ag.arctan, [math.atan(1000), -math.atan(1000)], [1 / 1000001] * 2),
    ("arcsinh", ag.arcsinh, [math.asinh(1000), -math.asinh(1000)], [1 / math.sqrt(1000001)] * 2),
    ("softsign", ag.softsign, [1000 / 1001, -1000 / 1001], [1 / 1001**2] * 2),
]


@pytest.mark.parametrize(
    ("name", "function", "value", "slope"), FAR, ids=lambda x: x if isinstance(x, str) else ""
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_nothing_overflows_at_a_thousand(
    name: str, function: Any, value: Any, slope: Any, dtype: Any
) -> None:
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    out, found = run(function, [1000.0, -1000.0], dtype=dtype)
    np.testing.assert_allclose(out, value, rtol=tolerance)
    np.testing.assert_allclose(found, slope, rtol=tolerance)
    x = Tensor(np.array([1000.0, -1000.0], dtype), requires_grad=True)
    first = propagate(function(x), Tensor(np.ones(2, dtype)), create_graph=True)[x]
    if first.requires_grad:
        bend = propagate(first, np.ones(2, dtype)).get(x, np.zeros(2))
        assert np.all(np.isfinite(bend)), "the second derivative, too"
    for i, number in enumerate((1000.0, -1000.0)):
        node = Value(number)
        result = function(node)
        result.backward()
        np.testing.assert_allclose([result.data, node.grad], [value[i], slope[i]], rtol=1e-14)


def test_exponentials_vanish_without_a_word_and_overflow_to_infinity() -> None:
    assert run(ag.exp, [-1000.0]) == ([0.0], [0.0])
    assert run(ag.exp2, [-2000.0]) == ([0.0], [0.0])
    assert run(ag.expm1, [-1000.0]) == ([-1.0], [0.0])
    for function in (ag.exp, ag.exp2, ag.expm1, ag.sinh, ag.cosh):
        node = Value(5000.0)
        out = function(node)
        out.backward()
        assert (out.data, node.grad) == (INF, INF)


def test_sums_of_exponentials_do_not_overflow() -> None:
    out, g = run(ag.logsumexp, [1000.0, 1000.0, -1000.0])
    np.testing.assert_allclose(out, 1000 + math.log(2), rtol=1e-15)
    np.testing.assert_allclose(g, [0.5, 0.5, 0], rtol=1e-12)
    same(run(ag.logsumexp, [-INF, -INF]), (-INF, [0, 0]))
    same(run(ag.logsumexp, [-INF, 0.0]), (0.0, [0, 1]))
    same(run(lambda x: ag.logsumexp(x, axis=1), [[-INF, -INF], [0.0, -INF]])[1], [[0, 0], [1, 0]])
    np.testing.assert_allclose(
        run(ag.logaddexp, [1000.0, -1000.0], [1000.0, 0.0])[1:], [[0.5, 0], [0.5, 1]]
    )
    same(
        run(ag.logaddexp, [-INF, INF, 3.0], [-INF, -INF, -INF]),
        ([-INF, INF, 3], [0, 1, 1], [0, 0, 0]),
    )
    assert ag.logsumexp(np.zeros(0)) == -INF


def test_softmax_at_a_thousand_and_with_masked_scores() -> None:
    out, g = run(ag.softmax, [1000.0, 1000.0, -1000.0], seed=[1, 0, 0])
    np.testing.assert_allclose(out, [0.5, 0.5, 0], rtol=1e-12)
    np.testing.assert_allclose(g, [0.25, -0.25, 0], rtol=1e-12)
    out, g = run(ag.log_softmax, [1000.0, 0.0, -1000.0], seed=[0, 0, 1])
    same(out, [0, -1000, -2000])
    same(g, [-1, 0, 1])
    out, g = run(ag.softmax, [0.0, -INF, 1.0], seed=[1, 0, 0])
    p = 1 / (1 + math.e)
    np.testing.assert_allclose(out, [p, 0, 1 - p], rtol=1e-15)
    np.testing.assert_allclose(g, [p * (1 - p), 0, -p * (1 - p)], rtol=1e-14)


def test_softmax_takes_the_greatest_of_each_row() -> None:
    rows = np.array([[1000.0, 1001.0], [-1000.0, -1001.0]])
    p = 1 / (1 + math.e)
    np.testing.assert_allclose(ag.softmax(rows), [[p, 1 - p], [1 - p, p]], rtol=1e-12)
    np.testing.assert_allclose(ag.softmax(rows.T, axis=0), [[p, 1 - p], [1 - p, p]], rtol=1e-12)


def test_softmax_has_its_full_jacobian() -> None:
    x = np.array([0.3, -1.2, 2.0])
    p = np.exp(x) / np.exp(x).sum()
    rows = [run(ag.softmax, x, seed=np.eye(3)[i])[1] for i in range(3)]
    np.testing.assert_allclose(rows, np.diag(p) - np.outer(p, p), rtol=1e-14, atol=1e-16)


# ------------------------------------------------------------------------------ nan and infinity
NAN_STAYS = [
    op for op in OPS.values() if op.partials is not None and len(op.inputs) == 1 and not op.settings
]


@pytest.mark.parametrize("op", NAN_STAYS, ids=lambda op: op.name)
def test_nan_stays_nan(op: Any) -> None:
    assert np.isnan(op(np.array([NAN]))).all()
    assert np.isnan(op(np.array([NAN], np.float32))).all()
    node = Value(NAN)
    out = op(node)
    out.backward()
    assert math.isnan(out.data)


def test_nan_wins_every_comparison_and_sends_nothing_back() -> None:
    same(run(ag.relu, [NAN]), ([NAN], [0]))
    same(run(ag.maximum, [NAN, 1.0], [1.0, NAN])[0], [NAN, NAN])
    same(run(ag.minimum, [NAN, 1.0], [1.0, NAN])[0], [NAN, NAN])
    same(run(lambda x: x.max(), [3.0, NAN]), (NAN, [0, 0]))
    same(run(lambda x: ag.clip(x, 0.0, 1.0), [NAN]), ([NAN], [0]))
    for op in (ag.maximum, ag.minimum):
        assert math.isnan(op(Value(NAN), 1.0).data)
        assert math.isnan(op(1.0, Value(NAN)).data)
    assert math.isnan(ag.clip(Value(NAN), 0.0, 1.0).data)
    assert math.isnan(ag.hardtanh(Value(NAN)).data)


def test_tensors_off_their_domain_follow_numpy() -> None:
    for function, at, slope in [
        (ag.log, 0.0, INF),
        (ag.reciprocal, 0.0, -INF),
        (ag.arctanh, 1.0, INF),
    ]:
        x = Tensor([at], requires_grad=True)
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            out = function(x)
        out.backward()
        assert math.isinf(out.data[0])
        assert x.grad[0] == slope
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(ag.sqrt(Tensor([-1.0])).data[0])


# ------------------------------------------------------------------------------ accuracy
@pytest.mark.parametrize("shape", [(10**7,), (10**6, 2)])
def test_float32_mean_of_millions_is_right(shape: Any) -> None:
    x = np.full(shape, 0.1, np.float32)
    for out in (ag.mean(Tensor(x), axis=0), ag.sum(Tensor(x), axis=0) / shape[0]):
        assert out.dtype == np.float32
        np.testing.assert_allclose(out.data, np.float32(0.1), rtol=1e-6)
    np.testing.assert_allclose(ag.mean(x), np.float32(0.1), rtol=1e-6)


def test_variance_far_from_zero_is_right() -> None:
    x = 1e8 + np.array([0.0, 1.0, 2.0, 3.0])
    value, g = run(ag.var, x)
    np.testing.assert_allclose(value, 5 / 3, rtol=1e-14)
    np.testing.assert_allclose(g, [-1, -1 / 3, 1 / 3, 1], rtol=1e-14)
    narrow = (1e8 + 8 * np.arange(1000)).astype(np.float32)
    for axis in (None, 0):
        np.testing.assert_allclose(
            ag.var(Tensor(narrow), axis).item(), np.var(narrow.astype(float), ddof=1), rtol=1e-6
        )


def test_differences_of_near_numbers_keep_their_digits() -> None:
    for function, x, slope in [
        (ag.expm1, 1e-12, 1.0),
        (ag.log1p, 1e-12, 1.0),
        (ag.tanh, 20.0, 0.0),
        (ag.arcsin, 1 - 2.0**-40, 2**19.5),
        (ag.sinc, 1e-9, -(math.pi**2) / 3 * 1e-9),
        (ag.sinc, 0.009, -(math.pi**2) / 3 * 0.009 * (1 - (math.pi * 0.009) ** 2 / 10)),
    ]:
        np.testing.assert_allclose(run(function, [x])[1], [slope], rtol=1e-6, atol=1e-15)


# ------------------------------------------------------------------------------ indices
def test_an_element_picked_twice_receives_twice() -> None:
    def once(x: Any) -> Any:
        return x[[0, 0, 1]]

    same(run(once, [1.0, 2.0, 3.0])[1], [2, 1, 0])
    same(run(lambda x: x[np.array([[0, 0], [2, 0]])], [1.0, 2.0, 3.0])[1], [3, 0, 1])
    same(run(lambda x: ag.take(x, [0, 0, 1]), [1.0, 2.0, 3.0])[1], [2, 1, 0])
    same(run(lambda x: ag.take_along_axis(x, [1, 1, 1], 0), [1.0, 2.0, 3.0])[1], [0, 3, 0])
    same(run(lambda x: x.gather(0, [0, 0]), [1.0, 2.0])[1], [2, 0])
    same(run(lambda x: x[[0, 0], [1, 1]], [[1.0, 2.0]])[1], [[0, 2]])


def test_masks_and_slices() -> None:
    same(run(lambda x: x[x > 1], [1.0, 2.0, 3.0]), ([2, 3], [0, 1, 1]))
    same(
        run(lambda x: x[np.array([[True, False], [False, True]])], [[1.0, 2.0], [3.0, 4.0]])[1],
        np.eye(2),
    )
    same(run(lambda x: x[::-2], [1.0, 2.0, 3.0], seed=[1, 2]), ([3, 1], [2, 0, 1]))
    same(run(lambda x: x[..., None, 1:], [[1.0, 2.0]])[1], [[0, 1]])
    same(run(lambda x: x[np.zeros(2, bool)].sum(), [1.0, 2.0]), (0.0, [0, 0]))


def test_writing_to_a_copy() -> None:
    same(run(lambda x, v: x.at[[0, 0]].set(v), [1.0, 2.0], [5.0, 7.0]), ([7, 2], [0, 1], [0, 1]))
    same(run(lambda x, v: x.at[[0, 0]].add(v), [1.0, 2.0], [5.0, 7.0]), ([13, 2], [1, 1], [1, 1]))
    same(run(lambda x, v: x.at[x.data > 1].set(v), [1.0, 2.0, 3.0], 9.0), ([1, 9, 9], [1, 0, 0], 2))


def test_einsum_reads_and_writes_diagonals() -> None:
    same(
        run(lambda x: ag.einsum("ii->i", x), [[1.0, 2.0], [3.0, 4.0]], seed=[5, 6]),
        ([1, 4], [[5, 0], [0, 6]]),
    )
    same(run(lambda x: ag.einsum("ii", x), [[1.0, 2.0], [3.0, 4.0]]), (5.0, np.eye(2)))
    same(run(lambda x: ag.einsum("ij->", x), [[1.0, 2.0], [3.0, 4.0]])[1], np.ones((2, 2)))


# ------------------------------------------------------------------------------ sigmoid
@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i4", "i8", "u1", "u4", "?"])
def test_sigmoid_of_every_kind_of_number(kind: str) -> None:
    numbers = np.array([0, 1, 3, 60, 100], "f8")
    if kind[0] == "f":
        special = [-1e4, -88.5, -17.0, -1e-7, 1e-7, 88.5, 1e4, np.inf, -np.inf, np.nan, -0.0]
        numbers = np.concatenate([numbers, special])
    x = numbers.astype(kind)
    with np.errstate(all="ignore"):
        wanted = 1 / (1 + np.exp(-x.astype("f8")))
    found = ag.sigmoid(x)
    assert found.dtype == (x.dtype if kind[0] == "f" else np.float64)
    tiny = float(np.finfo(found.dtype).smallest_normal)
    close = float(np.finfo(found.dtype).eps) * 4
    np.testing.assert_allclose(found.astype("f8"), wanted, rtol=close, atol=tiny)


# ------------------------------------------------------------------------------ the docs
def test_docs_name_every_op_with_a_kink() -> None:
    written = DOCS.read_text(encoding="utf-8")
    for op in OPS.values():
        if op.kinks:
            assert re.search(rf"`{op.name}\b", written), (
                f"docs/conventions.md says nothing of {op.name}"
            )


def test_no_warning_is_hidden_by_the_test() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            np.log(np.zeros(1))
