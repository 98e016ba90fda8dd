"""Convolutions against a loop over every product there is, and the adjoint of that loop."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor
from nn import functional as F

EXACT = {np.dtype(np.float64): 1e-10, np.dtype(np.float32): 2e-4}


def products(x_shape, w_shape, y_shape, stride, before, dilation, groups):
    """Every product of a convolution: the places of its output, input and kernel element."""
    inside = [range(size) for size in w_shape[2:]]
    for n, out in itertools.product(range(y_shape[0]), range(y_shape[1])):
        group = out // (w_shape[0] // groups)
        for at in itertools.product(*map(range, y_shape[2:])):
            for channel, *k in itertools.product(range(w_shape[1]), *inside):
                place = tuple(
                    a * s + j * d - p
                    for a, s, j, d, p in zip(at, stride, k, dilation, before, strict=True)
                )
                if all(0 <= i < size for i, size in zip(place, x_shape[2:], strict=True)):
                    yield (
                        (n, out, *at),
                        (n, group * w_shape[1] + channel, *place),
                        (out, channel, *k),
                    )


def stamps(x_shape, w_shape, y_shape, stride, cut, dilation, groups):
    """Every product of a transposed convolution, alike."""
    each = x_shape[1] // groups
    for n, channel in itertools.product(range(x_shape[0]), range(x_shape[1])):
        for at in itertools.product(*map(range, x_shape[2:])):
            for out, *k in itertools.product(range(w_shape[1]), *map(range, w_shape[2:])):
                place = tuple(
                    a * s + j * d - p
                    for a, s, j, d, p in zip(at, stride, k, dilation, cut, strict=True)
                )
                if all(0 <= i < size for i, size in zip(place, y_shape[2:], strict=True)):
                    yield (
                        (n, channel // each * w_shape[1] + out, *place),
                        (n, channel, *at),
                        (channel, out, *k),
                    )


def summed(links, x, w, b, y_shape, g):
    """The sums of the products, and what a gradient of the result sends to x, w and b."""
    y = np.zeros(y_shape) + (0.0 if b is None else b.reshape(-1, *(1,) * (len(y_shape) - 2)))
    gx, gw = np.zeros(x.shape), np.zeros(w.shape)
    for out, place, k in links:
        y[out] += float(x[place]) * float(w[k])
        gx[place] += g[out] * w[k]
        gw[k] += g[out] * x[place]
    gb = None if b is None else g.sum(axis=(0, *range(2, g.ndim)), dtype=float)
    return y, gx, gw, gb


@st.composite
def cases(draw, transposed=False):
    """Shapes and settings that fit together."""

    def per_axis(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    axes = draw(st.sampled_from([1, 2]))
    batch, groups = draw(st.sampled_from([None, 0, 1, 2, 3])), draw(st.integers(1, 3))
    inner, outer = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel, dilation, stride = per_axis(1, 3), per_axis(1, 4), per_axis(1, 3)
    kind = "numbers" if transposed else draw(st.sampled_from(["numbers", "same", "valid"]))
    pairs = [(0, 0)] * axes
    padding = kind
    if kind == "same":
        stride = (1,) * axes
        whole = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        pairs = [(total // 2, total - total // 2) for total in whole]
    if kind == "numbers":
        padding = per_axis(0, 2)
        pairs = [(p, p) for p in padding]
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    more = per_axis(0, 3)
    if transposed:
        more = tuple(min(m, max(s, d) - 1) for m, s, d in zip(more, stride, dilation, strict=True))
        smallest = [
            -(-max(0, 2 * p + 1 - r - m) // s) + 1
            for p, r, m, s in zip(padding, reach, more, stride, strict=True)
        ]
    else:
        smallest = [max(1, r - sum(pair)) for r, pair in zip(reach, pairs, strict=True)]
    size = tuple(least + draw(st.integers(0, 3)) for least in smallest)
    first, second = (inner, outer) if transposed else (outer, inner)
    given_as = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    for name in ("stride", "padding", "dilation"):
        if len(set(given_as[name])) == 1 and not isinstance(given_as[name], str):
            given_as[name] = draw(st.sampled_from([given_as[name], given_as[name][0]]))
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    x = numbers.normal(size=(() if batch is None else (batch,)) + (inner * groups, *size))
    w = numbers.normal(size=(first * groups, second, *kernel))
    b = numbers.normal(size=outer * groups) if draw(st.booleans()) else None
    x, w, b = (None if a is None else a.astype(dtype) for a in (x, w, b))
    return axes, x, w, b, given_as, (stride, pairs, dilation, more), numbers


def compare(function, x, w, b, options, links, y_shape, numbers):
    """Run the function and the loop, and hold values, gradients and dtypes beside one another."""
    leaves = [Tensor(a, requires_grad=True) for a in (x, w, b) if a is not None]
    y = function(leaves[0], leaves[1], leaves[2] if b is not None else None, **options)
    batch = x if x.ndim == w.ndim else x[None]
    g = numbers.normal(size=y_shape).astype(x.dtype)
    expected = summed(links, batch, w, b, y_shape, g)
    y.backward(g if batch is x else g[0])
    found = [y.data, *(leaf.grad for leaf in leaves)]
    exact = EXACT[x.dtype]
    for got, want in zip(found, [e for e in expected if e is not None], strict=True):
        assert got.dtype == x.dtype
        np.testing.assert_allclose(
            got, want if got.ndim == want.ndim else want[0], rtol=exact, atol=exact
        )


@settings(max_examples=250)
@given(cases())
def test_convolution_is_the_sum_of_all_products(case):
    axes, x, w, b, options, (stride, pairs, dilation, _), numbers = case
    batch = x.shape if x.ndim == axes + 2 else (1, *x.shape)
    windows = [
        (n + sum(pair) - d * (k - 1) - 1) // s + 1
        for n, pair, d, k, s in zip(batch[2:], pairs, dilation, w.shape[2:], stride, strict=True)
    ]
    y_shape = (batch[0], w.shape[0], *windows)
    before = [pair[0] for pair in pairs]
    links = products(batch, w.shape, y_shape, stride, before, dilation, options["groups"])
    function = F.conv2d if axes == 2 else F.conv1d
    compare(function, x, w, b, options, links, y_shape, numbers)


@settings(max_examples=250)
@given(cases(transposed=True))
def test_transposed_convolution_is_the_sum_of_all_stamps(case):
    axes, x, w, b, options, (stride, pairs, dilation, more), numbers = case
    batch = x.shape if x.ndim == axes + 2 else (1, *x.shape)
    size = [
        (n - 1) * s - 2 * p[0] + d * (k - 1) + m + 1
        for n, s, p, d, k, m in zip(
            batch[2:], stride, pairs, dilation, w.shape[2:], more, strict=True
        )
    ]
    y_shape = (batch[0], w.shape[1] * options["groups"], *size)
    cut = [pair[0] for pair in pairs]
    links = stamps(batch, w.shape, y_shape, stride, cut, dilation, options["groups"])
    function = F.conv_transpose2d if axes == 2 else F.conv_transpose1d
    compare(function, x, w, b, {**options, "output_padding": more}, links, y_shape, numbers)
