"""Convolution and pooling see the numbers, never how they lie in memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import OPS, Tensor, forward_mode
from nn import functional as F

LAYOUTS = {
    "rows": np.ascontiguousarray,
    "fortran": np.asfortranarray,
    "batch last": lambda x: np.ascontiguousarray(np.moveaxis(x, 0, -1)).transpose(
        x.ndim - 1, *range(x.ndim - 1)
    ),
    "channels last": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1),
    "backwards": lambda x: np.ascontiguousarray(x[::-1, :, ::-1])[::-1, :, ::-1],
    "with gaps": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}


def results(function, arrays, layout):
    """What an op gives and sends back, with its input and what is sent to it in some layout."""
    x, *rest = (np.array(a) for a in arrays)
    leaves = [Tensor(a, requires_grad=True) for a in (x, *rest)]
    leaves[0]._data = LAYOUTS[layout](x)  # as an operation may leave it
    out = function(*leaves)
    sent = np.sin(np.arange(out.size)).reshape(out.shape).astype(out.dtype)
    out.backward(LAYOUTS[layout if layout != "broadcast" else "rows"](sent))
    return [out.numpy(), *(leaf.grad for leaf in leaves)]


@st.composite
def images(draw):
    shape = (
        draw(st.sampled_from([1, 2, 5])),
        draw(st.sampled_from([1, 3])),
        draw(st.integers(4, 7)),
        draw(st.integers(4, 6)),
    )
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    numbers = np.random.default_rng(draw(st.integers(0, 999)))
    return numbers, numbers.permutation(int(np.prod(shape))).reshape(shape).astype(dtype) / 50


@settings(max_examples=120)
@given(
    images(),
    st.sampled_from([n for n in LAYOUTS if n != "broadcast"]),
    st.sampled_from(["conv", "one by one", "strided", "stamped", "max", "overlapping max", "mean"]),
)
def test_the_order_in_memory_does_not_matter(drawn, layout, what):
    numbers, x = drawn
    channels = x.shape[1]

    def kernels(*shape):
        return numbers.normal(size=shape).astype(x.dtype)

    bias = kernels(4)
    cases = {
        "conv": (
            lambda x, w, b: F.conv2d(x, w, b, padding=1),
            [kernels(4, channels, 3, 3), bias],
        ),
        "one by one": (F.conv2d, [kernels(4, channels, 1, 1), bias]),
        "strided": (
            lambda x, w, b: F.conv2d(x, w, b, stride=2, dilation=(1, 2), padding=(0, 1)),
            [kernels(4, channels, 3, 2), bias],
        ),
        "stamped": (
            lambda x, w: F.conv_transpose2d(x, w, stride=2),
            [kernels(channels, 2, 3, 2)],
        ),
        "max": (lambda x: F.max_pool2d(x, 2), []),
        "overlapping max": (lambda x: F.max_pool2d(x, 3, 1, padding=1), []),
        "mean": (lambda x: F.avg_pool2d(x, 2, padding=1, count_include_pad=False), []),
    }
    function, rest = cases[what]
    exact = 1e-4 if x.dtype == np.float32 else 1e-12
    expected = results(function, [x, *rest], "rows")
    for got, want in zip(results(function, [x, *rest], layout), expected, strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=exact, atol=exact)


def test_images_that_share_their_memory():
    x, w = np.random.default_rng(0).normal(size=(3, 2, 5, 5)), np.ones((2, 2, 3, 3))
    same = np.repeat(x[:1], 3, axis=0)
    for got, want in zip(
        results(F.conv2d, [x, w], "broadcast"), results(F.conv2d, [same, w], "rows"), strict=True
    ):
        np.testing.assert_allclose(got, want, rtol=1e-12)


def test_results_own_their_memory_with_the_batch_last():
    x = Tensor(np.random.default_rng(0).normal(size=(8, 2, 6, 6)), requires_grad=True)
    w = Tensor(np.ones((3, 2, 3, 3)), requires_grad=True)
    out = F.max_pool2d(F.conv2d(x, w).relu(), 2)
    assert out.shape == (8, 3, 2, 2)
    assert out._data.transpose(1, 2, 3, 0).flags.c_contiguous
    assert out._data.base is None
    out.sum().backward()
    assert x.grad.shape == x.shape
    out.data[0] = 7.0  # the user's own, as ever
    assert (out.data[0] == 7.0).all()


@pytest.mark.parametrize("what", ["max", "mean"])
def test_a_second_derivative_and_a_tangent_go_through_pooling(what):
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 4))
    way = np.random.default_rng(1).normal(size=x.shape)
    pool = F.max_pool2d if what == "max" else F.avg_pool2d

    def loss(x):
        return (pool(x, 3, 1) ** 3).sum()

    _, tangent = forward_mode.jvp(loss, (x,), (way,))
    t = Tensor(x, requires_grad=True)
    loss(t).backward()
    assert float(tangent) == pytest.approx(float(np.sum(t.grad * way)), rel=1e-12)
    _, change = forward_mode.jvp(lambda x: _gradient(loss, x), (x,), (way,))
    step = 1e-6
    near = (_gradient(loss, x + step * way) - _gradient(loss, x - step * way)) / (2 * step)
    np.testing.assert_allclose(change, near, rtol=1e-6, atol=1e-8)


def _gradient(loss, x):
    from autograd import grad

    return grad(loss)(x)


def test_arrays_of_different_kinds_are_brought_together():
    x, w = np.ones((1, 2, 4, 4), np.float32), np.ones((3, 2, 3, 3))
    laid = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
    assert OPS["conv"](x, w, **laid).dtype == np.float64
    assert OPS["conv"](x.astype(int), w, **laid).tolist() == [[[[18.0] * 2] * 2] * 3]
    assert OPS["conv_bias"](x, w.astype(np.float32), np.ones(3), **laid).dtype == np.float64
