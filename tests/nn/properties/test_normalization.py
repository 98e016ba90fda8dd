"""Normalising against their formulas, and the gradient against the formula written out."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor
from nn import functional as F

EXACT = {np.dtype(np.float64): 1e-8, np.dtype(np.float32): 2e-3}
CLOSE = st.sampled_from([1e-5, 1e-2, 1.0])
DTYPES = st.sampled_from([np.float32, np.float64])


def standardized(x, axes, eps):
    """(x - mean) / √(variance + eps), the scale, and how many numbers share a mean."""
    centred = x - x.mean(axis=axes, keepdims=True)
    scale = np.sqrt((centred**2).mean(axis=axes, keepdims=True) + eps)
    return centred / scale, scale


def sent_back(g, y, scale, axes):
    """The gradient through the formula: what moves all alike, or stretches all alike, is lost."""
    return (
        g - g.mean(axis=axes, keepdims=True) - y * (g * y).mean(axis=axes, keepdims=True)
    ) / scale


def column(vector, axes):
    return vector.reshape(1, -1, *(1,) * (axes - 2))


def check(found, expected, dtype):
    for got, want in zip(found, expected, strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(
            got, want, rtol=EXACT[np.dtype(dtype)], atol=EXACT[np.dtype(dtype)]
        )


@st.composite
def batches(draw, least=2, axes=(2, 4), channels=(1, 4)):
    count = draw(st.integers(*axes))
    shape = [draw(st.integers(least, 4)), draw(st.integers(*channels))]
    shape += [draw(st.integers(1, 3)) for _ in range(count - 2)]
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    dtype = draw(DTYPES)
    return [
        array.astype(dtype)
        for array in (
            numbers.normal(draw(st.sampled_from([0.0, 5.0])), 2.0, shape),
            numbers.normal(size=shape),
            numbers.normal(size=shape[1]),
            numbers.normal(size=shape[1]),
        )
    ]


@settings(max_examples=120)
@given(batches(), CLOSE, st.sampled_from([0.0, 0.1, 1.0]))
def test_batch_norm(case, eps, momentum):
    x, g, w, b = case
    axes = (0, *range(2, x.ndim))
    mean, var = Tensor(np.full(len(w), 3.0, x.dtype)), Tensor(np.full(len(w), 2.0, x.dtype))
    leaves = [Tensor(a, requires_grad=True) for a in (x, w, b)]
    y = F.batch_norm(leaves[0], mean, var, *leaves[1:], True, momentum, eps)
    y.backward(g)
    plain, scale = standardized(x.astype(float), axes, eps)
    expected = [
        plain * column(w, x.ndim) + column(b, x.ndim),
        sent_back(g * column(w, x.ndim), plain, scale, axes),
        (g * plain).sum(axis=axes),
        g.sum(axis=axes),
        (1 - momentum) * 3.0 + momentum * x.mean(axis=axes, dtype=float),
        (1 - momentum) * 2.0 + momentum * x.astype(float).var(axis=axes, ddof=1),
    ]
    check([y.data, *(leaf.grad for leaf in leaves), mean.data, var.data], expected, x.dtype)
    used = F.batch_norm(Tensor(x), mean, var, Tensor(w), Tensor(b), False, momentum, eps)
    by = (x - column(mean.data, x.ndim)) / np.sqrt(column(var.data, x.ndim) + eps)
    check([used.data], [by * column(w, x.ndim) + column(b, x.ndim)], x.dtype)


@settings(max_examples=120)
@given(batches(least=0), CLOSE, st.integers(1, 2))
def test_layer_norm(case, eps, count):
    x, g, _, _ = case
    count = min(count, x.ndim - 1)
    axes, shape = tuple(range(-count, 0)), x.shape[-count:]
    numbers = np.random.default_rng(0)
    w, b = (numbers.normal(size=shape).astype(x.dtype) for _ in range(2))
    layer = nn.LayerNorm(shape if count > 1 else shape[0], eps, dtype=x.dtype)
    layer.weight.data, layer.bias.data = w, b
    leaf = Tensor(x, requires_grad=True)
    y = layer(leaf)
    y.backward(g)
    plain, scale = standardized(x.astype(float), axes, eps)
    lead = tuple(range(x.ndim - count))
    expected = [plain * w + b, sent_back(g * w, plain, scale, axes), (g * plain).sum(lead)]
    found = [y.data, leaf.grad, layer.weight.grad, layer.bias.grad]
    check(found, [*expected, g.sum(lead)], x.dtype)
    bare = nn.LayerNorm(shape, eps, elementwise_affine=False)
    check([bare(Tensor(x)).data], [plain], x.dtype)


@settings(max_examples=120)
@given(batches(least=0), CLOSE, st.integers(1, 2))
def test_rms_norm(case, eps, count):
    x, g, _, _ = case
    count = min(count, x.ndim - 1)
    axes, shape = tuple(range(-count, 0)), x.shape[-count:]
    w = np.random.default_rng(0).normal(size=shape).astype(x.dtype)
    layer = nn.RMSNorm(list(shape), eps, dtype=x.dtype)
    layer.weight.data = w
    leaf = Tensor(x, requires_grad=True)
    y = layer(leaf)
    y.backward(g)
    root = np.sqrt((x.astype(float) ** 2).mean(axis=axes, keepdims=True) + eps)
    plain = x / root
    sent = (g * w - plain * (g * w * plain).mean(axis=axes, keepdims=True)) / root
    lead = tuple(range(x.ndim - count))
    check([y.data, leaf.grad, layer.weight.grad], [plain * w, sent, (g * plain).sum(lead)], x.dtype)


@settings(max_examples=120)
@given(batches(least=0), CLOSE, st.integers(1, 3))
def test_group_norm(case, eps, groups):
    x, g, w, b = (np.repeat(a, groups, axis=min(1, a.ndim - 1)) for a in case)
    x = x + np.linspace(0, 1, x.shape[1]).reshape(-1, *(1,) * (x.ndim - 2)).astype(x.dtype)
    layer = nn.GroupNorm(groups, len(w), eps, dtype=x.dtype)
    layer.weight.data, layer.bias.data = w, b
    leaf = Tensor(x, requires_grad=True)
    y = layer(leaf)
    y.backward(g)
    dealt = x.astype(float).reshape(len(x), groups, math.prod(x.shape[1:]) // groups)
    plain, scale = standardized(dealt, 2, eps)
    sent = sent_back((g * column(w, x.ndim)).reshape(dealt.shape), plain, scale, 2)
    plain = plain.reshape(x.shape)
    axes = (0, *range(2, x.ndim))
    expected = [
        plain * column(w, x.ndim) + column(b, x.ndim),
        sent.reshape(x.shape),
        (g * plain).sum(axis=axes),
        g.sum(axis=axes),
    ]
    check([y.data, leaf.grad, layer.weight.grad, layer.bias.grad], expected, x.dtype)
