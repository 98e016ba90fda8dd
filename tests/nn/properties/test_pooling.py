"""Pooling against a loop over every window, and the adjoint of that loop."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor
from nn import functional as F

EXACT = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 1e-5}


def windows(size, kernel, stride, padding, dilation):
    """The places of every window, by the place of its output; those in the padding are left out."""
    counts = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    ]
    for at in itertools.product(*map(range, counts)):
        inside = []
        for k in itertools.product(*map(range, kernel)):
            place = tuple(
                a * s + j * d - p
                for a, s, j, d, p in zip(at, stride, k, dilation, padding, strict=True)
            )
            if all(0 <= i < n for i, n in zip(place, size, strict=True)):
                inside.append(place)
        yield at, inside


@st.composite
def cases(draw, dilated):
    """An array, and settings that fit it."""

    def per_axis(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    axes = draw(st.sampled_from([1, 2]))
    kernel, stride = per_axis(1, 3), per_axis(1, 3)
    dilation = per_axis(1, 2) if dilated else (1,) * axes
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    size = tuple(
        max(1 + d * (k - 1) - 2 * p, d if p else 1) + draw(st.integers(0, 4))
        for k, d, p in zip(kernel, dilation, padding, strict=True)
    )
    x = draw(arrays(size))
    options = {"kernel_size": kernel, "stride": stride, "padding": padding}
    if dilated:
        options["dilation"] = dilation
    if stride == kernel and draw(st.booleans()):
        options["stride"] = None
    if len(set(kernel)) == 1:
        options["kernel_size"] = draw(st.sampled_from([kernel, kernel[0], list(kernel)]))
    return x, options, (kernel, stride, padding, dilation)


@st.composite
def arrays(draw, size):
    batch = draw(st.sampled_from([(), (0,), (1,), (2,)]))
    shape = (*batch, draw(st.integers(1, 2)), *size)
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return (numbers.permutation(int(np.prod(shape))) / 7 - 1).reshape(shape).astype(dtype)


def compare(function, x, options, groups, counts, share):
    """``share`` gives what comes of a window's numbers, and how much each has to do with it."""
    leaf = Tensor(x, requires_grad=True)
    y = function(leaf, **options)
    assert y.dtype == x.dtype
    leading = x.shape[: x.ndim - len(counts)]
    expected, gx = np.zeros((*leading, *counts)), np.zeros(x.shape)
    assert y.shape == expected.shape
    g = np.random.default_rng(0).normal(size=y.shape).astype(x.dtype)
    for lead in np.ndindex(leading):
        for at, places in groups:
            value, parts = share([x[lead + place] for place in places])
            expected[lead + at] = value
            for place, part in zip(places, parts, strict=True):
                gx[lead + place] += part * g[lead + at]
    y.backward(g)
    assert leaf.grad.dtype == x.dtype
    exact = EXACT[x.dtype]
    np.testing.assert_allclose(y.data, expected, rtol=exact, atol=exact)
    np.testing.assert_allclose(leaf.grad, gx, rtol=exact, atol=exact)


def sizes_of(groups, axes):
    return [max(at[i] for at, _ in groups) + 1 for i in range(axes)]


@settings(max_examples=250)
@given(cases(dilated=True), st.sampled_from([0, 1, -np.inf]))
def test_max_pooling_keeps_the_greatest(case, low):
    x, options, laid = case
    x = np.where(x < 1, x.dtype.type(low), x)  # so that some are equal
    axes = len(laid[0])
    groups = list(windows(x.shape[x.ndim - axes :], *laid))

    def greatest(numbers):
        first = numbers.index(max(numbers))  # of equals the first, as in PyTorch
        return numbers[first], [float(i == first) for i in range(len(numbers))]

    function = F.max_pool2d if axes == 2 else F.max_pool1d
    compare(function, x, options, groups, sizes_of(groups, axes), greatest)


@settings(max_examples=250)
@given(cases(dilated=False), st.booleans())
def test_average_pooling_takes_the_mean(case, count_include_pad):
    x, options, laid = case
    axes = len(laid[0])
    groups = list(windows(x.shape[x.ndim - axes :], *laid))
    full = int(np.prod(laid[0]))

    def average(numbers):
        count = full if count_include_pad else len(numbers)
        return sum(map(float, numbers)) / count, [1.0 / count] * len(numbers)

    function = F.avg_pool2d if axes == 2 else F.avg_pool1d
    options = {**options, "count_include_pad": count_include_pad}
    compare(function, x, options, groups, sizes_of(groups, axes), average)


@settings(max_examples=250)
@given(st.data(), st.sampled_from([1, 2]))
def test_adaptive_pooling_takes_means_of_parts_that_cover_all(data, axes):
    size = [data.draw(st.integers(1, 6)) for _ in range(axes)]
    wanted = [data.draw(st.integers(1, 7)) for _ in range(axes)]
    x = data.draw(arrays(tuple(size)))
    groups = []
    for at in itertools.product(*map(range, wanted)):
        parts = [
            [j for j in range(n) if j * count < (i + 1) * n and (j + 1) * count > i * n]
            for i, n, count in zip(at, size, wanted, strict=True)
        ]
        groups.append((at, list(itertools.product(*parts))))

    def average(numbers):
        return sum(map(float, numbers)) / len(numbers), [1.0 / len(numbers)] * len(numbers)

    function = F.adaptive_avg_pool2d if axes == 2 else F.adaptive_avg_pool1d
    given_as = wanted[0] if len(set(wanted)) == 1 else tuple(wanted)
    compare(function, x, {"output_size": given_as}, groups, wanted, average)
