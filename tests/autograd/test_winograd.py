"""Fewer products for 3x3 kernels: the same numbers as the plain way, and the same infinities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import OPS
from autograd.ops import winograd

PLAIN = {"stride": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}


def plainly(name, *arrays, **settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "suits", lambda *given: False)
        return OPS[name](*arrays, **settings)


@settings(max_examples=60)
@given(
    st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(3, 9), st.integers(3, 8),
    st.sampled_from([np.float32, np.float64]), st.integers(0, 99),
)  # fmt: skip
def test_it_is_the_same_convolution(batch, inner, outer, rows, columns, dtype, seed):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(inner, rows, columns, batch)).astype(dtype)
    weight = draw.normal(size=(outer, inner, 3, 3)).astype(dtype)
    out = np.empty((outer, rows - 2, columns - 2, batch), dtype)
    assert winograd.correlate(x, weight, out)
    no = {**PLAIN, "padding": ((0, 0), (0, 0))}
    images, exact = np.moveaxis(x, -1, 0), 2e-5 if dtype == np.float32 else 1e-13
    expected = plainly("conv", images, weight, **no)
    np.testing.assert_allclose(np.moveaxis(out, -1, 0), expected, rtol=exact, atol=exact)
    back = winograd.kernel_gradient(x, out)
    expected = plainly("conv_kernel", images, np.moveaxis(out, -1, 0), window=(3, 3), **no)
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(back / scale, expected / scale, rtol=0, atol=exact)


@pytest.mark.parametrize("edge", [None, np.inf, -np.inf, np.nan, 1e38])
def test_what_is_not_finite_stays_in_its_own_windows(edge):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(4, 64, 16, 16)).astype(np.float32)
    weight = draw.normal(size=(64, 64, 3, 3)).astype(np.float32)
    assert winograd.suits(x, (3, 3), (1, 1), (1, 1), 1, 64, 64, x.size // 64)
    if edge is not None:
        x[1, 2, 5, 5] = edge
    sent = draw.normal(size=x.shape).astype(np.float32)
    for name, arrays, more in (
        ("conv", (x, weight), {}),
        ("conv_input", (x, weight), {"size": (16, 16)}),
        ("conv_kernel", (x, sent), {"window": (3, 3)}),
    ):
        with np.errstate(all="ignore"):
            got, want = (
                way(name, *arrays, **PLAIN, **more)
                for way in (lambda n, *a, **s: OPS[n](*a, **s), plainly)
            )
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
        np.testing.assert_array_equal(np.isinf(got), np.isinf(want))
        finite = np.isfinite(want)
        scale = np.abs(want[finite]).max()
        np.testing.assert_allclose(got[finite] / scale, want[finite] / scale, rtol=0, atol=2e-6)


@pytest.mark.parametrize(
    ("change", "open_"),
    [
        ({}, True),
        ({"kernel": (3, 1)}, False),
        ({"stride": (2, 1)}, False),
        ({"dilation": (1, 2)}, False),
        ({"groups": 2}, False),
        ({"inner": 8, "outer": 16}, False),
        ({"positions": 10}, False),
        ({"x": np.zeros(1, np.float16)}, False),
    ],
)
def test_it_is_taken_where_it_pays(change, open_):
    given_ = {
        "x": np.zeros(1, np.float32),
        "kernel": (3, 3),
        "stride": (1, 1),
        "dilation": (1, 1),
        "groups": 1,
        "inner": 64,
        "outer": 64,
        "positions": 4096,
    }
    assert winograd.suits(*{**given_, **change}.values()) is open_
