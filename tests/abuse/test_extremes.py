"""Every elementwise op of the table on the most extreme numbers, as Value and as Tensor.

Both worlds must give the same number and the same slopes, without a warning that was not NumPy's
own, and without a traceback; where a Value refuses, the Tensor has nan or infinity to show for it.
"""

import itertools
import warnings

import numpy as np
import pytest

import autograd
from autograd import OPS, DomainError, Tensor, Value

NUMBERS = [
    0.0, -0.0, 1.0, -1.0, 37.0, -37.0, 745.2, -745.2, 1000.0, -1000.0, 1e16, 1e308, -1e308,
    5e-324, -5e-324, 1e-300, np.inf, -np.inf, np.nan,
]  # fmt: skip
OPS_HERE = [
    op for op in OPS.values() if op.partials is not None and op.name not in ("where", "clip")
]
REDUCTIONS = ["sum", "mean", "prod", "max", "min", "logsumexp", "var", "std", "norm"]


def same(a, b):
    """Equal up to the last digits, in which NumPy's and Python's own functions may differ."""
    if a is None or b is None:
        return a is b
    return a == b or (a != a and b != b) or abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def by_tensors(op, numbers):
    inputs = [Tensor(np.array(n), requires_grad=True) for n in numbers]
    with np.errstate(all="ignore"):
        out = op(*inputs)
    if out.requires_grad:
        out.backward()
    return float(out.numpy()), [None if x.grad is None else float(x.grad) for x in inputs]


def by_values(op, numbers):
    inputs = [Value(n) for n in numbers]
    out = op(*inputs)
    if isinstance(out, Value):
        out.backward()
        return out.data, [x.grad for x in inputs]
    return float(out), [None] * len(inputs)


@pytest.mark.parametrize("op", OPS_HERE, ids=lambda op: op.name)
def test_values_and_tensors_agree_at_the_edge_of_numbers(op):
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for numbers in itertools.product(NUMBERS, repeat=len(op.inputs)):
            number, slopes = by_tensors(op, numbers)
            try:
                value, value_slopes = by_values(op, numbers)
            except DomainError:
                refused += 1
                assert not np.isfinite(number), numbers
                continue
            assert same(number, value), (numbers, number, value)
            assert all(map(same, slopes, value_slopes)), (numbers, slopes, value_slopes)
    everywhere = all(d is autograd.domain.REALS for d in op.domain) and op.name != "pow"
    assert (refused == 0) == everywhere


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("op", [op for op in OPS_HERE if len(op.inputs) == 1], ids=lambda o: o.name)
def test_an_array_of_them_is_each_of_them(op, dtype):
    """The kernels for whole arrays give what the ones for single numbers give."""
    with np.errstate(all="ignore"):
        numbers = np.array(NUMBERS * 3, dtype)
        x = Tensor(numbers, requires_grad=True)
        y = op(x)
        if y.requires_grad:
            y.backward(np.ones_like(numbers))
        each = [Tensor(n, requires_grad=True) for n in numbers]
        alone = [op(one) for one in each]
        for one in alone:
            if one.requires_grad:
                one.backward()
    assert y.dtype == dtype
    close = {"rtol": 4 * float(np.finfo(dtype).eps), "equal_nan": True}
    tiny = 4 * float(np.finfo(dtype).smallest_subnormal)
    np.testing.assert_allclose(y.numpy(), [float(a.numpy()) for a in alone], atol=tiny, **close)
    if y.requires_grad:
        assert x.grad.dtype == dtype
        np.testing.assert_allclose(x.grad, [float(a.grad) for a in each], atol=tiny, **close)


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("pair", list(itertools.combinations(NUMBERS, 2)), ids=str)
def test_reductions_of_extreme_numbers(name, pair):
    """Values and Tensors agree, and no infinity or nan is swallowed."""
    numbers = np.array([*pair, 1.0])
    x = Tensor(numbers, requires_grad=True)
    with np.errstate(all="ignore"):
        y = OPS[name](x)
        y.backward()
        inputs = [Value(float(n)) for n in numbers]
        out = OPS[name](inputs)
        out.backward()
    assert same(float(y.numpy()), out.data)
    for a, b in zip(x.grad.tolist(), inputs, strict=True):
        assert same(a, 0.0 if b.grad is None else b.grad)
    if np.isnan(numbers).any():
        assert np.isnan(out.data)


HUGE = (1 << 20, 0)


@pytest.mark.parametrize("name", ["exp", "tanh", "relu", "sum", "cumsum", "sort", "softmax"])
def test_axes_that_are_huge_and_hold_nothing(name):
    x = Tensor(np.empty(HUGE), requires_grad=True)
    function = getattr(autograd, name)
    y = function(x, axis=1) if name not in ("exp", "tanh", "relu", "sum") else function(x)
    y.backward(np.zeros(y.shape)) if y.size == 0 else y.backward()
    assert x.grad.shape == HUGE


def test_what_does_not_fit_into_memory_is_told_and_nothing_is_lost():
    x = Tensor(np.ones((1 << 20, 1)), requires_grad=True)
    with pytest.raises(MemoryError):
        _ = x + np.ones((1, 1 << 24))
    (x * 2).sum().backward()
    assert x.grad[0, 0] == 2.0


def test_masked_arrays_are_not_taken_for_whole():
    """A mask would be forgotten without a word."""
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
    for attempt in (lambda: Tensor(masked), lambda: Tensor([1.0, 2.0, 3.0]) * masked):
        with pytest.raises((TypeError, ValueError), match="mask"):
            attempt()
