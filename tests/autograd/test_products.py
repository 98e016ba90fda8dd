"""Matrix products without the calls around them are NumPy's, whatever lies where in memory."""

from itertools import product as every

import numpy as np
import pytest

from autograd.ops.products import product, product_like

SIZES = (0, 1, 3, 200)
ERROR = {"f2": 4e-3, "f4": 1e-6, "f8": 1e-14}  # of sums whose terms are at most 1


@pytest.mark.parametrize("dtype", ERROR)
@pytest.mark.parametrize("orders", list(every("CF", repeat=3)), ids="".join)
def test_it_is_the_product(dtype, orders):
    draw = np.random.default_rng(0)
    for m, k, n in every(SIZES, repeat=3):
        a, b, like = (
            np.asarray(draw.uniform(-1, 1, shape).astype(dtype), order=order)
            for shape, order in zip([(m, k), (k, n), (m, n)], orders, strict=True)
        )
        wanted = a.astype(float) @ b.astype(float)
        for got in (product(a, b), product(a, b, like), product_like(like, a, b)):
            assert got.dtype == a.dtype
            np.testing.assert_allclose(got, wanted, rtol=ERROR[dtype], atol=ERROR[dtype] * (k + 1))
        assert product_like(like, a, b).strides == like.strides


def test_parts_of_arrays():
    draw = np.random.default_rng(1)
    a, b, like = (draw.normal(size=(8, 8)) for _ in range(3))
    got = product_like(like[::2, ::2], a[::2, 1::2], b[::2, ::-2])
    np.testing.assert_allclose(got, a[::2, 1::2] @ b[::2, ::-2], rtol=1e-13)
    np.testing.assert_allclose(product(a[:, ::3], b[::3]), a[:, ::3] @ b[::3], rtol=1e-13)
    assert not np.shares_memory(got, like)


def test_two_kinds_give_the_wider_one():
    assert product(np.ones((2, 2), "f4"), np.ones((2, 2))).dtype == np.float64
